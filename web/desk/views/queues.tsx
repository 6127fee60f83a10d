/** All queues in one table; those of products off sale can be ended, exchanged or merged. */

import { Button, Select, Space } from "antd";
import { count, percent } from "../../shared/format";
import { named, t } from "../../shared/i18n";
import { assetName, planName, queueName } from "../../shared/names";
import type { Queue } from "../../shared/types";
import { type Question, useConfirm } from "../parts/confirm";
import * as column from "../parts/columns";
import { type Column, DataTable } from "../parts/data-table";
import { useAllListed } from "../parts/listed";
import { Answered, Head } from "../parts/page";
import { Id, QueueLink, State } from "../parts/words";
import { useQuery } from "../query";
import { type Shop, useShop } from "../shop";

const ASSETS = ["points", "love", "voucher"];

/** Tell whether a queue's entries leave after so many rewards, so that nothing is owed in money. */
export const countsRewards = ({ kind }: { kind: string }): boolean => kind === "order_queue";

/** Tell whether nothing joins a queue any more in which entries wait or money lies. */
const isStalled = ({ stalled, waiting, pool }: Queue): boolean =>
  stalled && (waiting > 0 || pool !== 0);

export default function Queues() {
  const shop = useShop();
  const [query, setQuery] = useQuery();
  const plan = query.get("plan") ?? "";
  const state = query.get("state") ?? "";
  const answer = useAllListed<"queues", Queue>("queues", "queues", { plan: plan || null });
  const [confirm, place] = useConfirm(answer.reload);
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
        {(queues) => (
          <>
            {answer.isLoading && answer.error === null && (
              <p role="status" className="quiet">
                {t("desk.queues_so_far", { count: queues.length })}
              </p>
            )}
            <DataTable
              name={t("desk.queues")}
              columns={columns(shop, queues, confirm)}
              rows={queues.filter(
                (queue) => !state || (state === "stalled" ? isStalled(queue) : queue.waiting > 0),
              )}
              keyOf={({ queue }) => queue}
              none={t("desk.no_queues")}
            />
          </>
        )}
      </Answered>
    </>
  );
}

/** What a queue says of its wait: in days, never, or nothing yet. */
function waitOf({ waiting, pace }: Queue): string {
  if (waiting === 0) return t("desk.nobody_waits");
  if (pace === null) return t("desk.no_data_yet");
  return pace.days === null ? t("desk.never") : t("desk.days", { n: count(pace.days) });
}

/** The share of what is promised at its pace that is never paid; null while nothing tells. */
const neverPaid = ({ pace }: Queue): number | null =>
  pace?.ever_paid_bps == null ? null : 10_000 - pace.ever_paid_bps;

const aDay = ({ pace }: Queue): number | null =>
  pace === null ? null : Math.round(pace.given / pace.days_seen);

function columns(shop: Shop, queues: readonly Queue[], confirm: (asked: Question) => void) {
  const stateOf = (queue: Queue) => {
    const paused = shop.plans.find(({ name }) => name === queue.plan)?.state === "paused";
    return isStalled(queue) ? "stalled" : paused ? "paused" : "on";
  };
  const known = (value: number | null, show: (value: number) => string) =>
    value === null ? <span className="quiet">{t("desk.no_data_yet")}</span> : show(value);
  const list: Column<Queue>[] = [
    {
      key: "queue",
      title: t("desk.queue"),
      of: ({ queue }) => `${queueName(queue)} ${queue}`,
      show: ({ queue }) => (
        <>
          <QueueLink id={queue} /> <Id of={queue} />
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
      key: "pace",
      title: t("desk.pace"),
      of: aDay,
      show: (queue) => known(aDay(queue), shop.money),
      isNumber: true,
    },
    {
      key: "wait",
      title: t("desk.wait_now"),
      of: ({ waiting, pace }) => (waiting === 0 ? 0 : (pace?.days ?? null)),
      show: waitOf,
      isNumber: true,
    },
    {
      key: "never",
      title: t("desk.never_paid_share"),
      of: neverPaid,
      show: (queue) => known(neverPaid(queue), percent),
      isNumber: true,
    },
    column.money(shop, "pool", t("figure.pool")),
    {
      key: "state",
      title: t("desk.state"),
      of: (queue) => t(`desk.queue_${stateOf(queue)}`),
      show: (queue) => <State of={stateOf(queue)} text={t(`desk.queue_${stateOf(queue)}`)} />,
    },
  ];
  if (!queues.some(isStalled)) return list;
  const acts: Column<Queue> = {
    key: "acts",
    title: t("desk.acts"),
    of: () => null,
    show: (queue) =>
      isStalled(queue) ? <Acts queue={queue} shop={shop} confirm={confirm} /> : "",
  };
  return [...list, acts];
}

interface ActsProps {
  queue: Queue;
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
