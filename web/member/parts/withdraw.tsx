/** Ask for cash to be paid out: how much, and where to. */

import { useState } from "react";
import { newId } from "../../shared/api";
import { decimalsOf, minorOf } from "../../shared/format";
import { useAct, useDraft } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { useMine } from "../session";
import { Failure } from "./failure";
import { Sheet } from "./sheet";

export function Withdraw({ cash, close }: { cash: number; close: () => void }) {
  const { ask, money, currency } = useMine();
  const [id] = useState(newId);
  const [typed, change, drop] = useDraft("withdraw", { amount: "", label: "", reference: "" });
  const { isBusy, error, act } = useAct();
  const amount = minorOf(typed.amount, decimalsOf(currency));
  const isPossible = amount !== null && amount > 0 && amount <= cash;
  const go = async () => {
    const account = { label: typed.label.trim(), reference: typed.reference.trim() };
    const body = { id, amount, account };
    if (await act(() => ask("POST", "me/withdrawals", { body }))) {
      drop();
      close();
    }
  };
  const set = (field: string) => (event: { currentTarget: HTMLInputElement }) =>
    change({ ...typed, [field]: event.currentTarget.value });
  return (
    <Sheet
      title={t("wallet.withdraw")}
      close={close}
      act={
        <button
          type="button"
          className="primary"
          disabled={!isPossible || !typed.label.trim() || !typed.reference.trim() || isBusy}
          onClick={() => void go()}
        >
          {isPossible ? t("wallet.withdraw_now", { amount: money(amount) }) : t("wallet.withdraw")}
        </button>
      }
    >
      <p>{t("wallet.can_withdraw", { amount: money(cash) })}</p>
      <label>
        {t("wallet.amount")}
        <input inputMode="decimal" value={typed.amount} onInput={set("amount")} />
      </label>
      {typed.amount && !isPossible && <p role="alert">{t("wallet.not_possible", { amount: money(cash) })}</p>}
      <label>
        {t("wallet.account_label")}
        <input value={typed.label} maxLength={500} onInput={set("label")} />
      </label>
      <label>
        {t("wallet.account_reference")}
        <input value={typed.reference} maxLength={500} onInput={set("reference")} />
      </label>
      <p className="quiet">{t("wallet.withdraw_lead")}</p>
      {error !== null && <Failure error={error} />}
    </Sheet>
  );
}
