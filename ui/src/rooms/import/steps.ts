// The steps of an import as the rail shows them, which of them it is at, and which are done.
import type { ImportWire } from '../../host/contract.gen';

export const STEPS = ['target', 'source', 'wrapping-key', 'wrap', 'import', 'prove'] as const;
export type StepName = (typeof STEPS)[number];
/** What can be in view: a step, or how it ended. */
export type ViewName = StepName | 'over';
export type Standing = 'done' | 'here' | 'to-come';

export function isStep(word: string): word is StepName {
  return (STEPS as readonly string[]).includes(word);
}

/** Whether the place takes what is wrapped with the key in memory no more. */
export function hasLapsed(wire: ImportWire, now: number): boolean {
  const until = wire.wrappingKey?.until;
  return until !== null && until !== undefined && Date.parse(until) <= now;
}

/** Where it is: the phase, and what of it is in memory only and may be gone after a restart. */
export function hereOf(wire: ImportWire, now: number): ViewName {
  const { phase, over } = wire.row;
  if (over) return 'over';
  if (phase !== 'wrap' && phase !== 'import') return isStep(phase) ? phase : 'target';
  const lapsed = hasLapsed(wire, now);
  if (phase === 'import' && wire.packed && !lapsed) return 'import';
  if (wire.target?.wrap.wrap === 'plain') return 'wrap';
  if (wire.wrappingKey === null || lapsed) return 'wrapping-key';
  return isInside(wire) && wire.loaded.length === 0 ? 'wrapping-key' : 'wrap';
}

/** Whether the source's place wraps the key itself. */
export function isInside(wire: ImportWire): boolean {
  return wire.source?.from === 'item' && wire.source.inside;
}

/** How a step stands. What was given up is told by what was reached. */
export function standing(wire: ImportWire, step: StepName, now: number): Standing {
  const here = hereOf(wire, now);
  if (here !== 'over') {
    const away = STEPS.indexOf(step) - STEPS.indexOf(here);
    return away < 0 ? 'done' : away === 0 ? 'here' : 'to-come';
  }
  const reached: Record<StepName, boolean> = {
    target: wire.target !== null,
    source: wire.source !== null,
    'wrapping-key': wire.wrapped !== null || (wire.target?.waits === true && wire.row.item !== null),
    wrap: wire.wrapped !== null,
    import: wire.imported !== null,
    prove: wire.proof?.holds === true,
  };
  return reached[step] ? 'done' : 'to-come';
}

/** `h:mm:ss`, or `mm:ss` below an hour; from two days on whole days come first. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (number: number) => String(number).padStart(2, '0');
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const hours = Math.floor(seconds / 3600);
  if (hours >= 48) return `${Math.floor(hours / 24)} days, ${hours % 24}:${rest}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}
