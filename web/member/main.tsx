/** Members' pages, made for phones: four tabs, and what anybody may see without signing in. */

import { render } from "preact";
import { useEffect, useState } from "react";
import { Route, Router, Switch, useLocation } from "wouter";
import { asking } from "../shared/api";
import type { Config } from "../shared/config";
import { useLanguage } from "../shared/hooks";
import { type Locale, t, type Texts } from "../shared/i18n";
import { signedIn, type Session } from "../shared/session";
import { start, stuck } from "../shared/start";
import { isKept } from "../shared/storage";
import en from "../texts/en/member.json";
import enNames from "../texts/en/names.json";
import zh from "../texts/zh-CN/member.json";
import zhNames from "../texts/zh-CN/names.json";
import { SessionProvider } from "./session";
import { Tabs } from "./parts/tabs";
import { Draws } from "./views/draws";
import { EntryView } from "./views/entry";
import { Home } from "./views/home";
import { Line } from "./views/line";
import { Me } from "./views/me";
import { SignIn } from "./views/sign-in";
import { WalletView } from "./views/wallet";

const TEXTS: Record<Locale, Texts> = {
  "zh-CN": { ...zhNames, ...zh },
  en: { ...enNames, ...en },
};

function Root({ config }: { config: Config }) {
  const turns = useLanguage();
  return (
    <Router key={turns}>
      <Switch>
        <Route path="/draws">
          <Draws ask={asking(null)} />
        </Route>
        <Route>
          <Private config={config} />
        </Route>
      </Switch>
    </Router>
  );
}

function Private({ config }: { config: Config }) {
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  useEffect(() => void signedIn(config, "member").then(setSession), [config]);
  if (session === undefined) return null;
  if (session === null) return <SignIn config={config} />;
  return (
    <SessionProvider session={session} config={config} leave={() => setSession(null)}>
      {!isKept() && <p className="notice">{t("error.storage_off")}</p>}
      <Pages />
    </SessionProvider>
  );
}

function Pages() {
  const [path] = useLocation();
  useEffect(() => scrollTo(0, 0), [path]);
  return (
    <>
      <Switch>
        <Route path="/" component={Home} />
        <Route path="/line" component={Line} />
        <Route path="/entry" component={EntryView} />
        <Route path="/wallet" component={WalletView} />
        <Route path="/me" component={Me} />
        <Route>
          <main>
            <p role="alert">{t("error.not_found")}</p>
            <a href="/">{t("back")}</a>
          </main>
        </Route>
      </Switch>
      <Tabs here={path} />
    </>
  );
}

void start(
  async (locale) => TEXTS[locale],
  (config, root) => {
    addEventListener("error", ({ error }) => root.replaceChildren(stuck(error)));
    render(<Root config={config} />, root);
  },
);
