/** The store that pages are about: one of those in which who signed in has a right. */

import { Skeleton } from "antd";
import { createContext, type ReactNode, useContext } from "react";
import type { Ask } from "../shared/api";
import type { Config } from "../shared/config";
import { Failure } from "../desk/parts/failure";
import { useQuery } from "../desk/query";
import { money, tellTimeIn } from "../shared/format";
import { type Answer, useAnswer } from "../shared/hooks";
import { callQueues } from "../shared/names";
import type { Session } from "../shared/session";
import type { StoreRightsShown, StoreShown } from "../shared/types";

/** Kinds of queues that only orders of one store join. */
const KINDS = ["store", "cashier", "red_packet"];

export interface Who {
  ask: Ask;
  config: Config;
  session: Session;
  /** Stores in which one has a right, with the role. */
  rights: StoreRightsShown["rights"];
  reload: () => void;
}

export interface Store extends Who {
  store: StoreShown;
  at: Date | null;
  money: (minor: number) => string;
  again: () => void;
}

const WhoContext = createContext<Who | null>(null);
const StoreContext = createContext<Store | null>(null);

export function useWho(): Who {
  const who = useContext(WhoContext);
  if (!who) throw new Error("nobody is signed in");
  return who;
}

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error("no store is chosen");
  return store;
}

export function WhoProvider({
  ask,
  config,
  session,
  children,
}: Pick<Who, "ask" | "config" | "session"> & { children: ReactNode }) {
  const answer = useAnswer<StoreRightsShown>((signal) => ask("GET", "stores", { signal }), []);
  if (answer.data) {
    const who = { ask, config, session, rights: answer.data.rights, reload: answer.reload };
    return <WhoContext.Provider value={who}>{children}</WhoContext.Provider>;
  }
  return <Waiting answer={answer} />;
}

/** Load the store that the address names, or else the first. */
export function StoreProvider({ children }: { children: ReactNode }) {
  const who = useWho();
  const [query] = useQuery();
  const chosen = query.get("store");
  const id = (who.rights.find(({ store }) => store === chosen) ?? who.rights[0])?.store ?? "";
  const answer = useAnswer<StoreShown>(
    (signal) => who.ask("GET", "store", { query: { id }, signal }),
    [id],
  );
  if (!answer.data) return <Waiting answer={answer} />;
  const store = answer.data;
  tellTimeIn(store.timezone);
  callQueues(Object.fromEntries(KINDS.map((kind) => [`${kind}/${id}`, store.name ?? id])));
  const value: Store = {
    ...who,
    store,
    at: answer.at,
    money: (minor) => money(minor, store.currency),
    again: answer.reload,
  };
  return <StoreContext.Provider value={value}>{children}</StoreContext.Provider>;
}

/** What stands where an answer is not there yet, or did not come. */
export function Waiting({ answer }: { answer: Answer<unknown> }) {
  if (answer.error === null) return <Skeleton active />;
  return <Failure error={answer.error} again={answer.reload} />;
}
