// The fake host's imports: one that is half way, one that is over, and what is begun. No key material is anywhere.
import type { Commands, ConnectionRow, ImportNote, ImportRow, ImportVaults, ImportWire, ItemRow, LeavingWire, MomentWire, PlanWire, TakingWire, WireError } from '../contract.gen';
import { lapsed, settle } from './import-locks';
import { AFTERWARDS, BY_HAND, IMPORT_STEPS, IMPORT_VAULTS, leavingOf, PEM, TAKINGS } from './import-places';
import { inDays, refused } from './world';

type Request<C extends keyof Commands> = Commands[C]['request'];

const ours = (parts: Partial<WireError> & { message: string }) => refused({ operation: 'go on with the import', refusedBy: 'this app', requestId: null, ...parts });

export interface ImportPlace {
  rows: readonly ItemRow[];
  connections: () => readonly ConnectionRow[];
}

export class FakeImports {
  /** The next order of an import loses its answer. */
  lose = false;
  /** What a proof shows: the same key, another one, or only that it works. */
  shows: 'another' | 'same' | 'works' = 'same';
  /** For how many milliseconds a wrapping key is taken. */
  life = 24 * 3_600_000;
  readonly #place: ImportPlace;
  readonly #imports = new Map<string, ImportWire>();
  readonly #plans = new Map<string, { import: string; step: string; wire: PlanWire }>();
  #next = 3;

  constructor(place: ImportPlace) {
    this.#place = place;
    this.begunEarlier();
  }

  list(): ImportRow[] {
    const all = [...this.#imports.values()].map((one) => this.view(one).row);
    return all.sort((a, b) => Number(a.over) - Number(b.over) || b.begun.localeCompare(a.begun));
  }

  vaults(): ImportVaults {
    const names = this.#place.connections().map((one) => one.name);
    const silent = refused({ kind: 'interrupted', operation: 'ask what it takes', message: '10.0.8.14 did not answer within 10 s.', next: 'Check the address and the network, then refresh.', requestId: null });
    return { vaults: structuredClone(IMPORT_VAULTS.filter((row) => names.includes(row.connection))), silent: names.includes('lab') ? [['lab', silent]] : [] };
  }

  takings({ vault }: Request<'import_takings'>): TakingWire[] {
    return structuredClone(TAKINGS[vault] ?? []);
  }

  leaving({ reference }: Request<'ask_leaving'>): LeavingWire {
    return leavingOf(this.item(reference));
  }

  open(id: string): ImportWire {
    return this.view(this.find(id));
  }

  begin({ source, again, newMaterial }: Request<'begin_import'>): ImportWire {
    const wire = this.made(`01JIMP${String(this.#next++).padStart(6, '0')}`, new Date().toISOString());
    if (source !== null) wire.source = { from: 'item', reference: this.item(source).ref, version: null, inside: false };
    if (again !== null) {
      const before = this.find(again);
      wire.again = again;
      wire.target = before.target && { ...structuredClone(before.target), newMaterial };
      wire.row.item = before.row.item;
      wire.source = newMaterial || before.source?.from === 'generated' ? null : structuredClone(before.source);
    }
    this.say(wire, 'The import was begun.');
    return this.view(wire);
  }

  note({ import: id, revision, note }: Request<'note_import'>): ImportWire {
    const wire = this.find(id);
    if (wire.revision !== revision) throw ours({ kind: 'conflict', message: 'The import was changed in the meantime, in another window or by a command.', next: 'Look at it as it stands now, then do it again.' });
    this.unlocked(wire, note.is);
    this.say(wire, this.become(wire, note));
    return this.view(wire);
  }

  fetch(id: string): ImportWire {
    const wire = this.find(id);
    this.unlocked(wire, 'fetch');
    const at = Date.now();
    wire.wrappingKey = { pem: PEM, algorithm: `RSA ${wire.target?.wrap.bits ?? 4096}`, fingerprint: `SHA256:w${at.toString(36)}Zm3vLw2yXc8aBnEoPd5RfUgHjIiKlMuQrStU=`, until: new Date(at + this.life).toISOString(), byHand: structuredClone(BY_HAND) };
    wire.packed = false;
    return this.view(wire);
  }

  wrap({ import: id, path }: Request<'wrap_import'>): ImportWire {
    const wire = this.find(id);
    this.unlocked(wire, 'wrap');
    const { target, source } = wire;
    const named = source?.from === 'file' || source?.from === 'offline';
    if (named && !path) throw ours({ kind: 'invalid', operation: 'wrap the key', message: 'No file is named.', next: 'Name the file.' });
    const plain = target?.wrap.wrap === 'plain';
    if (!plain && (!wire.wrappingKey || lapsed(wire))) this.fetch(id);
    const symmetric = /^(AES|HMAC)/.test(target?.algorithm ?? '');
    const seen = source?.from !== 'offline' && !(source?.from === 'item' && source.inside);
    wire.wrapped = {
      at: new Date().toISOString(),
      actor: 'maria',
      native: target?.wrap.native ?? '',
      sha256: plain ? null : '7d1a54127b222502f5b79b5fb0803061152a44f92b37e23c6527baf665d4da9a',
      before: seen ? (symmetric ? 32 : 1218) : null,
      after: plain ? null : symmetric ? 512 : 1736,
      checkValue: symmetric && seen ? 'a1b2c3' : null,
      fingerprint: symmetric ? null : 'SHA256:N8Q95il/oPHqZIhxScJ0W2EaqfbmoE6qSGF3X0gCs70=',
      witness: symmetric ? (seen ? 'sealed' : 'none') : 'public-key',
    };
    wire.packed = true;
    this.say(wire, `The key was wrapped by ${target?.wrap.native ?? ''}.`);
    return this.view(wire);
  }

  plan({ import: id, step }: Request<'plan_import'>): PlanWire {
    const wire = this.find(id);
    this.unlocked(wire, step);
    const recipe = IMPORT_STEPS[step]!;
    const through = step === 'load' || step === 'remove' ? this.sourceOf(wire) : (wire.target?.connection ?? '');
    const connection = this.connection(through);
    const order = `01JISTEP${String(this.#next++).padStart(6, '0')}`;
    const name = wire.target?.answers['alias'] ?? wire.target?.answers['name'] ?? 'the key';
    const plan: PlanWire = {
      order,
      digest: `digest of ${order}`,
      ask: recipe.ask,
      title: recipe.title(name),
      name,
      connection: connection.name,
      environment: connection.environment,
      actor: connection.identity ?? 'not told',
      tier: step === 'import' && connection.environment === 'production' ? 'name' : 'consequences',
      effects: recipe.effects,
      warnings: recipe.warnings,
      steps: recipe.steps(name),
      undo: step === 'import' ? 'roll-back' : 'whole',
      blocked: connection.writesUntil === null ? readOnly() : null,
    };
    this.#plans.set(order, { import: id, step, wire: plan });
    return structuredClone(plan);
  }

  drop(order: string): void {
    this.#plans.delete(order);
  }

  confirm({ import: id, step, order, digest, typed }: Request<'confirm_import'>): ImportWire {
    const plan = this.#plans.get(order);
    if (!plan || plan.import !== id || plan.step !== step || plan.wire.digest !== digest) throw ours({ kind: 'not-found', message: 'The plan is not there any more: it was used, or is older than ten minutes.', next: 'Make the plan anew, read it, and confirm it.' });
    const wire = this.find(id);
    if (this.connection(plan.wire.connection).writesUntil === null) throw readOnly();
    if (plan.wire.tier === 'name' && typed?.trim() !== plan.wire.name) throw ours({ kind: 'invalid', message: `The name “${plan.wire.name}” has to be typed.`, next: 'Type the name exactly as it is shown.' });
    this.#plans.delete(order);
    wire.orders.push({ step, order, at: new Date().toISOString(), state: 'live', because: null });
    this.say(wire, `Order ${order} was confirmed: ${step}.`);
    if (this.lose) this.lose = false;
    else this.end(wire);
    return this.view(wire);
  }

  check(id: string): ImportWire {
    const wire = this.find(id);
    this.end(wire);
    return this.view(wire);
  }

  prove(id: string): ImportWire {
    const wire = this.find(id);
    this.unlocked(wire, 'prove');
    const holds = this.shows !== 'another';
    const evidence = { another: 'The target decrypts the sealed text to something else.', same: 'The target opened the text that was sealed with the key before it was sent.', works: 'The target encrypted 1,024 bytes and decrypted them again.' }[this.shows];
    wire.proof = { moment: moment(evidence), holds, identifies: this.shows === 'same' };
    this.say(wire, evidence);
    return this.view(wire);
  }

  private become(wire: ImportWire, note: ImportNote): string {
    switch (note.is) {
      case 'set-target': {
        const row = IMPORT_VAULTS.find((one) => one.connection === note.connection && one.vault === note.vault)!;
        if (wire.target && wire.target.algorithm !== note.algorithm) wire.source = null;
        const { is, ...target } = note;
        wire.target = { ...target, name: row.name, environment: row.environment, waits: row.kind === 'Region', newMaterial: wire.target?.newMaterial ?? false };
        this.unwrap(wire);
        wire.wrappingKey = null;
        wire.row.expires = note.answers['ends'] === 'in-days' ? inDays(Number(note.answers['days'])) : null;
        return `The key goes to ${row.name} through ${row.connection}.`;
      }
      case 'set-source':
        wire.source = structuredClone(note.source);
        this.unwrap(wire);
        return 'The source was settled.';
      case 'finish':
        wire.row.phase = 'done';
        wire.afterwards = structuredClone(AFTERWARDS);
        return 'Finished.';
      case 'give-up':
        wire.row.phase = 'given-up';
        return wire.imported ? 'Given up. The key stays at the target: delete it there if it is not wanted.' : 'Given up. Nothing was made.';
    }
  }

  private unwrap(wire: ImportWire): void {
    wire.wrapped = null;
    wire.packed = false;
  }

  private end(wire: ImportWire): void {
    const live = wire.orders.find((order) => order.state === 'live');
    if (!live) return;
    live.state = 'done';
    const made = `${wire.target?.connection}/${wire.target?.vault}/${wire.target?.answers['alias'] ?? wire.target?.answers['name'] ?? 'key'}`;
    if (live.step === 'prepare') wire.row.item = made;
    else if (live.step === 'load') wire.loaded = [`${this.sourceOf(wire)}/transit/claviger-wrap`];
    else if (live.step === 'remove') wire.loaded = [];
    else {
      wire.row.item ??= made;
      wire.imported = moment(`Order ${live.order}`);
      wire.packed = false;
    }
    this.say(wire, `Order ${live.order} is done: ${live.step}.`);
  }

  private unlocked(wire: ImportWire, word: string): void {
    settle(wire);
    const lock = wire.locks[word];
    if (lock) throw ours({ kind: 'conflict', message: `${lock.because}.`, next: lock.next });
  }

  private say(wire: ImportWire, says: string): void {
    wire.revision += 1;
    wire.log.push({ at: new Date().toISOString(), actor: 'maria', says });
    settle(wire);
  }

  private view(wire: ImportWire): ImportWire {
    settle(wire);
    return structuredClone(wire);
  }

  private find(id: string): ImportWire {
    const found = this.#imports.get(id);
    if (!found) throw refused({ kind: 'not-found', operation: 'open the import', message: `There is no import ${id}.`, next: 'Look at the list of imports.', refusedBy: 'this app', requestId: null });
    return found;
  }

  private item(reference: string): ItemRow {
    const row = this.#place.rows.find((one) => one.ref === reference);
    if (!row) throw refused({ kind: 'not-found', operation: 'read the item', message: `There is no item ${reference}.`, next: 'Refresh the inventory.', requestId: null });
    return row;
  }

  private sourceOf({ source }: ImportWire): string {
    return source?.from === 'item' ? this.item(source.reference).connection : '';
  }

  private connection(name: string): ConnectionRow {
    return this.#place.connections().find((one) => one.name === name)!;
  }

  private made(id: string, begun: string): ImportWire {
    const wire: ImportWire = {
      row: { id, title: '', source: '', connection: '', vault: '', item: null, phase: 'target', over: false, waitsFor: '', begun, expires: null },
      revision: 1, again: null, target: null, source: null, steps: [], wrappingKey: null, loaded: [], wrapped: null, packed: false, imported: null, proof: null, locks: {}, afterwards: [], orders: [], log: [],
    };
    this.#imports.set(id, wire);
    return wire;
  }

  private begunEarlier(): void {
    const reference = 'vault-prod/transit/orders-transit';
    if (!this.#place.rows.some((row) => row.ref === reference)) return;
    const earlier = (id: string, days: number, alias: string) => {
      const wire = this.made(id, inDays(-days));
      wire.source = { from: 'item', reference, version: '3', inside: false };
      this.become(wire, { is: 'set-target', connection: 'payments-prod', vault: 'eu-west-1', algorithm: 'AES-256', wrap: TAKINGS['eu-west-1']![1]!.wraps[0]!, answers: { alias, description: '', ends: 'in-days', days: '364' } });
      wire.row.item = `payments-prod/eu-west-1/${alias}`;
      wire.log.push({ at: inDays(-days), actor: 'maria', says: 'The key goes to eu-west-1 through payments-prod.' });
      return wire;
    };
    settle(earlier('01JIMP000001', 1, 'orders'));
    const over = earlier('01JIMP000002', 30, 'archive');
    this.wrap({ import: over.row.id, path: null });
    over.imported = moment('Order 01JIMP000002A');
    over.packed = false;
    over.wrappingKey = null;
    this.prove(over.row.id);
    this.note({ import: over.row.id, revision: over.revision, note: { is: 'finish' } });
  }
}

function moment(evidence: string): MomentWire {
  return { at: new Date().toISOString(), actor: 'maria', evidence };
}

function readOnly(): WireError {
  return ours({ message: 'The connection is read-only.', next: 'Allow changes through this connection for 15 minutes, then confirm again.' });
}
