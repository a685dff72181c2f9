// What is locked in the fake host's rotations, roughly as Rust says it.
import type { LockWire, RotationStepWire, RotationWire, RunWire } from '../contract.gen';
import { kindOf } from './consumers';

const HOUR = 3_600_000;
const because = (why: string, next: string, until: string | null = null): LockWire => ({ because: why, next, until });
const timed = (until: string, why: string) => because(why, 'Nothing else is needed: it opens by itself at that time.', until);
const after = (time: string, hours: number) => new Date(Date.parse(time) + hours * HOUR).toISOString();
const later = (time: string | null) => time !== null && Date.parse(time) > Date.now();
const UNDER_WAY = ['distribute', 'verify', 'switch', 'retire'];

type Locked = LockWire | null;

/** The parts of a rotation that follow from the rest. */
export function settle(rotation: RotationWire): void {
  rotation.soaksUntil = rotation.switched ? after(rotation.switched.at, rotation.settings.soakHours) : null;
  rotation.waitsUntil = rotation.disabled ? after(rotation.disabled.at, rotation.settings.waitDays * 24) : null;
  const taking = rotation.runs.filter((run) => run.left === null);
  for (const run of rotation.runs) run.onBackPath = run.consumer.roundTrip && run.offBackPath === null && run.left === null;
  Object.assign(rotation.row, {
    consumers: taking.length,
    updated: taking.filter((run) => run.state === 'SUCCEEDED').length,
    failed: taking.filter((run) => run.state === 'FAILED').length,
    onBackPath: taking.filter((run) => run.onBackPath).length,
    over: rotation.row.phase === 'done' || rotation.row.phase === 'rolled-back',
  });
  rotation.locks = locksOf(rotation);
  rotation.steps = stepsOf(rotation);
  const waiting = rotation.locks['go-on'] ?? rotation.locks['finish'];
  rotation.row.waitsFor = rotation.row.over ? '' : waiting ? `${waiting.because.charAt(0).toUpperCase()}${waiting.because.slice(1)}.` : 'It can go on.';
  rotation.row.until = rotation.row.over ? null : (waiting?.until ?? null);
  rotation.rollBack = {
    reverts: [
      ...(rotation.switched && rotation.switch === 'by-alias' ? [`${rotation.alias} points at the old key again.`] : []),
      ...(rotation.disabled ? ['The old material is enabled again.'] : []),
      ...(rotation.deleted ? ['The destruction of the old material is called off.'] : []),
    ],
    stays: rotation.new ? ['The new key stays at the place; it can be disabled, and is not destroyed by this.'] : [],
    tell: rotation.runs.filter((run) => run.state !== 'PENDING' && run.toldBack === null).map((run) => run.consumer.name),
  };
}

function locksOf(rotation: RotationWire): { [key in string]: LockWire } {
  const locks: { [key in string]: LockWire } = {};
  const live = rotation.orders.find((order) => order.state === 'live');
  const phase = rotation.row.phase;
  const over = phase === 'done' || phase === 'rolled-back';
  const keep = (word: string, lock: Locked) => {
    const first = live
      ? because(`it is not known yet how order ${live.order} (${live.step}) ended`, 'Check the order first: the place is asked what became of it.')
      : over
        ? because('the rotation is over', 'Begin another one.')
        : lock;
    if (first) locks[word] = first;
  };
  const only = (...phases: string[]): Locked => (phases.includes(phase) ? null : because(`the rotation is at "${phase}", and this belongs to "${phases.join(' or ')}"`, 'Look at where it is now.'));
  const made = rotation.new !== null || !['scope', 'method', 'consumers', 'create'].includes(phase);
  keep('go-on', goOn(rotation));
  keep('back', phase === 'scope' ? because('this is the first step', 'Go on, or close the plan: it is kept.') : made ? because('new material was made, so one cannot go back', 'Take the rotation back instead.') : null);
  keep('discard', made ? because('new material was made, so one cannot throw the plan away', 'Take the rotation back instead.') : null);
  keep('roll-back', made ? (phase === 'rolling-back' ? because('it is being taken back already', 'Finish that.') : null) : because('nothing was made that could be taken back', 'Throw the plan away instead.'));
  keep('pin', only('create'));
  keep('prove', only(...UNDER_WAY));
  keep('confirm-switch', only('switch') ?? switchLock(rotation, 'by hand'));
  keep('finish', only('retire') ?? backPath(rotation));
  keep('forward', only('rolling-back') ?? (rotation.runs.some((run) => run.toldBack) ? because('somebody uses the old material again', 'Finish taking it back, then begin anew.') : null));
  keep('confirm-switch-back', only('rolling-back') ?? (rotation.switched ? null : because('the users are at the old material', 'Nothing has to be switched back.')));
  keep('finish-roll-back', only('rolling-back') ?? takenBack(rotation));
  for (const run of rotation.runs) {
    const { id, name } = run.consumer;
    const of = (word: string, lock: Locked) => keep(`${word}:${id}`, run.left ? because(`${name} was left out`, 'Let it join again if it is needed.') : lock);
    const under = only(...UNDER_WAY);
    of('tell', under ?? tell(rotation, run));
    of('take-slots', under ?? (run.check === 'slots' ? tell(rotation, run) : because(`${name} has no slots`, 'There is nothing to paste.')));
    of('succeed', inProgress(run) ?? (run.check === 'slots' && !run.slots ? because(`it is not known which slot of ${name} is free`, 'Paste its description first.') : run.check === 'published' && !run.watched?.newSince ? because(`${name} was not seen to publish the new key`, 'Look at it first.') : null));
    of('fail', inProgress(run));
    of('look', run.check === 'published' || run.check === 'presented' ? under : because(`${name} has no address to look at`, 'Say what was seen.'));
    of('verify', under ?? (run.state === 'SUCCEEDED' ? null : because(`${name} does not have the new material yet`, 'Update it first.')));
    of('leave-back-path', under ?? (run.onBackPath ? null : because(`${name} is not on the back path`, 'There is nothing to say.')));
    of('remove-old', only('retire') ?? removeOld(rotation, run));
    of('leave-out', under ?? (run.onBackPath ? because(`${name} is on the back path`, 'Let it say first that it needs the old material no more.') : null));
    of('tell-back', only('rolling-back') ?? oldUsable(rotation) ?? (run.toldBack ? because(`${name} was told already`, 'Tell the next one.') : null));
  }
  return locks;
}

function goOn(rotation: RotationWire): Locked {
  const taking = rotation.runs.filter((run) => run.left === null);
  const done = taking.filter((run) => run.state === 'SUCCEEDED');
  switch (rotation.row.phase) {
    case 'scope':
      return null;
    case 'method':
      return rotation.method ? null : because('no method is chosen', 'Choose one first.');
    case 'consumers':
      return taking.length > 0 ? null : because('nobody is in the ledger, and somebody has to confirm that the new key works', 'Add at least one consumer, by hand if need be.');
    case 'create':
      return rotation.new ? null : because('nothing was made yet', 'Make the new material first.');
    case 'distribute': {
      const open = taking.find((run) => run.state !== 'SUCCEEDED' && !(run.state === 'FAILED' && rotation.settings.strategy === 'skip'));
      if (!open) return null;
      return open.state === 'FAILED' ? because(`${open.consumer.name} failed`, 'Put it right, then try it again.') : because(`${open.consumer.name} does not have the new material yet`, 'Tell it, then say that it is done.');
    }
    case 'verify': {
      const unproven = done.find((run) => !run.verified);
      if (unproven) return because(`it is not shown that ${unproven.consumer.name} works with the new material`, 'Check it, and write down what was seen.');
      return taking.some((run) => run.slots) && !rotation.proof ? because('the new key has not signed anything yet', 'Make the test signature first.') : null;
    }
    case 'switch':
      return rotation.switched ? null : because('the users have not come to the new material', 'Switch them, or say that they did.');
    case 'retire':
      return because('this is the last step', 'Finish the rotation.');
    default:
      return because('there is no next step', 'Finish taking it back.');
  }
}

function tell(rotation: RotationWire, run: RunWire): Locked {
  if (run.state === 'SUCCEEDED') return because(`${run.consumer.name} has the new material`, 'Check it.');
  if (run.state === 'IN_PROGRESS') return because(`${run.consumer.name} was told`, 'Say how it went.');
  const failed = rotation.runs.find((other) => other !== run && !other.left && other.state === 'FAILED');
  const halts = ['halt', 'raise-immediately'].includes(rotation.settings.strategy);
  return failed && halts ? because(`the run is halted: ${failed.consumer.name} failed`, 'Put that right and try it again first; the others wait.') : null;
}

function inProgress(run: RunWire): Locked {
  if (run.state === 'IN_PROGRESS') return null;
  return run.state === 'SUCCEEDED' ? because(`${run.consumer.name} has the new material`, 'Check it.') : because(`${run.consumer.name} was not told`, 'Tell it first.');
}

function backPath(rotation: RotationWire): Locked {
  const on = rotation.runs.find((run) => run.onBackPath);
  return on ? because(`${on.consumer.name} is still on the back path`, 'Wait until it needs the old material no more.') : null;
}

function switchLock(rotation: RotationWire, how: 'by alias' | 'by hand'): Locked {
  if (rotation.switched) return because('the users have come to the new material already', 'Go on.');
  if (how === 'by hand' && rotation.switch === 'by-alias') return because(`${rotation.alias} is what switches them`, 'Point it at the new key.');
  if (how === 'by alias' && rotation.switch !== 'by-alias') return because('no call switches the users by this method', 'Say that they were switched.');
  const cached = rotation.runs.find((run) => later(run.watched?.knownAt ?? null));
  return cached?.watched?.knownAt ? timed(cached.watched.knownAt, `readers of ${cached.consumer.name} may keep what they read before`) : null;
}

function removeOld(rotation: RotationWire, run: RunWire): Locked {
  const { name } = run.consumer;
  if (!run.holdsTwo || run.oldRemoved) return because(`${name} holds no old key`, 'There is nothing to take away.');
  if (!run.verified) return because(`it is not shown that ${name} works with the new key`, 'Check it first.');
  if (run.onBackPath) return because(`${name} is still on the back path`, 'Wait until it needs the old key no more.');
  return later(rotation.soaksUntil) ? timed(rotation.soaksUntil!, 'what was signed with the old key is still valid until then') : null;
}

function oldUsable(rotation: RotationWire): Locked {
  if (rotation.deleted) return because('the destruction of the old material is ordered', 'Call that off first.');
  return rotation.disabled ? because('the old material is disabled', 'Enable it first.') : null;
}

function takenBack(rotation: RotationWire): Locked {
  if (rotation.switched) return oldUsable(rotation) ?? because('the users are still at the new material', 'Switch them back first.');
  const untold = rotation.runs.find((run) => run.state !== 'PENDING' && !run.toldBack);
  return oldUsable(rotation) ?? (untold ? because(`${untold.consumer.name} does not know that it is taken back`, 'Tell it, and say that it uses the old material.') : null);
}

function stepsOf(rotation: RotationWire): RotationStepWire[] {
  const live = rotation.orders.find((order) => order.state === 'live');
  const at = (...phases: string[]): Locked => (phases.includes(rotation.row.phase) ? null : because(`the rotation is at "${rotation.row.phase}", and this belongs to "${phases.join(' or ')}"`, 'Look at where it is now.'));
  const inPlace = rotation.method === 'in-place' || rotation.method === 'new-version';
  const holding = rotation.runs.find((run) => !run.left && kindOf(run.consumer.kind).holdsTwo && !run.oldRemoved);
  const lock: Record<string, () => Locked> = {
    create: () => at('create') ?? (rotation.new ? because('the new material is there already', 'Go on.') : rotation.needsPin && !rotation.pinned ? because('whoever names no version would sign with the new key before anybody accepts it', 'Have the signers name the old version, and confirm that.') : null),
    switch: () => at('switch') ?? switchLock(rotation, 'by alias'),
    'disable-old': () => at('retire') ?? (rotation.disabled ? because('the old material is disabled already', 'Wait, or finish the rotation.') : (backPath(rotation) ?? (later(rotation.soaksUntil) ? timed(rotation.soaksUntil!, 'both are kept valid for a time after the switch') : holding ? because(`the old key is not taken away from ${holding.consumer.name}`, 'Take it away there first.') : null))),
    'delete-old': () => at('retire') ?? (rotation.deleted ? because('its destruction was ordered already', 'Finish the rotation.') : !rotation.waitsUntil ? because('the old material is not disabled', 'Disable it first, and see whether anybody misses it.') : later(rotation.waitsUntil) ? timed(rotation.waitsUntil, 'it is disabled for a time first, so that whoever misses it can say so') : null),
    'keep-old': () => at('retire', 'rolling-back') ?? (rotation.deleted ? null : because('no destruction was ordered', 'There is nothing to call off.')),
    'enable-old': () => at('retire', 'rolling-back') ?? (rotation.deleted ? because('its destruction was ordered', 'Call that off first.') : rotation.disabled ? null : because('the old material was not disabled', 'There is nothing to enable.')),
    'switch-back': () => at('rolling-back') ?? oldUsable(rotation) ?? (rotation.switched ? null : because('the users are at the old material', 'Nothing has to be switched back.')),
    'disable-new': () => at('rolling-back') ?? takenBack(rotation),
  };
  return Object.entries(lock).map(([step, of]) => {
    const absent = rotation.switch !== 'by-alias' && step.startsWith('switch') ? 'No call switches the users by this method.' : inPlace && step === 'delete-old' ? 'The place keeps old versions: they go with the key alone.' : null;
    const locked = live ? because(`it is not known yet how order ${live.order} (${live.step}) ended`, 'Check the order first: the place is asked what became of it.') : of();
    return { step, absent, lock: absent ? null : locked };
  });
}
