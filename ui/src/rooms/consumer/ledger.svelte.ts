// Who is known to use an item: the ledger as Rust has it, and what a person does with it.
import type { ConsumerLedger, ConsumerWire, DefinitionRow, DefinitionWire, FoundConsumer, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';

export class Ledger {
  ledger = $state.raw<ConsumerLedger | null>(null);
  /** Why it could not be read. */
  error = $state.raw<WireError | null>(null);
  /** What went wrong with something that was wanted. */
  problem = $state.raw<WireError | null>(null);
  /** What is under way: the number of a consumer, `found:` with its place, `save`, or `define`. */
  busy = $state<string | null>(null);
  reading = $state(false);

  readonly #host: Host;
  readonly #changed: () => void;
  #reference = '';
  #turn = 0;

  constructor(host: Host, changed: () => void = () => undefined) {
    this.#host = host;
    this.#changed = changed;
  }

  get reference(): string {
    return this.#reference;
  }

  /** How many there are, once that is known. */
  get count(): number | null {
    return this.ledger?.consumers.length ?? null;
  }

  async open(reference: string): Promise<void> {
    if (reference !== this.#reference) Object.assign(this, { ledger: null, problem: null });
    this.#reference = reference;
    await this.refresh();
  }

  /** Reads it afresh. What was read before stays if that fails. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    this.reading = true;
    try {
      const ledger = await this.#host.ask('list_consumers', { reference: this.#reference });
      if (turn !== this.#turn) return;
      this.ledger = ledger;
      this.error = null;
    } catch (caught) {
      if (turn === this.#turn) this.error = toWireError(caught);
    } finally {
      if (turn === this.#turn) this.reading = false;
    }
  }

  /** Keeps a consumer. The secret is sent once and not kept here. */
  async save(consumer: ConsumerWire, secret: string | null, busy = 'save'): Promise<WireError | null> {
    return this.change(busy, () => this.#host.ask('save_consumer', { reference: this.#reference, consumer, secret }));
  }

  /** Takes what was found into the ledger, as it was found. */
  async add(found: FoundConsumer, at: number): Promise<boolean> {
    this.problem = await this.save({ ...found.consumer, id: '' }, null, `found:${at}`);
    return this.problem === null;
  }

  async remove(consumer: string): Promise<WireError | null> {
    return this.change(consumer, () => this.#host.ask('remove_consumer', { reference: this.#reference, consumer }));
  }

  async define(definition: DefinitionWire): Promise<WireError | null> {
    return this.send('define', async () => {
      const row: DefinitionRow = await this.#host.ask('save_definition', { reference: this.#reference, definition });
      if (this.ledger) this.ledger = { ...this.ledger, definition: row };
    });
  }

  private async change(busy: string, ask: () => Promise<unknown>): Promise<WireError | null> {
    const error = await this.send(busy, ask);
    if (error) return error;
    await this.refresh();
    this.#changed();
    return null;
  }

  private async send(busy: string, ask: () => Promise<unknown>): Promise<WireError | null> {
    if (this.busy !== null) return null;
    this.busy = busy;
    this.problem = null;
    try {
      await ask();
    } catch (caught) {
      return toWireError(caught);
    } finally {
      this.busy = null;
    }
    return null;
  }
}
