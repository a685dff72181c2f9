// What an editor marks in its text.
export interface CodeMark {
  /** Where it begins and ends, in UTF-16 code units. */
  from: number;
  to: number;
  severity: 'error' | 'warning' | 'note';
  message: string;
  /** What a button beside the message does. */
  action?: { name: string; run: () => void } | undefined;
}
