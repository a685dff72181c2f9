// The sentences of the list of rotations: phases, what each waits for, and why the list is empty.

const count = (number: number) => number.toLocaleString('en');
const plural = (number: number, one: string, many: string) => `${count(number)} ${number === 1 ? one : many}`;

export const rotations = {
  title: 'Rotations',
  list: 'Rotations, those under way first',
  refresh: 'Refresh',
  reading: 'Reading the rotations',
  unread: 'The rotations could not be read',
  shown: (shown: number, all: number) => (shown === all ? plural(all, 'rotation', 'rotations') : `${count(shown)} of ${plural(all, 'rotation', 'rotations')}`),
  more: (number: number) => `Show ${count(number)} more`,

  columns: {
    name: 'Item',
    connection: 'Connection',
    phase: 'Phase',
    waits: 'Waits for',
    consumers: 'Consumers',
    failed: 'Failed',
    due: 'Due',
    begun: 'Begun',
  },

  filter: {
    label: 'Filter the rotations',
    placeholder: 'Filter: words of the item, the connection or the phase',
    clear: 'Clear the filter',
  },

  /** Phases as a person says them. */
  phases: {
    scope: 'Settling the scope',
    method: 'Choosing the method',
    consumers: 'Naming the consumers',
    create: 'Making the new key',
    distribute: 'Telling the consumers',
    verify: 'Verifying',
    switch: 'Switching over',
    retire: 'Retiring the old key',
    done: 'Done',
    'rolling-back': 'Rolling back',
    'rolled-back': 'Rolled back',
  } as Record<string, string>,

  none: '–',
  consumers: (updated: number, all: number) => (all === 0 ? 'none' : `${count(updated)} of ${count(all)}`),
  consumersSaid: (updated: number, all: number) => (all === 0 ? 'No consumer takes part' : `${count(updated)} of ${plural(all, 'consumer has', 'consumers have')} the new key`),
  failed: (number: number) => `${count(number)} failed`,
  failedSaid: (number: number) => `${plural(number, 'consumer', 'consumers')} could not be told or updated`,
  backPath: (number: number) => `${count(number)} on the back path`,
  dueWord: 'due',
  overdue: 'overdue',
  until: (day: string) => `not before ${day}`,

  empty: {
    nothing: 'No rotation yet',
    nothingText: 'To begin one, open an item with a key or a certificate and press R, or choose Rotate… at its head. A rotation is saved as a plan from its first step on, and changes nothing before you confirm a step.',
    inventory: 'Go to the inventory',
    filtered: (hidden: number) => `The filter hides ${plural(hidden, 'rotation', 'rotations')}`,
    filteredText: 'Change the filter, or clear it.',
  },

  /** In the tree. */
  note: (running: number, failed: number) => [`${count(running)} running`, failed > 0 ? `${count(failed)} failed` : ''].filter(Boolean).join(', '),
};
