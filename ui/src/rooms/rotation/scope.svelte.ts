// The rules of a run while they are typed. They are text here; Rust says whether they fit.
import type { RotationSettings } from '../../host/contract.gen';
import { rotation as words } from '../../words/rotation';

export class ScopeForm {
  reason = $state('');
  strategy = $state('halt');
  soakHours = $state('');
  waitDays = $state('');
  /** A day, as `2026-12-04`; empty for none. */
  due = $state('');
  /** Something was typed that was not sent yet. */
  touched = $state(false);
  /** What is wrong, by field, once one tried to go on. */
  problems = $state<Record<string, string>>({});
  #heard: RotationSettings | null = null;

  /** Shows what is settled, unless something else is being typed. */
  hear(settings: RotationSettings): void {
    this.#heard = settings;
    if (this.touched) return;
    this.reason = settings.reason;
    this.strategy = settings.strategy;
    this.soakHours = String(settings.soakHours);
    this.waitDays = String(settings.waitDays);
    this.due = settings.due === null ? '' : dayOf(settings.due);
  }

  touch(): void {
    this.touched = true;
    this.problems = {};
  }

  /** What was typed has been taken, or is let go. */
  clean(): void {
    this.touched = false;
    this.problems = {};
  }

  /** What was typed, if it can be sent at all. */
  take(): RotationSettings | null {
    const [soakHours, waitDays] = [whole(this.soakHours), whole(this.waitDays)];
    const day = this.due.trim();
    const end = day === '' ? null : new Date(/^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T23:59:59` : NaN);
    this.problems = {
      ...(soakHours === null ? { soakHours: words.scope.whole } : {}),
      ...(waitDays === null ? { waitDays: words.scope.whole } : {}),
      ...(end !== null && Number.isNaN(end.getTime()) ? { due: words.scope.noDay } : {}),
    };
    if (soakHours === null || waitDays === null || Object.keys(this.problems).length > 0) return null;
    // A day that was not touched keeps its hour.
    const same = this.#heard?.due && dayOf(this.#heard.due) === day;
    const due = same ? this.#heard!.due : (end?.toISOString() ?? null);
    return { reason: this.reason, strategy: this.strategy, soakHours, waitDays, due };
  }
}

function whole(text: string): number | null {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : null;
}

/** The day here, as a date field has it. */
function dayOf(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return '';
  const two = (number: number) => String(number).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
