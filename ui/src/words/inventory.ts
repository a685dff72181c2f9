// The sentences of the inventory: its columns, its filter, why it is empty, and what is missing from it.

const count = (number: number) => number.toLocaleString('en');
const plural = (number: number, one: string, many: string) => `${count(number)} ${number === 1 ? one : many}`;

export const inventory = {
  title: 'Inventory',
  allVaults: 'All vaults',
  grid: 'Items',

  columns: {
    name: 'Name',
    kind: 'Kind',
    where: 'Where',
    algorithm: 'Algorithm',
    state: 'State',
    age: 'Age',
    expires: 'Expires',
  },

  none: '–',
  facets: { certificate: 'certificate', key: 'key', secret: 'secret' } as Record<string, string>,
  facetsBrief: { certificate: 'cert', key: 'key', secret: 'secret' } as Record<string, string>,
  pinned: 'Pinned',
  unreadable: 'Not read',
  ageDays: (days: number) => `${days} d`,
  expiresIn: (days: number) => (days < 1 ? 'today' : `in ${days} d`),
  expiredAgo: (days: number) => (days < 1 ? 'today' : `${days} d ago`),

  shown: (shown: number, all: number) => (shown === all ? plural(all, 'item', 'items') : `${count(shown)} of ${plural(all, 'item', 'items')}`),
  marked: (marked: number, hidden: number) => `${count(marked)} selected${hidden > 0 ? `, ${count(hidden)} of them hidden by the filter` : ''}`,
  clearMarks: 'Clear the selection',

  listing: (done: number, of: number) => (of === 0 ? 'Asking the connections' : `${count(done)} of ${plural(of, 'vault', 'vaults')}`),
  cancel: 'Cancel',
  cancelled: 'Listing was cancelled. Vaults that had not answered keep their last known rows.',
  refresh: 'Refresh',

  filter: {
    label: 'Filter',
    placeholder: 'Filter: state:enabled expires<30d text',
    clear: 'Clear the filter',
    save: 'Save view',
    saveName: 'Name of the view',
    help: 'How to filter',
    helpLines: [
      ['payments', 'rows that hold the text; put several words in quotes'],
      ['state:enabled', 'the state, or how it begins; several with a comma'],
      ['facet:secret', 'certificate, key or secret'],
      ['provider:aws', 'the kind of place'],
      ['connection:prod vault:eu', 'a part of the connection’s or vault’s name'],
      ['expires<30d', 'ends within 30 days or has ended; expires:never for the rest'],
      ['age>400d', 'made more than 400 days ago; units are h, d, w, m and y'],
      ['is:pinned is:trouble', 'what you pinned, and what could not be read'],
      ['-state:enabled', 'a minus turns any of these round'],
    ] as [string, string][],
    openQuote: 'A quote is not closed.',
    emptyText: 'A minus needs something to leave out.',
    unknownField: (field: string, fields: readonly string[]) =>
      `“${field}” is not a field. There are ${fields.join(', ')}. Put text with a colon in quotes.`,
    unknownState: (value: string, values: readonly string[]) => `“is:${value}” is not known. There are ${values.map((one) => `is:${one}`).join(' and ')}.`,
    needsColon: (field: string) => `“${field}” is followed by a colon and a value.`,
    needsValue: (field: string) => `“${field}:” needs a value.`,
    needsSpan: (field: string) => `“${field}” is compared with a length of time, such as ${field}<30d, or is ${field}:never.`,
    problem: (token: string, message: string) => `${token}: ${message}`,
  },

  views: {
    title: 'Views',
    remove: 'Remove this view (Delete)',
    expiring: 'Expiring within 30 days',
    old: 'Older than 400 days',
    notEnabled: 'Not enabled',
    pinned: 'Pinned',
    trouble: 'Not readable',
  },

  empty: {
    loading: { title: 'Not loaded yet', text: 'Rows appear as the vaults answer.', button: 'Cancel' },
    filtered: {
      title: (hidden: number) => `The filter hides ${plural(hidden, 'item', 'items')}`,
      text: 'Nothing here matches the filter.',
      button: 'Clear the filter',
    },
    denied: { title: 'No permission to list', text: 'The places answered, but this identity may not list what they hold.', button: 'Show the missing permissions' },
    unreachable: { title: 'No answer', text: 'Not every place could be reached, so nothing can be said about what they hold.', button: 'Try again' },
    'not-connected': {
      title: 'Not connected to anything',
      text: 'Connect a vault, or look around first in a keystore made for practice.',
      button: 'Connect a vault',
      practice: 'Open the practice keystore',
    },
    nothing: { title: 'No items', text: 'Every list is complete, and there is nothing in it.', button: 'Refresh' },
  },

  gaps: {
    some: (gaps: number) => `${plural(gaps, 'list is', 'lists are')} not complete`,
    show: 'Show why',
    hide: 'Hide',
    is: {
      denied: 'Denied',
      failed: 'Not connected',
      partial: 'Partial',
      stale: 'Stale',
      unreachable: 'No answer',
    },
    partial: (read: number, known: number) => `${count(read)} of ${plural(known, 'item', 'items')} could be read in full.`,
    stale: (time: string) => `These rows are as of ${time}.`,
    copyPermission: 'Copy the permission',
    where: (vault: string, connection: string) => `${vault} · ${connection}`,
  },

  vaultStates: {
    denied: 'denied',
    fresh: '',
    listing: 'listing',
    partial: (read: number, known: number) => `${count(read)} of ${count(known)} read`,
    stale: (time: string) => `as of ${time}`,
    unreachable: 'no answer',
    failed: 'not connected',
  },

  peek: {
    label: 'Details',
    nothing: 'Choose a row to see it here.',
    several: (marked: number) => `${count(marked)} items selected`,
    state: 'State',
    facets: 'Facets',
    algorithm: 'Algorithm',
    where: 'Where',
    kind: 'Kind',
    created: 'Made',
    expires: 'Expires',
    never: 'Does not expire by itself',
    notTold: 'Not told',
    reference: 'Reference',
    troubleTitle: 'This item could not be read in full',
    copyReference: 'Copy the reference',
    hide: 'Hide the details',
    more: 'More actions',
  },

  copiedKey: (name: string) => `Public key of ${name} copied`,
  copiedKeys: (number: number) => `${plural(number, 'public key', 'public keys')} copied`,
  copiedReference: 'Reference copied',
  dismiss: 'Dismiss',
};
