// The fake host's rotations: one that waits for its consumers, one that waits for its switch, and what is begun.
import type { CallPreview, Commands, ConnectionRow, ConsumerWire, ItemRow, MomentWire, PlanWire, RotationProof, RotationRow, RotationWire, RunWire, WireError } from '../contract.gen';
import { FakeLedgers, ISSUER, kindOf, PAYMENTS } from './consumers';
import { FINGERPRINTS } from './opened';
import { METHODS, runOf, STEPS, textsFor } from './rotation-texts';
import { settle } from './rotation-locks';
import { inDays, refused } from './world';

type Request<C extends keyof Commands> = Commands[C]['request'];

const NEW_FINGERPRINT = 'SHA256:q1k9sT0mZ3vLw2yXc8aBnEoPd5RfUgHjIiKlMuQrStU=';
const ours = (parts: Partial<WireError> & { message: string }) => refused({ operation: 'go on with the rotation', refusedBy: 'this app', requestId: null, ...parts });

export interface RotationPlace {
  rows: readonly ItemRow[];
  connections: () => readonly ConnectionRow[];
}

export class FakeRotations {
  readonly ledgers = new FakeLedgers();
  /** The next order of a rotation loses its answer. */
  lose = false;
  readonly #place: RotationPlace;
  readonly #rotations = new Map<string, RotationWire>();
  readonly #plans = new Map<string, { rotation: string; step: string; wire: PlanWire }>();
  #next = 3;

  constructor(place: RotationPlace) {
    this.#place = place;
    this.begunEarlier();
  }

  list(): RotationRow[] {
    const all = [...this.#rotations.values()].map((one) => this.view(one).row);
    return all.sort((a, b) => Number(a.over) - Number(b.over) || b.begun.localeCompare(a.begun));
  }

  open(id: string): RotationWire {
    return this.view(this.find(id));
  }

  begin(reference: string): RotationWire {
    const running = [...this.#rotations.values()].find((one) => one.row.reference === reference && !one.row.over);
    if (running) return this.view(running);
    const row = this.#place.rows.find((one) => one.ref === reference);
    if (!row) throw refused({ kind: 'not-found', operation: 'begin the rotation', message: `There is no item ${reference}.`, next: 'Refresh the inventory.', requestId: null });
    const rotation = this.made(`01JROT${String(this.#next++).padStart(6, '0')}`, row, new Date().toISOString());
    rotation.log.push({ at: rotation.row.begun, actor: 'maria', says: 'The rotation was begun.' });
    return this.view(rotation);
  }

  note({ rotation: id, revision, note }: Request<'note_rotation'>): RotationWire {
    const rotation = this.find(id);
    if (rotation.revision !== revision) throw ours({ kind: 'conflict', message: 'The rotation was changed in the meantime, in another window or by a command.', next: 'Look at it as it stands now, then do it again.' });
    const consumer = 'consumer' in note ? note.consumer : '';
    const words: Record<string, string> = { 'paste-description': 'take-slots', 'paste-fingerprint': 'verify', 'confirm-switch': 'confirm-switch' };
    const word = words[note.is] ?? note.is;
    const lock = rotation.locks[consumer ? `${word}:${consumer}` : word];
    const verifies = note.is === 'paste-description' && this.run(rotation, consumer).slots !== null && this.run(rotation, consumer).state !== 'PENDING';
    if (lock && !verifies && note.is !== 'paste-fingerprint') throw ours({ kind: 'conflict', message: `${lock.because}.`, next: lock.next });
    for (const text of ['evidence', 'error', 'reason'] as const) {
      if (text in note && note.is !== 'finish' && !(note as Record<string, unknown>)[text]?.toString().trim()) throw ours({ kind: 'invalid', message: 'It is not said on what grounds.', next: 'Write what was seen or done, in a few words; it is kept with the rotation.' });
    }
    this.say(rotation, this.become(rotation, note));
    return this.view(rotation);
  }

  look({ rotation: id, consumer }: Request<'look_at_consumer'>): RotationWire {
    const rotation = this.find(id);
    const run = this.run(rotation, consumer);
    const now = new Date().toISOString();
    const cache = Number(run.consumer.fields['cache_minutes'] || 15) * 60_000;
    const since = run.watched?.newSince ?? now;
    run.watched = { looked: now, newSince: since, hasOld: true, knownAt: new Date(Date.parse(since) + cache).toISOString() };
    this.say(rotation, `${run.consumer.name} publishes both keys.`);
    return this.view(rotation);
  }

  prove(id: string): RotationProof {
    const rotation = this.find(id);
    const lock = rotation.locks['prove'];
    if (lock) throw ours({ kind: 'conflict', message: `${lock.because}.`, next: lock.next });
    const proof = 'Verified by AWS-LC with the public half: PS256 by the RSA 2048 key';
    rotation.proof = moment(proof);
    this.say(rotation, 'Claviger tested the new material.');
    const claims = JSON.stringify({ iss: 'claviger', sub: rotation.new?.reference ?? rotation.row.reference, exp: 60 }, null, 2);
    return { header: JSON.stringify({ alg: 'PS256', typ: 'JWT' }, null, 2), claims, proof, rotation: this.view(rotation) };
  }

  plan({ rotation: id, step }: Request<'plan_rotation'>): PlanWire {
    const rotation = this.find(id);
    const lock = rotation.steps.find((one) => one.step === step)?.lock;
    if (lock) throw ours({ kind: 'conflict', operation: 'plan the step', message: `${lock.because}.`, next: lock.next });
    const connection = this.connection(rotation.row.connection);
    const order = `01JSTEP${String(this.#next++).padStart(6, '0')}`;
    const recipe = STEPS[step]!;
    const wire: PlanWire = {
      order,
      digest: `digest of ${order}`,
      ask: recipe.ask,
      title: recipe.title(rotation.row.name),
      name: rotation.row.name,
      connection: connection.name,
      environment: connection.environment,
      actor: connection.identity ?? 'not told',
      tier: recipe.tier,
      effects: recipe.effects,
      warnings: recipe.warnings ?? [],
      steps: recipe.steps(rotation.row.name),
      undo: recipe.tier === 'name' ? 'roll-back' : 'whole',
      blocked: connection.writesUntil === null ? readOnly() : null,
    };
    this.#plans.set(order, { rotation: id, step, wire });
    return structuredClone(wire);
  }

  drop(order: string): void {
    this.#plans.delete(order);
  }

  confirm({ rotation: id, step, order, digest, typed }: Request<'confirm_rotation'>): RotationWire {
    const plan = this.#plans.get(order);
    if (!plan || plan.rotation !== id || plan.step !== step || plan.wire.digest !== digest) throw ours({ kind: 'not-found', message: 'The plan is not there any more: it was used, or is older than ten minutes.', next: 'Make the plan anew, read it, and confirm it.' });
    const rotation = this.find(id);
    if (this.connection(rotation.row.connection).writesUntil === null) throw readOnly();
    if (plan.wire.tier === 'name' && typed?.trim() !== plan.wire.name) throw ours({ kind: 'invalid', message: `The name “${plan.wire.name}” has to be typed.`, next: 'Type the name exactly as it is shown.' });
    this.#plans.delete(order);
    rotation.orders.push({ step, order, at: new Date().toISOString(), state: 'live', because: null });
    this.say(rotation, `Order ${order} was taken up: ${step}.`);
    if (this.lose) this.lose = false;
    else this.end(rotation);
    return this.view(rotation);
  }

  check(id: string): RotationWire {
    const rotation = this.find(id);
    this.end(rotation);
    return this.view(rotation);
  }

  preview({ rotation: id, consumer }: Request<'preview_call'>): CallPreview {
    const rotation = this.find(id);
    const run = this.run(rotation, consumer);
    const { tell, name, realValues } = run.consumer;
    const body = JSON.stringify({ event: 'rotation', rotation: id, item: rotation.row.name, consumer: name, new: { version: '4', spki_sha256: NEW_FINGERPRINT, public_key: realValues ? '-----BEGIN PUBLIC KEY-----…' : null }, values: realValues ? 'real' : 'censored' }, null, 2);
    const target = tell.is === 'command' ? [tell.program, ...tell.arguments].join(' ') : tell.is === 'webhook' ? tell.url : '';
    const allowed = tell.is !== 'command' || this.ledgers.programs.includes(tell.program);
    const closed = this.connection(rotation.row.connection).writesUntil === null;
    const blocked = !allowed ? ours({ operation: 'run the command', message: `The program ${target} is not on the list of allowed programs.`, next: 'Allow it in the settings, then look again.' }) : closed ? readOnly() : null;
    return { target, body, digest: `digest of ${id} ${consumer}`, blocked };
  }

  call({ rotation: id, consumer, digest }: Request<'call_consumer'>): RotationWire {
    const rotation = this.find(id);
    if (digest !== `digest of ${id} ${consumer}`) throw ours({ kind: 'conflict', message: 'What would be sent is not what was shown.', next: 'Look at it again, then confirm.' });
    const { blocked } = this.preview({ rotation: id, consumer });
    if (blocked) throw blocked;
    const run = this.run(rotation, consumer);
    this.tried(run, 'IN_PROGRESS', run.consumer.tell.is === 'webhook' ? 'The address answered 204.' : 'The program ended with 0.');
    this.say(rotation, `${run.consumer.name} was told.`);
    return this.view(rotation);
  }

  private become(rotation: RotationWire, note: Request<'note_rotation'>['note']): string {
    const row = rotation.row;
    const PHASES = ['scope', 'method', 'consumers', 'create', 'distribute', 'verify', 'switch', 'retire'];
    const run = 'consumer' in note ? (note.is === 'join' ? null : this.run(rotation, note.consumer)) : null;
    switch (note.is) {
      case 'set-scope':
        rotation.settings = structuredClone(note.settings);
        row.due = note.settings.due;
        return 'The rules of the run were settled.';
      case 'choose': {
        const method = rotation.methods.find((one) => one.method === note.method);
        rotation.method = note.method;
        rotation.switch = method?.switch ?? null;
        rotation.alias = rotation.switch === 'by-alias' ? `alias/${row.name}` : null;
        rotation.needsPin = rotation.switch === 'at-once';
        return `The method is ${note.method}.`;
      }
      case 'go-on':
        row.phase = PHASES[PHASES.indexOf(row.phase) + 1] ?? row.phase;
        if (row.phase === 'switch' && rotation.switch === 'at-once' && !rotation.switched) rotation.switched = moment('By the method: whoever names no version uses the new one.');
        return `On to ${row.phase}.`;
      case 'back':
        row.phase = PHASES[PHASES.indexOf(row.phase) - 1] ?? row.phase;
        return `Back to ${row.phase}.`;
      case 'pin':
        rotation.pinned = moment(note.evidence);
        return 'It was confirmed that whoever signs names the old version.';
      case 'join': {
        const found = this.ledgers.of(row.reference).find((one) => one.id === note.consumer);
        if (found) rotation.runs.push(runOf(found, kindOf(found.kind)));
        return `${found?.name ?? note.consumer} was found and takes part.`;
      }
      case 'tell':
        this.tried(run!, 'IN_PROGRESS', 'Told.');
        return `${run!.consumer.name} was told.`;
      case 'succeed':
        run!.instancesDone = Math.min(run!.instancesDone + note.instances, run!.consumer.instances);
        this.tried(run!, run!.instancesDone === run!.consumer.instances ? 'SUCCEEDED' : 'IN_PROGRESS', note.evidence);
        return `${run!.consumer.name}: ${run!.instancesDone} of ${run!.consumer.instances} updated.`;
      case 'fail':
        this.tried(run!, 'FAILED', note.error);
        return `${run!.consumer.name} failed.`;
      case 'verify':
        run!.verified = moment(note.evidence);
        return `${run!.consumer.name} works with the new material.`;
      case 'paste-fingerprint':
        if (!note.pasted.trim().startsWith('SHA256:')) throw ours({ kind: 'invalid', message: 'What was pasted is no fingerprint.', next: 'Paste the line that begins with SHA256.' });
        if (run!.state === 'IN_PROGRESS') Object.assign(run!, { instancesDone: run!.consumer.instances, state: 'SUCCEEDED' });
        run!.verified = moment(`The pasted fingerprint is that of the new key: ${note.pasted.trim()}`);
        return `${run!.consumer.name} works with the new material.`;
      case 'paste-description':
        return this.describe(run!, note.pasted, note.replaceOlder);
      case 'leave-back-path':
        run!.offBackPath = moment(note.evidence);
        return `Nothing of ${run!.consumer.name} needs the old material any more.`;
      case 'remove-old':
        run!.oldRemoved = moment(note.evidence);
        return `The old material is gone from ${run!.consumer.name}.`;
      case 'leave-out':
        run!.left = moment(note.evidence);
        return `${run!.consumer.name} takes no part any more.`;
      case 'tell-back':
        run!.toldBack = moment(note.evidence);
        return `${run!.consumer.name} uses the old material again.`;
      case 'confirm-switch':
        rotation.switched = moment(note.evidence);
        return 'The users came to the new material.';
      case 'confirm-switch-back':
        rotation.switched = null;
        return 'The users are back at the old material.';
      case 'finish':
        row.phase = 'done';
        return 'The rotation is done.';
      case 'roll-back':
        row.phase = 'rolling-back';
        return `The rotation is taken back: ${note.reason}`;
      case 'forward':
        row.phase = rotation.switched ? 'retire' : 'distribute';
        return 'The rotation goes on after all.';
      case 'finish-roll-back':
        row.phase = 'rolled-back';
        return 'The rotation is taken back.';
      case 'discard':
        row.phase = 'rolled-back';
        return 'The plan was thrown away; nothing had been made.';
    }
  }

  /** Both slots of a user, as `DESC USER` shows them. */
  private describe(run: RunWire, pasted: string, replaceOlder: boolean): string {
    const has = (slot: string) => new RegExp(`${slot}_FP\\W+SHA256:`).test(pasted);
    const [first, second] = [has('RSA_PUBLIC_KEY'), has('RSA_PUBLIC_KEY_2')];
    if (!/RSA_PUBLIC_KEY/.test(pasted)) throw ours({ kind: 'invalid', message: 'The text shows neither RSA_PUBLIC_KEY_FP nor RSA_PUBLIC_KEY_2_FP.', next: `Run DESC USER ${run.consumer.name} and paste all of its result.` });
    if (run.slots && run.state !== 'PENDING') {
      if (!pasted.includes(NEW_FINGERPRINT)) throw ours({ kind: 'conflict', message: `${run.slots.set} does not hold the new key yet.`, next: 'Run the statement, describe the user again, and paste the result.' });
      Object.assign(run, { instancesDone: run.consumer.instances, state: 'SUCCEEDED', verified: moment(`${run.slots.set}_FP is ${NEW_FINGERPRINT}.`) });
      return `${run.consumer.name} works with the new material.`;
    }
    if (first && second && !replaceOlder) throw ours({ kind: 'conflict', message: 'Both slots are taken.', next: 'Find out who uses the older key. If nobody does, say so, and it is replaced.' });
    run.slots = { set: second && !first ? 'RSA_PUBLIC_KEY' : 'RSA_PUBLIC_KEY_2', keeps: first ? 'RSA_PUBLIC_KEY' : second ? 'RSA_PUBLIC_KEY_2' : null, replaces: first && second ? 'SHA256:0lderKeyThatNobodyUsesAnyMore0000000000000000=' : null };
    Object.assign(run, textsFor(run));
    return `${run.consumer.name}: the new key goes into ${run.slots.set}.`;
  }

  private end(rotation: RotationWire): void {
    const live = rotation.orders.find((order) => order.state === 'live');
    if (!live) return;
    live.state = 'done';
    const done = moment(`Order ${live.order}`);
    if (live.step === 'create') {
      const inPlace = rotation.method !== 'new-key';
      rotation.new = { reference: inPlace ? rotation.row.reference : `${rotation.row.reference}-2027`, version: inPlace ? '4' : null, fingerprint: NEW_FINGERPRINT };
      for (const run of rotation.runs) Object.assign(run, textsFor(run));
    } else if (live.step === 'switch') rotation.switched = done;
    else if (live.step === 'switch-back') rotation.switched = null;
    else if (live.step === 'disable-old') rotation.disabled = done;
    else if (live.step === 'enable-old') rotation.disabled = null;
    else if (live.step === 'delete-old') rotation.deleted = done;
    else if (live.step === 'keep-old') rotation.deleted = null;
    this.say(rotation, `Order ${live.order} is done: ${live.step}.`);
  }

  private tried(run: RunWire, state: string, says: string): void {
    run.state = state;
    run.attempts.push({ at: new Date().toISOString(), actor: 'maria', state, says });
  }

  private say(rotation: RotationWire, says: string): void {
    rotation.revision += 1;
    rotation.log.push({ at: new Date().toISOString(), actor: 'maria', says });
    settle(rotation);
  }

  private view(rotation: RotationWire): RotationWire {
    // Until something is made the run follows the ledger.
    if (rotation.row.phase === 'consumers') rotation.runs = this.ledgers.of(rotation.row.reference).map((one) => runOf(one, kindOf(one.kind)));
    settle(rotation);
    return structuredClone(rotation);
  }

  private find(id: string): RotationWire {
    const found = this.#rotations.get(id);
    if (!found) throw refused({ kind: 'not-found', operation: 'open the rotation', message: `There is no rotation ${id}.`, next: 'Look at the list of rotations.', refusedBy: 'this app', requestId: null });
    return found;
  }

  private run(rotation: RotationWire, id: string): RunWire {
    const found = rotation.runs.find((run) => run.consumer.id === id);
    if (!found) throw ours({ kind: 'not-found', message: 'This consumer is no part of the rotation.', next: 'Add it to the ledger first.' });
    return found;
  }

  private connection(name: string): ConnectionRow {
    return this.#place.connections().find((one) => one.name === name)!;
  }

  private made(id: string, row: ItemRow, begun: string): RotationWire {
    const environment = this.#place.connections().find((one) => one.name === row.connection)?.environment ?? null;
    const rotation: RotationWire = {
      row: { id, reference: row.ref, name: row.name, connection: row.connection, phase: 'scope', over: false, waitsFor: '', until: null, begun, due: null, consumers: 0, updated: 0, failed: 0, onBackPath: 0 },
      revision: 1, environment,
      settings: { reason: '', strategy: 'halt', soakHours: 168, waitDays: 30, due: null },
      methods: METHODS, method: null, switch: null, alias: null,
      old: { reference: row.ref, version: '3', fingerprint: FINGERPRINTS.spkiSha256 },
      new: null, needsPin: false, pinned: null, runs: [], proof: null, provable: true, switched: null, soaksUntil: null, disabled: null, waitsUntil: null, deleted: null,
      steps: [], locks: {}, rollBack: { reverts: [], stays: [], tell: [] }, orders: [], log: [], trouble: null,
    };
    this.#rotations.set(id, rotation);
    settle(rotation);
    return rotation;
  }

  private begunEarlier(): void {
    const earlier = (id: string, reference: string, method: string, consumers: readonly ConsumerWire[], days: number): RotationWire | null => {
      const row = this.#place.rows.find((one) => one.ref === reference);
      if (!row) return null;
      const rotation = this.made(id, row, inDays(-days));
      this.become(rotation, { is: 'choose', method });
      rotation.runs = consumers.map((one) => runOf(structuredClone(one), kindOf(one.kind)));
      rotation.orders = [{ step: 'create', order: `${id}A`, at: inDays(-days), state: 'live', because: null }];
      rotation.settings = { ...rotation.settings, reason: 'Yearly rotation', due: inDays(4) };
      rotation.row.due = inDays(4);
      this.end(rotation);
      return rotation;
    };
    const payments = earlier('01JROT000001', 'payments-prod/eu-west-1/payments-sign', 'new-key', PAYMENTS, 2);
    if (payments) {
      payments.row.phase = 'distribute';
      const [, batch, ledger] = payments.runs;
      Object.assign(batch!, { state: 'IN_PROGRESS', instancesDone: 1, attempts: [{ at: inDays(-1.2), actor: 'maria', state: 'IN_PROGRESS', says: 'Told.' }, { at: inDays(-1), actor: 'tomas', state: 'IN_PROGRESS', says: 'The first instance runs with the new key.' }] });
      Object.assign(ledger!, { state: 'FAILED', attempts: [{ at: inDays(-0.9), actor: 'maria', state: 'IN_PROGRESS', says: 'The program ended with 0.' }, { at: inDays(-0.3), actor: 'tomas', state: 'FAILED', says: 'The import rejects the new fingerprint; its allow list is deployed on Friday.' }] });
      settle(payments);
    }
    const issuer = earlier('01JROT000002', 'vault-prod/transit/oidc-signing', 'in-place', ISSUER, 6);
    if (issuer) {
      const [login] = issuer.runs;
      const since = new Date(Date.now() - 20 * 60_000).toISOString();
      Object.assign(login!, { state: 'SUCCEEDED', instancesDone: 1, verified: moment('The address publishes both keys.'), watched: { looked: since, newSince: since, hasOld: true, knownAt: new Date(Date.parse(since) + 3_600_000).toISOString() } });
      Object.assign(issuer, { pinned: moment('The issuer names version 3 in its configuration.'), proof: moment('Verified by AWS-LC: ES384.') });
      issuer.row.phase = 'switch';
      settle(issuer);
    }
  }
}

function moment(evidence: string): MomentWire {
  return { at: new Date().toISOString(), actor: 'maria', evidence };
}

function readOnly(): WireError {
  return ours({ message: 'The connection is read-only.', next: 'Allow changes through this connection for 15 minutes, then confirm again.' });
}
