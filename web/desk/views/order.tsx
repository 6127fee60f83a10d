/** An order: sentences to read out or send, why it waits, what happened, its own rows, all books. */

import { Button, Card, Descriptions, Segmented, Space, Tabs, Timeline } from "antd";
import { useEffect, useState } from "react";
import { count, percent } from "../../shared/format";
import { useAnswer } from "../../shared/hooks";
import { LOCALES, type Locale, learn, locale, speaking, t } from "../../shared/i18n";
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
import type { Entry, QueueLine, Trace, TraceJournal } from "../../shared/types";
import { happenings, isOwn, sentences, whyNotPaid } from "../order-story";
import { type Column, DataTable } from "../parts/data-table";
import { Answered, Head } from "../parts/page";
import { MemberLink, OrderLink, QueueLink, State, When } from "../parts/words";
import { useQuery } from "../query";
import { type Shop, useShop } from "../shop";

export default function Order() {
  const shop = useShop();
  const [query, setQuery] = useQuery();
  const id = query.get("id") ?? "";
  const answer = useAnswer<Trace>(
    (signal) => shop.ask("GET", "order", { query: { id }, signal }),
    [id],
  );
  return (
    <>
      <Head title={t("desk.order", { order: id })} at={answer.at} reload={answer.reload} />
      <Answered answer={answer}>
        {(trace) => (
          <>
            <Story trace={trace} shop={shop} />
            <Why trace={trace} shop={shop} />
            <Tabs
              activeKey={query.get("tab") ?? "what"}
              onChange={(tab) => setQuery({ tab: tab === "what" ? "" : tab, q: "", page: "", sort: "" })}
              destroyOnHidden
              items={[
                { key: "what", label: t("desk.happened"), children: <What trace={trace} shop={shop} /> },
                { key: "lines", label: t("desk.lines"), children: <Lines trace={trace} shop={shop} /> },
                { key: "places", label: t("desk.places"), children: <Places trace={trace} shop={shop} /> },
                {
                  key: "own",
                  label: t("desk.own_books"),
                  children: (
                    <Books of={postingsOf(trace).filter((row) => row.isOwn)} shop={shop} />
                  ),
                },
                {
                  key: "books",
                  label: t("desk.all_books"),
                  children: <Books of={postingsOf(trace)} shop={shop} />,
                },
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

/** The customer may read another language than the operator: the sentences are in either. */
function Story({ trace, shop }: Props) {
  const [of, setOf] = useState<Locale>(locale());
  const [isCopied, setCopied] = useState(false);
  const [known, setKnown] = useState<Locale>(locale());
  useEffect(() => void learn(of).then(() => setKnown(of)), [of]);
  const said = speaking(known, () => sentences(trace, shop));
  const copy = async () => {
    await navigator.clipboard.writeText(said.join(known === "en" ? " " : ""));
    setCopied(true);
  };
  return (
    <Card
      size="small"
      className="story"
      extra={
        <Space>
          <Segmented
            size="small"
            aria-label={t("desk.language_of_story")}
            value={of}
            options={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))}
            onChange={(next) => {
              setOf(next as Locale);
              setCopied(false);
            }}
          />
          <Button size="small" onClick={() => void copy()}>
            {t(isCopied ? "copied" : "copy")}
          </Button>
        </Space>
      }
      title={<h2>{t("desk.to_read_out")}</h2>}
    >
      <div lang={known}>
        {said.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
    </Card>
  );
}

/** What its lines and entries lack, and whose entry is paid instead: the head of each line. */
function Why({ trace, shop }: Props) {
  const waiting = trace.tickets.flatMap(({ entries }) => entries.filter(({ place }) => place !== null));
  const queues = [...new Set(waiting.map(({ queue }) => queue ?? ""))];
  const answer = useAnswer<QueueLine[]>(
    (signal) =>
      Promise.all(queues.map((id) => shop.ask<QueueLine>("GET", "queue", { query: { id }, signal }))),
    [queues],
  );
  const barred = trace.lines.filter(({ no_entry_because }) => no_entry_because !== null);
  if (waiting.length === 0 && barred.length === 0) return null;
  return (
    <Card size="small" title={<h2>{t("desk.why_not")}</h2>}>
      <Answered answer={answer}>
        {(lines) => (
          <ul className="hands">
            {barred.map(({ line_id, no_entry_because }) => (
              <li key={line_id}>
                {t("desk.line", { line: line_id })}: {reasonName(no_entry_because ?? "")}
              </li>
            ))}
            {waiting.map((entry) => (
              <Waits
                key={`${entry.queue} ${entry.entry}`}
                entry={entry}
                line={lines.find(({ queue }) => queue.queue === entry.queue)}
                shop={shop}
              />
            ))}
          </ul>
        )}
      </Answered>
    </Card>
  );
}

function Waits({ entry, line, shop }: { entry: Entry; line: QueueLine | undefined; shop: Shop }) {
  const head = line?.line.find(({ place }) => place === 1);
  return (
    <li>
      {entry.queue !== null && <QueueLink id={entry.queue} />}: {whyNotPaid(entry, line, shop).join(" ")}
      {head && head.entry !== entry.entry && (
        <>
          {" "}
          {t("why.instead")} <OrderLink id={head.order_id} />{" "}
          <MemberLink id={head.member} />
        </>
      )}
    </li>
  );
}

function What({ trace, shop }: Props) {
  const seen = happenings(trace, shop);
  return (
    <>
      <Descriptions
        size="small"
        column={{ xs: 1, md: 2, xl: 4 }}
        items={[
          [t("desk.member"), trace.member === null ? t("desk.guest") : <MemberLink id={trace.member} />],
          [t("desk.level"), trace.level],
          [t("desk.referrer"), trace.referrer && <MemberLink id={trace.referrer} />],
          [t("desk.channel"), channelName(trace.channel)],
          [t("desk.store"), trace.store_id],
          [t("desk.settings_version"), t("desk.version", { n: trace.settings_version })],
          [t("desk.repurchase_of"), trace.repurchase_of && <OrderLink id={trace.repurchase_of} />],
        ]
          .filter(([, value]) => value != null)
          .map(([label, children]) => ({ key: String(label), label, children }))}
      />
      <Timeline
        items={seen.map(({ at, text, isBad }) => ({
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
  order: string | null;
  account: string;
  amount: number;
  entry: string | null;
  reason: string | null;
  isOwn: boolean;
}

function postingsOf(trace: Trace): Posting[] {
  return trace.journal.flatMap((block: TraceJournal, at) =>
    block.postings.map(
      (posting, line): Posting => ({
        key: `${block.source}#${block.number}/${at}/${line}`,
        at: block.at,
        what: movementName(block.kind),
        order: block.order_id,
        isOwn: isOwn(trace, block, posting),
        ...posting,
      }),
    ),
  );
}

function Books({ of, shop }: { of: readonly Posting[]; shop: Shop }) {
  const amount = ({ account, amount: minor }: Posting) => {
    const { kind, part } = accountParts(account);
    return ["wallet", "issued"].includes(kind) ? shop.balance(minor, part) : shop.money(minor);
  };
  const columns: Column<Posting>[] = [
    { key: "at", title: t("desk.at"), of: ({ at }) => at, show: ({ at }) => <When at={at} /> },
    { key: "what", title: t("desk.what"), of: ({ what }) => what },
    {
      key: "order",
      title: t("desk.order_title"),
      of: ({ order }) => order,
      show: ({ order }) => (order === null ? "–" : <OrderLink id={order} />),
    },
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
      rows={of}
      keyOf={({ key }) => key}
      none={t("desk.journal_empty")}
    />
  );
}
