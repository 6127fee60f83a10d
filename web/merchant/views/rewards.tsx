/** What the store conceded and what its queues paid: by month and by day, and each reward. */

import { Select, Space } from "antd";
import { DataTable } from "../../desk/parts/data-table";
import { DayInput } from "../../desk/parts/day-input";
import { Failure } from "../../desk/parts/failure";
import { When } from "../../desk/parts/words";
import { useQuery } from "../../desk/query";
import { useAnswer, usePages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { queueName, rewardName } from "../../shared/names";
import type { StoreQueues, StoreRewards, StoreShown } from "../../shared/types";
import { Head } from "../parts";
import { useStore } from "../store";

type Day = StoreShown["days"][number];
type Reward = StoreRewards["rewards"][number];

export default function Rewards() {
  const { store, at } = useStore();
  return (
    <>
      <Head title={t("merchant.rewards")} at={at} />
      <p>
        {store.concession_bps === null
          ? t("merchant.no_concession")
          : t("merchant.concession", { percent: `${store.concession_bps / 100}%` })}
      </p>
      <Sums name={t("merchant.months")} rows={store.months} />
      <Sums name={t("merchant.days")} rows={store.days} />
      <Paid />
    </>
  );
}

function Sums({ name, rows }: { name: string; rows: readonly Day[] }) {
  const { money } = useStore();
  const amounts = ["contributed", "rebated", "commissions", "promised", "clawed_back"] as const;
  return (
    <>
      <h2>{name}</h2>
      <DataTable<Day>
        name={name}
        rows={[...rows].reverse()}
        keyOf={({ day }) => day}
        canFind={false}
        none={t("merchant.no_days")}
        columns={[
          { key: "day", title: t("merchant.day"), of: ({ day }) => day },
          ...amounts.map((figure) => ({
            key: figure,
            title: t(`merchant.sum_${figure}`),
            isNumber: true,
            of: ({ figures }: Day) => figures[figure] ?? 0,
            show: ({ figures }: Day) => money(figures[figure] ?? 0),
          })),
        ]}
      />
    </>
  );
}

/** Each reward that a queue of the store paid; whose it was, is not told. */
function Paid() {
  const { ask, store, money } = useStore();
  const [query, setQuery] = useQuery();
  const queues = useAnswer<StoreQueues>(
    (signal) => ask("GET", "store/queues", { query: { id: store.id }, signal }),
    [store.id],
  );
  const names = queues.data?.queues.map(({ queue }) => queue) ?? [];
  const queue = names.find((each) => each === query.get("queue")) ?? names[0] ?? null;
  const wanted = { queue, from: query.get("from"), to: query.get("to") };
  const pages = usePages<Reward>(
    async (after) => {
      if (queue === null) return { rows: [], next: null };
      const asked = { id: store.id, ...wanted, after };
      const page = await ask<StoreRewards>("GET", "store/rewards", { query: asked });
      return { rows: page.rewards, next: page.next };
    },
    [store.id, wanted],
  );
  if (names.length === 0) return null;
  return (
    <>
      <h2>{t("merchant.each_reward")}</h2>
      <Space wrap>
        <Select
          aria-label={t("merchant.queue")}
          value={queue}
          options={names.map((value) => ({ value, label: queueName(value) }))}
          onChange={(chosen) => setQuery({ queue: chosen ?? "" })}
        />
        <DayInput name="from" />
        <DayInput name="to" />
      </Space>
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      <DataTable<Reward>
        name={t("merchant.each_reward")}
        rows={pages.rows}
        keyOf={(reward) => `${reward.at} ${reward.order} ${reward.entry} ${reward.amount} ${pages.rows.indexOf(reward)}`}
        more={pages}
        canFind={false}
        none={t("merchant.no_rewards")}
        columns={[
          {
            key: "at",
            title: t("merchant.at"),
            of: ({ at }) => at,
            show: ({ at }) => <When at={at} />,
          },
          { key: "kind", title: t("merchant.kind"), of: ({ kind }) => rewardName(kind) },
          {
            key: "amount",
            title: t("merchant.amount"),
            isNumber: true,
            of: ({ amount }) => amount,
            show: ({ amount }) => money(amount),
          },
          { key: "order", title: t("merchant.from_order"), of: ({ order }) => order },
          { key: "entry", title: t("merchant.to_entry"), of: ({ entry }) => entry },
        ]}
      />
    </>
  );
}
