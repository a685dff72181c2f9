// What is sent when one connects, and what came of it.
import type { AccessReport, FoundSignIn, WireError } from '../../host/contract.gen';

/** What became of one draft: being checked or saved, its report, or why not. */
export interface Outcome {
  name: string;
  busy: boolean;
  report: AccessReport | null;
  error: WireError | null;
}

/** Names the form among the drafts; every other draft is named by `signInId`. */
export const FORM = 'form';

/** What makes a sign-in the same one when it is looked for again: the list may be in another order then. */
export function signInId(row: FoundSignIn): string {
  return JSON.stringify([row.provider, Object.entries(row.answers).sort()]);
}

/** The permissions that are missing, each once, in the order they were tried. */
export function missingPermissions(report: AccessReport): string[] {
  return [...new Set(report.checks.filter((row) => row.allowed === false).map((row) => row.permission))];
}

/** The list without sign-ins that are there twice. */
export function distinct(found: FoundSignIn[]): FoundSignIn[] {
  return [...new Map(found.map((row) => [signInId(row), row])).values()];
}

/** `name`, or `name-2`, `name-3`, … whichever is not taken. */
export function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}
