// The sign-ins that wait for a person, as Rust tells them.
import type { PromptRow, WireError } from '../host/contract.gen';
import { toWireError, type Host, type Watching } from '../host/host';

export class Prompts {
  list = $state.raw<readonly PromptRow[]>([]);
  /** Why the page did not open, or the sign-in was not cancelled. */
  trouble = $state.raw<WireError | null>(null);

  readonly #host: Host;
  #watching: Watching | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  start(): void {
    this.#watching = this.#host.watch('watch_prompts', { operation: 'prompts' }, (event) => {
      if (event.prompts[0]?.id !== this.list[0]?.id) this.trouble = null;
      this.list = event.prompts;
    });
    this.#watching.done.catch((caught: unknown) => (this.trouble = toWireError(caught)));
  }

  leave(): void {
    this.#watching?.cancel();
  }

  /** Opens its page in the browser. Rust knows the address; the window only names the prompt. */
  open(prompt: PromptRow): Promise<void> {
    return this.tell('open_prompt', prompt);
  }

  /** Ends it without a sign-in. */
  cancel(prompt: PromptRow): Promise<void> {
    return this.tell('cancel_prompt', prompt);
  }

  private async tell(command: 'open_prompt' | 'cancel_prompt', { id }: PromptRow): Promise<void> {
    this.trouble = null;
    try {
      await this.#host.ask(command, { id });
    } catch (caught) {
      // One that is over needs no words: the dialog goes with it.
      const error = toWireError(caught);
      if (error.kind !== 'not-found') this.trouble = error;
    }
  }
}
