// The sentences of the export studio.
import type { FingerprintVerdict, SnowflakeSlot } from '../host/contract.gen';

/** How good a verdict is: it decides colour and glyph beside its sentence. */
export type VerdictTone = 'ok' | 'bad' | 'note';

export const exporting = {
  title: (name: string) => `Export ${name}`,
  titleSeveral: (count: number) => `Export ${count} items`,
  publicOnly: {
    certificate: 'Only the PUBLIC certificate is exported. Its private key is not read and stays where it is.',
    key: 'Only the PUBLIC key is exported. The private key is not read and stays where it is.',
    request: 'Only the signing request is exported: names and the PUBLIC key. The private key stays where it is.',
  } as Record<string, string> & { key: string },
  formats: 'Format',
  unavailable: 'Not available',
  needs: 'Missing permission',
  noSshForm: 'OpenSSH has no form for this kind of key.',
  noJwkForm: 'JWK has no form for this kind of key.',
  noCertificate: 'The item has no certificate.',
  noRequest: 'No signing request waits for an answer.',
  noPublicKey: 'The item has no public key that may leave.',

  preview: {
    title: 'Preview',
    making: 'Writing and parsing back',
    binary: 'These are bytes. The preview shows them as base64; the saved file holds the bytes themselves.',
    waiting: 'The preview appears when the form is complete.',
    nothing: 'Nothing was exported.',
    version: 'version',
    checks: 'Check afterwards',
    text: (name: string) => `Text of ${name}`,
    failedTitle: 'The export was not made',
    copyCheck: 'Copy the check',
  },

  results: {
    title: 'Results',
    ready: (count: number) => (count === 1 ? '1 file is ready' : `${count} files are ready`),
    failed: (count: number) => (count === 1 ? '1 item could not be exported' : `${count} items could not be exported`),
  },

  versions: {
    title: 'Versions',
    currentOnly: 'The current version',
    several: 'Chosen versions',
    current: 'current',
    noPublicKey: 'no public key of its own',
    eachAFile: 'Each chosen version becomes a file of its own.',
    joined: 'The chosen versions are joined in one set. During a rotation it must hold the old and the new key.',
  },

  openssh: {
    comment: 'Comment',
    help: 'The end of the line, so that people know whose key it is.',
  },

  snowflake: {
    title: 'For which user',
    user: 'User',
    userHelp: 'The name as DESC USER shows it; upper and lower case count.',
    slot: 'Slot',
    slotHelp: 'Two slots let the old and the new key overlap. Set the one that is not in use.',
    slots: { first: 'RSA_PUBLIC_KEY', second: 'RSA_PUBLIC_KEY_2' } satisfies Record<SnowflakeSlot, string>,
    oneItem: 'A slot of a user holds one key. Export one item at a time.',
    oneVersion: 'A slot of a user holds one key. Choose one version.',
    userMissing: 'Enter the user the statement is for.',
  },

  compare: {
    title: 'Compare with the consumer',
    label: 'Paste what the consumer shows',
    help: 'Such as the fingerprint cell of DESC USER.',
    button: 'Compare',
    comparing: 'Comparing',
    verdicts: {
      match: 'Match. The consumer has this key.',
      mismatch: 'No match. This is the fingerprint of another key.',
      'ssh-fingerprint': 'This is the SSH fingerprint of this key. It hashes the SSH form, so Snowflake never shows it.',
      'ssh-fingerprint-of-another-key': 'This is an SSH fingerprint, and it belongs to another key.',
      'another-form': 'This belongs to this key, in another form than the SHA-256 of its SPKI.',
      'not-a-fingerprint': 'This is no fingerprint. Paste the whole value, such as SHA256: and what follows.',
    } satisfies Record<FingerprintVerdict, string>,
    tones: {
      match: 'ok',
      mismatch: 'bad',
      'ssh-fingerprint': 'note',
      'ssh-fingerprint-of-another-key': 'bad',
      'another-form': 'note',
      'not-a-fingerprint': 'note',
    } satisfies Record<FingerprintVerdict, VerdictTone>,
  },

  copy: 'Copy',
  copyBinary: 'These are bytes, and the clipboard takes text. Save them as a file.',
  copyHint: 'Copy to the clipboard (Enter)',
  copied: 'Export copied',
  save: 'Save…',
  saveHint: 'Save as a file (Ctrl+S)',
  saving: 'Saving',
  saved: (paths: string[]) => (paths.length === 1 ? `Saved ${paths[0]}` : `${paths.length} files saved`),
};
