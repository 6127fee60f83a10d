/** Withdrawals: asked, approved, paid, with totals; and adjustments that wait for a second person. */

import { Button, Space, Tabs } from "antd";
import { useState } from "react";
import { useAct, usePages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { assetName } from "../../shared/names";
import type { Withdrawal, Withdrawals } from "../../shared/types";
import { type Question, useConfirm } from "../parts/confirm";
import * as column from "../parts/columns";
import { type Column, PagedTable } from "../parts/data-table";
import { Failure } from "../parts/failure";
import { Head } from "../parts/page";
import { Id } from "../parts/words";
import { saveText } from "../csv";
import { useQuery } from "../query";
import { at } from "../settings/document";
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
  const [totals, setTotals] = useState<Withdrawals["totals"]>(null);
  const pages = usePages<Withdrawal>(
    async (after) => {
      const page = await shop.ask<Withdrawals>("GET", "withdrawals", { query: { state, after } });
      if (page.totals) setTotals(page.totals);
      return { rows: page.withdrawals, next: page.next };
    },
    [state],
  );
  const [confirm, place] = useConfirm(pages.reload);
  const columns: Column<Withdrawal>[] = [
    column.member(),
    column.money(shop, "amount", t("desk.amount")),
    column.money(shop, "payout", t("desk.payout")),
    {
      key: "account",
      title: t("desk.account_to"),
      of: ({ account }) => account && `${account.label} ${account.reference}`,
    },
    column.at(t("desk.asked_at"), (row) => row.at),
    ...(state === "asked"
      ? []
      : [column.at<Withdrawal>(t("desk.decided_at"), (row) => row.decided_at, "decided")]),
    ...(state === "paid" || state === "failed"
      ? [column.at<Withdrawal>(t("desk.settled_at"), (row) => row.settled_at, "settled")]
      : []),
    column.state("withdrawal"),
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
  return (
    <>
      {place}
      <Space wrap>
        {totals && (
          <span>
            {t("desk.totals", {
              count: totals.count,
              amount: shop.money(totals.amount),
              fee: shop.money(totals.fee),
              payout: shop.money(totals.payout),
            })}
          </span>
        )}
        {state === "approved" && pages.rows.length > 0 && <BankFile shop={shop} />}
      </Space>
      <PagedTable
        name={t("desk.withdrawals")}
        columns={columns}
        pages={pages}
        keyOf={({ member, id }) => `${member}/${id}`}
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
  const { id, member, amount, payout, account } = row;
  const told = {
    member,
    amount: shop.money(payout),
    account: account ? `${account.label} ${account.reference}` : t("none"),
  };
  const post = (what: string, body: object) =>
    shop.ask("POST", `withdrawals/${what}`, { body: { id, member, ...body } });
  const two = at(shop.settings.settings, ["wallet", "two_approvals_above"]);
  const needsTwo = typeof two === "number" && amount > two;
  const approvals = row.approvals ?? [];
  if (row.state === "asked")
    return (
      <Space>
        <Button
          size="small"
          onClick={() =>
            confirm({
              title: t("desk.approve"),
              content: (
                <>
                  <p>{t("desk.approve_lead", told)}</p>
                  {needsTwo && (
                    <p>
                      {approvals.length > 0
                        ? t("desk.second_approval", { who: approvals.join(", ") })
                        : t("desk.first_approval", { above: shop.money(two) })}
                    </p>
                  )}
                </>
              ),
              choices: [{ label: t("desk.approve"), work: () => post("decide", { approve: true }) }],
            })
          }
        >
          {t(needsTwo && approvals.length > 0 ? "desk.approve_second" : "desk.approve")}
        </Button>
        <Button
          size="small"
          danger
          onClick={() =>
            confirm({
              title: t("desk.reject"),
              content: <p>{t("desk.reject_lead", told)}</p>,
              asks: t("desk.reason_to_member"),
              choices: [
                {
                  label: t("desk.reject"),
                  isDanger: true,
                  work: (reason) => post("decide", { approve: false, reason }),
                },
              ],
            })
          }
        >
          {t("desk.reject")}
        </Button>
      </Space>
    );
  if (row.state === "approved")
    return (
      <Space>
        <Button
          size="small"
          onClick={() =>
            confirm({
              title: t("desk.mark_paid"),
              content: <p>{t("desk.mark_paid_lead", told)}</p>,
              asks: t("desk.payment_reference"),
              choices: [
                { label: t("desk.mark_paid"), work: (reference) => post("paid", { reference }) },
              ],
            })
          }
        >
          {t("desk.mark_paid")}
        </Button>
        <Button
          size="small"
          danger
          onClick={() =>
            confirm({
              title: t("desk.mark_failed"),
              content: <p>{t("desk.mark_failed_lead", told)}</p>,
              choices: [
                {
                  label: t("desk.mark_failed"),
                  work: () => post("paid", { failed: true }),
                  isDanger: true,
                },
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

/** What is approved, as the bank takes it; payout references stand in it and nowhere else. */
function BankFile({ shop }: { shop: Shop }) {
  const { isBusy, error, act } = useAct();
  const fetched = async () => saveText("payouts", await shop.ask<string>("GET", "withdrawals/file"));
  return (
    <>
      <Button loading={isBusy} onClick={() => void act(fetched)}>
        {t("desk.bank_file")}
      </Button>
      {error !== null && <Failure error={error} />}
    </>
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
    column.member(),
    column.balance(shop, "amount", t("desk.amount")),
    { key: "reason", title: t("desk.reason"), of: ({ subject }) => subject },
    { key: "by", title: t("desk.asked_by"), of: ({ approvals }) => approvals.join(", ") },
    column.at(t("desk.asked_at"), (row) => row.at),
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
      <PagedTable
        name={t("desk.adjustments")}
        columns={columns}
        pages={pages}
        keyOf={({ member, id }) => `${member}/${id}`}
        none={t("desk.no_adjustments")}
      />
    </>
  );
}
