/** The frame of merchants' pages, for phones and desks: their store, and what can be done in it. */

import { Button, Select, Skeleton, Space } from "antd";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { Link, Route, Switch, useLocation, useSearch } from "wouter";
import { Failure } from "../desk/parts/failure";
import { Languages } from "../desk/parts/languages";
import { useQuery } from "../desk/query";
import { asking } from "../shared/api";
import type { Config } from "../shared/config";
import { t } from "../shared/i18n";
import type { Session } from "../shared/session";
import { isKept } from "../shared/storage";
import { StoreProvider, useStore, useWho, WhoProvider } from "./store";
import "./merchant.css";

interface View {
  path: string;
  title: string;
  page: React.LazyExoticComponent<React.ComponentType>;
  /** Whether only owners may ask for it. */
  isOwners?: boolean;
}

const VIEWS: readonly View[] = [
  { path: "/", title: "merchant.today", page: lazy(() => import("./views/today")) },
  { path: "/bill", title: "merchant.bill", page: lazy(() => import("./views/bill")) },
  { path: "/queue", title: "merchant.queue", page: lazy(() => import("./views/queue")) },
  { path: "/rewards", title: "merchant.rewards", page: lazy(() => import("./views/rewards")) },
  { path: "/terms", title: "merchant.terms", page: lazy(() => import("./views/terms")), isOwners: true },
  { path: "/staff", title: "merchant.staff", page: lazy(() => import("./views/staff")), isOwners: true },
];
const APPLICATION = "/application";
const Application = lazy(() => import("./views/application"));

interface Props {
  session: Session;
  config: Config;
  leave: () => void;
}

export function Merchant({ session, config, leave }: Props) {
  const ask = useMemo(() => asking(session), [session]);
  const signOut = () => void session.signOut().then(leave);
  return (
    <div className="merchant">
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <header className="bar">
        <a href="/" className="brand">
          {t("brand")}
        </a>
        <Space wrap className="who">
          <Languages />
          <span>{session.name}</span>
          <Button size="small" onClick={signOut}>
            {t("sign_out")}
          </Button>
        </Space>
      </header>
      {!isKept() && <p className="quiet">{t("error.storage_off")}</p>}
      <WhoProvider ask={ask} config={config} session={session}>
        <Pages />
      </WhoProvider>
    </div>
  );
}

function Pages() {
  const { rights } = useWho();
  const [path] = useLocation();
  if (path === APPLICATION || rights.length === 0)
    return (
      <>
        {rights.length > 0 && <Tabs here={path} role="owner" />}
        <main id="main" tabIndex={-1}>
          <Suspense fallback={<Skeleton active />}>
            <Application />
          </Suspense>
        </main>
      </>
    );
  return (
    <StoreProvider>
      <OfStore here={path} />
    </StoreProvider>
  );
}

function OfStore({ here }: { here: string }) {
  const { store } = useStore();
  const view = VIEWS.find((each) => each.path === here);
  const isForbidden = view?.isOwners === true && store.role !== "owner";
  useEffect(() => {
    const page = t(view?.title ?? "error.not_found");
    document.title = `${page} · ${store.name ?? store.id} · ${t("brand")}`;
  }, [view, store]);
  return (
    <>
      <Stores />
      <Tabs here={here} role={store.role} />
      <main id="main" tabIndex={-1}>
        {view && !isForbidden && (
          <Suspense fallback={<Skeleton active />}>
            <Switch>
              <Route path={here} component={view.page} />
            </Switch>
          </Suspense>
        )}
        {!view && <Failure error={null} text={t("error.not_found")} />}
        {isForbidden && <Failure error={null} text={t("error.forbidden")} />}
      </main>
    </>
  );
}

/** Which store, where one has several. */
function Stores() {
  const { store, rights } = useStore();
  const [, setQuery] = useQuery();
  if (rights.length === 1)
    return (
      <section className="store" aria-label={t("merchant.store")}>
        <strong>{store.name ?? store.id}</strong> <span className="quiet">{store.id}</span>
      </section>
    );
  return (
    <section className="store" aria-label={t("merchant.store")}>
      <Select
        aria-label={t("merchant.store")}
        value={store.id}
        options={rights.map((right) => ({
          value: right.store,
          label: right.store === store.id ? (store.name ?? store.id) : right.store,
        }))}
        onChange={(chosen) => setQuery({ store: chosen })}
      />
    </section>
  );
}

function Tabs({ here, role }: { here: string; role: string }) {
  const store = new URLSearchParams(useSearch()).get("store");
  const kept = store === null ? "" : `?${new URLSearchParams({ store })}`;
  const shown = VIEWS.filter(({ isOwners }) => !isOwners || role === "owner");
  return (
    <nav className="merchant-tabs" aria-label={t("merchant.menu")}>
      {[...shown, { path: APPLICATION, title: "merchant.application" }].map(({ path, title }) => (
        <Link key={path} href={path + kept} aria-current={path === here ? "page" : undefined}>
          {t(title)}
        </Link>
      ))}
    </nav>
  );
}
