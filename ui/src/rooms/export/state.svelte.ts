// The export studio: the choices, the preview that belongs to them, and what is copied or saved.
import type {
  Export,
  ExportFile,
  ExportRequest,
  Format,
  FormatRow,
  ItemWire,
  SnowflakeSlot,
  WireError,
} from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { exporting as words } from '../../words/export';
import { unavailable, type Unavailable } from './formats';

/** A pause in typing after which the preview is made anew, in milliseconds. */
const TYPING_PAUSE = 250;

export class ExportRoom {
  readonly references: readonly string[];
  readonly #all: readonly FormatRow[];
  readonly #wanted: Format | null;
  format = $state<Format>('spki-pem');
  /** The chosen versions; none means the current one. */
  versions = $state<string[]>([]);
  comment = $state('');
  user = $state('');
  slot = $state<SnowflakeSlot>('first');

  /** The one item, once it was read; with several it stays unknown. */
  item = $state.raw<ItemWire | null>(null);
  preview = $state.raw<Export | null>(null);
  /** Whether the preview is still the one of earlier choices. */
  busy = $state(false);
  error = $state.raw<WireError | null>(null);
  /** What became of copying and saving. */
  acting = $state<'copy' | 'save' | null>(null);
  actionError = $state.raw<WireError | null>(null);
  /** Which file of several is shown. */
  shown = $state(0);

  readonly #host: Host;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, formats: readonly FormatRow[], references: readonly string[], versions: readonly string[] = [], wanted: Format | null = null) {
    this.#host = host;
    this.#all = formats;
    this.#wanted = wanted;
    this.references = references;
    this.versions = [...versions];
    this.format = wanted ?? formats[0]?.format ?? 'spki-pem';
  }

  /** Reads the one item for its facets and versions, then makes the first preview. */
  async start(): Promise<void> {
    const turn = this.#turn;
    if (this.references.length === 1 && this.references[0] !== undefined) {
      this.busy = true;
      try {
        this.item = await this.#host.ask('open_item', { reference: this.references[0] });
      } catch {
        // The preview asks for the same item and will say what is wrong, in its pane.
        this.item = null;
      }
      if (turn !== this.#turn) return;
      this.format = this.#wanted ?? this.firstAvailable() ?? this.format;
    }
    await this.refresh();
  }

  get one(): boolean {
    return this.references.length === 1;
  }

  /** The formats to choose from. A signing request is among them only while one waits, and then it is what is waited for. */
  get formats(): readonly FormatRow[] {
    const waits = (row: FormatRow) => row.format === this.#wanted || (this.item !== null && this.unavailable(row) === null);
    const requests = this.#all.filter((row) => row.facet === 'request' && waits(row));
    return [...requests, ...this.#all.filter((row) => row.facet !== 'request')];
  }

  get row(): FormatRow | null {
    return this.formats.find((row) => row.format === this.format) ?? null;
  }

  /** Why the chosen format is not available. */
  get refusal(): Unavailable | null {
    return this.row ? this.unavailable(this.row) : null;
  }

  /** Why a format is not available for what is to be exported. */
  unavailable(row: FormatRow): Unavailable | null {
    // A slot holds one key, and several items cannot share it.
    if (row.format === 'snowflake' && !this.one) return { because: words.snowflake.oneItem, permission: null };
    return unavailable(row, this.item);
  }

  /** What is still missing before an export can be asked for. */
  get missing(): string | null {
    if (this.format !== 'snowflake') return null;
    if (this.versions.length > 1) return words.snowflake.oneVersion;
    return this.user.trim() === '' ? words.snowflake.userMissing : null;
  }

  get file(): ExportFile | null {
    return this.preview?.files[this.shown] ?? this.preview?.files[0] ?? null;
  }

  /** Whether what is shown may be copied and saved: it is there, and it belongs to the choices. */
  get ready(): boolean {
    return !this.busy && !this.refusal && !this.missing && (this.preview?.files.length ?? 0) > 0;
  }

  choose(format: Format) {
    if (format === this.format) return;
    this.format = format;
    void this.refresh();
  }

  chooseVersions(versions: string[]) {
    this.versions = versions;
    void this.refresh();
  }

  /** After typing: the preview waits for a pause, and the one that is there no longer counts. */
  typed() {
    this.#turn += 1;
    this.busy = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), TYPING_PAUSE);
  }

  /** Asks for the preview of the present choices. Only the answer to the last question is ever shown. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    this.error = null;
    this.actionError = null;
    if (this.refusal || this.missing) {
      this.preview = null;
      this.busy = false;
      return;
    }
    this.busy = true;
    try {
      const preview = await this.#host.ask('export_items', { request: this.request() });
      if (turn !== this.#turn) return;
      this.preview = preview;
      this.shown = 0;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.preview = null;
      this.error = toWireError(error);
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }

  /** Puts the export on the clipboard. Answers whether it is there. */
  async copy(): Promise<boolean> {
    return (await this.act('copy', () => this.#host.ask('copy_export', { request: this.request() }))) !== null;
  }

  /** Saves the export where the person says. Answers the paths; none if they thought better of it. */
  async save(): Promise<string[]> {
    return (await this.act('save', () => this.#host.ask('save_export', { request: this.request() })))?.paths ?? [];
  }

  /** Drops answers that are still under way. */
  leave() {
    this.#turn += 1;
    clearTimeout(this.#timer);
  }

  private async act<T>(what: 'copy' | 'save', call: () => Promise<T>): Promise<T | null> {
    if (this.acting) return null;
    this.acting = what;
    this.actionError = null;
    try {
      // Somebody who types and presses Enter at once wants what was typed, and only after it was proven.
      if (this.busy) await this.refresh();
      return this.ready ? await call() : null;
    } catch (error) {
      this.actionError = toWireError(error);
      return null;
    } finally {
      this.acting = null;
    }
  }

  private request(): ExportRequest {
    const comment = this.comment.trim();
    return {
      references: [...this.references],
      versions: this.one ? [...this.versions] : [],
      format: this.format,
      comment: this.format === 'openssh' && comment !== '' ? comment : null,
      snowflake: this.format === 'snowflake' ? { user: this.user.trim(), slot: this.slot } : null,
    };
  }

  private firstAvailable(): Format | null {
    return this.formats.find((row) => !this.unavailable(row))?.format ?? null;
  }
}
