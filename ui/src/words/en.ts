// The sentences that more than one room needs, and those of the window itself. Rooms with many have a file of their own.
import type { EnvironmentMark } from '../host/contract.gen';

export const words = {
  app: 'Claviger',

  kit: {
    close: 'Close',
    dismiss: 'Dismiss',
    copy: 'Copy',
    copied: 'Copied',
    chooseFile: 'Choose…',
    chooseFileFor: (label: string) => `Choose a file: ${label}`,
    copyFailed: (why: string) => `Nothing was copied. ${why}`,
    asTable: 'Show as table',
    asChart: 'Show as chart',
    /** A chart in one sentence: its title, then each bar that is not empty. */
    bars: (title: string, bars: readonly string[]) => `${title}. ${bars.length === 0 ? 'All are zero.' : `${bars.join('; ')}. All others are zero.`}`,
    bar: (label: string, count: number) => `${label}: ${count.toLocaleString('en')}`,
    markAll: (count: number) => `Select all ${count.toLocaleString('en')} rows`,
    marked: 'Selected',
    notMarked: 'Not selected',
    sortHint: 'Sort by this column. Shift with the left and right arrow changes its width.',
    widenHint: 'Shift with the left and right arrow changes the width of this column.',
  },

  errors: {
    title: (operation: string) => `Could not ${operation}`,
    nothingChanged: 'Nothing was changed.',
    changeUnknown: 'We don’t know whether anything was changed.',
    permission: 'Missing permission',
    copyPermission: 'Copy the permission',
    details: 'Details',
    copyDetails: 'Copy the details',
    kind: 'Code',
    operation: 'Operation',
    refusedBy: 'Refused by',
    requestId: 'Request id',
    retry: 'Try again',
    core: 'ask the core',
    coreNext: 'Try again. If it happens once more, restart Claviger and report what you did.',
  },

  marks: {
    production: 'Production',
    staging: 'Staging',
    development: 'Development',
    sandbox: 'Sandbox',
  } satisfies Record<EnvironmentMark, string>,

  /** Our words for states; a provider's own word stays as it is. */
  states: {
    enabled: 'Enabled',
    disabled: 'Disabled',
    destroyed: 'Destroyed',
    expired: 'Expired',
    'pending-deletion': 'Pending deletion',
    'pending-import': 'Pending import',
    unknown: 'Unknown',
  } as Record<string, string>,
};
