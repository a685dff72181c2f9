// The sentences that every wizard needs: locks, grounds, errors in their place, orders at a place, and what happened.

export const wizard = {
  announceFailed: (message: string) => `It was not done. ${message}`,
  overtaken: 'Somebody else changed it in the meantime',
  overtakenAbout: 'What you see now is how it stands. What you typed is still here.',
  notDone: 'It was not done',
  busy: 'At work',
  by: 'by',

  lock: {
    /** The reason may begin with a name, whose first letter is not ours to change. */
    says: (because: string, next: string) => `Locked: ${because.replace(/\.$/, '')}. ${next}`,
    opens: 'Opens',
  },

  grounds: {
    needed: 'Write what was seen or done, in a few words.',
  },

  order: {
    absent: 'There is no such step here',
    planning: 'Making the plan',
    plan: 'The plan',
    drop: 'Change nothing',
    confirmFailed: 'It was not carried out',
    planFailed: 'There is no plan',
    running: 'Being carried out. You can leave: it goes on by itself, and Activity shows it.',
    states: { live: 'Outcome not known', done: 'Done', 'not-done': 'Not carried out', 'never-sent': 'Never sent' } as Record<string, string>,
    glyphs: { live: '?', done: '✓', 'not-done': '✖', 'never-sent': '✖' } as Record<string, string>,
    lastTry: 'The last try',
    dismiss: 'Done reading',
    unknown: 'Outcome unknown',
    unknownAbout: (step: string, order: string) => `“${step}” (order ${order}) was sent once, and no answer was seen. It may or may not have happened. It has not been repeated.`,
    unknownNext: 'Check it: the place is asked what became of it. Until then everything else waits.',
    check: 'Check now',
    checking: 'Asking the place',
    activity: 'Open Activity',
  },

  log: {
    title: (count: number) => `What happened (${count})`,
    when: 'When',
    who: 'Who',
    what: 'What',
  },
};
