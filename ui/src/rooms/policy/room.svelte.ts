// The policies that decide about an item: which one is in view, its draft, and the way of a change to the place.
import type { OrderWire, PoliciesWire, PolicyRow, SimulatedAccess, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import type { Wanted } from '../change/room.svelte';
import { PolicyDraft } from './draft.svelte';

export type TabName = 'edit' | 'differences' | 'statements' | 'words' | 'who' | 'ask' | 'history';

/** Who asks for what, as it is typed. */
export interface Asked {
  caller: string;
  action: string;
  /** One `key=value` a line. */
  context: string;
}

export class PolicyRoom {
  wire = $state.raw<PoliciesWire | null>(null);
  /** Why the policies could not be read. */
  error = $state.raw<WireError | null>(null);
  busy = $state(false);
  tab = $state<TabName>('edit');
  draft = $state.raw<PolicyDraft | null>(null);
  /** The change that is planned in the dialog. */
  wanted = $state.raw<Wanted | null>(null);
  /** The policy is being compared with what it reads now, before anything is planned. */
  comparing = $state(false);
  /** How the last change of the policy in view ended. */
  order = $state.raw<OrderWire | null>(null);
  asked = $state<Asked>({ caller: '', action: '', context: '' });
  simulated = $state.raw<SimulatedAccess | null>(null);
  /** What went wrong with a form, by its name. */
  problems = $state<Record<string, WireError | null>>({});

  readonly host: Host;
  reference = '';
  readonly #drafts = new Map<string, PolicyDraft>();
  #turn = 0;
  #left = false;

  constructor(host: Host) {
    this.host = host;
  }

  get own(): PolicyRow[] {
    return this.wire?.policies.filter((row) => row.ofItem) ?? [];
  }

  /** Those of the place that say nothing of this item. */
  get others(): PolicyRow[] {
    return this.wire?.policies.filter((row) => !row.ofItem) ?? [];
  }

  /** Opens the policies of an item, the first one in view. */
  async open(reference: string): Promise<void> {
    this.letGo();
    this.reference = reference;
    this.wire = null;
    this.draft = null;
    this.wanted = null;
    this.order = null;
    this.simulated = null;
    this.tab = 'edit';
    await this.refresh();
  }

  /** Reads the policies afresh; drafts stay. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    this.busy = true;
    try {
      const wire = await this.host.ask('open_policies', { reference: this.reference });
      if (turn !== this.#turn || this.#left) return;
      this.wire = wire;
      this.error = null;
      for (const row of wire.policies) this.#drafts.get(row.id)?.heard(row);
      const first = wire.policies[0];
      if (first && !this.draft) this.show(first.id);
    } catch (caught) {
      if (turn === this.#turn) this.error = toWireError(caught);
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }

  show(policy: string): void {
    const row = this.wire?.policies.find((one) => one.id === policy);
    if (!row || this.draft?.row.id === policy) return;
    const draft = this.#drafts.get(policy) ?? new PolicyDraft(this.host, this.reference, row);
    this.#drafts.set(policy, draft);
    this.draft = draft;
    this.order = null;
    this.simulated = null;
    this.problems = {};
  }

  /** Reads the policy once more; if it is as it was when the draft was begun, the change is planned. */
  async apply(): Promise<void> {
    const draft = this.draft;
    if (!draft || draft.reason !== null || this.comparing) return;
    this.comparing = true;
    this.order = null;
    try {
      await this.refresh();
      if (this.error !== null || draft !== this.draft || draft.reason !== null) return;
      const given = { policy: draft.row.id, text: draft.text };
      this.wanted = { ask: 'change-policy', target: { is: 'item', reference: this.reference }, name: this.wire?.name ?? '', about: null, given };
    } finally {
      this.comparing = false;
    }
  }

  /** The order ended, or it could not be sent: what the policy reads now is what counts. */
  async settled(order: OrderWire | null): Promise<void> {
    if (this.#left) return;
    this.order = order;
    const given = this.wanted && 'given' in this.wanted ? this.wanted.given : undefined;
    if (order?.state === 'done' && given) await this.#drafts.get(given['policy'] ?? '')?.applied(given['text'] ?? '');
    await this.refresh();
  }

  /** Puts a template's part into the text, or takes it out. Answers whether the text changed. */
  async merge(template: string, answers: Record<string, string>, takeBack: boolean): Promise<boolean> {
    return this.form('merge', (draft) => draft.write(this.host.ask('merge_policy', { target: draft.target, text: draft.text, template, answers, takeBack })));
  }

  /** Writes one statement as its form has it; without fields it is taken out. */
  async edit(index: number, fields: Record<string, string[]> | null): Promise<boolean> {
    return this.form(`statement:${index}`, (draft) => draft.write(this.host.ask('edit_statement', { target: draft.target, text: draft.text, index, fields })));
  }

  /** Which statement of the text would answer a request. */
  async simulate(): Promise<void> {
    this.simulated = null;
    await this.form('ask', async (draft) => {
      const { caller, action, context } = this.asked;
      this.simulated = await this.host.ask('simulate_access', { target: draft.target, text: draft.text, caller: caller.trim(), action: action.trim(), context: contextOf(context) });
      return true;
    });
  }

  /** For when the room goes. */
  leave(): void {
    this.#left = true;
    this.#turn += 1;
    this.letGo();
  }

  private letGo(): void {
    for (const draft of this.#drafts.values()) draft.leave();
    this.#drafts.clear();
  }

  private async form(name: string, work: (draft: PolicyDraft) => Promise<boolean>): Promise<boolean> {
    if (!this.draft) return false;
    this.problems[name] = null;
    try {
      return await work(this.draft);
    } catch (caught) {
      this.problems[name] = toWireError(caught);
      return false;
    }
  }
}

/** The lines `key=value` of a request, by key; a key that stands there twice has both values. */
export function contextOf(text: string): Record<string, string[]> {
  const context: Record<string, string[]> = {};
  for (const line of text.split('\n')) {
    const [key = '', ...rest] = line.split('=');
    if (key.trim() !== '' && rest.length > 0) (context[key.trim()] ??= []).push(rest.join('=').trim());
  }
  return context;
}
