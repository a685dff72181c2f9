// The sentences of the room for policies: the text, what it means, what a change of it would do, and its way to the place.
import type { TabName } from '../rooms/policy/room.svelte';

const several = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;

export const policy = {
  title: (name: string) => `Policy of ${name}`,
  label: (name: string) => `Policies of ${name}`,
  loading: 'Reading the policies',
  openFailed: 'The policies could not be read',
  stale: 'The policies could not be read afresh. What follows was read before.',
  troubleHeading: 'What went wrong',
  unreadable: 'This policy could not be read',
  none: 'There is no policy here.',
  openItem: 'Open the item',
  refresh: 'Refresh',
  refreshing: 'Reading afresh',
  as: 'As',

  list: {
    title: 'Policies',
    own: 'Of this item',
    others: (count: number) => `Other policies of this place (${count})`,
    draft: 'draft',
  },

  unread: {
    title: (count: number) => several(count, 'thing is not known here', 'things are not known here'),
  },

  tabs: {
    edit: 'Text',
    differences: 'Differences',
    statements: 'Statements',
    words: 'In words',
    who: 'Who can',
    ask: 'Who may?',
    history: 'History',
  } satisfies Record<TabName, string>,
  tabList: 'Ways to look at the policy',

  fixed: {
    unread: 'The policy could not be read, so that it cannot be edited.',
    denied: 'You may not change this policy.',
    earlier: 'Go on with the draft or discard it first.',
    title: 'Read-only',
  },

  draft: {
    title: (time: string, far: string) => `A draft from ${time} (${far}) was not applied.`,
    about: 'Nothing of it was sent. The policy is shown as it is.',
    goOn: 'Go on',
    discard: 'Discard',
    waiting: 'The draft is being kept',
    kept: 'The draft is kept on this computer',
    failed: 'The draft could not be kept',
  },

  moved: {
    title: 'The policy was changed meanwhile',
    about: 'Somebody else changed it after your draft was begun. Nothing was sent. Your draft is compared with what it reads now once you go on from there.',
    began: 'As it was when the draft began',
    now: 'As it is now',
    draft: 'Your draft',
    changed: 'What was changed meanwhile',
    yours: 'What your draft would make of it now',
    whole: (title: string) => `${title}: the whole text`,
    rebase: 'Go on from what it reads now',
    rebaseHint: 'The draft stays as it is. Differences are told against what the policy reads now.',
    discard: 'Discard the draft',
  },

  lockout: {
    keeps: 'You keep the right to change it',
    loses: 'This would lock you out',
    lacks: 'You have no right to change it',
    'cannot-tell': 'It cannot be told whether you keep the right to change it',
    others: (count: number) => `${several(count, 'other', 'others')} could change it too:`,
    alone: 'Nobody else is known who could.',
    reading: 'Reading what the text means',
  } as Record<'keeps' | 'loses' | 'lacks' | 'cannot-tell' | 'alone' | 'reading', string> & { others: (count: number) => string },

  problems: {
    title: 'Problems',
    none: 'Nothing stands out.',
    count: (errors: number, warnings: number) => [errors > 0 ? several(errors, 'error', 'errors') : '', warnings > 0 ? several(warnings, 'warning', 'warnings') : ''].filter(Boolean).join(', '),
    severities: { error: 'Error', warning: 'Warning', note: 'Note' } as Record<string, string>,
    at: (line: number) => `Line ${line}`,
    show: (line: number) => `Show line ${line} in the text`,
    failed: 'What the text means could not be told',
  },

  edit: {
    label: (title: string) => `Text of: ${title}`,
    add: 'Add…',
    addHint: 'Puts a part into the policy, or takes it out; the rest stays as it is',
    keys: 'F8 goes to the next problem, Ctrl+S keeps the draft, Tab leads on.',
    inWords: 'What changes',
  },

  differences: {
    none: 'The text is as it is at the place.',
    turns: { gains: '+', loses: '−', changes: '~', unclear: '?', nothing: '=' } as Record<string, string>,
    turnNames: { gains: 'Gained', loses: 'Lost', changes: 'Changed', unclear: 'Not clear', nothing: 'No effect' } as Record<string, string>,
    before: 'As it is',
    after: 'The draft',
    text: 'In the text',
    effect: 'In effect',
  },

  statements: {
    none: 'This language of policies has no form. Edit the text itself.',
    label: (at: number, label: string) => `${at}. ${label}`,
    write: 'Write into the text',
    remove: 'Take out',
    removeOf: (label: string) => `Take out ${label}`,
    add: 'New statement',
    show: 'Show in the text',
    showOf: (label: string) => `Show in the text: ${label}`,
    empty: 'There is no statement.',
    waits: 'The text is being read.',
  },

  words: {
    none: 'It says nothing that could be told.',
    show: 'Show in the text',
  },

  who: {
    can: (verb: string) => `Who can ${verb}`,
    who: 'Who',
    before: 'As it is',
    after: 'With the draft',
    nobody: 'Nobody is named who could do anything.',
    is: { can: 'can', when: 'can, on conditions:', 'depends-on': 'depends', denied: 'is denied' } as Record<string, string>,
    cannot: 'cannot',
    depends: (terms: string) => `on ${terms}`,
    by: (by: string) => `by ${by}`,
    changes: 'changes',
  },

  ask: {
    about: 'Which statement would answer a request, by this text. Nobody is asked, and nothing is sent.',
    caller: 'Who asks',
    callerHelp: 'The full name at the place, such as arn:aws:iam::111122223333:role/App.',
    action: 'For what',
    actionHelp: 'In the place’s word, such as kms:Decrypt.',
    context: 'What else is known of the request',
    contextHelp: 'key=value, one a line, such as kms:ViaService=s3.eu-west-1.amazonaws.com.',
    run: 'Tell',
    missing: 'Say who asks, and for what.',
    verdicts: { allowed: 'Allowed', denied: 'Denied', 'not-allowed': 'Not allowed', depends: 'Not decided here', unknown: 'Cannot be told' } as Record<string, string>,
    by: 'By these statements',
    failed: 'It could not be told',
  },

  history: {
    about: 'What the policy read before each change that was made here. A text that is restored is a draft: it is read and applied as any other.',
    none: 'It was not changed here yet.',
    restore: 'Put into the editor',
    restoreOf: (time: string) => `Put into the editor: what it read before ${time}`,
    order: 'order',
    text: 'Text before this change',
  },

  add: {
    title: 'Add to the policy',
    about: 'What is there already stays as it is. Only the text in the editor changes.',
    template: 'What',
    presets: 'Known answers',
    source: 'From',
    optional: 'optional',
    none: '(none)',
    add: 'Add',
    takeBack: 'Take back',
    takeBackHint: 'Takes exactly this part out again',
    close: 'Close',
    missing: (label: string) => `${label} is needed.`,
    failed: 'The text is as it was',
    nothing: 'The text has it already; nothing was changed.',
  },

  forms: {
    operation: 'change the text',
    overtaken: 'The text was changed while the form was at work',
    again: 'Look at the text, then try again.',
    us: 'this app',
    failed: 'The text is as it was',
  },

  apply: {
    review: 'Review and apply…',
    comparing: 'Reading the policy once more',
    discard: 'Discard the draft',
    nothing: 'Nothing was changed.',
    moved: 'The policy was changed meanwhile: decide about that first.',
    reading: 'What the text means is being read.',
    unread: 'What the text means could not be told.',
    locked: (says: string) => `Blocked: ${says}`,
    blocked: 'Blocked: it would lock you out, as is said above.',
    done: 'Applied: the policy was read back, and this is what it reads now.',
    notDone: 'The change did not end as it should. What is shown is what the policy reads now; your draft is still here.',
  },
};
