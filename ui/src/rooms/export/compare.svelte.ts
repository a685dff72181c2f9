// The paste-back box: is what the consumer shows the fingerprint of this key?
import type { FingerprintVerdict, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';

export class Comparison {
  pasted = $state('');
  verdict = $state<FingerprintVerdict | null>(null);
  error = $state.raw<WireError | null>(null);
  busy = $state(false);

  readonly #host: Host;
  #turn = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** What was pasted changed, or the key did: an earlier verdict no longer counts. */
  reset() {
    this.#turn += 1;
    this.verdict = null;
    this.error = null;
    this.busy = false;
  }

  async compare(reference: string, version: string | null): Promise<void> {
    this.reset();
    const pasted = this.pasted.trim();
    if (pasted === '') return;
    const turn = this.#turn;
    this.busy = true;
    try {
      const verdict = await this.#host.ask('compare_fingerprint', { reference, version, pasted });
      if (turn === this.#turn) this.verdict = verdict;
    } catch (error) {
      if (turn === this.#turn) this.error = toWireError(error);
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}
