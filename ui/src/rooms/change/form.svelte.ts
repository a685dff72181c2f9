// The answers before a change: any provider's questions as data, what is shown of them, and what is wrong.
import type { QuestionWire } from '../../host/contract.gen';
import { change as words } from '../../words/change';

/** Problems by the name of the question; empty when the plan may be made. */
export type Problems = Record<string, string>;

/** What is sent: the secret answers apart, so that they can be let go of. */
export interface Given {
  answers: Record<string, string>;
  secrets: Record<string, string>;
}

/** One form while it is filled in. Secret answers live here only until they are taken or the form is left. */
export class ChangeForm {
  readonly questions: readonly QuestionWire[];
  answers = $state<Record<string, string>>({});
  secrets = $state<Record<string, string>>({});
  /** Problems are shown only for what a person has left or tried to send. */
  touched = $state<Record<string, boolean>>({});
  /** The answers were sent once: what is secret among them has to be typed again. */
  taken = $state(false);

  /** `about` is an answer that is already known: it is chosen wherever it can be chosen. */
  constructor(questions: readonly QuestionWire[], about: string | null = null) {
    this.questions = questions;
    for (const question of questions) {
      if (question.kind === 'secret') this.secrets[question.name] = '';
      else this.answers[question.name] = startOf(question, about);
    }
  }

  /** The questions to ask now. A question hangs on another only while that one is asked itself. */
  get shown(): QuestionWire[] {
    return this.questions.filter((question) => this.isShown(question, new Set()));
  }

  /** Everything that is wrong now, whether it is shown yet or not. */
  problems(): Problems {
    const problems: Problems = {};
    for (const question of this.shown) {
      const problem = problemOf(question, this.value(question));
      if (problem) problems[question.name] = problem;
    }
    return problems;
  }

  touch(name: string): void {
    this.touched[name] = true;
  }

  /** Shows every problem, as after an attempt to send. */
  touchAll(): void {
    for (const question of this.shown) this.touch(question.name);
  }

  /** Hands out the answers to the questions that are asked now, and lets go of the secret ones. */
  take(): Given {
    const given: Given = { answers: {}, secrets: {} };
    for (const question of this.shown) {
      const value = this.value(question);
      if (question.kind !== 'secret') given.answers[question.name] = value;
      else if (value !== '') given.secrets[question.name] = value;
    }
    this.taken = true;
    this.forget();
    return given;
  }

  /** Lets go of the secret answers. */
  forget(): void {
    for (const name of Object.keys(this.secrets)) this.secrets[name] = '';
  }

  /** Whether something secret has to be typed again before the next plan. */
  get wantsSecretsAgain(): boolean {
    return this.taken && this.shown.some((question) => question.kind === 'secret' && this.secrets[question.name] === '');
  }

  private isShown(question: QuestionWire, seen: Set<string>): boolean {
    if (!question.shownWhen) return true;
    const [name, values] = question.shownWhen;
    const governing = this.questions.find((other) => other.name === name);
    if (!governing || seen.has(name) || !values.includes(this.value(governing))) return false;
    return this.isShown(governing, seen.add(name));
  }

  private value(question: QuestionWire): string {
    // A secret is taken as typed, and so are lines: a trailing blank may belong to them.
    if (question.kind === 'secret') return this.secrets[question.name] ?? '';
    const typed = this.answers[question.name] ?? '';
    if (question.kind === 'lines') return typed;
    if (question.kind === 'list') return listOf(typed).join(',');
    return typed.trim();
  }
}

function startOf(question: QuestionWire, about: string | null): string {
  if (about !== null && question.choices.some(([value]) => value === about)) return about;
  if (question.preset !== null) return question.preset;
  if (question.kind === 'flag') return 'false';
  if (question.kind === 'pairs') return '[]';
  // Where there must be an answer, the first one stands in the field as a person sees it.
  if (question.kind === 'choice' && question.required) return question.choices[0]?.[0] ?? '';
  return '';
}

function problemOf(question: QuestionWire, value: string): string | null {
  const { label, least, most } = question;
  // No pairs at all are an answer, too: they take every pair away.
  if (value === '' || (question.kind === 'lines' && value.trim() === '')) {
    if (!question.required) return null;
    return question.kind === 'choice' || question.kind === 'several' ? words.form.problems.choose(label) : words.form.problems.required(label);
  }
  if (question.kind === 'number') return numberFits(value, least, most) ? null : words.form.problems.number(label, least ?? '', most ?? '');
  if (question.kind === 'pairs') return pairsProblem(pairsOf(value));
  return null;
}

/** As Rust reads it: a whole number in decimal digits. `BigInt`, because the bounds may lie beyond what a double holds. */
function numberFits(value: string, least: string | null, most: string | null): boolean {
  if (!/^[+-]?\d+$/.test(value)) return false;
  const number = BigInt(value.replace(/^\+/, ''));
  return (least === null || number >= BigInt(least)) && (most === null || number <= BigInt(most));
}

function pairsProblem(pairs: readonly [string, string][]): string | null {
  const keys = pairs.map(([key]) => key);
  if (keys.includes('')) return words.form.problems.emptyKey;
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  return twice === undefined ? null : words.form.problems.keyTwice(twice);
}

/** The parts of a comma-separated answer, without blanks and empty parts. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The pairs of an answer; none where it is no JSON array of arrays of two texts. */
export function pairsOf(text: string): [string, string][] {
  try {
    const read: unknown = JSON.parse(text);
    if (!Array.isArray(read)) return [];
    return read.filter((pair): pair is [string, string] => Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string'));
  } catch {
    return [];
  }
}
