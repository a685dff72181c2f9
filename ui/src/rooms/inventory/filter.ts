// The filter's small language: `state:enabled expires<30d -facet:secret "two words"`. Terms are joined by "and".
import { inventory as words } from '../../words/inventory';
import { DAY, type Entry } from './entry';

/** What a filter is asked about besides the entry itself. */
export interface Surroundings {
  now: number;
  pins: ReadonlySet<string>;
}

export type Term = (entry: Entry, around: Surroundings) => boolean;

/** A part of the filter that was not understood. It hides nothing. */
export interface Problem {
  token: string;
  message: string;
}

export interface Filter {
  terms: readonly Term[];
  problems: readonly Problem[];
}

type Texts = (entry: Entry) => readonly string[];

/** Fields that hold one of several words: a value is a word or how it begins. */
const WORDS: Record<string, Texts> = {
  facet: ({ row }) => row.facets,
  provider: ({ row }) => [row.provider],
  state: ({ row }) => [row.state],
};

/** Fields that hold text: a value is a part of it. */
const TEXTS: Record<string, Texts> = {
  algorithm: ({ row }) => [row.algorithm ?? ''],
  connection: ({ row }) => [row.connection],
  kind: ({ row }) => [row.kind],
  name: ({ row }) => [row.name],
  ref: ({ row }) => [row.ref],
  vault: ({ row }) => [row.vault],
};

/** Fields that are a length of time from now, in milliseconds. */
const SPANS: Record<string, (entry: Entry, now: number) => number | null> = {
  age: ({ created }, now) => (created === null ? null : now - created),
  expires: ({ expires }, now) => (expires === null ? null : expires - now),
};

const STATES: Record<string, Term> = {
  pinned: ({ row }, { pins }) => pins.has(row.ref),
  trouble: ({ row }) => row.trouble !== null,
};

/** Every field there is, for help and completion. */
export const FIELDS: readonly string[] = [...Object.keys(WORDS), ...Object.keys(TEXTS), ...Object.keys(SPANS), 'is'].sort();

const UNITS: Record<string, number> = { h: DAY / 24, d: DAY, w: 7 * DAY, m: 30 * DAY, y: 365 * DAY };

export function parse(text: string): Filter {
  const terms: Term[] = [];
  const problems: Problem[] = [];
  for (const token of tokens(text)) {
    const term = token.open ? words.filter.openQuote : read(token);
    if (typeof term === 'string') problems.push({ token: token.text, message: term });
    else terms.push(token.negated ? (entry, around) => !term(entry, around) : term);
  }
  return { terms, problems };
}

export function matches(filter: Filter, entry: Entry, around: Surroundings): boolean {
  return filter.terms.every((term) => term(entry, around));
}

interface Token {
  /** As it was typed. */
  text: string;
  negated: boolean;
  /** What comes before the operator; `null` for plain text. */
  field: string | null;
  operator: string;
  value: string;
  /** Whether a quote was not closed. */
  open: boolean;
}

/** Splits at spaces outside quotes. An operator counts only outside quotes, too. */
function tokens(text: string): Token[] {
  const found: Token[] = [];
  const pattern = /(-?)(?:([\p{L}\p{N}_]+)(:|<=|>=|<|>))?((?:"[^"]*(?:"|$)|[^\s"])*)/uy;
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match || match[0] === '') break;
    const [whole, minus = '', field, operator = '', raw = ''] = match;
    at += whole.length;
    found.push({
      text: whole,
      negated: minus !== '',
      field: field?.toLowerCase() ?? null,
      operator,
      value: raw.replaceAll('"', '').toLowerCase(),
      open: (raw.split('"').length - 1) % 2 === 1,
    });
  }
  return found;
}

/** The term a token stands for, or the sentence that says why it stands for none. */
function read({ field, operator, value }: Token): Term | string {
  if (field === null) return value === '' ? words.filter.emptyText : (entry) => entry.haystack.includes(value);
  const span = Object.hasOwn(SPANS, field) ? SPANS[field] : undefined;
  if (span) return readSpan(field, span, operator, value);
  const known = field === 'is' || Object.hasOwn(WORDS, field) || Object.hasOwn(TEXTS, field);
  if (!known) return words.filter.unknownField(field, FIELDS);
  if (operator !== ':') return words.filter.needsColon(field);
  const values = value.split(',').filter((one) => one !== '');
  if (values.length === 0) return words.filter.needsValue(field);
  if (field === 'is') return readStates(values);
  const wordsOf = WORDS[field];
  if (wordsOf) return (entry) => wordsOf(entry).some((word) => values.some((one) => word.toLowerCase().startsWith(one)));
  const textsOf = TEXTS[field];
  return (entry) => textsOf?.(entry).some((text) => values.some((one) => text.toLowerCase().includes(one))) ?? false;
}

function readStates(values: readonly string[]): Term | string {
  const wrong = values.find((one) => !Object.hasOwn(STATES, one));
  if (wrong !== undefined) return words.filter.unknownState(wrong, Object.keys(STATES));
  return (entry, around) => values.some((one) => STATES[one]?.(entry, around));
}

function readSpan(field: string, span: (entry: Entry, now: number) => number | null, operator: string, value: string): Term | string {
  if (operator === ':' && value === 'never') return (entry, { now }) => span(entry, now) === null;
  const match = /^(\d{1,6})([hdwmy])$/.exec(value);
  const unit = UNITS[match?.[2] ?? ''];
  if (operator === ':' || !match || unit === undefined) return words.filter.needsSpan(field);
  const limit = Number(match[1]) * unit;
  return (entry, { now }) => {
    const length = span(entry, now);
    if (length === null) return false;
    if (operator === '<') return length < limit;
    if (operator === '<=') return length <= limit;
    return operator === '>' ? length > limit : length >= limit;
  };
}
