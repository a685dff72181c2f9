// What can be done, in words, and why it cannot be done now.
import type { ActionGroup } from '../actions';

export const actions = {
  titles: {
    open: 'Open',
    export: 'Export…',
    copyPublicKey: 'Copy public key (PEM)',
    copyReference: 'Copy reference',
    pin: 'Pin or unpin',
    mark: 'Select or unselect the row',
    change: 'Change…',
    itemActivity: 'Activity of this item',
    goInventory: 'Go to the inventory',
    goActivity: 'Activity',
    goConnect: 'Connect a vault',
    goSettings: 'Settings',
    back: 'Back',
    forward: 'Forward',
    palette: 'Search and run',
    shortcuts: 'Keyboard shortcuts',
    filter: 'Filter this table',
    refresh: 'Refresh this view',
    cancel: 'Cancel the listing',
    peek: 'Show or hide the details',
    tree: 'Show or hide the tree',
    regionNext: 'Next region',
    regionBefore: 'Previous region',
    themeLight: 'Light theme',
    themeDark: 'Dark theme',
    themeSystem: 'Theme of the system',
    density: 'Compact or comfortable rows',
  },

  also: {
    export: 'pem jwk ssh snowflake certificate download save',
    change: 'write modify edit',
    activity: 'journal history audit log undo unknown',
    writeMode: 'read-only write unlock edit',
    connect: 'add connection sign in login',
    settings: 'preferences options theme density',
    shortcuts: 'help keys',
  },

  because: {
    nothingChosen: 'Choose an item first.',
    oneOnly: 'Works on one item at a time.',
    nothingPublic: 'There is neither a key nor a certificate in it.',
    onlyInventory: 'Works in the inventory.',
    noBack: 'There is nothing to go back to.',
    noForward: 'There is nothing to go forward to.',
    nothingRuns: 'Nothing is running.',
  },

  notNow: (title: string, why: string) => `${title.replace(/…$/, '')}: ${why}`,

  groups: { item: 'Selection', change: 'Change', vault: 'Vault and connection', go: 'Go to', view: 'View', settings: 'Settings' } satisfies Record<ActionGroup, string>,

  palette: {
    title: 'Search and run',
    placeholder: 'Search, or paste a reference or an address',
    nothing: 'Nothing fits.',
    items: 'Items',
    address: 'By its address',
    openAddress: (address: string) => `Open ${address}`,
    hint: '↑ ↓ to choose, ⏎ to run, Esc to close',
  },

  shortcuts: {
    title: 'Keyboard shortcuts',
    filter: 'Search the shortcuts',
    singleOff: 'Single-key shortcuts are switched off in the settings.',
    table: 'In the table',
    tableKeys: [
      ['↑ ↓ PgUp PgDn Home End', 'Move from row to row'],
      ['⏎', 'Open the item'],
      ['Space', 'Show or hide the details'],
      ['Shift+↑ ↓', 'Extend the selection'],
      ['Ctrl+A', 'Select everything that matches the filter'],
      ['Esc', 'Clear the selection'],
      ['F2', 'Move from cell to cell with ← →'],
      ['Shift+F10', 'Context menu'],
      ['Shift+← → in the header', 'Change the width of a column'],
    ] as [string, string][],
  },
};
