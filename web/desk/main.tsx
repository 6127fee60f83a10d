/** Desks: operators' pages and merchants', split by route. */

import { App as AntApp, ConfigProvider, theme } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import { lazy, Suspense, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import "virtual:antd.css";
import type { Config } from "../shared/config";
import { useLanguage, useMedia } from "../shared/hooks";
import { locale, type Locale, type Texts } from "../shared/i18n";
import { roleHere, signedIn, type Session } from "../shared/session";
import { start, stuck } from "../shared/start";
import { Desk } from "./desk";
import { SignInHere } from "./parts/failure";
import { SignIn } from "./sign-in";
import { themes } from "./theme";

const TEXTS = import.meta.glob<{ default: Texts }>("../texts/*/{names,desk,merchant}.json");
const Merchant = lazy(async () => ({ default: (await import("../merchant/merchant")).Merchant }));

const role = roleHere();
const [BASE, OWN] = role === "operator" ? ["/desk", "desk"] : ["/merchant", "merchant"];

async function texts(wanted: Locale): Promise<Texts> {
  const files = [`../texts/${wanted}/names.json`, `../texts/${wanted}/${OWN}.json`];
  const parts = await Promise.all(files.map(async (path) => (await TEXTS[path]!()).default));
  return Object.assign({}, ...parts);
}

function Root({ config }: { config: Config }) {
  const turns = useLanguage();
  const isDark = useMedia("(prefers-color-scheme: dark)");
  const isStill = useMedia("(prefers-reduced-motion: reduce)");
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  useEffect(() => void signedIn(config, role).then(setSession), [config]);
  const Own = role === "operator" ? Desk : Merchant;
  const { token, ...colours } = themes(theme)[isDark ? "dark" : "light"];
  const look = { ...colours, token: { ...token, motion: !isStill }, zeroRuntime: true };
  return (
    <ConfigProvider
      locale={locale() === "en" ? en : zh}
      theme={look}
      wave={{ disabled: true }}
      button={{ autoInsertSpace: false }}
    >
      <AntApp>
        <Router base={BASE} key={turns}>
          <SignInHere value={config}>
            {session && (
              <Suspense fallback={null}>
                <Own session={session} config={config} leave={() => setSession(null)} />
              </Suspense>
            )}
            {session === null && <SignIn config={config} />}
          </SignInHere>
        </Router>
      </AntApp>
    </ConfigProvider>
  );
}

void start(texts, (config, root) => {
  const broken = (error: unknown) => root.replaceChildren(stuck(error));
  createRoot(root, { onUncaughtError: broken }).render(<Root config={config} />);
});
