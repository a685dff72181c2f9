// Opens the host of the real window. `--mode fake` puts `open.fake.ts` in this file's place.
import type { Host } from './host';
import { TauriHost } from './tauri';

export function openHost(): Host {
  return new TauriHost();
}
