// The generic connection form: any provider's questions, with their answers and what is wrong with them.
import type { ConnectionDraft, EnvironmentMark, FieldRow, FormRow } from '../../host/contract.gen';
import { connect as words } from '../../words/connect';

/** The name under which the problem of the connection's own name is kept; no field may have it, being no identifier. */
export const NAME = '(name)';

/** Problems by field name; `NAME` for the connection's name. Empty when the form may be sent. */
export type Problems = Record<string, string>;

/** What Rust accepts as a name. */
const LONGEST_NAME = 64;
const CONTROL = /\p{Cc}/u;

/** One form while it is filled in. Secret answers live here only until they are sent or the form is left. */
export class FormState {
  readonly form: FormRow;
  name = $state('');
  answers = $state<Record<string, string>>({});
  secrets = $state<Record<string, string>>({});
  /** Problems are shown only for what a person has left or tried to send. */
  touched = $state<Record<string, boolean>>({});

  constructor(form: FormRow) {
    this.form = form;
    for (const field of form.fields) {
      if (field.kind === 'secret') this.secrets[field.name] = '';
      else this.answers[field.name] = field.kind === 'choice' ? (field.choices[0]?.[0] ?? '') : '';
    }
  }

  /** The questions to ask now. A question hangs on another only while that one is asked itself. */
  get shown(): FieldRow[] {
    return this.form.fields.filter((field) => this.isShown(field, new Set()));
  }

  private isShown(field: FieldRow, seen: Set<string>): boolean {
    if (!field.shownWhen) return true;
    const [name, values] = field.shownWhen;
    const governing = this.form.fields.find((other) => other.name === name);
    if (!governing || seen.has(name) || !values.includes(this.answers[name] ?? '')) return false;
    return this.isShown(governing, seen.add(name));
  }

  /** Everything that is wrong now, whether it is shown yet or not. `taken` are the names that mean another place. */
  problems(taken: readonly string[]): Problems {
    const problems: Problems = {};
    const name = this.name.trim();
    if (name === '') problems[NAME] = words.problems.nameMissing;
    else if (Array.from(name).length > LONGEST_NAME) problems[NAME] = words.problems.nameLong;
    else if (CONTROL.test(name)) problems[NAME] = words.problems.control(words.address.name);
    else if (taken.includes(name)) problems[NAME] = words.problems.nameTaken(name);
    for (const field of this.shown) {
      const value = this.value(field);
      if (field.required && value === '') {
        problems[field.name] = field.kind === 'choice' ? words.problems.choose(field.label) : words.problems.required(field.label);
      } else if (field.kind !== 'secret' && CONTROL.test(value)) {
        problems[field.name] = words.problems.control(field.label);
      }
    }
    return problems;
  }

  touch(name: string) {
    this.touched[name] = true;
  }

  /** Shows every problem, as after an attempt to send. */
  touchAll() {
    this.touch(NAME);
    for (const field of this.shown) this.touch(field.name);
  }

  /** What is sent: only answers to questions that are asked now, and no empty ones. */
  draft(environment: EnvironmentMark, keep: boolean): ConnectionDraft {
    const answers: Record<string, string> = {};
    const secrets: Record<string, string> = {};
    for (const field of this.shown) {
      const value = this.value(field);
      if (value === '') continue;
      if (field.kind === 'secret') secrets[field.name] = value;
      else answers[field.name] = value;
    }
    return { name: this.name.trim(), provider: this.form.provider, environment, answers, secrets, keep };
  }

  /** Lets go of the secret answers. */
  forget() {
    for (const name of Object.keys(this.secrets)) this.secrets[name] = '';
  }

  private value(field: FieldRow): string {
    // A secret is taken as typed: a trailing blank may belong to it.
    if (field.kind === 'secret') return this.secrets[field.name] ?? '';
    const typed = (this.answers[field.name] ?? '').trim();
    return field.kind === 'list' ? listOf(typed).join(',') : typed;
  }
}

/** The parts of a comma-separated answer, without blanks and empty parts. */
function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
