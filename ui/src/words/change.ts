// The sentences of changes: what can be wanted, its form, its plan, its confirmation, its outcome, and the write mode.
import type { UndoWire } from '../host/contract.gen';

/** What a change is called on the way to it, and on the button that does it. */
interface AskWords {
  /** On a menu: the dots say that nothing happens yet. */
  title: string;
  /** On the button that confirms, and as the heading before there is a plan. */
  confirm: string;
}

const asks: Record<string, AskWords> = {
  enable: { title: 'Enable…', confirm: 'Enable' },
  disable: { title: 'Disable…', confirm: 'Disable' },
  rotate: { title: 'Rotate…', confirm: 'Rotate' },
  'set-rotation': { title: 'Automatic rotation…', confirm: 'Set rotation' },
  'write-value': { title: 'Write a new value…', confirm: 'Write value' },
  'roll-back': { title: 'Make an older version current…', confirm: 'Roll back' },
  'change-description': { title: 'Change the description…', confirm: 'Change description' },
  'change-policy': { title: 'Edit the policy…', confirm: 'Change policy' },
  'change-tags': { title: 'Change the tags…', confirm: 'Change tags' },
  configure: { title: 'Settings of the place…', confirm: 'Change settings' },
  'create-alias': { title: 'New alias…', confirm: 'Create alias' },
  'move-alias': { title: 'Move an alias here…', confirm: 'Move alias' },
  'delete-alias': { title: 'Remove an alias…', confirm: 'Remove alias' },
  'create-grant': { title: 'New grant…', confirm: 'Create grant' },
  'retire-grant': { title: 'Retire a grant…', confirm: 'Retire grant' },
  'revoke-grant': { title: 'Revoke a grant…', confirm: 'Revoke grant' },
  'undelete-versions': { title: 'Bring versions back…', confirm: 'Bring versions back' },
  'delete-versions': { title: 'Hide versions…', confirm: 'Hide versions' },
  'cancel-deletion': { title: 'Cancel deletion…', confirm: 'Cancel deletion' },
  'schedule-deletion': { title: 'Schedule deletion…', confirm: 'Schedule deletion' },
  trim: { title: 'Destroy old versions…', confirm: 'Destroy versions' },
  'change-certificate-policy': { title: 'Change the certificate policy…', confirm: 'Change policy' },
  'import-material': { title: 'Import material…', confirm: 'Import material' },
  'merge-certificate': { title: 'Merge the signed answer…', confirm: 'Merge certificate' },
  'cancel-issuance': { title: 'Cancel the issuance…', confirm: 'Cancel issuance' },
  delete: { title: 'Delete…', confirm: 'Delete' },
  'create-key': { title: 'New key…', confirm: 'Create key' },
  'create-secret': { title: 'New secret…', confirm: 'Create secret' },
  'create-certificate': { title: 'New certificate…', confirm: 'Create certificate' },
  'import-key': { title: 'Import a key…', confirm: 'Import key' },
  'import-certificate': { title: 'Import a certificate…', confirm: 'Import certificate' },
  restore: { title: 'Restore a backup…', confirm: 'Restore' },
  'set-contacts': { title: 'Certificate contacts…', confirm: 'Set contacts' },
  'set-issuer': { title: 'Certificate issuer…', confirm: 'Set issuer' },
  'delete-issuer': { title: 'Remove a certificate issuer…', confirm: 'Remove issuer' },
};

/** The asks of a vault, in the order of the menu. */
export const VAULT_ASKS: readonly string[] = [
  'create-key',
  'create-secret',
  'create-certificate',
  'import-key',
  'import-certificate',
  'restore',
  'set-contacts',
  'set-issuer',
  'delete-issuer',
];
/** The asks of an item, what is done every day first, what destroys last. */
export const ITEM_ASKS: readonly string[] = Object.keys(asks).filter((ask) => !VAULT_ASKS.includes(ask));

/** The words of an ask. One that this window does not know is called by its own word. */
export function askWords(ask: string): AskWords {
  return asks[ask] ?? { title: `${ask}…`, confirm: ask };
}

export const change = {
  /** Before there is a plan: what is wanted, and of what. */
  wanted: (ask: string, name: string) => `${askWords(ask).confirm}: ${name}`,
  wantedIn: (ask: string, vault: string) => `${askWords(ask).confirm} in ${vault}`,
  undoWanted: 'Undo',
  menu: 'Change…',
  menuHint: 'What may be changed here now',

  offers: {
    no: 'You may not do this.',
    unheard: 'The place has no such change for this.',
    needs: (permission: string) => `Needs ${permission}.`,
    reading: 'What may be done is being read.',
    unread: 'What may be done could not be read. Open the item to see why.',
    vaultFirst: 'Choose a vault in the tree first.',
  },

  form: {
    reading: 'Reading what is there now',
    optional: 'optional',
    listHelp: 'Separate several with commas.',
    secretHelp: 'It is sent once with the change, is not shown again, and is kept neither in the plan nor in the journal.',
    fileHelp: 'It is read on this computer; what is in it stands neither in the plan nor in the journal.',
    secretAgain: 'What is secret has to be typed again: it was not kept.',
    numberHelp: (least: string, most: string) => `A whole number from ${least} to ${most}.`,
    none: '(none)',
    pairs: {
      key: 'Key',
      value: 'Value',
      keyOf: (at: number) => `Key ${at}`,
      valueOf: (at: number) => `Value ${at}`,
      add: 'Add a pair',
      addTo: (label: string) => `Add a pair to ${label}`,
      remove: (key: string, at: number) => `Remove ${key === '' ? `pair ${at}` : key}`,
      empty: 'None.',
    },
    problems: {
      required: (label: string) => `${label} is needed.`,
      choose: (label: string) => `Choose ${label.toLowerCase()}.`,
      number: (label: string, least: string, most: string) => `${label} is a whole number from ${least} to ${most}.`,
      emptyKey: 'A key is empty.',
      keyTwice: (key: string) => `The key ${key} is there twice.`,
    },
    fix: (count: number) => (count === 1 ? 'One answer needs your attention.' : `${count} answers need your attention.`),
    next: 'Show the plan',
    planning: 'Making the plan',
    about: 'Nothing is done yet. Next you see exactly what would be sent.',
  },

  plan: {
    about: 'Nothing is done yet. This is exactly what will be sent.',
    effects: 'Afterwards',
    warnings: 'Know this first',
    steps: (count: number) => (count === 1 ? 'One call' : `${count} calls, each sent only after the one before was seen to have worked`),
    step: (at: number, of: number) => `Step ${at} of ${of}`,
    copyCommand: (at: number) => `Copy the command of step ${at}`,
    who: 'As',
    where: 'Through',
    unmarked: 'not marked',
    undo: {
      no: 'It cannot be undone.',
      'roll-back': 'It can be rolled back in part; a plan of its own will say what stays.',
      whole: 'It can be undone: everything will be as before.',
    } satisfies Record<UndoWire, string>,
    journal: 'It is written in the journal before anything is sent.',
    type: (name: string) => `Type ${name} to confirm`,
    typeHelp: 'Read the plan, then type it by hand: pasting is switched off here.',
    typeFirst: 'Type the name first, exactly as it is shown.',
    pasted: 'Nothing was pasted. Type the name by hand.',
    back: 'Back to the answers',
    keep: 'Change nothing',
    sending: 'Sending…',
    spent: 'It was sent once, and is not sent again from here.',
    readOnly: 'The connection is read-only.',
    notYet: 'It cannot be confirmed yet',
  },

  running: {
    about: 'You can close this and go on working: it goes on by itself, and Activity shows it.',
    close: 'Close and go on working',
  },

  steps: {
    intent: 'not sent yet',
    sent: 'sent, no answer yet',
    observed: 'answered, being looked at',
    verified: 'done, and seen',
    unknown: 'not known',
    abandoned: 'not done',
  } as Record<string, string>,
  stepsTitle: 'Steps',
  requestId: 'Request id',
  copyRequestId: 'Copy the request id',

  outcome: {
    done: 'Done',
    abandoned: 'Not carried out',
    unknown: 'Outcome unknown',
    paused: 'Stopped between two steps',
    running: 'Being carried out',
    doneAbout: 'Every step was seen to have worked.',
    unknownAbout: 'It was sent once and has not been repeated. Whether it happened is not known yet.',
    pausedAbout: 'What was sent is settled; the rest was not sent. You go on, or give the rest up.',
    abandonedPartly: 'It ended before its last step.',
    failed: 'It was not carried out',
    planFailed: 'There is no plan',
    questionsFailed: 'The change could not be prepared',
  },

  buttons: {
    check: 'Check now',
    checking: 'Asking the provider',
    checkHint: 'Asks the provider what became of it. Nothing is sent again.',
    activity: 'Open Activity',
    undo: 'Undo',
    rollBack: 'Roll back…',
    continue: 'Continue',
    giveUp: 'Give up',
    openItem: 'Open the item',
    close: 'Close',
    planAgain: 'Make the plan again',
  },

  told: {
    done: (title: string) => `${title}: done`,
    abandoned: (title: string) => `${title}: not carried out. Activity says why.`,
    unknown: (title: string) => `${title}: the outcome is not known. Check it in Activity.`,
    paused: (title: string) => `${title}: stopped between two steps. See Activity.`,
    running: (title: string) => `${title}: being carried out`,
    failed: (title: string) => `${title}: it was not sent. See Activity.`,
  },

  writing: {
    readOnly: 'Read-only',
    readOnlyHint: 'Nothing can be changed through this connection until you allow it.',
    allow: 'Allow changes for 15 minutes',
    allowFor: (connection: string) => `Allow changes for 15 minutes through ${connection}`,
    stop: 'Back to read-only',
    stopFor: (connection: string) => `Back to read-only: ${connection}`,
    on: 'Changes allowed',
    onThrough: 'Changes are allowed through',
    left: (text: string) => `${text} left`,
    until: (time: string) => `until ${time}`,
    announceOn: (connection: string) => `Changes through ${connection} are allowed for 15 minutes.`,
    announceOff: (connection: string) => `${connection} is read-only.`,
    announceOver: (connection: string) => `The time is over: ${connection} is read-only again.`,
    over: 'The time in which changes were allowed is over; the connection is read-only again.',
    overOperation: 'confirm the change',
    us: 'this app',
    overNext: 'Allow changes again, then confirm.',
    toggle: 'Allow changes for 15 minutes, or back to read-only',
    noConnection: 'Choose an item or a connection first.',
    region: 'Where changes are allowed',
  },
};
