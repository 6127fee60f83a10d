/** Withdrawals: asked, approved, paid, with totals; and adjustments that wait for a second person. */

import { Button, Input, Space, Tabs } from "antd";
import { useState } from "react";
import { usePages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { assetName } from "../../shared/names";
import type { Withdrawal, Withdrawals } from "../../shared/types";
import { type Question, useConfirm } from "../parts/confirm";
import { type Column, DataTable } from "../parts/data-table";
import { Failure } from "../parts/failure";
import { Head } from "../parts/page";
import { Id, State, When } from "../parts/words";
import { useQuery } from "../query";
import { type Shop, useShop } from "../shop";

const STATES = ["asked", "approved", "paid", "rejected", "failed"];
const ADJUSTMENTS = "adjustments";

export default function WithdrawalsView() {
  const [query, setQuery] = useQuery();
  const tab = query.get("tab") ?? "asked";
  return (
    <>
      <Head title={t("desk.withdrawals")} lead={t("desk.withdrawals_lead")} />
      <Tabs
        activeKey={tab}
        destroyOnHidden
        onChange={(next) => setQuery({ tab: next, q: "", page: "" })}
        items={[
          ...STATES.map((state) => ({
            key: state,
            label: t(`withdrawal.${state}`),
            children: <List state={state} />,
          })),
          { key: ADJUSTMENTS, label: t("desk.adjustments"), children: <Adjustments /> },
        ]}
      />
    </>
  );
}

function List({ state }: { state: string }) {
  const shop = useShop();
  const pages = usePages<Withdrawal>(
    async (after) => {
      const page = await shop.ask<Withdrawals>("GET", "withdrawals", { query: { state, after } });
      return { rows: page.withdrawals, next: page.next };
    },
    [state],
  );
  const [confirm, place] = useConfirm(pages.reload);
  const columns: Column<Withdrawal>[] = [
    { key: "member", title: t("desk.member"), of: ({ member }) => member },
    {
      key: "amount",
      title: t("desk.amount"),
      of: ({ amount }) => amount,
      show: ({ amount }) => shop.money(amount),
      isNumber: true,
    },
    {
      key: "payout",
      title: t("desk.payout"),
      of: ({ payout }) => payout,
      show: ({ payout }) => shop.money(payout),
      isNumber: true,
    },
    {
      key: "account",
      title: t("desk.account_to"),
      of: ({ account }) => account && `${account.label} ${account.reference}`,
    },
    { key: "at", title: t("desk.asked_at"), of: ({ at }) => at, show: ({ at }) => <When at={at} /> },
    {
      key: "state",
      title: t("desk.state"),
      of: (row) => t(`withdrawal.${row.state}`),
      show: (row) => <State of={row.state} text={t(`withdrawal.${row.state}`)} />,
    },
    {
      key: "by",
      title: t("desk.approved_by"),
      of: ({ approvals, reason, payment }) =>
        [...(approvals ?? []), reason, payment].filter(Boolean).join(" · ") || null,
    },
    { key: "id", title: t("desk.id"), of: ({ id }) => id, show: ({ id }) => <Id of={id} /> },
    {
      key: "acts",
      title: t("desk.acts"),
      of: () => null,
      show: (row) => <Acts row={row} shop={shop} confirm={confirm} />,
    },
  ];
  const total = pages.rows.reduce((sum, { payout }) => sum + payout, 0);
  return (
    <>
      {place}
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      <p>
        {t("desk.total_of", { count: pages.rows.length, amount: shop.money(total) })}
        {pages.hasMore && "+"}
      </p>
      <DataTable
        name={t("desk.withdrawals")}
        columns={columns}
        rows={pages.rows}
        keyOf={({ member, id }) => `${member}/${id}`}
        more={pages}
        none={t("desk.no_withdrawals")}
      />
    </>
  );
}

interface ActsProps {
  row: Withdrawal;
  shop: Shop;
  confirm: (question: Question) => void;
}

function Acts({ row, shop, confirm }: ActsProps) {
  const { id, member, payout, account } = row;
  const told = {
    member,
    amount: shop.money(payout),
    account: account ? `${account.label} ${account.reference}` : t("none"),
  };
  const decide = (body: object) => async () => {
    await shop.ask("POST", "withdrawals/decide", { body: { id, member, ...body } });
  };
  const settle = (body: object) => async () => {
    await shop.ask("POST", "withdrawals/paid", { body: { id, member, ...body } });
  };
  if (row.state === "asked")
    return (
      <Space>
        <Button
          size="small"
          onClick={() =>
            confirm({
              title: t("desk.approve"),
              content: <p>{t("desk.approve_lead", told)}</p>,
              choices: [{ label: t("desk.approve"), work: decide({ approve: true }) }],
            })
          }
        >
          {t("desk.approve")}
        </Button>
        <Said
          label={t("desk.reject")}
          lead={t("desk.reject_lead", told)}
          field={t("desk.reason")}
          isDanger
          confirm={confirm}
          work={(reason) => decide({ approve: false, reason })}
        />
      </Space>
    );
  if (row.state === "approved")
    return (
      <Space>
        <Said
          label={t("desk.mark_paid")}
          lead={t("desk.mark_paid_lead", told)}
          field={t("desk.payment_reference")}
          confirm={confirm}
          work={(reference) => settle({ reference })}
        />
        <Button
          size="small"
          danger
          onClick={() =>
            confirm({
              title: t("desk.mark_failed"),
              content: <p>{t("desk.mark_failed_lead", told)}</p>,
              choices: [
                { label: t("desk.mark_failed"), work: settle({ failed: true }), isDanger: true },
              ],
            })
          }
        >
          {t("desk.mark_failed")}
        </Button>
      </Space>
    );
  return null;
}

interface SaidProps {
  label: string;
  lead: string;
  field: string;
  isDanger?: boolean;
  confirm: (question: Question) => void;
  work: (said: string) => () => Promise<void>;
}

/** An act that needs a word with it: a reason, a reference. */
function Said({ label, lead, field, isDanger = false, confirm, work }: SaidProps) {
  const [said, setSaid] = useState("");
  return (
    <Space.Compact size="small">
      <Input
        aria-label={`${label}: ${field}`}
        placeholder={field}
        value={said}
        onChange={(event) => setSaid(event.target.value)}
      />
      <Button
        size="small"
        danger={isDanger}
        disabled={!said.trim()}
        onClick={() =>
          confirm({
            title: label,
            content: (
              <>
                <p>{lead}</p>
                <p>
                  {field}: <strong>{said}</strong>
                </p>
              </>
            ),
            choices: [{ label, work: work(said.trim()), isDanger }],
          })
        }
      >
        {label}
      </Button>
    </Space.Compact>
  );
}

interface Adjustment {
  id: string;
  member: string;
  asset: string;
  amount: number;
  subject: string;
  at: string;
  approvals: string[];
}

function Adjustments() {
  const shop = useShop();
  const pages = usePages<Adjustment>(async (after) => {
    const page = await shop.ask<{ adjustments: Adjustment[]; next: string | null }>(
      "GET",
      "adjustments",
      { query: { after } },
    );
    return { rows: page.adjustments, next: page.next };
  }, []);
  const [confirm, place] = useConfirm(pages.reload);
  const decide = ({ id, member, asset, amount, subject }: Adjustment, approve: boolean) => {
    const label = t(approve ? "desk.approve" : "desk.reject");
    const body = { id, member, asset, amount, reason: subject, below_zero: amount < 0, approve };
    confirm({
      title: label,
      content: (
        <p>
          {t("desk.adjust_lead", {
            member,
            amount: `${shop.balance(amount, asset)} ${assetName(asset)}`,
            reason: subject,
          })}
        </p>
      ),
      choices: [
        {
          label,
          work: async () => void (await shop.ask("POST", "adjustments", { body })),
          isDanger: !approve,
        },
      ],
    });
  };
  const columns: Column<Adjustment>[] = [
    { key: "member", title: t("desk.member"), of: ({ member }) => member },
    {
      key: "amount",
      title: t("desk.amount"),
      of: ({ amount }) => amount,
      show: ({ amount, asset }) => `${shop.balance(amount, asset)} ${assetName(asset)}`,
      isNumber: true,
    },
    { key: "reason", title: t("desk.reason"), of: ({ subject }) => subject },
    { key: "by", title: t("desk.asked_by"), of: ({ approvals }) => approvals.join(", ") },
    { key: "at", title: t("desk.asked_at"), of: ({ at }) => at, show: ({ at }) => <When at={at} /> },
    {
      key: "acts",
      title: t("desk.acts"),
      of: () => null,
      show: (row) => (
        <Space>
          <Button size="small" onClick={() => decide(row, true)}>
            {t("desk.approve")}
          </Button>
          <Button size="small" danger onClick={() => decide(row, false)}>
            {t("desk.reject")}
          </Button>
        </Space>
      ),
    },
  ];
  return (
    <>
      {place}
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      <DataTable
        name={t("desk.adjustments")}
        columns={columns}
        rows={pages.rows}
        keyOf={({ member, id }) => `${member}/${id}`}
        more={pages}
        none={t("desk.no_adjustments")}
      />
    </>
  );
}
