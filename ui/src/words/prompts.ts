// The sentences of the dialog by which a person signs in elsewhere.

export const prompts = {
  title: (place: string) => `Sign in to ${place}`,
  browser: 'The sign-in goes on in your browser, on this computer. Claviger waits for it.',
  code: 'Open this page on any device, enter the code, and sign in there. Claviger waits for it.',
  page: 'Page',
  codeLabel: 'Code',
  copyPage: 'Copy the address of the page',
  copyCode: 'Copy the code',
  until: (time: string) => `Until ${time}`,
  more: (count: number) => (count === 1 ? 'One more sign-in waits after this one.' : `${count} more sign-ins wait after this one.`),
  caution: 'Enter the code only if you began this sign-in yourself.',
  open: 'Open the page',
  cancel: 'Cancel sign-in',
};
