/** What days came to, by plan, store, month and age; and what is owed, with three futures. */

import { Card, Input, Select, Space } from "antd";
import { count, decimal, percent } from "../../shared/format";
import { pagesOf, useAnswer } from "../../shared/hooks";
import { locale, t } from "../../shared/i18n";
import { planName } from "../../shared/names";
import type { FutureShown, Liability, LiabilityRow, ReportShown } from "../../shared/types";
import { Chart } from "../parts/chart";
import { type Column, DataTable } from "../parts/data-table";
import { Answered, Head } from "../parts/page";
import { QueueLink, SummedUp } from "../parts/words";
import { useQuery } from "../query";
import { type Shop, useShop } from "../shop";

type Cell = string | number | null;
type Row = ReportShown["rows"][number];

const BEFORE_AFTER = "before-after";
const REPORTS = [
  "days",
  "months",
  "plans",
  "stores",
  "promises",
  "triangle",
  BEFORE_AFTER,
  "prize-tax",
  "members",
];
const OWED = ["queue", "age"];

export default function Reports() {
  const [query, setQuery] = useQuery();
  const tab = query.get("tab") ?? "queue";
  return (
    <>
      <Head title={t("desk.reports")}>
        <Select
          aria-label={t("desk.reports")}
          className="wide-select"
          value={tab}
          onChange={(next) => setQuery({ tab: next, q: "", page: "", sort: "" })}
          options={[
            ...OWED.map((by) => ({ value: by, label: t(`desk.owed_by_${by}`) })),
            ...REPORTS.map((name) => ({ value: name, label: t(`report.${name}`) })),
          ]}
        />
      </Head>
      {OWED.includes(tab) ? <Owed key={tab} by={tab} /> : <Shown key={tab} name={tab} />}
    </>
  );
}

function Shown({ name }: { name: string }) {
  const shop = useShop();
  const [query, setQuery] = useQuery();
  const [from, to] = ["from", "to"].map((each) => query.get(each) ?? "");
  const running = shop.plans.find(({ state }) => state !== "off")?.name ?? "";
  const needed = name === BEFORE_AFTER ? running : "";
  const plan = query.get("plan") || needed;
  const answer = useAnswer<ReportShown>(
    (signal) =>
      shop.ask("GET", `reports/${name}`, {
        query: { from, to, plan, locale: locale() },
        signal,
      }),
    [name, from, to, plan, locale()],
  );
  const day = (which: "from" | "to", value: string | undefined) => (
    <Input
      type="date"
      aria-label={t(`desk.${which}`)}
      value={query.get(which) ?? value ?? ""}
      onChange={(event) => setQuery({ [which]: event.target.value })}
    />
  );
  return (
    <>
      <Space wrap>
        {day("from", answer.data?.starts)}
        {day("to", answer.data?.ends)}
        <Select
          aria-label={t("desk.plan")}
          value={plan}
          onChange={(chosen) => setQuery({ plan: chosen })}
          options={[
            ...(needed ? [] : [{ value: "", label: t("desk.all_plans") }]),
            ...shop.plans.map((each) => ({ value: each.name, label: each.title })),
          ]}
        />
      </Space>
      <Answered answer={answer}>
        {(report) => (
          <>
            <Days report={report} shop={shop} name={t(`report.${name}`)} />
            <DataTable
              name={t(`report.${name}`)}
              columns={report.columns.map((column) => columnOf(column, shop))}
              rows={report.rows}
              keyOf={(row) => JSON.stringify(row)}
            />
            <Notes of={report.notes} />
          </>
        )}
      </Answered>
    </>
  );
}

function columnOf({ name, title, unit }: ReportShown["columns"][number], shop: Shop): Column<Row> {
  const show = (value: Cell) => {
    if (value === null) return "–";
    if (typeof value === "string") return name === "plan" ? planName(value) : value;
    if (unit === "amount") return shop.money(value);
    if (unit === "hundredths") return decimal(value, 2);
    return unit === "bps" ? percent(value) : count(value);
  };
  return {
    key: name,
    title,
    of: (row) => row[name] ?? null,
    show: (row) => show(row[name] ?? null),
    isNumber: unit !== "text",
  };
}

/** Amounts by day as lines, where a report has days. */
function Days({ report, shop, name }: { report: ReportShown; shop: Shop; name: string }) {
  if (!report.columns.some((column) => column.name === "day") || report.rows.length < 2)
    return null;
  const amounts = report.columns.filter(({ unit }) => unit === "amount").slice(0, 4);
  return (
    <Chart
      name={name}
      days={report.rows.map(({ day }) => String(day))}
      lines={amounts.map((column) => ({
        title: column.title,
        values: report.rows.map((row) => {
          const value = row[column.name];
          return typeof value === "number" ? value : null;
        }),
      }))}
      show={shop.money}
    />
  );
}

function Notes({ of }: { of: readonly string[] }) {
  return (
    <>
      {of.map((note) => (
        <p key={note} className="quiet">
          {note}
        </p>
      ))}
    </>
  );
}

function Owed({ by }: { by: string }) {
  const shop = useShop();
  const answer = useAnswer<Liability>(
    async (signal) => {
      const ask = (after: string | null) =>
        shop.ask<Liability>("GET", "liability", { query: { by, locale: locale(), after }, signal });
      const rows: LiabilityRow[] = [];
      let last: Liability | undefined;
      for await (last of pagesOf(ask)) rows.push(...last.rows);
      return { ...last!, rows };
    },
    [by, locale()],
  );
  const money = (name: "promised" | "paid" | "waiting", title: string): Column<LiabilityRow> => ({
    key: name,
    title,
    of: (row) => row[name],
    show: (row) => shop.money(row[name]),
    isNumber: true,
  });
  const columns: Column<LiabilityRow>[] = [
    by === "queue"
      ? {
          key: "queue",
          title: t("desk.queue"),
          of: ({ queue }) => queue,
          show: ({ queue }) => (queue === null ? "–" : <QueueLink id={queue} />),
        }
      : { key: "month", title: t("desk.month"), of: ({ month }) => month ?? t("desk.before") },
    { key: "entries", title: t("desk.waiting"), of: ({ entries }) => entries, isNumber: true },
    money("promised", t("desk.promised")),
    money("paid", t("desk.paid_out")),
    money("waiting", t("figure.owed")),
  ];
  return (
    <Answered answer={answer}>
      {(seen) => (
        <>
          <SummedUp at={seen.as_of} />
          {seen.future.length > 0 && <Futures of={seen.future} shop={shop} />}
          <DataTable
            name={t(`desk.owed_by_${by}`)}
            columns={columns}
            rows={seen.rows}
            keyOf={({ queue, month }) => `${queue} ${month}`}
          />
          <Notes of={seen.notes} />
        </>
      )}
    </Answered>
  );
}

/** What of all that is owed is paid within one, two and three years, if sales go on so. */
function Futures({ of, shop }: { of: readonly FutureShown[]; shop: Shop }) {
  const amount = (minor: number | null) => (minor === null ? "–" : shop.money(minor));
  return (
    <Card size="small" title={<h2>{t("desk.futures")}</h2>}>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t("desk.sales_go")}</th>
            {[12, 24, 36].map((months) => (
              <th key={months} scope="col">
                {t("desk.within", { n: months })}
              </th>
            ))}
            <th scope="col">{t("desk.left")}</th>
          </tr>
        </thead>
        <tbody>
          {of.map((future) => (
            <tr key={future.sales}>
              <th scope="row">
                {t(`desk.sales_${future.sales}`)}
                {future.growth_percent ? ` (${future.growth_percent}%)` : ""}
              </th>
              <td>{amount(future.within_12)}</td>
              <td>{amount(future.within_24)}</td>
              <td>{amount(future.within_36)}</td>
              <td>{amount(future.left)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
