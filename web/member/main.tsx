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
import { Lazy } from "./lazy";
import { SessionProvider } from "./session";
import { Bind } from "./parts/bind";
import { Page } from "./parts/page";
import { Tabs } from "./parts/tabs";
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
          <Lazy show={({ Draws }) => <Draws ask={asking(null)} />} />
        </Route>
        <Route path="/i/:code">
          <Lazy show={({ Invited }) => <Invited config={config} />} />
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
      <Bind />
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
        <Route path="/me/invite">
          <Lazy show={({ InviteView }) => <InviteView />} />
        </Route>
        <Route path="/me/team">
          <Lazy show={({ TeamView }) => <TeamView />} />
        </Route>
        <Route path="/me/notices">
          <Lazy show={({ NoticesView }) => <NoticesView />} />
        </Route>
        <Route path="/me/rules">
          <Lazy show={({ Rules }) => <Rules />} />
        </Route>
        <Route>
          <Page title={t("error.not_found")}>
            <p>
              <a href="/">{t("tab.home")}</a>
            </p>
          </Page>
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
