import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PoliciesWire, PolicyReading } from '../../host/contract.gen';
import { FakeHost } from '../../host/fake';
import type { Host } from '../../host/host';
import { policy as words } from '../../words/policy';
import { orderOf, pending } from '../test-host';
import { contextOf, PolicyRoom } from './room.svelte';

const KEY = 'payments-prod/eu-west-1/payments-sign';
let host: FakeHost;
let room: PolicyRoom;

beforeEach(async () => {
  vi.useFakeTimers();
  host = new FakeHost();
  room = new PolicyRoom(host);
  await room.open(KEY);
  await settle();
  return () => vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);
const asked = (command: string) => host.asked.filter(([name]) => name === command).map(([, request]) => request as Record<string, unknown>);
const draft = () => room.draft!;
const merge = () => room.merge('another-account', { account: '021876802972' }, false);

describe('the reading of a text', () => {
  it('is asked for once, when the last keystroke is 150 ms away', async () => {
    const before = asked('read_policy').length;
    for (const text of ['{', '{"', '{"a']) {
      draft().set(text);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(asked('read_policy')).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(50);
    expect(asked('read_policy').slice(before)).toEqual([expect.objectContaining({ text: '{"a', base: draft().row.text })]);
    expect(draft().current).toBe(true);
  });

  it('drops an answer that a later text overtook', async () => {
    const answers = [pending<PolicyReading>(), pending<PolicyReading>()];
    const first = await host.ask('read_policy', { target: draft().target, base: '', text: draft().text });
    const bare = host.ask.bind(host);
    let at = 0;
    vi.spyOn(host, 'ask').mockImplementation(((command: 'read_policy', request: never) => (command === 'read_policy' ? answers[at++]!.promise : bare(command, request))) as Host['ask']);
    draft().set('{"one": 1}');
    await vi.advanceTimersByTimeAsync(150);
    draft().set('{"two": 2}');
    await vi.advanceTimersByTimeAsync(150);
    answers[1]!.resolve({ ...first, language: 'second' });
    await settle();
    answers[0]!.resolve({ ...first, language: 'first' });
    await settle();
    expect([draft().reading?.language, draft().readText]).toEqual(['second', '{"two": 2}']);
  });

  it('of an older text is dropped from the next keystroke on', async () => {
    const answer = pending<PolicyReading>();
    const reading = draft().reading!;
    vi.spyOn(host, 'ask').mockReturnValue(answer.promise as never);
    draft().set('{"one": 1}');
    await vi.advanceTimersByTimeAsync(150);
    draft().set('{"two": 2}');
    answer.resolve({ ...reading, language: 'late' });
    await settle();
    expect(draft().reading?.language).not.toBe('late');
    expect(draft().reason).toBe(words.apply.reading);
  });
});

describe('a draft', () => {
  it('is kept a second after the last keystroke, with what the policy read when it was begun', async () => {
    const base = draft().text;
    draft().set('{');
    await vi.advanceTimersByTimeAsync(900);
    draft().set('{}');
    await vi.advanceTimersByTimeAsync(900);
    expect(asked('save_policy_draft')).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(asked('save_policy_draft')).toEqual([{ reference: KEY, policy: 'default', base, text: '{}' }]);
    expect(draft().kept).toBe('kept');
  });

  it('is kept at once when the room goes, and offered when it is opened again', async () => {
    draft().set('{}');
    room.leave();
    await settle();
    expect(host.policies.drafts.get(KEY)?.text).toBe('{}');
    const again = new PolicyRoom(host);
    await again.open(KEY);
    expect(again.draft?.earlier?.text).toBe('{}');
    // Until it is decided about, nothing may be typed over it.
    again.draft?.set('something else');
    expect(again.draft?.text).toBe(again.draft?.base);
    again.draft?.goOn();
    expect([again.draft?.text, again.draft?.changed, again.draft?.fixed]).toEqual(['{}', true, null]);
    await again.draft?.discard();
    expect(host.policies.drafts.size).toBe(0);
    expect(again.draft?.changed).toBe(false);
  });

  it('that is typed back to what is there is none', async () => {
    const base = draft().text;
    draft().set('{}');
    await vi.advanceTimersByTimeAsync(1000);
    draft().set(base);
    await vi.advanceTimersByTimeAsync(1000);
    expect(host.policies.drafts.size).toBe(0);
    expect(draft().kept).toBe('none');
  });
});

describe('a form', () => {
  it('does not write over what was typed while it was at work', async () => {
    const answer = pending<never>();
    vi.spyOn(host, 'ask').mockReturnValueOnce(answer.promise);
    const done = merge();
    draft().set('{"typed": true}');
    answer.resolve({ text: 'merged', changed: true, says: 'Two statements were added.' } as never);
    expect(await done).toBe(false);
    expect(draft().text).toBe('{"typed": true}');
    expect(room.problems['merge']?.message).toBe(words.forms.overtaken);
  });

  it('adds a template and takes exactly that back', async () => {
    const before = draft().text;
    expect(await merge()).toBe(true);
    expect(draft().text).toContain('021876802972');
    expect(draft().said).toContain('Two statements');
    expect(await room.merge('another-account', { account: '021876802972' }, true)).toBe(true);
    expect(draft().text).toBe(before);
  });

  it('keeps its error beside it, and the text', async () => {
    const before = draft().text;
    expect(await room.merge('another-account', { account: '12' }, false)).toBe(false);
    expect(room.problems['merge']?.kind).toBe('invalid');
    expect(draft().text).toBe(before);
  });
});

describe('the way to the place', () => {
  const typed = async (text: string) => {
    draft().set(text);
    await vi.advanceTimersByTimeAsync(150);
  };

  it('is closed to a text that would lock its sender out', async () => {
    await room.edit(0, null);
    await vi.advanceTimersByTimeAsync(150);
    expect(draft().reason).toContain('BypassPolicyLockoutSafetyCheck');
    await room.apply();
    expect(room.wanted).toBeNull();
  });

  it('reads the policy once more, then plans the whole text', async () => {
    await merge();
    await vi.advanceTimersByTimeAsync(150);
    const before = asked('open_policies').length;
    await room.apply();
    expect(asked('open_policies')).toHaveLength(before + 1);
    expect(room.wanted).toMatchObject({ ask: 'change-policy', target: { is: 'item', reference: KEY }, given: { policy: 'default', text: draft().text } });
  });

  it('stops where the policy was changed meanwhile, with three texts, and goes on from the new one', async () => {
    const base = draft().text;
    await merge();
    await vi.advanceTimersByTimeAsync(150);
    const mine = draft().text;
    const theirs = base.replace('Settlement', 'Renamed');
    host.policies.texts.set(KEY, theirs);
    await room.apply();
    expect(room.wanted).toBeNull();
    expect([draft().moved, draft().base, draft().row.text, draft().text]).toEqual([true, base, theirs, mine]);
    expect(draft().reason).toBe(words.apply.moved);
    await draft().rebase();
    expect([draft().moved, draft().base, draft().text]).toEqual([false, theirs, mine]);
    expect(host.policies.drafts.get(KEY)).toMatchObject({ base: theirs, text: mine });
    await room.apply();
    expect(room.wanted).not.toBeNull();
  });

  it('ends with what the policy reads now, however it is laid out, and without the draft', async () => {
    await typed('{"Statement":[{"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":["kms:*"],"Resource":"*"}]}');
    await vi.advanceTimersByTimeAsync(1000);
    await room.apply();
    const laidOut = JSON.stringify(JSON.parse(draft().text), null, 4);
    host.policies.texts.set(KEY, laidOut);
    await room.settled(orderOf({ ask: 'change-policy', state: 'done' }));
    expect([draft().text, draft().changed, draft().moved]).toEqual([laidOut, false, false]);
    expect(host.policies.drafts.size).toBe(0);
  });

  it('leaves the draft where the change was not carried out', async () => {
    await merge();
    await vi.advanceTimersByTimeAsync(150);
    const mine = draft().text;
    await room.apply();
    await room.settled(orderOf({ ask: 'change-policy', state: 'abandoned' }));
    expect([draft().text, draft().changed]).toEqual([mine, true]);
  });
});

describe('an item', () => {
  it('whose policy may only be read is shown, and not edited', async () => {
    await room.open('payments-prod/eu-west-1/old-hmac');
    draft().set('{}');
    expect(draft().changed).toBe(false);
    expect(draft().reason).toContain('deletion');
  });

  it('without policies says so, and opens when it is asked again', async () => {
    await room.open('vault-prod/transit/orders-transit');
    expect([room.draft, room.error?.kind]).toEqual([null, 'unsupported']);
    const wire: PoliciesWire = await new FakeHost().ask('open_policies', { reference: KEY });
    vi.spyOn(host, 'ask').mockResolvedValueOnce(wire as never);
    await room.refresh();
    expect(room.draft?.row.id).toBe('default');
  });

  it('that was left takes no late answer', async () => {
    const late = pending<PoliciesWire>();
    vi.spyOn(host, 'ask').mockReturnValueOnce(late.promise as never);
    const done = room.refresh();
    room.leave();
    late.resolve({ ...room.wire!, name: 'late' });
    await done;
    expect(room.wire?.name).toBe('payments-sign');
  });
});

it('lines of a request become keys with their values', () => {
  expect(contextOf('a:B=1\n\n a:B = 2=3 \nno value\n=x')).toEqual({ 'a:B': ['1', '2=3'] });
});
