/** All queues in one table; those of products off sale can be ended, exchanged or merged. */

import { Button, Select, Space } from "antd";
import { count } from "../../shared/format";
import { useAnswer } from "../../shared/hooks";
import { named, t } from "../../shared/i18n";
import { assetName, planName, queueName } from "../../shared/names";
import type { Queue, StalledQueue } from "../../shared/types";
import { type Question, useConfirm } from "../parts/confirm";
import { type Column, DataTable } from "../parts/data-table";
import { Answered, Head } from "../parts/page";
import { Id, QueueLink, State } from "../parts/words";
import { useQuery } from "../query";
import { type Shop, useShop } from "../shop";

const ASSETS = ["points", "love", "voucher"];

interface Seen {
  queues: Queue[];
  stalled: Map<string, StalledQueue>;
}

/** Tell whether a queue's entries leave after so many rewards, so that nothing is owed in money. */
export const countsRewards = ({ kind }: { kind: string }): boolean => kind === "order_queue";

export default function Queues() {
  const shop = useShop();
  const [query, setQuery] = useQuery();
  const answer = useAnswer<Seen>(
    async (signal) => {
      const [all, stalled] = await Promise.all([
        shop.ask<{ queues: Queue[] }>("GET", "queues", { signal }),
        shop.ask<{ queues: StalledQueue[] }>("GET", "queues/stalled", { signal }),
      ]);
      return { ...all, stalled: new Map(stalled.queues.map((each) => [each.queue, each])) };
    },
    [],
  );
  const [confirm, place] = useConfirm(answer.reload);
  const plan = query.get("plan") ?? "";
  const state = query.get("state") ?? "";
  return (
    <>
      <Head
        title={t("desk.queues")}
        lead={state === "stalled" ? t("desk.stalled_lead") : undefined}
        at={answer.at}
        reload={answer.reload}
      >
        <Space wrap>
          <Select
            aria-label={t("desk.plan")}
            value={plan}
            onChange={(chosen) => setQuery({ plan: chosen, page: "" })}
            options={[
              { value: "", label: t("desk.all_plans") },
              ...shop.plans.map(({ name, title }) => ({ value: name, label: title })),
            ]}
          />
          <Select
            aria-label={t("desk.state")}
            value={state}
            onChange={(chosen) => setQuery({ state: chosen, page: "" })}
            options={["", "waiting", "stalled"].map((value) => ({
              value,
              label: t(`desk.queues_${value || "all"}`),
            }))}
          />
        </Space>
      </Head>
      {place}
      <Answered answer={answer}>
        {(seen) => (
          <DataTable
            name={t("desk.queues")}
            columns={columns(shop, seen, confirm)}
            rows={seen.queues.filter(
              (queue) =>
                (!plan || queue.plan === plan) &&
                (!state || (state === "stalled" ? seen.stalled.has(queue.queue) : queue.waiting)),
            )}
            keyOf={({ queue }) => queue}
            none={t("desk.no_queues")}
          />
        )}
      </Answered>
    </>
  );
}

function columns(shop: Shop, { stalled }: Seen, confirm: (asked: Question) => void) {
  const nameOf = ({ queue }: Queue) => stalled.get(queue)?.name ?? queueName(queue);
  const stateOf = (queue: Queue) => {
    const paused = shop.plans.find(({ name }) => name === queue.plan)?.state === "paused";
    return stalled.has(queue.queue) ? "stalled" : paused ? "paused" : "on";
  };
  const list: Column<Queue>[] = [
    {
      key: "queue",
      title: t("desk.queue"),
      of: (queue) => `${nameOf(queue)} ${queue.queue}`,
      show: (queue) => (
        <>
          {stalled.get(queue.queue)?.name} <QueueLink id={queue.queue} /> <Id of={queue.queue} />
        </>
      ),
    },
    {
      key: "plan",
      title: t("desk.plan"),
      of: ({ plan, kind }) => (plan === null ? named("kind", kind) : planName(plan)),
    },
    { key: "waiting", title: t("desk.waiting"), of: ({ waiting }) => waiting, isNumber: true },
    {
      key: "owed",
      title: t("figure.owed"),
      of: (queue) => (countsRewards(queue) ? null : queue.owed),
      show: (queue) => (countsRewards(queue) ? t("desk.by_rewards") : shop.money(queue.owed)),
      isNumber: true,
    },
    {
      key: "contributed",
      title: t("figure.contributed"),
      of: ({ contributed }) => contributed,
      show: ({ contributed }) => shop.money(contributed),
      isNumber: true,
    },
    {
      key: "pool",
      title: t("figure.pool"),
      of: ({ pool }) => pool,
      show: ({ pool }) => shop.money(pool),
      isNumber: true,
    },
    {
      key: "state",
      title: t("desk.state"),
      of: (queue) => t(`desk.queue_${stateOf(queue)}`),
      show: (queue) => <State of={stateOf(queue)} text={t(`desk.queue_${stateOf(queue)}`)} />,
    },
  ];
  if (stalled.size === 0) return list;
  const acts: Column<Queue> = {
    key: "acts",
    title: t("desk.acts"),
    of: () => null,
    show: ({ queue }) => {
      const found = stalled.get(queue);
      return found ? <Acts queue={found} shop={shop} confirm={confirm} /> : "";
    },
  };
  return [...list, acts];
}

interface ActsProps {
  queue: StalledQueue;
  shop: Shop;
  confirm: (asked: Question) => void;
}

function Acts({ queue: { queue, name, waiting, owed, pool }, shop, confirm }: ActsProps) {
  const told = {
    queue: name ?? queueName(queue),
    n: count(waiting),
    owed: shop.money(owed),
    pool: shop.money(pool),
  };
  const post = async (what: string) => {
    await shop.ask("POST", `queues/stalled/${what}`, { body: { queue } });
  };
  return (
    <Space wrap>
      <Button
        size="small"
        onClick={() =>
          confirm({
            title: t("desk.merge_all"),
            content: <p>{t("desk.merge_all_lead", told)}</p>,
            choices: [{ label: t("desk.merge_all"), work: () => post("merge") }],
          })
        }
      >
        {t("desk.merge_all")}
      </Button>
      {waiting > 0 && (
        <>
          <Button
            size="small"
            onClick={() =>
              confirm({
                title: t("desk.exchange_all"),
                content: <p>{t("desk.exchange_all_lead", told)}</p>,
                choices: ASSETS.map((into) => ({
                  label: assetName(into),
                  work: () => exchangeAll(shop, queue, into),
                })),
              })
            }
          >
            {t("desk.exchange_all")}
          </Button>
          <Button
            size="small"
            danger
            onClick={() =>
              confirm({
                title: t("desk.clear_all"),
                content: <p>{t("desk.clear_all_lead", told)}</p>,
                choices: [
                  { label: t("desk.clear_all"), work: () => post("clear"), isDanger: true },
                ],
                typed: queue,
              })
            }
          >
            {t("desk.clear_all")}
          </Button>
        </>
      )}
    </Space>
  );
}

/** Exchange page after page, until none is left. */
async function exchangeAll(shop: Shop, queue: string, into: string): Promise<void> {
  let after: number | null = null;
  do {
    const page: { next: number | null } = await shop.ask("POST", "queues/stalled/exchange", {
      body: { queue, into, after },
    });
    after = page.next;
  } while (after !== null);
}
