/** Adds to a member's balance or takes from it: seen before it is sent, kept with its reason. */

import { Alert, Button, Checkbox, Drawer, Form, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { newId } from "../../shared/api";
import { decimalsOf, minorOf } from "../../shared/format";
import { t } from "../../shared/i18n";
import { assetName } from "../../shared/names";
import type { Adjust as Body, MemberFound, Receipt } from "../../shared/types";
import { useShop } from "../shop";
import { useConfirm } from "./confirm";

const ASSETS: Body["asset"][] = ["cash", "points", "love", "love_frozen", "voucher"];
const HUNDREDTHS = 2;

interface Props {
  member: MemberFound;
  close: () => void;
  done: () => void;
}

export function Adjust({ member, close, done }: Props) {
  const shop = useShop();
  const [id, setId] = useState(newId);
  const [asset, setAsset] = useState<Body["asset"]>("cash");
  const [isDebit, setDebit] = useState(false);
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [belowZero, setBelowZero] = useState(false);
  const [receipt, setReceipt] = useState<Receipt | null>(null);
  const [confirm, place] = useConfirm(done);
  const whole = minorOf(typed, asset === "cash" ? decimalsOf(shop.currency) : HUNDREDTHS);
  const isAmount = whole !== null && whole > 0;
  const amount = (whole ?? 0) * (isDebit ? -1 : 1);
  const before = member.balances[asset] ?? 0;
  const show = (minor: number) => `${shop.balance(minor, asset)} ${assetName(asset)}`;
  const ask = () =>
    confirm({
      title: t("desk.adjust"),
      content: (
        <>
          <p>
            {t("desk.adjust_lead", {
              member: member.nickname ?? member.id,
              amount: show(amount),
              reason,
            })}
          </p>
          <p>{t("desk.adjust_after", { before: show(before), after: show(before + amount) })}</p>
        </>
      ),
      choices: [
        {
          label: t("desk.adjust"),
          isDanger: isDebit,
          work: async () => {
            const body: Body = {
              id,
              member: member.id,
              asset,
              amount,
              reason: reason.trim(),
              below_zero: belowZero,
            };
            setReceipt(await shop.ask<Receipt>("POST", "adjustments", { body }));
            setId(newId());
            setTyped("");
            setReason("");
          },
        },
      ],
    });
  return (
    <Drawer open onClose={close} title={t("desk.adjust_of", { member: member.nickname ?? member.id })}>
      {place}
      <Form layout="vertical" onFinish={ask}>
        <Form.Item label={t("desk.asset")} htmlFor="adjust-asset">
          <Select
            id="adjust-asset"
            value={asset}
            onChange={setAsset}
            options={ASSETS.map((value) => ({ value, label: assetName(value) }))}
          />
        </Form.Item>
        <Form.Item>
          <Segmented
            aria-label={t("desk.direction")}
            value={isDebit ? "debit" : "credit"}
            options={["credit", "debit"].map((value) => ({ value, label: t(`desk.${value}`) }))}
            onChange={(value) => setDebit(value === "debit")}
          />
        </Form.Item>
        <Form.Item
          label={t("desk.amount")}
          htmlFor="adjust-amount"
          validateStatus={typed && !isAmount ? "error" : ""}
          help={typed && !isAmount ? t("desk.not_an_amount") : undefined}
        >
          <Input
            id="adjust-amount"
            inputMode="decimal"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Form.Item>
        {isDebit && (
          <Form.Item>
            <Checkbox checked={belowZero} onChange={(event) => setBelowZero(event.target.checked)}>
              {t("desk.below_zero")}
            </Checkbox>
          </Form.Item>
        )}
        <Form.Item label={t("desk.reason")} htmlFor="adjust-reason">
          <Input.TextArea
            id="adjust-reason"
            rows={2}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </Form.Item>
        {isAmount && (
          <p role="status">
            {t("desk.adjust_after", { before: show(before), after: show(before + amount) })}
          </p>
        )}
        <Button type="primary" htmlType="submit" disabled={!isAmount || !reason.trim()}>
          {t("desk.adjust_go")}
        </Button>
      </Form>
      {receipt && (
        <Alert
          type={receipt.state === "done" ? "success" : "info"}
          title={t(receipt.state === "done" ? "desk.adjusted" : "desk.adjust_waits")}
        />
      )}
    </Drawer>
  );
}
