/** Enter a bill at the desk: how much, and of whom by code; and the code that hangs at the desk. */

import { Alert, Button, Space } from "antd";
import { useEffect, useState } from "react";
import { Failure } from "../../desk/parts/failure";
import { useConfirm } from "../../desk/parts/confirm";
import { newId } from "../../shared/api";
import { decimalsOf, minorOf, moment } from "../../shared/format";
import { useAnswer, useDraft } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { QrCode } from "../../shared/qr";
import type { BillShown, OwnInvitation } from "../../shared/types";
import { Field, Head } from "../parts";
import { useStore, Waiting } from "../store";

const CODE = /^[0-9A-HJKMNP-TV-Z]{8}$/;

export default function Bill() {
  const { ask, store, money } = useStore();
  const [id, setId] = useState(newId);
  const [typed, change, drop] = useDraft(`bill.${store.id}`, { amount: "", code: "" });
  const [done, setDone] = useState<BillShown | null>(null);
  const [confirm, question] = useConfirm(() => undefined);
  const amount = minorOf(typed.amount, decimalsOf(store.currency));
  const code = typed.code.replaceAll(/[\s-]/g, "").toUpperCase();
  const isAmount = amount !== null && amount > 0;
  const isCode = code === "" || CODE.test(code);
  const enter = (event: React.FormEvent) => {
    event.preventDefault();
    if (!isAmount || !isCode) return;
    confirm({
      title: t("merchant.bill_confirm", { amount: money(amount) }),
      content: (
        <p>
          {code === "" ? t("merchant.bill_guest") : t("merchant.bill_of", { code })}{" "}
          {t("merchant.bill_final")}
        </p>
      ),
      choices: [
        {
          label: t("merchant.bill_enter", { amount: money(amount) }),
          work: async () => {
            const body = { id, store: store.id, amount, ...(code === "" ? {} : { code }) };
            setDone(await ask<BillShown>("POST", "store/bills", { body }));
            setId(newId());
            drop();
          },
        },
      ],
    });
  };
  return (
    <>
      <Head title={t("merchant.bill")} />
      {done && (
        <Alert
          type="success"
          showIcon
          role="status"
          title={t("merchant.bill_done", {
            amount: money(done.amount),
            order: done.order,
            at: moment(done.at),
          })}
        />
      )}
      <form onSubmit={enter}>
        <Field
          label={t("merchant.amount")}
          value={typed.amount}
          isNumber
          isWrong={typed.amount.trim() !== "" && !isAmount}
          note={typed.amount.trim() !== "" && !isAmount ? t("merchant.amount_wrong") : undefined}
          change={(value) => change({ ...typed, amount: value })}
        />
        <Field
          label={t("merchant.code")}
          value={typed.code}
          isWrong={!isCode}
          note={isCode ? t("merchant.code_note") : t("merchant.code_wrong")}
          change={(value) => change({ ...typed, code: value })}
        />
        <Button type="primary" htmlType="submit" size="large" disabled={!isAmount || !isCode}>
          {t("merchant.bill_go")}
        </Button>
      </form>
      {question}
      <DeskCard />
    </>
  );
}

/** A card for the desk, A5: who scans it is invited by the store's people, and gets a code. */
function DeskCard() {
  const { ask, store } = useStore();
  const answer = useAnswer<OwnInvitation>((signal) => ask("GET", "me/invite", { signal }), []);
  useEffect(() => {
    const frame = document.querySelector(".merchant");
    frame?.classList.add("prints-card");
    return () => frame?.classList.remove("prints-card");
  }, []);
  const code = answer.data?.code ?? "";
  const link = answer.data?.link ?? `${location.origin}/i/${code}`;
  return (
    <section>
      <h2>{t("merchant.card")}</h2>
      <p>{t("merchant.card_lead")}</p>
      {answer.data ? (
        <>
          <div className="desk-card">
            <h3>{store.name ?? store.id}</h3>
            <p>{t("merchant.card_scan")}</p>
            <QrCode of={link} label={t("merchant.card_alt")} />
            <p className="code">{code.replace(/^(.{4})/, "$1 ")}</p>
            <p>{t("merchant.card_how")}</p>
          </div>
          <Space>
            <Button onClick={() => print()}>{t("merchant.card_print")}</Button>
          </Space>
        </>
      ) : (
        <Waiting answer={answer} />
      )}
      {answer.error !== null && answer.data && <Failure error={answer.error} again={answer.reload} />}
    </section>
  );
}
