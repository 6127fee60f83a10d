/** A member: what they have, each part of their account, what is known of them, and what can be done. */

import { Alert, Button, Card, Form, Input, Space, Statistic, Tabs } from "antd";
import { useState } from "react";
import { Link } from "wouter";
import { newId } from "../../shared/api";
import { count } from "../../shared/format";
import { useAct, useAnswer, useDraft, usePages } from "../../shared/hooks";
import { locale, t } from "../../shared/i18n";
import { assetName, movementName, noticeName, queueName, rewardName } from "../../shared/names";
import type {
  BindingShown,
  Entry,
  MemberFound,
  MemberShown,
  NoteShown,
  NoticeShown,
  OrderFound,
  PersonShown,
  Redemption,
  StatementLine,
  Withdrawal,
} from "../../shared/types";
import { ActsTable } from "../parts/acts-table";
import { Adjust } from "../parts/adjust";
import * as column from "../parts/columns";
import { type Question, useConfirm } from "../parts/confirm";
import { type Column, PagedTable } from "../parts/data-table";
import { Failure } from "../parts/failure";
import { useListed } from "../parts/listed";
import { Answered, Head } from "../parts/page";
import { Id, MemberLink, QueueLink, State, When } from "../parts/words";
import { useQuery } from "../query";
import { useShop } from "../shop";

const ASSETS = ["cash", "pending", "held", "points", "love", "love_frozen", "voucher"];

export default function Member() {
  const shop = useShop();
  const [query, setQuery] = useQuery();
  const id = query.get("id") ?? "";
  const answer = useAnswer<MemberShown>(
    (signal) => shop.ask("GET", "member", { query: { id, part: "notes" }, signal }),
    [id],
  );
  const [isAdjusting, setAdjusting] = useState(false);
  const [turn, setTurn] = useState(0);
  const reload = () => {
    answer.reload();
    setTurn((before) => before + 1);
  };
  const [confirm, place] = useConfirm(reload);
  const found = answer.data?.member;
  const tabs = {
    entries: <Entries id={id} />,
    statement: <Statement id={id} />,
    orders: <Orders id={id} />,
    withdrawals: <Withdrawals id={id} />,
    redemptions: <Redemptions id={id} />,
    team: <Team id={id} />,
    referrer: <Referrer id={id} changed={reload} />,
    notices: <Told id={id} />,
    notes: <NotesOf id={id} />,
    acts: <ActsTable what={`member/${id}`} />,
  };
  return (
    <>
      <Head
        title={found?.nickname ?? id}
        lead={
          <>
            <Id of={id} />{" "}
            {found && [found.level, found.rank].filter(Boolean).join(" · ")}
          </>
        }
        at={answer.at}
        reload={reload}
      >
        {found && (
          <Space wrap>
            <Button onClick={() => setAdjusting(true)}>{t("desk.adjust")}</Button>
            <Button danger onClick={() => confirm(erasure(found, shop.ask))}>
              {t("desk.erase")}
            </Button>
          </Space>
        )}
      </Head>
      {place}
      <Answered answer={answer}>
        {({ member, erased_at }) => (
          <>
            {erased_at !== null && (
              <Alert
                type="warning"
                title={
                  <>
                    {t("desk.was_erased")} <When at={erased_at} />
                  </>
                }
              />
            )}
            <Wallet member={member} />
            {isAdjusting && (
              <Adjust member={member} close={() => setAdjusting(false)} done={reload} />
            )}
            <Tabs
              key={turn}
              activeKey={query.get("tab") ?? "entries"}
              destroyOnHidden
              onChange={(tab) => setQuery({ tab, q: "", page: "", sort: "" })}
              items={Object.entries(tabs).map(([key, children]) => ({
                key,
                label: t(`desk.part_${key}`),
                children,
              }))}
            />
          </>
        )}
      </Answered>
    </>
  );
}

/** What goes and what stays is said before; the id has to be typed. */
function erasure(member: MemberFound, ask: ReturnType<typeof useShop>["ask"]): Question {
  const id = newId();
  return {
    title: t("desk.erase_title", { member: member.nickname ?? member.id }),
    content: (
      <>
        <p>{t("desk.erase_goes")}</p>
        <p>{t("desk.erase_stays")}</p>
        <p>
          <strong>{t("desk.cannot_be_undone")}</strong>
        </p>
      </>
    ),
    asks: t("desk.reason"),
    typed: member.nickname ?? member.id,
    choices: [
      {
        label: t("desk.erase"),
        isDanger: true,
        work: (reason) => ask("POST", "erasures", { body: { id, member: member.id, reason } }),
      },
    ],
  };
}

function Wallet({ member }: { member: MemberFound }) {
  const shop = useShop();
  const held = ASSETS.filter((asset) => asset === "cash" || member.balances[asset]);
  return (
    <Card size="small" title={<h2>{t("desk.wallet")}</h2>}>
      <div className="figures">
        {held.map((asset) => (
          <Statistic
            key={asset}
            title={assetName(asset)}
            value={shop.balance(member.balances[asset] ?? 0, asset)}
          />
        ))}
      </div>
    </Card>
  );
}

type Listed<Row> = { [list: string]: readonly Row[] | unknown } & { next?: string | null };

/** A part of the account, page by page: the list of rows stands in it under a name of its own. */
function usePart<Row>(id: string, part: keyof MemberShown & string, list: string) {
  const { ask } = useShop();
  return usePages<Row>(
    async (after) => {
      const query = { id, part, after, locale: locale() };
      const seen = await ask<MemberShown>("GET", "member", { query });
      const page = seen[part] as unknown as Listed<Row> | null;
      return { rows: (page?.[list] ?? []) as readonly Row[], next: page?.next ?? null };
    },
    [id, part],
  );
}

interface PartProps<Row> {
  id: string;
  part: keyof MemberShown & string;
  list: string;
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
}

function Part<Row extends object>({ id, part, list, columns, keyOf }: PartProps<Row>) {
  const pages = usePart<Row>(id, part, list);
  return (
    <PagedTable
      name={`${t(`desk.part_${part}`)} ${id}`}
      columns={columns}
      pages={pages}
      keyOf={keyOf}
    />
  );
}

function Entries({ id }: { id: string }) {
  const shop = useShop();
  const amount = (key: "entitlement" | "paid" | "waiting", title: string): Column<Entry> => ({
    key,
    title,
    of: (entry) => entry[key],
    show: (entry) => {
      const minor = entry[key];
      if (minor !== null) return shop.money(minor);
      return key === "entitlement" ? t("desk.rewards_n", { n: count(entry.rewards) }) : "–";
    },
    isNumber: true,
  });
  return (
    <Part<Entry>
      id={id}
      part="entries"
      list="entries"
      keyOf={({ queue, entry }) => `${queue} ${entry}`}
      columns={[
        {
          key: "queue",
          title: t("desk.queue"),
          of: ({ queue }) => (queue === null ? null : queueName(queue)),
          show: ({ queue }) => (queue === null ? "–" : <QueueLink id={queue} />),
        },
        column.order(),
        {
          key: "status",
          title: t("desk.state"),
          of: ({ status }) => status,
          show: ({ status }) => <State of={status} />,
        },
        { key: "place", title: t("desk.place"), of: ({ place }) => place, isNumber: true },
        amount("entitlement", t("desk.entitlement")),
        amount("paid", t("desk.paid_out")),
        amount("waiting", t("desk.lacks")),
        column.at(t("desk.paid_at"), ({ paid_at }) => paid_at),
      ]}
    />
  );
}

function Statement({ id }: { id: string }) {
  const shop = useShop();
  return (
    <Part<StatementLine>
      id={id}
      part="statement"
      list="lines"
      keyOf={(line) => JSON.stringify(line)}
      columns={[
        column.at(t("desk.at"), (line) => line.at),
        {
          key: "what",
          title: t("desk.what"),
          of: ({ kind, reason }) =>
            [movementName(kind), reason && rewardName(reason)].filter(Boolean).join(" · "),
        },
        { key: "asset", title: t("desk.asset"), of: ({ asset }) => assetName(asset) },
        {
          key: "amount",
          title: t("desk.amount"),
          of: ({ amount }) => amount,
          show: ({ amount, asset }) => shop.balance(amount, asset),
          isNumber: true,
        },
        {
          key: "balance",
          title: t("desk.balance"),
          of: ({ balance }) => balance,
          show: ({ balance, asset }) => shop.balance(balance, asset),
          isNumber: true,
        },
        column.order(),
        {
          key: "with",
          title: t("desk.counterpart"),
          of: ({ counterpart }) => counterpart,
          show: ({ counterpart }) => (counterpart ? <MemberLink id={counterpart} /> : "–"),
        },
      ]}
    />
  );
}

function Orders({ id }: { id: string }) {
  const shop = useShop();
  return (
    <Part<OrderFound>
      id={id}
      part="orders"
      list="orders"
      keyOf={({ order_id }) => order_id}
      columns={[
        column.order(),
        ...column.ofOrders(shop),
        column.at(t("desk.paid_at"), ({ paid_at }) => paid_at),
      ]}
    />
  );
}

function Withdrawals({ id }: { id: string }) {
  const shop = useShop();
  const amount = (key: "amount" | "fee" | "payout", title: string): Column<Withdrawal> => ({
    key,
    title,
    of: (row) => row[key],
    show: (row) => shop.money(row[key]),
    isNumber: true,
  });
  return (
    <Part<Withdrawal>
      id={id}
      part="withdrawals"
      list="withdrawals"
      keyOf={(row) => row.id}
      columns={[
        column.at(t("desk.asked_at"), (row) => row.at),
        amount("amount", t("desk.amount")),
        amount("fee", t("desk.fee")),
        amount("payout", t("desk.payout")),
        {
          key: "state",
          title: t("desk.state"),
          of: ({ state }) => t(`withdrawal.${state}`),
          show: ({ state }) => <State of={state} text={t(`withdrawal.${state}`)} />,
        },
        {
          key: "why",
          title: t("desk.approved_by"),
          of: ({ approvals, reason, payment }) =>
            [...(approvals ?? []), reason, payment].filter(Boolean).join(" · ") || null,
        },
      ]}
    />
  );
}

function Redemptions({ id }: { id: string }) {
  const shop = useShop();
  return (
    <Part<Redemption>
      id={id}
      part="redemptions"
      list="redemptions"
      keyOf={(row) => row.id}
      columns={[
        column.at(t("desk.asked_at"), (row) => row.at),
        { key: "gift", title: t("desk.gift"), of: ({ gift }) => gift },
        { key: "quantity", title: t("desk.quantity"), of: ({ quantity }) => quantity, isNumber: true },
        column.balance(shop, "price", t("desk.price")),
        column.state("redemption"),
      ]}
    />
  );
}

function Team({ id }: { id: string }) {
  const shop = useShop();
  return (
    <Part<PersonShown>
      id={id}
      part="team"
      list="members"
      keyOf={({ person }) => person}
      columns={[
        column.member(),
        column.at(t("desk.joined_at"), ({ joined_at }) => joined_at),
        { key: "orders", title: t("desk.orders"), of: ({ orders }) => orders, isNumber: true },
        {
          key: "earned",
          title: t("desk.earned_of"),
          of: ({ earned }) => earned,
          show: ({ earned }) => shop.money(earned),
          isNumber: true,
        },
      ]}
    />
  );
}

/** Who referred the member may be corrected, with a reason; orders keep whom they were paid under. */
function Referrer({ id, changed }: { id: string; changed: () => void }) {
  const shop = useShop();
  const pages = useListed<"bindings", BindingShown>("bindings", "bindings", { member: id });
  const [referrer, setReferrer] = useState("");
  const [confirm, place] = useConfirm(changed);
  const [name] = useState(newId);
  const correct = (to: string | null) =>
    confirm({
      title: t("desk.correct_referrer"),
      content: (
        <p>
          {to === null
            ? t("desk.unbind_lead", { member: id })
            : t("desk.bind_lead", { member: id, referrer: to })}
        </p>
      ),
      asks: t("desk.reason"),
      choices: [
        {
          label: t("desk.correct_referrer"),
          isDanger: to === null,
          work: (reason) =>
            shop.ask("POST", "bindings", { body: { id: name, member: id, referrer: to, reason } }),
        },
      ],
    });
  return (
    <>
      {place}
      <Space wrap>
        <Input
          aria-label={t("desk.new_referrer")}
          placeholder={t("desk.new_referrer")}
          value={referrer}
          onChange={(event) => setReferrer(event.target.value)}
        />
        <Button disabled={!referrer.trim()} onClick={() => correct(referrer.trim())}>
          {t("desk.correct_referrer")}
        </Button>
        <Button danger onClick={() => correct(null)}>
          {t("desk.unbind")}
        </Button>
        <Link href="/shared-accounts">{t("desk.shared_accounts")}</Link>
      </Space>
      <PagedTable
        name={t("desk.part_referrer")}
        columns={[
          column.at(t("desk.at"), (row: BindingShown) => row.at),
          { key: "before", title: t("desk.before_it"), of: ({ before }) => before },
          { key: "after", title: t("desk.after_it"), of: (row) => row.referrer },
          { key: "reason", title: t("desk.reason"), of: ({ reason }) => reason },
          { key: "by", title: t("desk.by"), of: ({ by }) => by },
        ]}
        pages={pages}
        keyOf={(row) => row.id}
        none={t("desk.no_corrections")}
        canFind={false}
      />
    </>
  );
}

/** What the member was told, as it is worded now. */
function Told({ id }: { id: string }) {
  return (
    <Part<NoticeShown>
      id={id}
      part="notices"
      list="notices"
      columns={[
        column.at(t("desk.at"), (row) => row.at),
        {
          key: "kind",
          title: t("desk.kind"),
          of: ({ kind }) => noticeName(kind),
        },
        { key: "text", title: t("desk.notice_text"), of: ({ text }) => text },
      ]}
      keyOf={(row) => row.id}
    />
  );
}

/** Notes are erased with the member. What is typed is kept until it is saved. */
function NotesOf({ id }: { id: string }) {
  const { ask } = useShop();
  const pages = usePart<NoteShown>(id, "notes", "notes");
  const [text, setText, drop] = useDraft(`note.${id}`, "");
  const [name, setName] = useState(newId);
  const { isBusy, error, act } = useAct();
  const save = async () => {
    const body = { id: name, member: id, text: text.trim() };
    if (await act(() => ask("POST", "notes", { body }))) {
      drop();
      setName(newId());
      pages.reload();
    }
  };
  return (
    <>
      <Form layout="vertical" className="narrow" onFinish={() => void save()}>
        <Form.Item label={t("desk.new_note")} htmlFor="note" extra={t("desk.note_lead")}>
          <Input.TextArea
            id="note"
            rows={2}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Form.Item>
        {error !== null && <Failure error={error} />}
        <Button type="primary" htmlType="submit" loading={isBusy} disabled={!text.trim()}>
          {t("desk.save_note")}
        </Button>
      </Form>
      <PagedTable
        name={t("desk.part_notes")}
        columns={[
          column.at(t("desk.at"), (row: NoteShown) => row.at),
          { key: "by", title: t("desk.by"), of: ({ by }) => by },
          { key: "text", title: t("desk.note"), of: (row) => row.text },
        ]}
        pages={pages}
        keyOf={(row) => row.id}
        none={t("desk.no_notes")}
      />
    </>
  );
}
