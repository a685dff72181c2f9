// The export with the private key: the form of the file, and a password that is typed twice and kept nowhere.
import type { PrivateForm, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { handout } from '../../words/private';

const words = handout.key;

export class PrivateRoom {
  form = $state<PrivateForm['is']>('pfx');
  password = $state('');
  again = $state('');
  busy = $state(false);
  error = $state.raw<WireError | null>(null);

  readonly #host: Host;
  readonly #reference: string;
  readonly #version: string | null;

  constructor(host: Host, reference: string, version: string | null) {
    this.#host = host;
    this.#reference = reference;
    this.#version = version;
  }

  /** What is still missing before anything can be saved. */
  get missing(): string | null {
    if (this.form === 'pem') return null;
    if (this.password === '') return words.missing;
    if (this.again === '') return words.repeat;
    return this.password === this.again ? null : words.differ;
  }

  /** Why the second password is wrong; silent while it may still become right. */
  get mismatch(): string | null {
    return this.form === 'pfx' && this.again !== '' && !this.password.startsWith(this.again) ? words.differ : null;
  }

  /** Saves where the person says. Answers the path; `null` if they thought better of it or it failed. */
  async save(): Promise<string | null> {
    if (this.busy || this.missing) return null;
    this.busy = true;
    this.error = null;
    try {
      const form: PrivateForm = this.form === 'pem' ? { is: 'pem' } : { is: 'pfx', password: this.password };
      const saved = await this.#host.ask('save_private_key', { reference: this.#reference, version: this.#version, form });
      return saved.paths[0] ?? null;
    } catch (caught) {
      this.error = toWireError(caught);
      return null;
    } finally {
      this.busy = false;
    }
  }

  leave() {
    this.password = '';
    this.again = '';
  }
}
