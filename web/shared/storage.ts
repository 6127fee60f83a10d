/** What is kept in this browser; where it keeps nothing, it lasts as long as the page. */

const kept = new Map<string, string>();

function within<T>(work: (storage: Storage) => T, otherwise: T): T {
  try {
    return work(localStorage);
  } catch {
    return otherwise; // storage is switched off, or full
  }
}

export function recall(key: string): string | null {
  return kept.get(key) ?? within((storage) => storage.getItem(key), null);
}

export function keep(key: string, value: string): void {
  kept.set(key, value);
  within((storage) => storage.setItem(key, value), undefined);
}

export function forget(key: string): void {
  kept.delete(key);
  within((storage) => storage.removeItem(key), undefined);
}

/** Tell whether anything outlives the page. */
export function isKept(): boolean {
  return within((storage) => {
    storage.setItem("probe", "1");
    storage.removeItem("probe");
    return true;
  }, false);
}
