// Small things of the window that are worth keeping between starts: widths, sort, saved views. Never a key or a value.

/** What was kept under `name`, if it is still what `fits` expects. */
export function remembered<T>(name: string, fits: (value: unknown) => value is T, otherwise: T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`claviger.${name}`) ?? 'null');
    return fits(value) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

/** Keeps `value`. A window that may not keep anything works all the same. */
export function remember(name: string, value: unknown): void {
  try {
    localStorage.setItem(`claviger.${name}`, JSON.stringify(value));
  } catch {
    // Storage that is full or forbidden: the layout is not worth an error.
  }
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function isNumberRecord(value: unknown): value is Record<string, number> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isNumber);
}
