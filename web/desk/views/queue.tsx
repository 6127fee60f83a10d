/** One queue: its figures, how long it takes, what a wanted wait would take, and its line. */

import { Card, Form, InputNumber, Statistic } from "antd";
import { useState } from "react";
import { count, percent } from "../../shared/format";
import { useAnswer, usePages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { queueName } from "../../shared/names";
import type { Entry, Forecast, Queue, QueueDays, QueueLine } from "../../shared/types";
import { Chart } from "../parts/chart";
import * as column from "../parts/columns";
import { type Column, PagedTable } from "../parts/data-table";
import { Bars, flowOf } from "../parts/flow";
import { Answered, Head } from "../parts/page";
import { Id, OrderLink, State, When } from "../parts/words";
import { useQuery } from "../query";
import { type Shop, useShop } from "../shop";
import { countsRewards } from "./queues";

export default function QueueView() {
  const shop = useShop();
  const [query] = useQuery();
  const id = query.get("id") ?? "";
  const answer = useAnswer<QueueLine>(
    (signal) => shop.ask("GET", "queue", { query: { id }, signal }),
    [id],
  );
  return (
    <>
      <Head
        title={id ? queueName(id) : t("desk.queue")}
        lead={<Id of={id} />}
        at={answer.at}
        reload={answer.reload}
      />
      <Answered answer={answer}>
        {({ queue }) => (
          <>
            <Figures queue={queue} shop={shop} />
            <Waiting queue={queue} shop={shop} />
            <Days queue={queue} shop={shop} />
            <h2>{t("desk.line_of")}</h2>
            <Line queue={queue} shop={shop} />
          </>
        )}
      </Answered>
    </>
  );
}

function Figures({ queue, shop }: { queue: Queue; shop: Shop }) {
  const owed = countsRewards(queue) ? t("desk.by_rewards") : shop.money(queue.owed);
  return (
    <Card title={<h2>{t("desk.picture")}</h2>} size="small">
      <p className="quiet">{t("desk.queue_lead")}</p>
      <Bars rows={flowOf(queue)} money={shop.money} />
      <Tiles
        of={[
          [t("desk.waiting"), count(queue.waiting)],
          [t("desk.entries"), count(queue.entries)],
          [t("figure.owed"), owed],
          [t("desk.repurchased"), shop.money(queue.repurchased)],
          [t("desk.cleared_at"), queue.cleared_at ? <When at={queue.cleared_at} /> : t("desk.not_yet")],
        ]}
      />
    </Card>
  );
}

function Tiles({ of }: { of: [string, React.ReactNode][] }) {
  return (
    <div className="figures">
      {of.map(([title, value]) => (
        <Statistic key={title} title={title} valueRender={() => value} />
      ))}
    </div>
  );
}

function Waiting({ queue, shop }: { queue: Queue; shop: Shop }) {
  const [days, setDays] = useState<number | null>(null);
  const id = queue.queue;
  const answer = useAnswer<Forecast>(
    (signal) => shop.ask("GET", "queue/forecast", { query: { id, days }, signal }),
    [id, days],
  );
  return (
    <Card title={<h2>{t("desk.forecast")}</h2>} size="small">
      <Answered answer={answer}>
        {(seen) =>
          seen.days_seen === 0 ? (
            <p>{t("desk.no_day_seen")}</p>
          ) : (
            <>
              <p className="quiet">{t("desk.forecast_lead", { n: count(seen.days_seen) })}</p>
              <Tiles of={foretold(seen, queue, shop)} />
              <Form layout="inline">
                <Form.Item label={t("desk.wanted_days")} htmlFor="wanted">
                  <InputNumber
                    id="wanted"
                    min={1}
                    max={3650}
                    precision={0}
                    value={days}
                    onChange={(wanted) => setDays(wanted)}
                  />
                </Form.Item>
                {days !== null && <p role="status">{needed(seen)}</p>}
              </Form>
            </>
          )
        }
      </Answered>
    </Card>
  );
}

/** What joined the line and what it was paid on each of the last days. */
function Days({ queue, shop }: { queue: Queue; shop: Shop }) {
  const id = queue.queue;
  const answer = useAnswer<QueueDays>(
    (signal) => shop.ask("GET", "queue/days", { query: { id }, signal }),
    [id],
  );
  const counts = countsRewards(queue);
  const lines = counts ? (["entries", "completed"] as const) : (["promised", "paid"] as const);
  return (
    <Card title={<h2>{t("desk.queue_days")}</h2>} size="small">
      <Answered answer={answer}>
        {({ days }) =>
          days.length === 0 ? (
            <p>{t("desk.no_data_yet")}</p>
          ) : (
            <>
              <p className="quiet">{t("desk.queue_days_lead")}</p>
              <Chart
                name={t("desk.queue_days")}
                days={days.map(({ day }) => day)}
                lines={lines.map((line) => ({
                  title: t(`day.${line}`),
                  values: days.map((day) => day[line]),
                }))}
                show={counts ? count : shop.money}
                height={160}
              />
              <details>
                <summary>{t("desk.as_table")}</summary>
                <table className="plain">
                  <thead>
                    <tr>
                      <th scope="col">{t("desk.day")}</th>
                      {DAY_FIGURES.map((figure) => (
                        <th key={figure} scope="col">
                          {t(`day.${figure}`)}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {days.toReversed().map((day) => (
                      <tr key={day.day}>
                        <th scope="row">{day.day}</th>
                        {DAY_FIGURES.map((figure) => (
                          <td key={figure} className="number">
                            {COUNTED.has(figure) ? count(day[figure]) : shop.money(day[figure])}
                          </td>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </details>
            </>
          )
        }
      </Answered>
    </Card>
  );
}

const DAY_FIGURES = ["entries", "completed", "contributed", "promised", "paid", "ended"] as const;
const COUNTED: ReadonlySet<string> = new Set(["entries", "completed"]);

function foretold(seen: Forecast, queue: Queue, shop: Shop): [string, React.ReactNode][] {
  const wait =
    queue.waiting === 0
      ? t("desk.nobody_waits")
      : seen.days === null
        ? t("desk.never")
        : t("desk.days", { n: count(seen.days) });
  return [
    [t("desk.given_lately"), shop.money(seen.given)],
    [
      t("desk.promised_lately"),
      countsRewards(queue) ? t("desk.by_rewards") : shop.money(seen.promised),
    ],
    [t("desk.ever_paid"), seen.ever_paid_bps === null ? "–" : percent(seen.ever_paid_bps)],
    [t("desk.all_paid_in"), wait],
    [t("desk.clears_at"), seen.clears_at ? <When at={seen.clears_at} /> : t("none")],
  ];
}

function needed({ needed_bps, profit_share_bps }: Forecast): string {
  if (needed_bps === null) return t("desk.nothing_helps");
  const takes = t("desk.needed", { share: percent(needed_bps) });
  return profit_share_bps === null
    ? takes
    : `${takes} ${t("desk.needed_profit", { share: percent(profit_share_bps) })}`;
}

function Line({ queue, shop }: { queue: Queue; shop: Shop }) {
  const id = queue.queue;
  const pages = usePages<Entry>(
    async (after) => {
      const page = await shop.ask<QueueLine>("GET", "queue", { query: { id, after } });
      return { rows: page.line, next: page.next };
    },
    [id],
  );
  const amount = (minor: number | null) => (minor === null ? "–" : shop.money(minor));
  const counts = countsRewards(queue);
  const money = (
    key: "entitlement" | "paid" | "waiting" | "ahead",
    title: string,
  ): Column<Entry> => ({
    key,
    title,
    of: (entry) => entry[key],
    show: (entry) => amount(entry[key]),
    isNumber: true,
  });
  const columns: Column<Entry>[] = [
    { key: "place", title: t("desk.place"), of: ({ place }) => place, isNumber: true },
    {
      key: "entry",
      title: t("desk.entry"),
      of: ({ entry }) => entry,
      show: ({ order_id, line_id }) => (
        <>
          <OrderLink id={order_id} />
          {line_id !== null && <span className="quiet"> {t("desk.line", { line: line_id })}</span>}
        </>
      ),
    },
    column.member(),
    {
      key: "status",
      title: t("desk.state"),
      of: ({ status }) => status,
      show: ({ status }) => <State of={status} />,
    },
    ...(counts
      ? [
          {
            key: "rewards",
            title: t("desk.rewards"),
            of: ({ rewards }: Entry) => rewards,
            isNumber: true,
          },
        ]
      : [money("entitlement", t("desk.entitlement"))]),
    money("paid", t("desk.paid_out")),
    ...(counts ? [] : [money("waiting", t("desk.lacks")), money("ahead", t("desk.ahead"))]),
    {
      key: "paid_at",
      title: t("desk.paid_at"),
      of: ({ paid_at }) => paid_at,
      show: ({ paid_at }) => <When at={paid_at} />,
    },
  ];
  return (
    <PagedTable
      name={t("desk.line_of")}
      columns={columns}
      pages={pages}
      keyOf={({ entry }) => entry}
      none={t("desk.line_empty")}
    />
  );
}
