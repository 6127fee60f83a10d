/** The frame of the desk: menu, search, who is signed in, and the page that the address names. */

import { Button, Layout, Menu, Skeleton, Space } from "antd";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { asking } from "../shared/api";
import type { Config } from "../shared/config";
import { t } from "../shared/i18n";
import type { Session } from "../shared/session";
import { isKept } from "../shared/storage";
import { Failure } from "./parts/failure";
import { Find } from "./parts/find";
import { naming } from "./naming";
import { Languages } from "./parts/languages";
import { ShopProvider } from "./shop";

interface View {
  path: string;
  title: string;
  page: React.LazyExoticComponent<React.ComponentType>;
  load: () => Promise<unknown>;
  /** Where the menu stands meanwhile: at itself, or at the list that it is of. */
  under: string;
}

const view = (
  path: string,
  title: string,
  load: () => Promise<{ default: React.ComponentType }>,
  under = path,
): View => ({ path, title, page: lazy(load), load, under });

/** The menu, in the groups in which it is shown. */
const GROUPS: readonly { title: string; views: readonly View[] }[] = [
  {
    title: "desk.group_daily",
    views: [
      view("/", "desk.overview", () => import("./views/overview")),
      view("/queues", "desk.queues", () => import("./views/queues")),
      view("/queue", "desk.queue", () => import("./views/queue"), "/queues"),
      view("/orders", "desk.orders", () => import("./views/orders")),
      view("/order", "desk.order_title", () => import("./views/order"), "/orders"),
      view("/members", "desk.members", () => import("./views/members")),
      view("/member", "desk.member", () => import("./views/member"), "/members"),
      view(
        "/shared-accounts",
        "desk.shared_accounts",
        () => import("./views/shared-accounts"),
        "/members",
      ),
      view("/withdrawals", "desk.withdrawals", () => import("./views/withdrawals")),
      view("/merchants", "desk.merchants", () => import("./views/merchants")),
      view("/gifts", "desk.gifts", () => import("./views/gifts")),
    ],
  },
  {
    title: "desk.group_plans",
    views: [
      view("/plans", "desk.plans", () => import("./views/plans")),
      view("/try", "desk.try", () => import("./views/try-out")),
      view("/history", "desk.history", () => import("./views/history")),
      view("/reports", "desk.reports", () => import("./views/reports")),
      view("/notices", "desk.notices", () => import("./views/notices")),
      view("/draws", "desk.draws", () => import("./views/draws")),
    ],
  },
  {
    title: "desk.group_system",
    views: [
      view("/letters", "desk.letters", () => import("./views/letters")),
      view("/parked", "desk.parked", () => import("./views/parked")),
      view("/webhooks", "desk.webhooks", () => import("./views/webhooks")),
      view("/audit", "desk.audit", () => import("./views/audit")),
      view("/health", "desk.health", () => import("./views/health")),
      view("/team", "desk.team", () => import("./views/team")),
    ],
  },
];
const VIEWS = GROUPS.flatMap(({ views }) => views);

interface Props {
  session: Session;
  config: Config;
  leave: () => void;
}

export function Desk({ session, config, leave }: Props) {
  const [path] = useLocation();
  const ask = useMemo(() => naming(asking(session)), [session]);
  const here = VIEWS.find((each) => each.path === path);
  // A page is fetched while the shop is asked for, not after it: lazy alone would wait.
  useEffect(() => void here?.load(), [here]);
  useEffect(() => {
    document.title = `${t(here?.title ?? "error.not_found")} · ${t("brand")}`;
  }, [here]);
  const [isShut, setShut] = useState(false);
  const [isNarrow, setNarrow] = useState(false);
  useEffect(() => setShut(isNarrow), [isNarrow, path]);
  const signOut = () => void session.signOut().then(leave);
  return (
    <ShopProvider ask={ask} config={config} session={session}>
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <Layout className="desk">
        <Layout.Header className="bar">
          <Button
            className="menu-opens"
            aria-expanded={!isShut}
            aria-controls="menu"
            onClick={() => setShut(!isShut)}
          >
            {t("desk.menu")}
          </Button>
          <strong className="brand">{t("brand")}</strong>
          <Find />
          <Space className="who">
            <Languages />
            <span>{session.name}</span>
            <Button size="small" onClick={signOut}>
              {t("sign_out")}
            </Button>
          </Space>
        </Layout.Header>
        <Layout>
          <Layout.Sider
            className="side"
            breakpoint="lg"
            collapsedWidth={0}
            width={200}
            collapsed={isShut}
            onBreakpoint={setNarrow}
            trigger={null}
          >
            <nav id="menu" aria-label={t("desk.menu")}>
              <Menu
                mode="inline"
                selectedKeys={here ? [here.under] : []}
                items={GROUPS.map(({ title, views }) => ({
                  type: "group" as const,
                  key: title,
                  label: t(title),
                  children: views
                    .filter((each) => each.under === each.path)
                    .map((each) => ({
                      key: each.path,
                      label: <Link href={each.path}>{t(each.title)}</Link>,
                    })),
                }))}
              />
            </nav>
          </Layout.Sider>
          <Layout.Content id="main" tabIndex={-1}>
            {!isKept() && <p className="quiet">{t("error.storage_off")}</p>}
            <Suspense fallback={<Skeleton active />}>
              <Switch>
                {VIEWS.map((each) => (
                  <Route key={each.path} path={each.path} component={each.page} />
                ))}
                <Route>
                  <Failure error={null} text={t("error.not_found")} />
                </Route>
              </Switch>
            </Suspense>
          </Layout.Content>
        </Layout>
      </Layout>
    </ShopProvider>
  );
}
