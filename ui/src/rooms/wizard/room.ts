// What the parts that wizards share need of the room that they are in.
import type { LockWire, RotationStepWire, WireError } from '../../host/contract.gen';
import type { StepOrder, WizardOrder } from './order.svelte';

/** A plan of several steps while a person looks at it. */
export interface WizardRoom {
  /** The word of what is under way; there is one thing at a time. */
  readonly busy: string | null;
  /** What went wrong, by the word of what was wanted. */
  readonly problems: Readonly<Record<string, WireError>>;
  /** The words of what came too late: somebody else had changed it. */
  readonly overtaken: readonly string[];
  /** What was typed, by the word of what it is for. */
  texts: Record<string, string>;
  readonly now: number;
  readonly order: Pick<StepOrder, 'step' | 'plan' | 'stage' | 'journal' | 'error' | 'typed' | 'spent' | 'blocked' | 'reason' | 'begin' | 'allow' | 'confirm' | 'drop'>;
  /** What was sent, oldest first. */
  readonly orders: readonly WizardOrder[];
  /** The order whose end is not known. */
  readonly live: WizardOrder | null;
  /** What a step is called, and its button. */
  nameOf(step: string): string;
  showOf(step: string): string;
  lock(word: string): LockWire | null;
  step(word: string): RotationStepWire | null;
  text(word: string): string;
  check(): Promise<boolean>;
}
