/** Who asks, and their entries: loaded page by page, once for all tabs. */

import { createContext } from "preact";
import type { ReactNode } from "react";
import { useContext, useEffect, useMemo, useState } from "react";
import { type Ask, asking } from "../shared/api";
import type { Config } from "../shared/config";
import { balance, money } from "../shared/format";
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

const NONE: Entries = { titles: { plan: null, exchange: null }, currency: "CNY", entries: [], next: null };

export function SessionProvider({ session, config, leave, children }: Props) {
  const ask = useMemo(() => asking(session), [session]);
  const [turn, setTurn] = useState(0);
  const [found, setFound] = useState<{ page: Entries; entries: Entry[]; at: Date | null }>({
    page: NONE,
    entries: [],
    at: null,
  });
  const [isWhole, setWhole] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const stopped = new AbortController();
    setWhole(false);
    setError(null);
    allEntries(ask, stopped.signal, (page, entries) => setFound({ page, entries, at: new Date() }))
      .then(() => setWhole(true))
      .catch((failed) => {
        if (!stopped.signal.aborted) setError(failed);
      });
    return () => stopped.abort();
  }, [ask, turn]);
  const { page, entries, at } = found;
  const mine: Mine = {
    ask,
    config,
    session,
    leave,
    entries,
    titles: page.titles,
    currency: page.currency,
    money: (minor) => money(minor, page.currency),
    balance: (minor, asset) => balance(minor, asset, page.currency),
    isWhole,
    error,
    at,
    reload: () => setTurn(turn + 1),
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
  tell: (page: Entries, entries: Entry[]) => void,
): Promise<void> {
  let after: string | null = null;
  let entries: Entry[] = [];
  do {
    const page: Entries = await ask("GET", "me/entries", { query: { after }, signal });
    entries = [...entries, ...page.entries];
    tell(page, entries);
    after = page.next;
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
