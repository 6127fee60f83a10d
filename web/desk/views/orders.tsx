/** An order: first sentences to read out or send, then what happened, its own rows, all books. */

import { Button, Card, Descriptions, Tabs, Timeline } from "antd";
import { count, percent } from "../../shared/format";
import { useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import {
  accountName,
  accountParts,
  channelName,
  decisionName,
  movementName,
  outcomeName,
  queueName,
  reasonName,
  rewardName,
  ruleName,
  scopeName,
} from "../../shared/names";
import type { Entry, Trace } from "../../shared/types";
import { type Column, DataTable } from "../parts/data-table";
import { Answered, Head } from "../parts/page";
import { OrderLink, QueueLink, State, When } from "../parts/words";
import { happenings, sentences } from "../order-story";
import { useQuery } from "../query";
import { type Shop, useShop } from "../shop";

export default function Orders() {
  const [query] = useQuery();
  const id = query.get("id");
  return id ? (
    <Order id={id} />
  ) : (
    <Head title={t("desk.orders")} lead={t("desk.find_lead")} />
  );
}

function Order({ id }: { id: string }) {
  const shop = useShop();
  const [query, setQuery] = useQuery();
  const answer = useAnswer<Trace>(
    (signal) => shop.ask("GET", "order", { query: { id }, signal }),
    [id],
  );
  return (
    <>
      <Head
        title={t("desk.order", { order: id })}
        at={answer.at}
        reload={answer.reload}
      />
      <Answered answer={answer}>
        {(trace) => (
          <>
            <Story trace={trace} shop={shop} />
            <Tabs
              activeKey={query.get("tab") ?? "what"}
              onChange={(tab) => setQuery({ tab: tab === "what" ? "" : tab })}
              items={[
                { key: "what", label: t("desk.happened"), children: <What trace={trace} shop={shop} /> },
                { key: "lines", label: t("desk.lines"), children: <Lines trace={trace} shop={shop} /> },
                { key: "places", label: t("desk.places"), children: <Places trace={trace} shop={shop} /> },
                { key: "books", label: t("desk.books"), children: <Books trace={trace} shop={shop} /> },
              ]}
            />
          </>
        )}
      </Answered>
    </>
  );
}

interface Props {
  trace: Trace;
  shop: Shop;
}

function Story({ trace, shop }: Props) {
  const said = sentences(trace, shop);
  return (
    <Card
      size="small"
      className="story"
      extra={
        <Button size="small" onClick={() => void navigator.clipboard.writeText(said.join(" "))}>
          {t("copy")}
        </Button>
      }
      title={<h2>{t("desk.to_read_out")}</h2>}
    >
      {said.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </Card>
  );
}

function What({ trace, shop }: Props) {
  return (
    <>
      <Descriptions
        size="small"
        column={{ xs: 1, md: 2, xl: 4 }}
        items={[
          [t("desk.member"), trace.member ?? t("desk.guest")],
          [t("desk.level"), trace.level],
          [t("desk.referrer"), trace.referrer],
          [t("desk.channel"), channelName(trace.channel)],
          [t("desk.store"), trace.store_id],
          [t("desk.settings_version"), t("desk.version", { n: trace.settings_version })],
          [t("desk.repurchase_of"), trace.repurchase_of && <OrderLink id={trace.repurchase_of} />],
        ]
          .filter(([, value]) => value != null)
          .map(([label, children]) => ({ key: String(label), label, children }))}
      />
      <Timeline
        items={happenings(trace, shop).map(({ at, text, isBad }) => ({
          color: isBad ? "red" : "green",
          content: (
            <>
              <When at={at} /> {text}
            </>
          ),
        }))}
      />
    </>
  );
}

function Lines({ trace, shop }: Props) {
  return (
    <div className="cards">
      {trace.lines.map((line) => (
        <Card
          key={line.line_id}
          size="small"
          title={
            <h3>
              {t("desk.line", { line: line.line_id })} {line.product_id}
            </h3>
          }
        >
          <Descriptions
            size="small"
            column={1}
            items={[
              [t("desk.quantity"), count(line.quantity)],
              [t("desk.line_paid"), shop.money(line.paid)],
              [t("desk.deducted"), line.deducted ? shop.money(line.deducted) : null],
              [t("desk.refunded"), line.refunded ? shop.money(line.refunded) : null],
              [t("desk.queue"), line.queue && <QueueLink id={line.queue} />],
              [t("desk.extraction"), line.extraction_bps === null ? null : percent(line.extraction_bps)],
              [t("desk.ratio"), line.entitlement_bps === null ? null : percent(line.entitlement_bps)],
              [t("desk.no_entry"), line.no_entry_because && reasonName(line.no_entry_because)],
            ]
              .filter(([, value]) => value != null)
              .map(([label, children]) => ({ key: String(label), label, children }))}
          />
          {line.decided_by !== null && (
            <>
              <h4>{t("desk.steps")}</h4>
              <ol>
                {line.passed_over.map(({ rule, scope, outcome }) => (
                  <li key={rule + scope}>
                    {t("decision", { rule: ruleName(rule), scope: scopeName(scope) })}:{" "}
                    {outcomeName(outcome)}
                  </li>
                ))}
                <li>
                  <strong>
                    {decisionName(line.decided_by)}:{" "}
                    {t("desk.gave", { ratio: percent(line.entitlement_bps ?? 0) })}
                  </strong>
                </li>
              </ol>
            </>
          )}
        </Card>
      ))}
    </div>
  );
}

function Places({ trace, shop }: Props) {
  const entries = trace.tickets.flatMap(({ entries }) => entries);
  const money = (key: "entitlement" | "paid" | "ahead", title: string): Column<Entry> => ({
    key,
    title,
    of: (entry) => entry[key],
    show: (entry) =>
      entry[key] === null
        ? key === "entitlement"
          ? t("desk.rewards_n", { n: count(entry.rewards) })
          : "–"
        : shop.money(entry[key]),
    isNumber: true,
  });
  const columns: Column<Entry>[] = [
    {
      key: "queue",
      title: t("desk.queue"),
      of: ({ queue }) => (queue === null ? null : queueName(queue)),
      show: ({ queue }) => (queue === null ? "–" : <QueueLink id={queue} />),
    },
    { key: "entry", title: t("desk.entry"), of: ({ entry }) => entry },
    {
      key: "status",
      title: t("desk.state"),
      of: ({ status }) => status,
      show: ({ status }) => <State of={status} />,
    },
    { key: "place", title: t("desk.place"), of: ({ place }) => place, isNumber: true },
    money("entitlement", t("desk.entitlement")),
    money("paid", t("desk.paid_out")),
    money("ahead", t("desk.ahead")),
  ];
  return (
    <DataTable
      name={t("desk.places")}
      columns={columns}
      rows={entries}
      keyOf={({ queue, entry }) => `${queue} ${entry}`}
      none={t("desk.no_places")}
      canFind={false}
    />
  );
}

interface Posting {
  key: string;
  at: string;
  what: string;
  account: string;
  amount: number;
  entry: string | null;
  reason: string | null;
}

function Books({ trace, shop }: Props) {
  const rows = trace.journal.flatMap(({ source, number, at, kind, postings }, block) =>
    postings.map(
      (posting, line): Posting => ({
        key: `${source}#${number}/${block}/${line}`,
        at,
        what: movementName(kind),
        ...posting,
      }),
    ),
  );
  const amount = ({ account, amount: minor }: Posting) => {
    const { kind, part } = accountParts(account);
    return ["wallet", "issued"].includes(kind) ? shop.balance(minor, part) : shop.money(minor);
  };
  const columns: Column<Posting>[] = [
    { key: "at", title: t("desk.at"), of: ({ at }) => at, show: ({ at }) => <When at={at} /> },
    { key: "what", title: t("desk.what"), of: ({ what }) => what },
    { key: "account", title: t("desk.account"), of: ({ account }) => accountName(account) },
    {
      key: "amount",
      title: t("desk.amount"),
      of: ({ amount: minor }) => minor,
      show: amount,
      isNumber: true,
    },
    { key: "entry", title: t("desk.entry"), of: ({ entry }) => entry },
    {
      key: "reason",
      title: t("desk.reward"),
      of: ({ reason }) => (reason ? rewardName(reason) : null),
    },
  ];
  return (
    <DataTable
      name={t("desk.books")}
      columns={columns}
      rows={rows}
      keyOf={({ key }) => key}
      none={t("desk.journal_empty")}
    />
  );
}
