/** One screen: first what needs a hand, then what came in and where it went, then what is owed. */

import { Card, Statistic } from "antd";
import { Link, Redirect } from "wouter";
import { count, percent } from "../../shared/format";
import { useAnswer } from "../../shared/hooks";
import { locale, t } from "../../shared/i18n";
import { planName } from "../../shared/names";
import type { Audits, AuditShown, Forecast, Liability, LiabilityRow, Overview as OverviewShown, QueueSums } from "../../shared/types";
import { Chart } from "../parts/chart";
import { type Column, DataTable } from "../parts/data-table";
import { Bars, flowOf } from "../parts/flow";
import { Answered, Head } from "../parts/page";
import { State, SummedUp, When } from "../parts/words";
import { type Shop, useShop } from "../shop";
import { lastOf } from "./health";
import { countsRewards } from "./queues";

interface Seen {
  sums: QueueSums;
  overview: OverviewShown;
  letters: Some;
  parked: Some;
  applications: Some;
  audit: AuditShown | undefined;
}

/** How many of a list wait, as far as its first page tells. */
interface Some {
  count: number;
  more: boolean;
}

/** A deployment without settings begins with its plans. */
export default function Overview() {
  const shop = useShop();
  const { ask } = shop;
  const answer = useAnswer<Seen>(
    async (signal) => {
      const some = async (path: string, name: string, state: string): Promise<Some> => {
        const page = await ask<Record<string, unknown>>("GET", path, { query: { state }, signal });
        return { count: (page[name] as unknown[]).length, more: page.next != null };
      };
      const [sums, overview, letters, parked, applications, audits] = await Promise.all([
        ask<QueueSums>("GET", "queues/sums", { signal }),
        ask<OverviewShown>("GET", "overview", { signal }),
        some("dead-letters", "letters", "open"),
        some("parked", "parked", "parked"),
        some("applications", "applications", "submitted"),
        ask<Audits>("GET", "audits", { signal }),
      ]);
      const audit = lastOf(audits.audits);
      return { sums, overview, letters, parked, applications, audit };
    },
    [],
  );
  if (shop.settings.version === 0) return <Redirect to="/plans" replace />;
  return (
    <>
      <Head title={t("desk.overview")} at={answer.at} reload={answer.reload} />
      <Answered answer={answer}>
        {(seen) => (
          <>
            <Hands seen={seen} shop={shop} />
            <Days overview={seen.overview} shop={shop} />
            <Flow sums={seen.sums} shop={shop} />
            <div className="halves lead">
              <ByPlan sums={seen.sums} shop={shop} />
              <ByAge />
            </div>
          </>
        )}
      </Answered>
    </>
  );
}

/** Where each kind of waiting thing is decided on. */
const PLACES: Record<string, string> = {
  withdrawals_to_decide: "/withdrawals",
  withdrawals_to_pay: "/withdrawals?tab=approved",
  adjustments_to_approve: "/withdrawals?tab=adjustments",
  redemptions_to_send: "/gifts?tab=placed",
};

interface Hand {
  key: string;
  href: string;
  text: string;
  oldest?: string | null;
}

function handsOf(seen: Seen, shop: Shop): Hand[] {
  const stalled = sum(seen.sums.plans.map((plan) => plan.stalled));
  const counted = (key: string, href: string, { count: n, more }: Some): Hand[] =>
    n > 0 ? [{ key, href, text: t(`hand.${key}`, { n: count(n) + (more ? "+" : "") }) }] : [];
  return [
    ...(seen.audit?.passed === false
      ? [{ key: "audit", href: "/health", text: t("hand.audit_failed") }]
      : []),
    ...counted("letters", "/letters", seen.letters),
    ...counted("parked", "/parked", seen.parked),
    ...seen.overview.waiting.map(({ what, count: n, more, amount, oldest }) => ({
      key: what,
      href: PLACES[what] ?? "/",
      text: t(`hand.${what}`, {
        n: count(n) + (more ? "+" : ""),
        amount: amount === null ? "" : shop.money(amount) + (more ? "+" : ""),
      }),
      oldest,
    })),
    ...counted("applications", "/merchants", seen.applications),
    ...counted("stalled", "/queues?state=stalled", { count: stalled, more: false }),
    ...shop.plans
      .filter(({ state }) => state === "paused")
      .map(({ name, title }) => ({
        key: name,
        href: `/plans?part=${name}`,
        text: t("desk.plan_is_paused", { plan: title }),
      })),
  ];
}

function Hands({ seen, shop }: { seen: Seen; shop: Shop }) {
  const hands = handsOf(seen, shop);
  return (
    <Card title={<h2>{t("desk.hands")}</h2>} size="small">
      {hands.length > 0 ? (
        <ul className="hands">
          {hands.map(({ key, href, text, oldest }) => (
            <li key={key}>
              <Link href={href}>{text}</Link>{" "}
              {oldest && (
                <span className="quiet">
                  {t("desk.since")} <When at={oldest} />
                </span>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <p>{t("desk.no_hands")}</p>
      )}
    </Card>
  );
}

/** 30 days of what was sold, given, paid and promised. */
function Days({ overview, shop }: { overview: OverviewShown; shop: Shop }) {
  const { days } = overview;
  const lines = ["sales", "contributed", "rebated", "promised"] as const;
  return (
    <Card title={<h2>{t("desk.thirty_days")}</h2>} size="small">
      {days.every(({ orders }) => orders === 0) ? (
        <p>{t("desk.no_orders_lately")}</p>
      ) : (
        <Chart
          name={t("desk.thirty_days")}
          days={days.map(({ day }) => day)}
          lines={lines.map((line) => ({
            title: t(`day.${line}`),
            values: days.map((day) => day[line]),
          }))}
          show={shop.money}
        />
      )}
    </Card>
  );
}

function Flow({ sums: { plans, as_of }, shop }: { sums: QueueSums; shop: Shop }) {
  const all = (figure: Figure) => sum(plans.map((plan) => plan[figure]));
  const whole = {
    contributed: all("contributed"),
    borne: all("borne"),
    retained: all("retained"),
    clawed_back: all("clawed_back"),
    pool: all("pool"),
  };
  return (
    <Card title={<h2>{t("desk.platform")}</h2>} size="small">
      <p className="quiet">{t("desk.platform_lead")}</p>
      <SummedUp at={as_of} />
      <Bars rows={flowOf(whole)} money={shop.money} />
      <div className="figures">
        {[
          [t("figure.owed"), shop.money(all("owed"))],
          [t("desk.waiting"), count(all("waiting"))],
          [t("desk.entries"), count(all("entries"))],
        ].map(([title, value]) => (
          <Statistic key={title} title={title} value={value ?? ""} />
        ))}
      </div>
    </Card>
  );
}

/** Of each plan that waits, what is foretold of the queue that owes most. */
function useOutlooks(sums: readonly PlanSums[]): ReadonlyMap<string, Forecast> {
  const { ask } = useShop();
  const largest = sums.flatMap(({ plan, first }) => (first ? [[plan, first] as const] : []));
  const { data } = useAnswer(
    async (signal) =>
      Promise.all(
        largest.map(async ([plan, id]) => {
          const seen = await ask<Forecast>("GET", "queue/forecast", { query: { id }, signal });
          return [plan, seen] as const;
        }),
      ),
    [largest],
  );
  return new Map(data);
}

interface PlanRow {
  name: string;
  title: string;
  state: string;
  queues: number;
  waiting: number;
  owed: number | null;
  outlook: Forecast | undefined;
}

function ByPlan({ sums: { plans }, shop }: { sums: QueueSums; shop: Shop }) {
  const outlooks = useOutlooks(plans);
  const rows = shop.plans.map((plan): PlanRow => {
    const its = plans.find((each) => each.plan === plan.name);
    return {
      ...plan,
      queues: its?.queues ?? 0,
      waiting: its?.waiting ?? 0,
      owed: its && countsRewards({ kind: plan.name }) ? null : (its?.owed ?? 0),
      outlook: outlooks.get(plan.name),
    };
  });
  const columns: Column<PlanRow>[] = [
    {
      key: "plan",
      title: t("desk.plan"),
      of: ({ title }) => title,
      show: ({ name, title }) => (
        <Link href={`/queues?plan=${name}`}>
          {title}
          {title !== planName(name) && <span className="quiet"> {planName(name)}</span>}
        </Link>
      ),
    },
    {
      key: "state",
      title: t("desk.state"),
      of: ({ state }) => t(`desk.plan_${state}`),
      show: ({ state }) => (
        <State of={state} text={t(`desk.plan_${state}`)} />
      ),
    },
    { key: "queues", title: t("desk.queues"), of: ({ queues }) => queues, isNumber: true },
    { key: "waiting", title: t("desk.waiting"), of: ({ waiting }) => waiting, isNumber: true },
    {
      key: "owed",
      title: t("figure.owed"),
      of: ({ owed }) => owed,
      show: ({ owed }) => (owed === null ? t("desk.by_rewards") : shop.money(owed)),
      isNumber: true,
    },
    {
      key: "ever",
      title: t("desk.ever_paid_share"),
      of: ({ outlook }) => outlook?.ever_paid_bps ?? null,
      show: ({ outlook }) => (outlook?.ever_paid_bps == null ? "–" : percent(outlook.ever_paid_bps)),
      isNumber: true,
    },
    {
      key: "wait",
      title: t("desk.wait_now"),
      of: ({ outlook }) => outlook?.days ?? null,
      show: ({ outlook }) =>
        !outlook?.days_seen
          ? "–"
          : outlook.days === null
            ? t("desk.never")
            : t("desk.days", { n: count(outlook.days) }),
      isNumber: true,
    },
  ];
  return (
    <section>
      <h2>{t("desk.by_plan")}</h2>
      <p className="quiet">{t("desk.outlook_lead")}</p>
      <DataTable
        name={t("desk.by_plan")}
        columns={columns}
        rows={rows}
        keyOf={({ name }) => name}
        canFind={false}
      />
    </section>
  );
}

/** What is owed by the month of its order; more of it stands in the reports. */
function ByAge() {
  const shop = useShop();
  const answer = useAnswer<Liability>(
    (signal) => shop.ask("GET", "liability", { query: { by: "age", locale: locale() }, signal }),
    [locale()],
  );
  const columns: Column<LiabilityRow>[] = [
    { key: "month", title: t("desk.month"), of: ({ month }) => month ?? t("desk.before") },
    {
      key: "owed",
      title: t("figure.owed"),
      of: ({ waiting }) => waiting,
      show: ({ waiting }) => shop.money(waiting),
      isNumber: true,
    },
  ];
  return (
    <section>
      <h2>
        <Link href="/reports?tab=age">{t("desk.owed_by_age")}</Link>
      </h2>
      <Answered answer={answer}>
        {({ rows, as_of }) => (
          <>
            <SummedUp at={as_of} />
            <DataTable
              name={t("desk.owed_by_age")}
              columns={columns}
              rows={rows}
              keyOf={({ month }) => String(month)}
              canFind={false}
            />
          </>
        )}
      </Answered>
    </section>
  );
}

type PlanSums = QueueSums["plans"][number];
type Figure = Exclude<keyof PlanSums, "plan" | "first">;

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
