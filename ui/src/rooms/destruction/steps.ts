// The steps of a destruction as the rail shows them, and which of them are done.
import type { DestructionWire } from '../../host/contract.gen';

export const STEPS = ['evidence', 'disable', 'soak', 'schedule', 'waiting'] as const;
export type StepName = (typeof STEPS)[number];
export type ViewName = StepName | 'over';
export type Standing = 'done' | 'here' | 'to-come';

export function isStep(word: string): word is StepName {
  return (STEPS as readonly string[]).includes(word);
}

/** What is in view where nothing else was chosen. */
export function viewOf({ row }: DestructionWire): ViewName {
  return isStep(row.phase) ? row.phase : 'over';
}

export function standing(wire: DestructionWire, step: StepName): Standing {
  const { phase } = wire.row;
  if (isStep(phase)) {
    const away = STEPS.indexOf(step) - STEPS.indexOf(phase);
    return away < 0 ? 'done' : away === 0 ? 'here' : 'to-come';
  }
  const reached: Record<StepName, boolean> = {
    evidence: wire.evidence !== null,
    disable: wire.disabled !== null,
    soak: wire.soaksUntil !== null,
    schedule: wire.scheduled !== null || phase === 'done',
    waiting: wire.scheduled !== null || phase === 'done',
  };
  return reached[step] ? 'done' : 'to-come';
}

/** What is left until an end. Nothing is rounded up, so that it says the same as the distance in days beside it. */
export interface Left {
  days: number;
  hours: number;
  minutes: number;
}

/** What is left until `end`; `null` once it is over. */
export function left(end: string, now: number): Left | null {
  const away = Date.parse(end) - now;
  if (!(away > 0)) return null;
  const minutes = Math.floor(away / 60_000);
  return { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 };
}
