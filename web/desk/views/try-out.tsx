/**
 * Two settings side by side, played over the last orders or made-up ones: what each gives back, how
 * long people wait, what stays owed; what a clearing would take; and a scenario to keep.
 */

import { Button, Card, Collapse, Form, InputNumber, Select, Space } from "antd";
import { useState } from "react";
import { useLocation } from "wouter";
import { count, decimalsOf, percent } from "../../shared/format";
import { useAct, useAnswer, useDraft } from "../../shared/hooks";
import { named, t } from "../../shared/i18n";
import { planName } from "../../shared/names";
import { keep } from "../../shared/storage";
import type {
  Document,
  Json,
  OrdersFound,
  Queues,
  Simulate,
  SimulationShown,
  Trace,
} from "../../shared/types";
import { saveText } from "../csv";
import { Chart } from "../parts/chart";
import * as column from "../parts/columns";
import { type Column, DataTable } from "../parts/data-table";
import { Failure } from "../parts/failure";
import { Answered, Head } from "../parts/page";
import { useQuery } from "../query";
import { Changes } from "../settings/changes";
import { changed, differences, type Path } from "../settings/document";
import { FormProvider } from "../settings/fields";
import { GENERAL, Part } from "../settings/part";
import { type Shop, useShop } from "../shop";
import { countsRewards } from "./queues";

interface Month {
  month: string;
  sales: number;
  rebated: number;
  promised: number;
  owed: number;
}

/** What a simulation came to, as `rebate simulate --json` has it. */
interface Report {
  orders: number;
  members: number;
  sales: number;
  contributed: number;
  rebated: number;
  commissions: number;
  cost_bps: number | null;
  promised: number;
  paid_bps: number | null;
  never_bps: number | null;
  waits: { p50_days: number | null; p90_days: number | null; unpaid: number };
  nothing: number;
  cleared: number;
  by_month: Month[];
  plans: Record<string, Report>;
}

interface Pair {
  a: Report;
  b: Report;
  notes: readonly string[];
}

const SOURCES = ["recent30", "recent90", "made_up"];
const RECENT_ORDERS = 5000;
const SCENARIO_ORDERS = 20;
const NO_PROBLEMS: ReadonlyMap<string, string> = new Map();

export default function TryOut() {
  const shop = useShop();
  const [query] = useQuery();
  const { settings } = shop.settings;
  const [tried, setTried, drop] = useDraft<Document>("try", settings);
  const [pair, setPair] = useState<Pair | null>(null);
  const { isBusy, error, act } = useAct();
  const changes = differences(settings, tried);
  const source = query.get("source") ?? "made_up";
  const asked = orderedBy(source, query);
  const play = () =>
    act(async () => {
      const run = (document: Document) =>
        shop.ask<SimulationShown>("POST", "simulate", { body: { ...asked, settings: document } });
      const [a, b] = await Promise.all([run(settings), run(tried)]);
      setPair({ a: reportOf(a), b: reportOf(b), notes: [...new Set([...a.notes, ...b.notes])] });
    });
  return (
    <>
      <Head title={t("desk.try")} lead={t("desk.try_lead")} />
      <Demand source={source} />
      <div className="halves">
        <Card size="small" title={<h2>{t("desk.side_a")}</h2>}>
          <p>
            {shop.settings.version
              ? t("desk.in_force", { n: shop.settings.version })
              : t("desk.no_settings")}
          </p>
        </Card>
        <Card size="small" title={<h2>{t("desk.side_b")}</h2>}>
          {changes.length > 0 ? <Changes of={changes} /> : <p>{t("desk.same_as_a")}</p>}
        </Card>
      </div>
      <Collapse
        items={[
          {
            key: "b",
            label: t("desk.change_b"),
            children: <Changing document={tried} setDocument={setTried} />,
          },
        ]}
      />
      <Space wrap>
        <Button type="primary" loading={isBusy} onClick={() => void play()}>
          {t("desk.play")}
        </Button>
        <Button disabled={changes.length === 0} onClick={drop}>
          {t("desk.discard")}
        </Button>
        <TakeOver document={tried} isChanged={changes.length > 0} />
        <SaveScenario document={tried} />
      </Space>
      {error !== null && <Failure error={error} again={() => void play()} />}
      {pair && <Outcome pair={pair} shop={shop} />}
      <Clearing />
    </>
  );
}

const reportOf = ({ cases }: SimulationShown): Report => cases[0]?.report as unknown as Report;

function orderedBy(source: string, query: URLSearchParams): Omit<Simulate, "settings"> {
  if (source !== "made_up")
    return { source: "recent", days: source === "recent30" ? 30 : 90, orders: RECENT_ORDERS };
  const number = (name: string, byDefault: number) => Number(query.get(name) ?? byDefault);
  return {
    source: "made_up",
    orders: number("orders", 2000),
    days: number("days", 90),
    growth_percent: number("growth", 0),
    repeat_percent: number("repeat", 60),
    basket: number("basket", 10_000),
  };
}

/** Which orders: those of the shop, or such as one thinks will come. */
function Demand({ source }: { source: string }) {
  const shop = useShop();
  const [query, setQuery] = useQuery();
  const factor = 10 ** decimalsOf(shop.currency);
  const number = (
    name: string,
    byDefault: number,
    [min, max]: [number, number],
    suffix = "",
    unit = 1,
  ) => (
    <Form.Item label={t(`desk.demand_${name}`)} htmlFor={`demand-${name}`}>
      <InputNumber
        id={`demand-${name}`}
        min={min}
        max={max}
        precision={0}
        suffix={suffix}
        value={Number(query.get(name) ?? byDefault) / unit}
        onChange={(value) => setQuery({ [name]: value === null ? "" : String(value * unit) })}
      />
    </Form.Item>
  );
  return (
    <Card size="small" title={<h2>{t("desk.orders_tried")}</h2>}>
      <Form layout="vertical">
        <Form.Item label={t("desk.source")} htmlFor="source">
          <Select
            id="source"
            className="wide-select"
            value={source}
            onChange={(value) => setQuery({ source: value })}
            options={SOURCES.map((value) => ({ value, label: t(`desk.source_${value}`) }))}
          />
        </Form.Item>
        {source === "made_up" && (
          <div className="fields">
            {number("orders", 2000, [1, 20_000])}
            {number("days", 90, [1, 3660])}
            {number("growth", 0, [-50, 100], "%")}
            {number("repeat", 60, [0, 100], "%")}
            {number("basket", 10_000, [1, 1_000_000], shop.currency, factor)}
          </div>
        )}
      </Form>
    </Card>
  );
}

interface ChangingProps {
  document: Document;
  setDocument: (document: Document) => void;
}

function Changing({ document, setDocument }: ChangingProps) {
  const { plans } = useShop();
  const [query, setQuery] = useQuery();
  const parts = [...plans.map(({ name }) => name), "wallet", "guards", GENERAL];
  const part = query.get("part") ?? parts[0] ?? GENERAL;
  const change = (path: Path, value: Json | undefined) =>
    setDocument(changed(document, path, value) as Document);
  return (
    <>
      <Select
        aria-label={t("desk.plan")}
        className="wide-select"
        value={part}
        onChange={(chosen) => setQuery({ part: chosen })}
        options={parts.map((value) => ({ value, label: planName(value) }))}
      />
      <FormProvider value={{ document, change, problems: NO_PROBLEMS }}>
        <Form layout="vertical">
          <Part key={part} name={part} document={document} change={change} />
        </Form>
      </FormProvider>
    </>
  );
}

/** What was tried becomes the draft of the plans, where it is checked and saved. */
function TakeOver({ document, isChanged }: { document: Document; isChanged: boolean }) {
  const { settings, version } = useShop().settings;
  const [, go] = useLocation();
  return (
    <Button
      disabled={!isChanged}
      onClick={() => {
        keep("draft.settings", JSON.stringify({ version, base: settings, document }));
        go("/plans");
      }}
    >
      {t("desk.take_over")}
    </Button>
  );
}

/** The newest orders with these settings, as a file that `rebate scenario` plays. */
function SaveScenario({ document }: { document: Document }) {
  const { ask } = useShop();
  const { isBusy, error, act } = useAct();
  const save = async () => {
    const { orders } = await ask<OrdersFound>("GET", "orders");
    const some = orders.slice(0, SCENARIO_ORDERS).reverse();
    const traces = await Promise.all(
      some.map(({ order_id: id }) => ask<Trace>("GET", "order", { query: { id } })),
    );
    const steps = traces
      .filter(({ paid_at }) => paid_at !== null)
      .map((trace) => ({
        buy: {
          order: trace.order_id,
          member: trace.member,
          channel: trace.channel,
          ...(trace.store_id === null ? {} : { store: trace.store_id }),
          ...(trace.level === null ? {} : { level: trace.level }),
          lines: trace.lines.map(({ line_id, product_id, paid }) => ({
            line: line_id,
            ...(product_id === null ? {} : { product: product_id }),
            paid,
          })),
        },
        at: trace.paid_at,
      }));
    const scenario = { title: t("desk.scenario_title"), settings: document, steps };
    saveText("scenario", JSON.stringify(scenario, null, 1), "json");
  };
  return (
    <>
      <Button loading={isBusy} onClick={() => void act(save)}>
        {t("desk.save_scenario")}
      </Button>
      {error !== null && <Failure error={error} />}
    </>
  );
}

interface Row {
  key: string;
  title: string;
  a: number | null;
  b: number | null;
  show: (value: number) => string;
}

function rowsOf({ a, b }: { a: Report; b: Report }, shop: Shop): Row[] {
  const days = (value: number) => t("desk.days", { n: count(value) });
  const row = (
    key: string,
    of: (report: Report) => number | null,
    show: (value: number) => string,
  ): Row => ({ key, title: t(`tried.${key}`), a: of(a), b: of(b), show });
  return [
    row("orders", ({ orders }) => orders, count),
    row("sales", ({ sales }) => sales, shop.money),
    row("rebated", ({ rebated }) => rebated, shop.money),
    row("commissions", ({ commissions }) => commissions, shop.money),
    row("cost", ({ cost_bps }) => cost_bps, percent),
    row("promised", ({ promised }) => promised, shop.money),
    row("paid_share", ({ paid_bps }) => paid_bps, percent),
    row("never_share", ({ never_bps }) => never_bps, percent),
    row("half_wait", ({ waits }) => waits.p50_days, days),
    row("most_wait", ({ waits }) => waits.p90_days, days),
    row("unpaid", ({ waits }) => waits.unpaid, count),
    row("nothing", ({ nothing }) => nothing, count),
    row("cleared", ({ cleared }) => cleared, shop.money),
    row("owed", ({ by_month }) => by_month.at(-1)?.owed ?? null, shop.money),
  ];
}

function Outcome({ pair, shop }: { pair: Pair; shop: Shop }) {
  const [query, setQuery] = useQuery();
  const names = [...new Set([...Object.keys(pair.a.plans), ...Object.keys(pair.b.plans)])];
  const plan = query.get("plan") ?? "";
  const of = (report: Report) => (plan ? report.plans[plan] : report);
  const [a, b] = [of(pair.a), of(pair.b)];
  const shown = (value: number | null, show: Row["show"]) => (value === null ? "–" : show(value));
  const columns: Column<Row>[] = [
    { key: "title", title: t("desk.what"), of: ({ title }) => title },
    {
      key: "a",
      title: t("desk.side_a"),
      of: (row) => row.a,
      show: ({ a, show }) => shown(a, show),
      isNumber: true,
    },
    {
      key: "b",
      title: t("desk.side_b"),
      of: (row) => row.b,
      show: ({ b, show }) => shown(b, show),
      isNumber: true,
    },
    {
      key: "difference",
      title: t("desk.difference"),
      of: (row) => (row.a === null || row.b === null ? null : row.b - row.a),
      show: (row) =>
        row.a === null || row.b === null || row.a === row.b
          ? "–"
          : `${row.b > row.a ? "+" : ""}${row.show(row.b - row.a)}`,
      isNumber: true,
    },
  ];
  return (
    <section aria-label={t("desk.outcome")}>
      <h2>{t("desk.outcome")}</h2>
      {names.length > 1 && (
        <Select
          aria-label={t("desk.plan")}
          className="wide-select"
          value={plan}
          onChange={(chosen) => setQuery({ plan: chosen })}
          options={[
            { value: "", label: t("desk.all_plans") },
            ...names.map((value) => ({ value, label: planName(value) })),
          ]}
        />
      )}
      {a && b ? (
        <>
          <DataTable
            name={t("desk.outcome")}
            columns={columns}
            rows={rowsOf({ a, b }, shop)}
            keyOf={({ key }) => key}
            canFind={false}
          />
          <Months a={a} b={b} of="owed" shop={shop} />
          <Months a={a} b={b} of="rebated" shop={shop} />
        </>
      ) : (
        <p>{t("desk.plan_only_on_one_side")}</p>
      )}
      {pair.notes.map((note) => (
        <p key={note} className="quiet">
          {named("note", note)}
        </p>
      ))}
    </section>
  );
}

interface MonthsProps {
  a: Report;
  b: Report;
  of: "owed" | "rebated";
  shop: Shop;
}

function Months({ a, b, of, shop }: MonthsProps) {
  const months = [...new Set([...a.by_month, ...b.by_month].map(({ month }) => month))].sort();
  const values = (report: Report) =>
    months.map((month) => report.by_month.find((each) => each.month === month)?.[of] ?? null);
  const name = t(`tried.${of}`);
  return (
    <Card size="small" title={<h3>{name}</h3>}>
      <Chart
        name={name}
        days={months}
        lines={[
          { title: t("desk.side_a"), values: values(a) },
          { title: t("desk.side_b"), values: values(b) },
        ]}
        show={shop.money}
      />
    </Card>
  );
}

interface Taken {
  plan: string;
  waiting: number;
  /** Null where entries leave after so many rewards. */
  owed: number | null;
  pool: number;
}

/** What a clearing of a plan's queues would end now. */
function Clearing() {
  const shop = useShop();
  const answer = useAnswer<Queues>((signal) => shop.ask("GET", "queues", { signal }), []);
  const columns: Column<Taken>[] = [
    { key: "plan", title: t("desk.plan"), of: ({ plan }) => planName(plan) },
    { key: "waiting", title: t("desk.entries_ended"), of: ({ waiting }) => waiting, isNumber: true },
    {
      key: "owed",
      title: t("desk.not_paid_any_more"),
      of: ({ owed }) => owed,
      show: ({ owed }) => (owed === null ? t("desk.by_rewards") : shop.money(owed)),
      isNumber: true,
    },
    column.money(shop, "pool", t("figure.pool")),
  ];
  return (
    <section aria-label={t("desk.clearing_now")}>
      <h2>{t("desk.clearing_now")}</h2>
      <p className="quiet">{t("desk.clearing_lead")}</p>
      <Answered answer={answer}>
        {({ queues }) => (
          <DataTable
            name={t("desk.clearing_now")}
            columns={columns}
            rows={shop.plans.flatMap(({ name }) => {
              const its = queues.filter(({ plan }) => plan === name);
              const sum = (of: "waiting" | "owed" | "pool") =>
                its.reduce((all, queue) => all + queue[of], 0);
              const owed = its.every(countsRewards) ? null : sum("owed");
              return sum("waiting") > 0
                ? [{ plan: name, waiting: sum("waiting"), owed, pool: sum("pool") }]
                : [];
            })}
            keyOf={({ plan }) => plan}
            canFind={false}
          />
        )}
      </Answered>
    </section>
  );
}
