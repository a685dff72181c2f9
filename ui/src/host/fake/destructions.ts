// The fake host's destructions: one that counts down, one that was just used, and what is begun.
import type { Commands, DestructionRow, DestructionsBegun, DestructionWire, FindingWire, ItemRow, LockWire, PlanWire } from '../contract.gen';
import { inDays, refused } from './world';

type Request<C extends keyof Commands> = Commands[C]['request'];
const lock = (because: string, next: string, until: string | null = null): LockWire => ({ because, next, until });
const STEPS = ['disable', 'enable', 'permit', 'forbid', 'schedule', 'cancel', 'destroy'];
const TITLES: Record<string, string> = { disable: 'Disable', enable: 'Enable', schedule: 'Schedule the deletion of', cancel: 'Cancel the deletion of', destroy: 'Delete' };
const ALIAS = { id: 'alias:alias/old', kind: 'alias', says: 'The alias alias/old points at it.', source: 'its aliases', blocks: true };
const POLICIES = { id: 'note:policies', kind: 'note', says: 'Who may use it by policies was not read: that is looked up at the place.', source: 'the item', blocks: false };

export class FakeDestructions {
  readonly #rows: readonly ItemRow[];
  readonly #all = new Map<string, DestructionWire>();
  readonly #plans = new Map<string, string>();
  #next = 1;

  constructor(rows: readonly ItemRow[]) {
    this.#rows = rows;
    const row = rows.find((one) => one.state === 'pending-deletion');
    if (row) {
      const counts = this.made(row);
      Object.assign(counts.row, { phase: 'waiting', ends: inDays(12) });
      counts.scheduled = { at: inDays(-18), actor: 'maria', evidence: 'order 01JDES000001' };
    }
  }

  list(): DestructionRow[] {
    return [...this.#all.values()].map((one) => this.view(one).row);
  }

  open(id: string): DestructionWire {
    return this.view(this.find(id));
  }

  begin(references: readonly string[]): DestructionsBegun {
    const begun: DestructionsBegun = { destructions: [], refused: [] };
    for (const reference of references) {
      const running = [...this.#all.values()].find((one) => one.row.reference === reference && !one.row.over);
      const row = this.#rows.find((one) => one.ref === reference);
      if (running ?? row) begun.destructions.push(this.view(running ?? this.made(row!)));
      else begun.refused.push({ reference, error: refused({ kind: 'not-found', operation: 'find the item', message: 'There is no such item.', next: 'Refresh the inventory.', requestId: null }) });
    }
    return begun;
  }

  note({ destruction: id, revision, note }: Request<'note_destruction'>): DestructionWire {
    const wire = this.find(id);
    if (wire.revision !== revision) throw this.conflict('The destruction was changed in the meantime', 'Look at it as it stands now.');
    const locked = this.view(wire).locks[note.is];
    if (locked) throw this.conflict(locked.because, locked.next);
    const finding = 'finding' in note ? wire.evidence?.findings.find((one) => one.id === note.finding) : undefined;
    if (note.is === 'acknowledge' && finding) finding.said = { at: new Date().toISOString(), actor: 'maria', evidence: note.reason };
    if (note.is === 'withdraw' && finding) finding.said = null;
    if (note.is === 'settle') wire.settings = note.settings;
    if (note.is === 'go-on') wire.row.phase = { evidence: 'disable', soak: 'schedule' }[wire.row.phase] ?? 'soak';
    if (note.is === 'keep') this.end(wire, 'kept', note.reason);
    if (note.is === 'finish') this.end(wire, 'done', note.evidence);
    return this.said(wire, note.is);
  }

  plan({ destruction: id, step }: Request<'plan_destruction'>): PlanWire {
    const wire = this.view(this.find(id));
    const locked = wire.steps.find((one) => one.step === step)?.lock;
    if (locked) throw this.conflict(locked.because, locked.next);
    const order = `01JDES${String(this.#next++).padStart(6, '0')}`;
    this.#plans.set(order, step);
    const ask = { disable: 'disable', enable: 'enable', schedule: 'schedule-deletion', cancel: 'cancel-deletion', destroy: 'delete' }[step] ?? step;
    const final = step === 'schedule' || step === 'destroy';
    return {
      order,
      digest: `digest of ${order}`,
      ask,
      title: `${TITLES[step] ?? step} ${wire.row.name}`,
      name: wire.row.name,
      connection: wire.row.connection,
      environment: null,
      actor: 'maria',
      tier: final ? 'name' : 'consequences',
      effects: ['What the place does is said here.'],
      warnings: [],
      steps: [{ says: TITLES[step] ?? step, operation: step, command: `place ${step}` }],
      undo: final ? 'no' : 'whole',
      blocked: null,
    };
  }

  confirm({ destruction: id, step, order }: Request<'confirm_destruction'>): DestructionWire {
    const wire = this.find(id);
    if (!this.#plans.delete(order)) throw this.conflict('this plan is gone', 'Make it anew.');
    const now = new Date().toISOString();
    const moment = { at: now, actor: 'maria', evidence: `order ${order}` };
    wire.orders.push({ step, order, at: now, part: null, state: 'done', because: null });
    if (step === 'disable') Object.assign(wire, { disabled: moment, soaksUntil: inDays(wire.settings.soakDays) });
    if (step === 'schedule') wire.scheduled = moment;
    if (step === 'enable') Object.assign(wire, { disabled: null, soaksUntil: null });
    wire.row.phase = { disable: 'soak', enable: 'evidence', schedule: 'waiting', cancel: 'schedule' }[step] ?? wire.row.phase;
    wire.row.ends = step === 'schedule' ? inDays(wire.settings.waitDays) : null;
    if (step === 'destroy') this.end(wire, 'done', moment.evidence);
    return this.said(wire, step);
  }

  drop(order: string): void {
    this.#plans.delete(order);
  }

  private made(row: ItemRow): DestructionWire {
    const at = new Date().toISOString();
    const findings: FindingWire[] = [{ ...ALIAS, said: null }, { ...POLICIES, said: null }];
    const id = `01JDESTROY${String(this.#next++).padStart(6, '0')}`;
    const used = row.name === 'payments-sign';
    const wire: DestructionWire = {
      row: { id, reference: row.ref, name: row.name, connection: row.connection, phase: 'evidence', over: false, waitsFor: '', until: null, begun: at, ends: null },
      revision: 1,
      environment: null,
      settings: { reason: '', windowDays: 30, soakDays: 14, waitDays: 30 },
      leastWaitDays: 7,
      mostWaitDays: 30,
      facts: [{ says: 'The deletion of a key waits 7 to 30 days, and can be called off until then.', source: 'https://docs.aws.amazon.com/kms/', checked: '2026-11-26' }],
      evidence: {
        at,
        actor: 'maria',
        holdsUntil: inDays(1),
        standing: 'in-use',
        lastUse: used ? 'used' : 'not-since',
        lastUseSays: used ? 'It was last used for Decrypt yesterday.' : 'It was never used since it was made.',
        lastUseAt: inDays(used ? -1 : -400),
        source: 'kms:GetKeyLastUsage',
        findings,
      },
      disabled: null,
      soaksUntil: null,
      permitted: null,
      scheduled: null,
      ended: null,
      steps: [],
      locks: {},
      orders: [],
      log: [{ at, actor: 'maria', says: 'Somebody looked who uses it.' }],
      trouble: null,
    };
    this.#all.set(id, wire);
    return wire;
  }

  private view(wire: DestructionWire): DestructionWire {
    const { phase } = wire.row;
    const open = wire.evidence?.findings.find((one) => one.blocks && !one.said);
    const used = wire.evidence?.lastUse === 'used' ? lock('it was used yesterday (Decrypt), within 30 days', 'Find out who used it.', inDays(29)) : null;
    const clear = used ?? (open ? lock(`somebody may still use it: ${open.says}`, 'End that use first, or say by name why it is not in the way.') : null);
    const only = (wanted: string) => (phase === wanted ? null : lock(`that belongs to "${wanted}"`, 'Take the steps in their order.'));
    const soaking = wire.soaksUntil && Date.parse(wire.soaksUntil) > Date.now() ? lock('nobody touches it for a time first', 'It opens by itself.', wire.soaksUntil) : null;
    const locks: Record<string, LockWire | null> = {
      disable: only('disable') ?? clear,
      enable: wire.disabled && phase !== 'waiting' ? null : lock('nothing of it was disabled here', 'There is nothing to enable.'),
      schedule: only('schedule') ?? clear,
      cancel: only('waiting'),
      destroy: only('waiting') ?? clear,
    };
    const steps = STEPS.map((step) => ({ step, absent: step === 'permit' || step === 'forbid' ? 'The place needs no word before.' : null, lock: locks[step] ?? null }));
    const all: Record<string, LockWire | null> = {
      'go-on': phase === 'disable' ? lock('it can still be used', 'Disable it first.') : (soaking ?? clear),
      finish: lock('the item is still there', 'Look again when its time is over.'),
      'start-over': lock('the item is as this destruction has left it', 'Enable it.'),
      keep: phase === 'waiting' ? lock('its destruction is ordered', 'Cancel it first.') : null,
    };
    const shut = Object.fromEntries(Object.entries(all).flatMap(([word, one]) => (one && !wire.row.over ? [[word, one]] : [])));
    return structuredClone({ ...wire, steps, locks: shut, row: { ...wire.row, waitsFor: wire.row.over ? '' : (clear?.because ?? 'Nothing is in the way: a person goes on.') } });
  }

  private end(wire: DestructionWire, phase: 'done' | 'kept', evidence: string): void {
    Object.assign(wire.row, { phase, over: true, ends: null });
    wire.ended = { at: new Date().toISOString(), actor: 'maria', evidence };
  }

  private said(wire: DestructionWire, what: string): DestructionWire {
    wire.revision += 1;
    wire.log.push({ at: new Date().toISOString(), actor: 'maria', says: `Done: ${what}.` });
    return this.view(wire);
  }

  private find(id: string): DestructionWire {
    const found = this.#all.get(id);
    if (!found) throw refused({ kind: 'not-found', operation: 'open the destruction', message: `There is no destruction ${id}.`, next: 'Take it from the list.', requestId: null });
    return found;
  }

  private conflict(message: string, next: string) {
    return refused({ kind: 'conflict', operation: 'go on with the destruction', message, next, refusedBy: 'this app', requestId: null });
  }
}
