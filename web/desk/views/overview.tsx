/** One screen: first what needs a hand, then what came in and where it went, then what is owed. */

import { Card, Statistic } from "antd";
import { Link } from "wouter";
import { count } from "../../shared/format";
import { useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { planName } from "../../shared/names";
import type { Queue, Withdrawals } from "../../shared/types";
import { type Column, DataTable } from "../parts/data-table";
import { Bars, flowOf } from "../parts/flow";
import { Answered, Head } from "../parts/page";
import { State } from "../parts/words";
import { type Shop, useShop } from "../shop";
import { countsRewards } from "./queues";

interface Seen {
  queues: Queue[];
  asked: Withdrawals;
  adjustments: { adjustments: unknown[]; next: string | null };
}

export default function Overview() {
  const shop = useShop();
  const { ask } = shop;
  const answer = useAnswer<Seen>(
    async (signal) => {
      const [queues, asked, adjustments] = await Promise.all([
        ask<{ queues: Queue[] }>("GET", "queues", { signal }),
        ask<Withdrawals>("GET", "withdrawals", { query: { state: "asked" }, signal }),
        ask<Seen["adjustments"]>("GET", "adjustments", { signal }),
      ]);
      return { ...queues, asked, adjustments };
    },
    [],
  );
  return (
    <>
      <Head title={t("desk.overview")} at={answer.at} reload={answer.reload} />
      <Answered answer={answer}>
        {(seen) => (
          <>
            <Hands seen={seen} shop={shop} />
            <Flow queues={seen.queues} shop={shop} />
            <ByPlan queues={seen.queues} shop={shop} />
          </>
        )}
      </Answered>
    </>
  );
}

function Hands({ seen, shop }: { seen: Seen; shop: Shop }) {
  const stalled = seen.queues.filter(({ stalled, waiting, pool }) => stalled && (waiting || pool));
  const paused = shop.plans.filter(({ state }) => state === "paused");
  const more = (list: unknown[], next: string | null) => count(list.length) + (next ? "+" : "");
  const hands = [
    seen.asked.withdrawals.length > 0 && (
      <Link href="/withdrawals">
        {t("desk.some_withdrawals", {
          n: more(seen.asked.withdrawals, seen.asked.next),
          amount: shop.money(sum(seen.asked.withdrawals.map(({ amount }) => amount))),
        })}
      </Link>
    ),
    seen.adjustments.adjustments.length > 0 && (
      <Link href="/withdrawals?tab=adjustments">
        {t("desk.some_adjustments", {
          n: more(seen.adjustments.adjustments, seen.adjustments.next),
        })}
      </Link>
    ),
    stalled.length > 0 && (
      <Link href="/queues?state=stalled">{t("desk.some_stalled", { n: count(stalled.length) })}</Link>
    ),
    ...paused.map(({ name, title }) => (
      <Link key={name} href="/plans">
        {t("desk.plan_is_paused", { plan: title })}
      </Link>
    )),
  ].filter(Boolean);
  return (
    <Card title={<h2>{t("desk.hands")}</h2>} size="small">
      {hands.length > 0 ? (
        <ul className="hands">
          {hands.map((hand, at) => (
            <li key={at}>{hand}</li>
          ))}
        </ul>
      ) : (
        <p>{t("desk.no_hands")}</p>
      )}
    </Card>
  );
}

function Flow({ queues, shop }: { queues: Queue[]; shop: Shop }) {
  const whole = {
    contributed: sum(queues.map((queue) => queue.contributed)),
    borne: sum(queues.map((queue) => queue.borne)),
    retained: sum(queues.map((queue) => queue.retained)),
    clawed_back: sum(queues.map((queue) => queue.clawed_back)),
    pool: sum(queues.map((queue) => queue.pool)),
  };
  return (
    <Card title={<h2>{t("desk.platform")}</h2>} size="small">
      <p className="quiet">{t("desk.platform_lead")}</p>
      <Bars rows={flowOf(whole)} money={shop.money} />
      <div className="figures">
        {[
          [t("figure.owed"), shop.money(sum(queues.map(({ owed }) => owed)))],
          [t("desk.waiting"), count(sum(queues.map(({ waiting }) => waiting)))],
          [t("desk.entries"), count(sum(queues.map(({ entries }) => entries)))],
        ].map(([title, value]) => (
          <Statistic key={title} title={title} value={value ?? ""} />
        ))}
      </div>
    </Card>
  );
}

interface PlanRow {
  name: string;
  title: string;
  state: string;
  queues: number;
  waiting: number;
  owed: number | null;
}

function ByPlan({ queues, shop }: { queues: Queue[]; shop: Shop }) {
  const rows = shop.plans.map((plan): PlanRow => {
    const its = queues.filter((queue) => queue.plan === plan.name);
    const counts = its.length > 0 && its.every(countsRewards);
    return {
      ...plan,
      queues: its.length,
      waiting: sum(its.map(({ waiting }) => waiting)),
      owed: counts ? null : sum(its.map(({ owed }) => owed)),
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
  ];
  return (
    <>
      <h2>{t("desk.by_plan")}</h2>
      <DataTable
        name={t("desk.by_plan")}
        columns={columns}
        rows={rows}
        keyOf={({ name }) => name}
        canFind={false}
      />
    </>
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
