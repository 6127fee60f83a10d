/** Who asks, and their entries: loaded page by page, once for all tabs, and quietly again. */

import { createContext } from "preact";
import type { ReactNode } from "react";
import { useContext, useEffect, useMemo, useState } from "react";
import { type Ask, asking } from "../shared/api";
import type { Config } from "../shared/config";
import { balance, money, tellTimeIn } from "../shared/format";
import { callQueues } from "../shared/names";
import type { Session } from "../shared/session";
import type { Entries, Entry } from "../shared/types";

export interface Mine {
  ask: Ask;
  config: Config;
  session: Session;
  leave: () => void;
  entries: readonly Entry[];
  titles: Entries["titles"];
  currency: string;
  money: (minor: number) => string;
  balance: (minor: number, asset: string) => string;
  /** Whether all of them are here. */
  isWhole: boolean;
  error: unknown;
  at: Date | null;
  reload: () => void;
}

const Context = createContext<Mine | null>(null);
const QUIET_REFRESH_MS = 60_000;

export function useMine(): Mine {
  const mine = useContext(Context as never) as Mine | null;
  if (!mine) throw new Error("nobody is signed in");
  return mine;
}

interface Props {
  session: Session;
  config: Config;
  leave: () => void;
  children: ReactNode;
}

interface Found {
  page: Entries | null;
  entries: Entry[];
  isWhole: boolean;
  at: Date | null;
}

const NONE: Found = { page: null, entries: [], isWhole: false, at: null };

export function SessionProvider({ session, config, leave, children }: Props) {
  const ask = useMemo(() => asking(session), [session]);
  const [turn, setTurn] = useState(0);
  const [found, setFound] = useState(NONE);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const stopped = new AbortController();
    setError(null);
    allEntries(ask, stopped.signal, (page, entries, isWhole) => {
      tellTimeIn(page.timezone);
      callQueues(page.names);
      // What was whole is shown until it is whole again.
      setFound((before) =>
        before.isWhole && !isWhole ? before : { page, entries, isWhole, at: new Date() },
      );
    }).catch((failed) => {
      if (!stopped.signal.aborted) setError(failed);
    });
    return () => stopped.abort();
  }, [ask, turn]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") setTurn((before) => before + 1);
    }, QUIET_REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const { page, entries, isWhole, at } = found;
  const currency = page?.currency ?? "CNY";
  const mine: Mine = {
    ask,
    config,
    session,
    leave,
    entries,
    titles: page?.titles ?? { plan: null, exchange: null },
    currency,
    money: (minor) => money(minor, currency),
    balance: (minor, asset) => balance(minor, asset, currency),
    isWhole,
    error,
    at,
    reload: () => setTurn((before) => before + 1),
  };
  const Provider = Context.Provider as unknown as (props: {
    value: Mine;
    children: ReactNode;
  }) => never;
  return <Provider value={mine}>{children}</Provider>;
}

async function allEntries(
  ask: Ask,
  signal: AbortSignal,
  tell: (page: Entries, entries: Entry[], isWhole: boolean) => void,
): Promise<void> {
  let after: string | null = null;
  let entries: Entry[] = [];
  do {
    const page: Entries = await ask("GET", "me/entries", { query: { after }, signal });
    entries = [...entries, ...page.entries];
    after = page.next;
    tell(page, entries, after === null);
  } while (after !== null);
}

/** Return those that wait, the closest to the head first. */
export function inLine(entries: readonly Entry[]): Entry[] {
  return entries
    .filter(({ status }) => status === "waiting" || status === "held")
    .sort((one, other) => closeness(one) - closeness(other));
}

const closeness = ({ place }: Entry): number => place ?? Number.MAX_SAFE_INTEGER;

export const entryHref = ({ queue, entry }: Entry): string =>
  `/entry?${new URLSearchParams({ queue: queue ?? "", entry })}`;
