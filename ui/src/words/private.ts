// The sentences of what leaves as a file alone: a private key with its certificate, and a backup.

export const handout = {
  cancel: 'Cancel',
  key: {
    panel: 'Certificate with its private key',
    about: 'The secret holds the private key as well. It can leave as a file, and then there is a second holder of the key.',
    open: 'Export with private key…',
    title: (name: string) => `Export ${name} with its private key`,
    consequence: 'Whoever holds this file holds the private key: they can act under this certificate until it ends or is revoked, and nobody will see them do it here.',
    logged: 'The place may record that you read it. On this computer the file is for your account alone.',
    form: 'Form',
    forms: {
      pfx: 'PFX, under a new password',
      pem: 'PEM, without any protection',
    },
    formHelp: {
      pfx: 'For Windows, IIS, .NET, Java and app services. AES-256; the password is not kept anywhere.',
      pem: 'For nginx, HAProxy and OpenSSL. The key is readable to whoever can read the file.',
    },
    password: 'New password',
    passwordHelp: 'It is asked for when the file is imported. It cannot be found again.',
    again: 'The same password again',
    missing: 'Enter a password for the file.',
    differ: 'The two passwords differ.',
    repeat: 'Enter the password a second time.',
    save: 'Save…',
    saving: 'Saving',
    saved: (path: string) => `Saved with its private key: ${path}`,
  },
  backup: {
    panel: 'Backup',
    about: 'A copy that only the same kind of place can take back. It shows nothing of what is in it, and cannot be used elsewhere.',
    save: 'Save a backup…',
    saving: 'Saving',
    saved: (path: string) => `Backup saved: ${path}`,
  },
};
