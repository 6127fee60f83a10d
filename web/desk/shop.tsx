/** What every page of the desk needs to know of the shop: currency, timezone, plans, who asks. */

import { Skeleton } from "antd";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Ask } from "../shared/api";
import type { Config } from "../shared/config";
import { balance, money, tellTimeIn } from "../shared/format";
import { useAnswer } from "../shared/hooks";
import { planName } from "../shared/names";
import type { Session } from "../shared/session";
import type { Document, SettingsShown } from "../shared/types";
import { Failure } from "./parts/failure";

export interface Plan {
  name: string;
  title: string;
  state: "on" | "off" | "paused";
}

export interface Shop {
  ask: Ask;
  config: Config;
  session: Session;
  settings: SettingsShown;
  currency: string;
  plans: readonly Plan[];
  money: (minor: number) => string;
  balance: (minor: number, asset: string) => string;
  reload: () => void;
}

const Context = createContext<Shop | null>(null);

export function useShop(): Shop {
  const shop = useContext(Context);
  if (!shop) throw new Error("the shop is not known yet");
  return shop;
}

interface Props {
  ask: Ask;
  config: Config;
  session: Session;
  children: ReactNode;
}

export function ShopProvider({ ask, config, session, children }: Props) {
  const { data, error, reload } = useAnswer<SettingsShown>(
    (signal) => ask("GET", "settings", { signal }),
    [session.name],
  );
  const shop = useMemo<Shop | null>(() => {
    if (!data) return null;
    const currency = String(data.settings.currency ?? "CNY");
    const zone = data.settings.timezone;
    tellTimeIn(typeof zone === "string" ? zone : undefined);
    return {
      ask,
      config,
      session,
      settings: data,
      currency,
      plans: data.plans.map((name) => planOf(name, data.settings)),
      money: (minor) => money(minor, currency),
      balance: (minor, asset) => balance(minor, asset, currency),
      reload,
    };
  }, [data, ask, config, session, reload]);
  if (shop) return <Context.Provider value={shop}>{children}</Context.Provider>;
  return error ? <Failure error={error} again={reload} /> : <Skeleton active />;
}

function planOf(name: string, settings: Document): Plan {
  const its = settings[name] as Document | null | undefined;
  const isOn = its != null && its.enabled !== false;
  return {
    name,
    title: typeof its?.title === "string" ? its.title : planName(name),
    state: isOn ? (its?.paused === true ? "paused" : "on") : "off",
  };
}
