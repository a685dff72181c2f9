// The only door to Rust, as an interface: the window asks, or watches a stream. `tauri.ts` and `fake.ts` answer.
import { getContext, setContext } from 'svelte';
import { words } from '../words/en';
import type { commands, Commands, WireError } from './contract.gen';

type Effects = typeof commands;
/** Every command. */
export type CommandName = keyof Commands;
/** The commands that answer with a stream of events. */
export type WatchName = { [C in CommandName]: Effects[C]['effect'] extends 'watch' ? C : never }[CommandName];
/** The commands that answer once. */
export type AskName = Exclude<CommandName, WatchName>;
export type Request<C extends CommandName> = Commands[C]['request'];
export type Answer<C extends CommandName> = Commands[C]['answer'];

/** A stream that is running. */
export interface Watching {
  /** Settles after the last event; rejects with a `WireError` if the stream could not run. */
  done: Promise<void>;
  /** Asks Rust to end the stream; `done` still settles. */
  cancel(): void;
}

export interface Host {
  /** Rejects with a `WireError`; `toWireError` makes one of anything else. */
  ask<C extends AskName>(command: C, request: Request<C>): Promise<Answer<C>>;
  watch<C extends WatchName>(command: C, request: Request<C>, onEvent: (event: Answer<C>) => void): Watching;
  /** Calls `go` with the reference of every item that another start of Claviger asks this window to show. */
  onNavigate(go: (reference: string) => void): void;
}

/** The key of the host among Svelte's contexts; tests hand a fake in by it. */
export const HOST = Symbol('host');

/** The host of the window this component is in. Call it while the component is being set up. */
export function hostContext(): Host {
  return getContext<Host>(HOST);
}

export function provideHost(host: Host): void {
  setContext(HOST, host);
}

/** What was caught, as the window shows errors. Anything that is not a `WireError` is a fault of ours. */
export function toWireError(caught: unknown): WireError {
  if (isWireError(caught)) return caught;
  return {
    kind: 'unexpected',
    operation: words.errors.core,
    message: caught instanceof Error ? caught.message : String(caught),
    changed: { is: 'unknown' },
    next: words.errors.coreNext,
    permission: null,
    refusedBy: null,
    requestId: null,
  };
}

function isWireError(caught: unknown): caught is WireError {
  return typeof caught === 'object' && caught !== null && 'kind' in caught && 'operation' in caught && 'next' in caught;
}
