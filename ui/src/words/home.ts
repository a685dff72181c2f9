// The sentences of Home: what needs a person soon, two charts with their tables, and the calendar.

const count = (number: number) => number.toLocaleString('en');
const plural = (number: number, one: string, many: string) => `${count(number)} ${number === 1 ? one : many}`;
const showAll = (items: number) => (items === 1 ? 'Show it in the inventory' : `Show all ${count(items)} in the inventory`);

export const home = {
  title: 'Home',
  refresh: 'Refresh',
  known: (items: number) => plural(items, 'item known', 'items known'),
  listing: (done: number, of: number) =>
    of === 0 ? 'The connections are being asked. What is shown grows as they answer.' : `${count(done)} of ${plural(of, 'vault has', 'vaults have')} answered. What is shown grows as the rest answer.`,
  gaps: (gaps: number) => `${plural(gaps, 'list is', 'lists are')} not complete: what they do not tell is missing here.`,
  showGaps: 'Show why',

  calendar: {
    button: 'Save calendar (.ics)…',
    hint: 'What ends and what is due, as a file that calendars can read. It holds names and dates, no keys.',
    saved: (path: string) => `Calendar saved as ${path}`,
  },

  rotations: {
    title: 'Rotations under way',
    none: 'No rotation is under way. To begin one, open a key or a certificate and press R, or choose Rotate… at its head.',
    all: 'All rotations',
    failed: 'The rotations could not be read',
    reading: 'Reading the rotations',
  },

  expiring: {
    title: 'Expiring soon',
    about: 'Certificates, keys, imported material and secrets that end within 90 days, and those that have ended.',
    none: 'Nothing that is listed ends within 90 days.',
    all: showAll,
    in: (days: number) => (days < 1 ? 'today' : `in ${days} d`),
    ago: (days: number) => (days < 1 ? 'ended today' : `ended ${days} d ago`),
  },

  never: {
    title: 'Never rotated with Claviger',
    about:
      'Keys that no finished rotation in this Claviger names, oldest first. Rotations that were made elsewhere, or by the place itself, are not known here: a key in this list may well have been rotated. Keys that are to be deleted are left out.',
    none: 'A finished rotation names every key that is listed.',
    nothing: 'No key is listed.',
    unread: 'Which keys were rotated is not known yet, so nothing can be said here.',
    underWay: 'rotation under way',
    age: (days: number) => `${count(days)} d old`,
    ageUnknown: 'age not told',
    all: 'Show all keys in the inventory, oldest first',
    more: (items: number) => `and ${count(items)} more`,
  },

  deleting: {
    title: 'Pending deletion',
    about: 'What will be destroyed unless its deletion is cancelled, and what is on its way there from here. Open one to see when, and to cancel it.',
    ordered: 'destruction from here',
    destructions: 'All destructions',
    failed: 'The destructions could not be read',
    none: 'Nothing that is listed is to be deleted.',
    all: showAll,
  },

  timeline: {
    title: 'What ends, by month',
    about: (zone: string) => `The month in which each item ends, for the next 12 months. Months as in the time zone ${zone}.`,
    columns: ['Month', 'Items that end'] as [string, string],
    overdue: 'Ended already',
    overdueShort: 'past',
    today: 'today',
    later: 'Later',
    never: 'No end told',
    rest: (later: number, never: number) => `Later: ${count(later)}. No end told: ${count(never)}.`,
  },

  ages: {
    title: 'How old the keys are',
    about: 'How long ago each key was made. A key keeps this age when it gets a new version.',
    columns: ['Age', 'Keys'] as [string, string],
    unknown: 'Not told',
    /** Label of the table, and the two lines below the bar. */
    steps: [
      ['Less than 90 days', '< 90', 'days'],
      ['90 to 180 days', '90–180', 'days'],
      ['180 to 365 days', '180–365', 'days'],
      ['1 to 2 years', '1–2', 'years'],
      ['2 to 3 years', '2–3', 'years'],
      ['More than 3 years', '> 3', 'years'],
    ] as [string, string, string][],
    unknownShort: ['age', 'not told'] as [string, string],
  },
};
