// The host of the real window: Tauri's commands. No other file imports `@tauri-apps`.
import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Answer, AskName, Host, Request, WatchName, Watching } from './host';

export class TauriHost implements Host {
  ask<C extends AskName>(command: C, request: Request<C>): Promise<Answer<C>> {
    return invoke<Answer<C>>(command, { request });
  }

  watch<C extends WatchName>(command: C, request: Request<C>, onEvent: (event: Answer<C>) => void): Watching {
    const channel = new Channel<Answer<C>>();
    channel.onmessage = onEvent;
    return {
      done: invoke(command, { request, channel }),
      // The stream may have ended by itself in the meantime; then there is nothing to stop and nothing to say.
      cancel: () => void this.ask('cancel', { operation: request.operation }).catch(() => undefined),
    };
  }

  onNavigate(go: (reference: string) => void): void {
    // Without the event the window works all the same; only links from a second start are lost.
    listen<string>('navigate', ({ payload }) => go(payload)).catch(() => undefined);
  }
}
