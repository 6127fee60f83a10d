/** Today in one's store: orders, what was conceded, who came, what waits; and the last orders. */

import { DataTable } from "../../desk/parts/data-table";
import { Failure } from "../../desk/parts/failure";
import { When } from "../../desk/parts/words";
import { count, shopDay } from "../../shared/format";
import { useAnswer, usePages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { channelName, queueName } from "../../shared/names";
import type { StoreOrders, StoreQueues } from "../../shared/types";
import { Figure, Figures, Head } from "../parts";
import { useStore, Waiting } from "../store";

type Order = StoreOrders["orders"][number];
const PAGES_READ = 20;

export default function Today() {
  const { ask, store, at, money } = useStore();
  const id = store.id;
  const today = shopDay();
  const orders = useAnswer<Order[]>((signal) => ordersOf(today, signal), [id, today]);
  const queues = useAnswer<StoreQueues>(
    (signal) => ask("GET", "store/queues", { query: { id }, signal }),
    [id],
  );
  const pages = usePages<Order>(
    async (after) => {
      const page = await ask<StoreOrders>("GET", "store/orders", { query: { id, after } });
      return { rows: page.orders, next: page.next };
    },
    [id],
  );

  async function ordersOf(day: string, signal: AbortSignal): Promise<Order[]> {
    const found: Order[] = [];
    let after: string | null = null;
    for (let page = 0; page < PAGES_READ; page++) {
      const query = { id, from: day, to: day, after };
      const read: StoreOrders = await ask("GET", "store/orders", { query, signal });
      found.push(...read.orders);
      after = read.next;
      if (after === null) break;
    }
    return found;
  }

  const sold = orders.data?.reduce((sum, { paid, refunded }) => sum + paid - refunded, 0);
  const { buyers } = store;
  return (
    <>
      <Head title={t("merchant.today")} at={at} />
      {orders.error !== null && <Waiting answer={orders} />}
      <Figures>
        <Figure title={t("merchant.orders")} value={orders.data ? count(orders.data.length) : "…"} />
        <Figure title={t("merchant.sold")} value={sold === undefined ? "…" : money(sold)} />
        <Figure
          title={t("merchant.conceded")}
          value={money(store.today.contributed ?? 0)}
          note={t("merchant.conceded_note")}
        />
        {buyers && (
          <>
            <Figure title={t("merchant.new")} value={count(buyers.new)} note={t("merchant.new_note")} />
            <Figure title={t("merchant.returning")} value={count(buyers.returning)} />
            <Figure title={t("merchant.guests")} value={count(buyers.guests)} />
          </>
        )}
      </Figures>
      <h2>{t("merchant.waiting")}</h2>
      {queues.data ? <Waits queues={queues.data} /> : <Waiting answer={queues} />}
      <h2>{t("merchant.last_orders")}</h2>
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      <DataTable<Order>
        name={t("merchant.last_orders")}
        rows={pages.rows}
        keyOf={({ order }) => order}
        more={pages}
        none={t("merchant.no_orders")}
        columns={[
          { key: "order", title: t("merchant.order"), of: ({ order }) => order },
          {
            key: "at",
            title: t("merchant.paid_at"),
            of: ({ paid_at }) => paid_at,
            show: ({ paid_at }) => <When at={paid_at} />,
          },
          { key: "channel", title: t("merchant.channel"), of: ({ channel }) => channelName(channel) },
          {
            key: "paid",
            title: t("merchant.paid"),
            isNumber: true,
            of: ({ paid }) => paid,
            show: ({ paid }) => money(paid),
          },
          {
            key: "refunded",
            title: t("merchant.refunded"),
            isNumber: true,
            of: ({ refunded }) => refunded || null,
            show: ({ refunded }) => (refunded ? money(refunded) : "–"),
          },
          { key: "state", title: t("merchant.state"), of: ({ state }) => t(`merchant.state_${state}`) },
        ]}
      />
    </>
  );
}

/** What waits in each queue of the store, and how long it takes at the pace of the last days. */
export function Waits({ queues }: { queues: StoreQueues }) {
  const { money } = useStore();
  if (queues.queues.length === 0) return <p>{t("merchant.no_queues")}</p>;
  return (
    <Figures>
      {queues.queues.map(({ queue, waiting, owed }) => (
        <Figure
          key={queue}
          title={queueName(queue)}
          value={t("merchant.wait_of", { count: waiting })}
          note={`${t("merchant.owed_is", { amount: money(owed) })} ${waitText(queues, queue)}`}
        />
      ))}
    </Figures>
  );
}

export function waitText(queues: StoreQueues, queue: string): string {
  const wait = queues.waits?.find((each) => each.queue === queue);
  if (!wait || wait.days_seen === 0) return t("merchant.wait_unknown");
  return wait.days === null
    ? t("merchant.wait_never")
    : t("merchant.wait_days", { count: wait.days, seen: wait.days_seen });
}
