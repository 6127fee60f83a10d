/** Commands of queues that cannot be carried out: tried again, or given up for good, with a reason. */

import { Button, Space, Tabs } from "antd";
import { named, t } from "../../shared/i18n";
import { queueName } from "../../shared/names";
import type { ParkedShown } from "../../shared/types";
import { useConfirm } from "../parts/confirm";
import * as column from "../parts/columns";
import { type Column, PagedTable } from "../parts/data-table";
import { useListed } from "../parts/listed";
import { Head } from "../parts/page";
import { OrderLink, QueueLink, When } from "../parts/words";
import { useQuery } from "../query";
import { useShop } from "../shop";

const STATES = ["parked", "released", "dropped"];

export default function Parked() {
  const [query, setQuery] = useQuery();
  return (
    <>
      <Head title={t("desk.parked")} lead={t("desk.parked_lead")} />
      <Tabs
        activeKey={query.get("tab") ?? "parked"}
        destroyOnHidden
        onChange={(tab) => setQuery({ tab, q: "", page: "", sort: "" })}
        items={STATES.map((state) => ({
          key: state,
          label: t(`parked.${state}`),
          children: <List state={state} />,
        }))}
      />
    </>
  );
}

function List({ state }: { state: string }) {
  const shop = useShop();
  const pages = useListed<"parked", ParkedShown>("parked", "parked", { state });
  const [confirm, place] = useConfirm(pages.reload);
  const decide = (row: ParkedShown, act: "release" | "drop") =>
    confirm({
      title: t(`desk.${act}`),
      content: (
        <>
          <p>
            {t("desk.parked_what", {
              command: named("command", row.command),
              queue: queueName(row.queue),
              order: row.order ?? t("none"),
            })}
          </p>
          <p>{t(`desk.${act}_lead`)}</p>
        </>
      ),
      asks: t("desk.reason"),
      ...(act === "drop" ? { typed: row.order ?? row.queue } : {}),
      choices: [
        {
          label: t(`desk.${act}`),
          isDanger: act === "drop",
          work: (reason) => shop.ask("POST", `parked/${act}`, { body: { id: row.id, reason } }),
        },
      ],
    });
  const columns: Column<ParkedShown>[] = [
    { key: "at", title: t("desk.at"), of: ({ at }) => at, show: ({ at }) => <When at={at} /> },
    {
      key: "queue",
      title: t("desk.queue"),
      of: ({ queue }) => queueName(queue),
      show: ({ queue }) => <QueueLink id={queue} />,
    },
    {
      key: "command",
      title: t("desk.what"),
      of: ({ command }) => named("command", command),
    },
    {
      key: "order",
      title: t("desk.order_title"),
      of: ({ order }) => order,
      show: ({ order }) => (order === null ? "–" : <OrderLink id={order} />),
    },
    column.member(),
    {
      key: "reason",
      title: t("desk.why"),
      of: ({ reason, behind }) => (behind ? t("desk.parked_behind") : reason),
    },
    ...(state === "parked"
      ? [
          {
            key: "acts",
            title: t("desk.acts"),
            of: () => null,
            show: (row: ParkedShown) => (
              <Space>
                <Button size="small" onClick={() => decide(row, "release")}>
                  {t("desk.release")}
                </Button>
                <Button size="small" danger onClick={() => decide(row, "drop")}>
                  {t("desk.drop")}
                </Button>
              </Space>
            ),
          },
        ]
      : [
          {
            key: "by",
            title: t("desk.by"),
            of: ({ by, why }: ParkedShown) => [by, why].filter(Boolean).join(" · "),
          },
          {
            key: "decided",
            title: t("desk.decided_at"),
            of: ({ decided_at }: ParkedShown) => decided_at,
            show: ({ decided_at }: ParkedShown) => <When at={decided_at} />,
          },
        ]),
  ];
  return (
    <>
      {place}
      <PagedTable
        name={t("desk.parked")}
        columns={columns}
        pages={pages}
        keyOf={({ id }) => id}
        none={t("desk.no_parked")}
      />
    </>
  );
}
