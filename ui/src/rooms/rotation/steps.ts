// The steps of a rotation as the rail shows them, and which of them are done.
import type { RotationWire } from '../../host/contract.gen';

export const STEPS = ['scope', 'method', 'consumers', 'create', 'distribute', 'verify', 'switch', 'retire'] as const;
export type StepName = (typeof STEPS)[number];
/** What can be in view: a step, or what stands in place of the steps at the end. */
export type ViewName = StepName | 'rolling-back' | 'over';
export type Standing = 'done' | 'here' | 'to-come';

/** What is in view where nothing else was chosen. */
export function viewOf(rotation: RotationWire): ViewName {
  const { phase, over } = rotation.row;
  if (over) return 'over';
  if (phase === 'rolling-back') return 'rolling-back';
  return isStep(phase) ? phase : 'scope';
}

export function isStep(word: string): word is StepName {
  return (STEPS as readonly string[]).includes(word);
}

/** How a step stands. While it is taken back, and afterwards, what was reached tells. */
export function standing(rotation: RotationWire, step: StepName): Standing {
  const { phase } = rotation.row;
  if (isStep(phase)) {
    const away = STEPS.indexOf(step) - STEPS.indexOf(phase);
    return away < 0 ? 'done' : away === 0 ? 'here' : 'to-come';
  }
  if (phase === 'done') return 'done';
  const reached: Record<StepName, boolean> = {
    scope: true,
    method: rotation.method !== null,
    consumers: rotation.runs.length > 0,
    create: rotation.new !== null,
    distribute: rotation.row.updated > 0,
    verify: rotation.runs.some((run) => run.verified !== null),
    switch: rotation.switched !== null,
    retire: rotation.disabled !== null,
  };
  return reached[step] ? 'done' : 'to-come';
}
