// What is locked in the fake host's imports, as Rust says it.
import type { ImportWire, LockWire } from '../contract.gen';

const because = (why: string, next: string): LockWire => ({ because: why, next, until: null });
type Locked = LockWire | null;

/** The parts of an import that follow from the rest. */
export function settle(wire: ImportWire): void {
  const { row, target, source } = wire;
  row.phase = phaseOf(wire);
  row.over = row.phase === 'done' || row.phase === 'given-up';
  row.title = target ? `${target.algorithm} to ${target.name}` : 'A key';
  row.connection = target?.connection ?? '';
  row.vault = target?.name ?? '';
  row.source = !source ? '' : source.from === 'item' ? source.reference : { file: 'a file', generated: 'made on this computer', offline: 'a machine without a connection' }[source.from];
  const inside = source?.from === 'item' && source.inside;
  wire.steps = [...(target?.waits && wire.again === null ? ['prepare'] : []), ...(inside ? ['load', 'remove'] : []), 'import'];
  wire.locks = locksOf(wire);
  const next = { target: 'set-target', source: 'set-source', 'wrapping-key': 'prepare', wrap: 'wrap', import: 'import', prove: wire.proof?.holds ? 'finish' : 'prove' }[row.phase];
  const lock = next === undefined ? undefined : wire.locks[next];
  row.waitsFor = row.over ? '' : lock ? `${lock.because.charAt(0).toUpperCase()}${lock.because.slice(1)}. ${lock.next}` : 'Nothing is in the way: a person goes on.';
}

function phaseOf({ row, target, source, imported, wrapped }: ImportWire): string {
  if (row.phase === 'done' || row.phase === 'given-up') return row.phase;
  if (!target) return 'target';
  if (imported) return 'prove';
  if (!source) return 'source';
  if (target.waits && row.item === null) return 'wrapping-key';
  return wrapped ? 'import' : 'wrap';
}

function locksOf(wire: ImportWire): { [key in string]: LockWire } {
  const { row, again, imported, proof, loaded } = wire;
  const inside = wire.source?.from === 'item' && wire.source.inside;
  const live = wire.orders.find((order) => order.state === 'live');
  const locks: { [key in string]: LockWire } = {};
  const keep = (word: string, lock: Locked) => {
    const first = live
      ? because(`it is not known yet how order ${live.order} (${live.step}) ended`, 'Check the order first: the place is asked what became of it.')
      : row.over
        ? because('it is over', 'Bring the same key again, or begin another import.')
        : lock;
    if (first) locks[word] = first;
  };
  const already = imported ? because('the target has the key already', 'Prove it, then finish.') : null;
  const leftover = loaded[0] === undefined ? null : because(`the wrapping key ${loaded[0]} is still in the source's vault`, 'Remove it first: whoever can load one like it could take the key out.');
  keep('set-target', row.item !== null && again === null ? because('the key is there already that waits for the material', 'Give this up to begin elsewhere.') : already);
  keep('set-source', !wire.target ? because('it is not settled where the key goes', 'Choose the target first.') : (leftover ?? already));
  keep('prepare', unprepared(wire));
  keep('fetch', before(wire) ?? (wire.target?.wrap.wrap === 'plain' ? because('this place takes the key unwrapped, inside TLS', 'Go on: there is no wrapping key.') : null));
  keep('load', before(wire) ?? (!inside ? because('this key is not wrapped inside its place', 'Wrap it here.') : loaded.length > 0 ? because('a wrapping key is loaded already', 'Wrap with it, or remove it first.') : noKey(wire)));
  keep('wrap', before(wire) ?? (inside ? (noKey(wire) ?? (loaded.length > 0 ? null : because("the wrapping key is not in the source's vault", 'Load it there first.'))) : null));
  keep('remove', loaded.length > 0 ? null : because("no wrapping key is in the source's vault", 'Nothing is to be removed.'));
  keep('import', before(wire) ?? unwrapped(wire));
  keep('prove', imported ? null : because('the key is not there yet', 'Import it first.'));
  keep('finish', !imported ? because('the key is not there yet', 'Import it first.') : !proof ? because('it is not shown that it is the same key', 'Prove it first.') : proof.holds ? leftover : because('the target holds another key than the one that was wrapped', 'Do not use it. Disable or delete it there, then give this up.'));
  keep('give-up', leftover);
  return locks;
}

function before({ target, source, row, imported }: ImportWire): Locked {
  if (!target) return because('it is not settled where the key goes', 'Choose the target first.');
  if (!source) return because('it is not settled where the key comes from', 'Choose your key first.');
  if (target.waits && row.item === null) return because('the key at the target is not made that waits for the material', 'Make it first: its wrapping key is its own.');
  return imported ? because('the target has the key already', 'Prove it, then finish.') : null;
}

function unprepared(wire: ImportWire): Locked {
  const { target, source, row } = wire;
  if (!target || !source) return before(wire);
  if (!target.waits) return because('this place makes key and import in one step', 'Wrap the key.');
  return row.item === null ? null : because('the key that waits is there', 'Fetch its wrapping key.');
}

export function lapsed({ wrappingKey }: ImportWire): boolean {
  return wrappingKey?.until != null && Date.parse(wrappingKey.until) <= Date.now();
}

function noKey(wire: ImportWire): Locked {
  if (!wire.wrappingKey) return because('no wrapping key is in memory', 'Fetch it first.');
  return lapsed(wire) ? because('the wrapping key has lapsed', 'Fetch a new one.') : null;
}

function unwrapped(wire: ImportWire): Locked {
  if (!wire.wrapped) return because('the key is not wrapped', 'Wrap it first.');
  if (lapsed(wire)) return because('the import token has lapsed', 'Fetch a new wrapping key and wrap the key again: nothing was sent.');
  return wire.packed ? null : because('the wrapped key is not in memory any more', 'Wrap the key again: it is kept nowhere else, and nothing was sent.');
}
