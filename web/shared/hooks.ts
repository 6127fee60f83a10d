/** What both bundles know of waiting: an answer, pages of a list, an act, what is typed. */

import { useCallback, useEffect, useRef, useState } from "react";
import { whenTurned } from "./i18n";
import { forget, keep, recall } from "./storage";

const QUIET_REFRESH_MS = 60_000;

export interface Answer<T> {
  data: T | null;
  error: unknown;
  isLoading: boolean;
  /** When `data` came. */
  at: Date | null;
  reload: () => void;
}

/** Load what `keys` stand for, again when they change; and quietly every minute in sight. */
export function useAnswer<T>(
  load: (signal: AbortSignal) => Promise<T>,
  keys: readonly unknown[],
): Answer<T> {
  const [state, setState] = useState<{ data: T | null; error: unknown; at: Date | null }>({
    data: null,
    error: null,
    at: null,
  });
  const [isLoading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  const known = JSON.stringify(keys);
  const last = useRef(known);
  const reload = useCallback(() => setTurn((before) => before + 1), []);

  useEffect(() => {
    const stopped = new AbortController();
    setLoading(true);
    if (last.current !== known) setState({ data: null, error: null, at: null });
    last.current = known;
    load(stopped.signal)
      .then((data) => setState({ data, error: null, at: new Date() }))
      .catch((error) => {
        if (!stopped.signal.aborted) setState((before) => ({ ...before, error }));
      })
      .finally(() => {
        if (!stopped.signal.aborted) setLoading(false);
      });
    return () => stopped.abort();
  }, [known, turn]);

  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") reload();
    }, QUIET_REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);

  return { ...state, isLoading, reload };
}

export interface Pages<Row> {
  rows: readonly Row[];
  hasMore: boolean;
  error: unknown;
  isLoading: boolean;
  more: () => void;
  reload: () => void;
}

type Page<Row> = { rows: readonly Row[]; next: string | number | null };

/** Load a list page by page: `load` gets where the page before ended. */
export function usePages<Row>(
  load: (after: string | number | null) => Promise<Page<Row>>,
  keys: readonly unknown[],
): Pages<Row> {
  const [pages, setPages] = useState<Page<Row>>({ rows: [], next: null });
  const [error, setError] = useState<unknown>(null);
  const [isLoading, setLoading] = useState(true);
  const turn = useRef(0);
  const known = JSON.stringify(keys);

  const go = (before: Page<Row>) => {
    const mine = ++turn.current;
    setLoading(true);
    setError(null);
    load(before.next)
      .then((page) => {
        if (mine === turn.current)
          setPages({ rows: [...before.rows, ...page.rows], next: page.next });
      })
      .catch((failed) => {
        if (mine === turn.current) setError(failed);
      })
      .finally(() => {
        if (mine === turn.current) setLoading(false);
      });
  };
  const reload = () => {
    setPages({ rows: [], next: null });
    go({ rows: [], next: null });
  };
  useEffect(reload, [known]);
  return { ...pages, hasMore: pages.next !== null, error, isLoading, more: () => go(pages), reload };
}

/** Yield the pages of a list, one after another: `load` gets where the page before ended. */
export async function* pagesOf<P extends { next: string | number | null }>(
  load: (after: P["next"]) => Promise<P>,
): AsyncGenerator<P> {
  let after: P["next"] = null;
  do {
    const page: P = await load(after);
    yield page;
    after = page.next;
  } while (after !== null);
}

/** An answer of many pages, shown as they come; `isWhole` once the last one is there. */
export interface Whole<Row> extends Answer<readonly Row[]> {
  isWhole: boolean;
}

/** Load all pages of a list, one after another; what is shown stays while it is loaded anew. */
export function useWhole<Row>(
  load: (after: string | number | null, signal: AbortSignal) => Promise<Page<Row>>,
  keys: readonly unknown[],
): Whole<Row> {
  const none = { data: null, isWhole: false, error: null, at: null };
  const [state, setState] = useState<Omit<Whole<Row>, "isLoading" | "reload">>(none);
  const [turn, setTurn] = useState(0);
  const known = JSON.stringify(keys);
  const last = useRef("");

  useEffect(() => {
    const stopped = new AbortController();
    const isNew = last.current !== known;
    last.current = known;
    setState((before) => (isNew ? none : { ...before, error: null, isWhole: false }));
    const go = async () => {
      let data: readonly Row[] = [];
      for await (const page of pagesOf<Page<Row>>((after) => load(after, stopped.signal))) {
        if (stopped.signal.aborted) return;
        data = [...data, ...page.rows];
        const isWhole = page.next === null;
        if (isNew || isWhole) setState({ data, isWhole, error: null, at: new Date() });
      }
    };
    go().catch((error) => {
      if (!stopped.signal.aborted) setState((before) => ({ ...before, error, isWhole: true }));
    });
    return () => stopped.abort();
  }, [known, turn]);

  return {
    ...state,
    isLoading: !state.isWhole,
    reload: useCallback(() => setTurn((before) => before + 1), []),
  };
}

/** Do something that was asked for: once at a time, with its error kept to be shown. */
export function useAct(): {
  isBusy: boolean;
  error: unknown;
  act: (work: () => Promise<void>) => Promise<boolean>;
  clear: () => void;
} {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (failed) {
      setError(failed);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, error, act, clear: () => setError(null) };
}

/** Keep what is typed until it is sent, also over a reload. */
export function useDraft<T>(name: string, start: T): [T, (value: T) => void, () => void] {
  const key = `draft.${name}`;
  const [value, setValue] = useState<T>(() => {
    const kept = recall(key);
    return kept === null ? start : (JSON.parse(kept) as T);
  });
  const change = (next: T) => {
    keep(key, JSON.stringify(next));
    setValue(next);
  };
  const drop = () => {
    forget(key);
    setValue(start);
  };
  return [value, change, drop];
}

/** Ask before the page is left with work that was not sent. */
export function useLeaveGuard(isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isOpen]);
}

/** Draw again when another language is spoken; returns how often that was. */
export function useLanguage(): number {
  const [turns, setTurns] = useState(0);
  useEffect(() => whenTurned(() => setTurns((before) => before + 1)), []);
  return turns;
}

/** Follow a media query. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const listen = () => setMatches(list.matches);
    list.addEventListener("change", listen);
    return () => list.removeEventListener("change", listen);
  }, [query]);
  return matches;
}
