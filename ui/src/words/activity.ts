// The sentences of Activity: the journal of changes, what became of each, and whether the chain is whole.
import type { OrderState } from '../host/contract.gen';

const count = (number: number, one: string, many: string) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

export const activity = {
  title: 'Activity',
  ofItem: (name: string) => `of ${name}`,
  allItems: 'Show the activity of everything',
  list: 'Changes, newest first',
  detail: 'Details',
  resize: 'Width of the details',
  refresh: 'Refresh',
  reading: 'Reading the journal',

  columns: { time: 'Time', who: 'Who', what: 'What', where: 'Where', result: 'Result' },

  filter: {
    label: 'Filter the journal',
    placeholder: 'Filter: result:unknown connection:prod ask:disable actor:maria',
    clear: 'Clear the filter',
    help: 'Words that must all occur; result:, connection:, ask: and actor: look at one thing only.',
  },

  shown: (shown: number, more: boolean, later: boolean) =>
    later || more ? `${count(shown, 'entry', 'entries')} on this page` : count(shown, 'entry', 'entries'),
  older: 'Older',
  newer: 'Newer',
  noOlder: 'These are the oldest ones.',
  noNewer: 'These are the newest ones.',

  /** The words that the filter knows, too. */
  results: {
    done: 'done',
    abandoned: 'abandoned',
    unknown: 'unknown',
    paused: 'paused',
    running: 'running',
  } satisfies Record<OrderState, string>,
  local: 'local',

  writeModeOn: (connection: string) => `Changes through ${connection} allowed`,
  writeModeOff: (connection: string) => `${connection} read-only again`,
  writeModeUntil: (time: string) => `Until ${time}, unless it was set back before. Nothing is changed by this alone.`,
  writeModeEnded: 'From then on nothing could be changed through this connection.',
  accepted: 'Went on from a journal that did not fit',
  acceptedAbout: 'A person looked at the problem and went on from there. This is what did not fit:',

  empty: {
    nothing: 'Nothing was changed yet',
    nothingText: 'Every change you make with Claviger is written here before it is sent, with what became of it.',
    filtered: 'No entry fits the filter',
    filteredText: 'Change the filter, or clear it.',
    item: 'Nothing was changed at this item yet',
    itemText: 'Only changes made with Claviger are written here; the place keeps an audit log of its own.',
    failed: 'The journal could not be read',
    choose: 'Choose an entry to see its steps.',
  },

  facts: {
    confirmed: 'Confirmed',
    connection: 'Through',
    actor: 'As',
    order: 'Order',
    item: 'Item',
    copyOrder: 'Copy the number of the order',
    openItem: (reference: string) => `Open ${reference}`,
  },

  telling: (consumer: string, target: string) => `Telling ${consumer} by ${target}`,
  told: (consumer: string, target: string) => `Told ${consumer} by ${target}`,
  untold: (consumer: string, target: string) => `Could not tell ${consumer} by ${target}`,
  tellingAbout: 'Written down before anything left. The record after it says how it ended; without one, it is not known.',

  records: {
    title: (number: number) => `${count(number, 'record', 'records')} of the chain`,
    sequence: 'No.',
    at: 'Time',
    event: 'What',
    hash: 'Hash',
    copy: (sequence: number) => `Copy the hash of record ${sequence}`,
    events: {
      intent: 'confirmed',
      sent: 'sent',
      observed: 'answered',
      verified: 'seen to be done',
      unknown: 'not known',
      abandoned: 'not done',
      told: 'a consumer told',
      'write-mode': 'write mode',
      accepted: 'went on',
    } as Record<string, string>,
  },

  continueHint: 'Sends the steps that were not sent.',
  continueReadOnly: 'The connection is read-only. Allow changes through it first.',
  giveUp: {
    title: (title: string) => `Give up the rest of “${title}”`,
    intro: 'These steps will not be sent:',
    done: 'What was done stays as it is:',
    confirm: 'Give up',
    keep: 'Keep it as it is',
  },

  chain: {
    title: 'The chain',
    verifying: 'The journal is being verified',
    sound: (records: number) => `The journal is as it was written: ${count(records, 'record', 'records')}`,
    unsound: 'The journal is not as it was written',
    at: (sequence: number) => `The first record that does not fit is number ${sequence}.`,
    head: 'Head',
    copyHead: 'Copy the head of the chain',
    seals: {
      keyring: 'sealed in the keyring',
      memory: 'sealed in memory only',
    } as Record<string, string>,
    memoryWhy: 'No keyring answers on this computer: records cut off at the end while Claviger does not run would not be seen.',
    verify: 'Verify again',
    failed: 'The journal could not be verified',
    accept: 'Go on from here…',
    acceptTitle: 'Go on from a journal that does not fit',
    acceptIntro: 'Somebody or something changed the journal, or an old copy of it was put back. If you go on:',
    acceptWhat: [
      'The records stay as they are, also those that do not fit.',
      'From here on the journal is verified again.',
      'That you went on is written in the journal, with what was wrong.',
    ],
    acceptNext: 'Export the journal first if somebody has to look into this.',
    acceptConfirm: 'Go on from here',
    acceptKeep: 'Leave it as it is',
  },

  exportButton: 'Export for an auditor…',
  exporting: 'Exporting',
  exportHint: 'The whole journal, with a verifier that runs without Claviger. No secret value is in it.',
  exported: (paths: readonly string[]) => (paths.length === 1 ? `Saved as ${paths[0]}` : `Saved ${paths.length} files, the first as ${paths[0]}`),

  unsettled: (number: number) => `${number} unsettled`,
  unsettledHint: (number: number) =>
    number === 1 ? 'The outcome of one change is not settled. Open Activity to check it.' : `The outcome of ${number} changes is not settled. Open Activity to check them.`,
};
