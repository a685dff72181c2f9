// The sentences of the window around the rooms: tree, bars, settings.

export const shell = {
  tree: 'Places',
  home: 'Home',
  inventory: 'Inventory',
  rotations: 'Rotations',
  destructions: 'Destructions',
  views: 'Views',
  connections: 'Connections',
  connect: 'Connect a vault',
  activity: 'Activity',
  readOnly: 'read-only',
  writing: (left: string) => `changes allowed, ${left} left`,
  resizeTree: 'Width of the tree',
  resizePeek: 'Width of the details',

  status: {
    label: 'Status',
    readOnlyWhy: 'Every connection is read-only until you allow changes through it, for 15 minutes at a time.',
    writing: (count: number) => (count === 1 ? 'Changes allowed through 1 connection' : `Changes allowed through ${count} connections`),
    asOf: (time: string) => `as of ${time}`,
    asOfWhy: 'When the oldest list in view was complete',
    gaps: (denied: number, other: number) =>
      [denied > 0 ? `${denied} ${denied === 1 ? 'vault' : 'vaults'} denied` : '', other > 0 ? `${other} not complete` : ''].filter(Boolean).join(', '),
    connections: (count: number) => (count === 1 ? '1 connection' : `${count} connections`),
    until: (time: string) => `until ${time}`,
    noIdentity: 'identity not asked yet',
  },

  settings: {
    title: 'Settings',
    appearance: 'Appearance',
    theme: 'Theme',
    themes: [
      ['system', 'As the system says'],
      ['light', 'Light'],
      ['dark', 'Dark'],
    ] as [string, string][],
    compact: 'Compact rows (28 instead of 36 pixels)',
    keyboard: 'Keyboard',
    singleKeys: 'Single letters are shortcuts in lists',
    singleKeysHelp: 'Switch this off if a key pressed by accident, or speech input, starts things you did not want.',
    showShortcuts: 'Show all shortcuts',
    security: 'Security',
    keyring: 'Secrets you choose to keep are in this computer’s keyring.',
    noKeyring: 'No keyring answers on this computer. Secrets live in memory only, and are asked for again after a restart.',
    readOnly: 'Every connection is read-only until you allow changes through it, for 15 minutes at a time. Each change is written in the journal before it is sent.',
    programs: {
      title: 'Programs that may be told',
      about:
        'A consumer of a key can be told of a rotation by a program on this computer. Only the programs listed here are ever started. Each start is shown first, with what the program gets, and happens only after you confirm it.',
      how: 'The values are written to the standard input of the program, never to its command line. It is started directly, without a shell, and by its whole path.',
      list: 'Programs',
      none: 'No program may be started.',
      reading: 'Reading the list',
      failed: 'The list could not be read',
      path: 'Whole path of a program',
      pathHelp: 'Such as /usr/local/bin/tell-team. Put arguments at the consumer, not here.',
      add: 'Add the program',
      remove: (path: string) => `Remove ${path}`,
      added: (path: string) => `${path} may be started now`,
      removed: (path: string) => `${path} is no longer started`,
      problems: {
        empty: 'Type the path of a program.',
        notWhole: 'A whole path is needed, from the root on.',
        twice: 'It is in the list.',
      },
    },
    about: 'About',
    version: (version: string) => `Claviger ${version}`,
    network: 'Claviger talks to the connections you made, to the addresses of consumers when you have it tell them or look at them, and to nobody else.',
  },

  start: {
    failed: 'Claviger could not start',
    notices: 'Before you go on',
  },
};
