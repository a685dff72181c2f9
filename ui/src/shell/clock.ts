// A short time of day for bars and trees; the day before it where it is not today.

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayAndTime = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** `09:14`, or `22 Nov, 09:14`. Text that is no time is shown as it is. */
export function clock(text: string, now = new Date()): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  return (at.toDateString() === now.toDateString() ? time : dayAndTime).format(at);
}
