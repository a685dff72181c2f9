// A consumer while it is filled in: the questions of its kind, how it is told, and what is wrong.
import type { ConsumerKindRow, ConsumerWire, TellWire } from '../../host/contract.gen';
import { consumers } from '../../words/consumers';

const words = consumers.editor;

export type TellName = TellWire['is'];

/** What is sent. The secret leaves this form with it. */
export interface Taken {
  consumer: ConsumerWire;
  secret: string | null;
}

export class ConsumerForm {
  kind = $state('');
  name = $state('');
  owner = $state('');
  note = $state('');
  fields = $state<Record<string, string>>({});
  roundTrip = $state(false);
  instances = $state('1');
  tell = $state<TellName>('checklist');
  program = $state('');
  /** One argument a line. */
  arguments = $state('');
  url = $state('');
  authority = $state('');
  secret = $state('');
  realValues = $state(false);
  /** Problems are shown once one tried to save. */
  tried = $state(false);
  /** A secret was sent and is not here any more. */
  secretSent = $state(false);

  readonly #id: string;

  constructor(given: ConsumerWire | null, first: string) {
    this.#id = given?.id ?? '';
    this.kind = given?.kind ?? first;
    if (!given) return;
    this.name = given.name;
    this.owner = given.owner;
    this.note = given.note;
    this.fields = { ...given.fields };
    this.roundTrip = given.roundTrip;
    this.instances = String(given.instances);
    this.realValues = given.realValues;
    this.tell = given.tell.is;
    if (given.tell.is === 'command') {
      this.program = given.tell.program;
      this.arguments = given.tell.arguments.join('\n');
    }
    if (given.tell.is === 'webhook') {
      this.url = given.tell.url;
      this.authority = given.tell.authority;
    }
  }

  /** Everything that is wrong now, by field. Rust looks at the rest. */
  problems(kind: ConsumerKindRow | undefined): Record<string, string> {
    const problems: Record<string, string> = {};
    if (this.name.trim() === '') problems['name'] = words.needed(words.name);
    if (!/^\d{1,9}$/.test(this.instances.trim())) problems['instances'] = words.number(words.instances);
    for (const field of kind?.fields ?? []) {
      const answer = (this.fields[field.name] ?? '').trim();
      if (answer === '' && field.required) problems[`field-${field.name}`] = words.needed(field.label);
      else if (answer !== '' && field.shape === 'number' && !/^\d+$/.test(answer)) problems[`field-${field.name}`] = words.number(field.label);
    }
    if (this.tell === 'command' && this.program.trim() === '') problems['program'] = words.needed(words.program);
    if (this.tell === 'webhook' && this.url.trim() === '') problems['url'] = words.needed(words.url);
    return problems;
  }

  /** Hands out what was typed, and lets go of the secret. */
  take(kind: ConsumerKindRow | undefined): Taken {
    const fields: Record<string, string> = {};
    for (const { name } of kind?.fields ?? []) {
      const answer = (this.fields[name] ?? '').trim();
      if (answer !== '') fields[name] = answer;
    }
    const secret = this.tell === 'webhook' && this.secret !== '' ? this.secret : null;
    if (secret !== null) this.secretSent = true;
    this.forget();
    return {
      consumer: {
        id: this.#id,
        kind: this.kind,
        name: this.name.trim(),
        owner: this.owner.trim(),
        note: this.note.trim(),
        fields,
        roundTrip: this.roundTrip,
        instances: Number(this.instances.trim()),
        tell: this.told(),
        realValues: this.realValues,
      },
      secret,
    };
  }

  forget(): void {
    this.secret = '';
  }

  private told(): TellWire {
    if (this.tell === 'command') return { is: 'command', program: this.program.trim(), arguments: this.arguments.split('\n').filter((line) => line !== '') };
    if (this.tell === 'webhook') return { is: 'webhook', url: this.url.trim(), authority: this.authority.trim() };
    return { is: this.tell };
  }
}
