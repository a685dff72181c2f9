// The sentences of the connect screen.
import type { ConnectionRow } from '../host/contract.gen';

type SecretsPlace = 'keyring' | 'memory' | 'missing' | 'none needed';

export const connect = {
  title: 'Connect a vault',
  firstRunTitle: 'Welcome to Claviger',
  firstRunAbout: 'Connect the places that hold your keys, or look around first in a keystore made for practice.',

  found: {
    title: 'Sign-ins found on this computer',
    looking: 'Looking for sign-ins on this computer',
    none: 'No sign-in was found on this computer. Add a place by its address.',
    connected: 'Connected',
    connectedHint: 'A connection with this sign-in is already saved.',
    refresh: 'Look again',
  },

  address: {
    open: 'Add by address…',
    close: 'Discard',
    title: 'Add by address',
    kind: 'Kind of place',
    name: 'Name of the connection',
    nameHelp: 'The first part of every reference, and what you see in the tree.',
    optional: 'optional',
    listHelp: 'Several are separated by commas.',
    pathHelp: 'The whole path of a file on this computer.',
    noForms: 'The kinds of places could not be read.',
  },

  problems: {
    required: (label: string) => `Enter “${label}”.`,
    choose: (label: string) => `Choose “${label}”.`,
    nameMissing: 'Enter a name for the connection.',
    nameLong: 'A name has at most 64 characters.',
    nameTaken: (name: string) => `A connection named “${name}” is already saved. Choose another name.`,
    control: (label: string) => `“${label}” holds a line break or another control character. Remove it.`,
    nothingChosen: 'Choose a sign-in, or add a place by its address.',
    fixForm: (count: number) =>
      count === 1 ? 'One answer of the form needs your attention.' : `${count} answers of the form need your attention.`,
  },

  mark: {
    title: 'Mark as',
    help: 'The mark is shown wherever an item of this place is shown.',
  },

  mode: {
    title: 'Mode',
    readOnly: 'Read-only',
    about: 'Nothing can be changed at the place until you allow it, for 15 minutes at a time, wherever an item of it is shown.',
  },

  keep: {
    label: 'Keep secrets in the keyring of this computer',
    help: 'Otherwise they live in memory until the app ends.',
    noKeyring: 'No keyring answers on this computer. Secrets live in memory until the app ends; after that you sign in again.',
  },

  next: 'Next, names and properties are listed. Secret values are not read. Nothing is sent anywhere but to these places.',

  check: {
    button: 'Check access',
    running: 'Checking access',
    title: (name: string) => `Access of ${name}`,
    identity: 'Signed in as',
    until: 'until',
    allowed: 'works',
    refused: 'does not work',
    untested: 'not tried',
    copyMissing: 'Copy missing permissions',
    copied: 'Missing permissions copied',
    allWork: 'Everything that was tried works.',
    someMissing: (count: number) => (count === 1 ? 'One permission is missing.' : `${count} permissions are missing.`),
    nothingTried: 'Nothing could be tried.',
  },

  connectButton: 'Connect',
  connecting: 'Connecting',
  connectedNow: (count: number) => (count === 1 ? 'Connection saved' : `${count} connections saved`),
  partly: (saved: number, failed: number) =>
    `${saved} saved, ${failed} not saved. The reasons are beside the places that were not saved.`,

  practice: {
    firstTitle: 'Or look around first',
    title: 'Practice keystore',
    about: 'A real keystore on this computer, with about a dozen keys, certificates and secrets made for practice. It works offline.',
    button: 'Open the practice keystore',
    opening: 'Opening the practice keystore',
  },

  saved: {
    title: 'Saved connections',
    none: 'No connection is saved yet.',
    identity: 'as',
    secrets: {
      keyring: 'Secrets in the keyring',
      memory: 'Secrets in memory until the app ends',
      missing: 'Its secrets are no longer on this computer. Sign in again with the same answers.',
      'none needed': 'No secrets needed',
    } satisfies Record<SecretsPlace, string>,
    remove: (name: string) => `Remove ${name}`,
    removeShort: 'Remove…',
    signInAgain: 'Sign in again…',
  },

  removal: {
    title: (name: string) => `Remove the connection “${name}”`,
    forgotten: (row: ConnectionRow) => [
      `The connection and its answers (${row.place}).`,
      ...(row.secrets === 'none needed' ? [] : ['Its secrets, in the keyring and in memory.']),
      'The last known names and properties of its items, and which of them are pinned.',
    ],
    intro: 'Claviger forgets:',
    kept: 'Nothing is changed at the place itself.',
    confirm: 'Remove connection',
    cancel: 'Keep connection',
    done: (name: string) => `Connection “${name}” removed`,
  },
};

/** The sentence for where a connection's secrets are; a word this version does not know is shown as it is. */
export function secretsSentence(place: string): string {
  return place in connect.saved.secrets ? connect.saved.secrets[place as SecretsPlace] : place;
}
