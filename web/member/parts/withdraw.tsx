/** Ask for cash to be paid out: how much, what arrives of it, and where to. */

import { useState } from "react";
import { newId } from "../../shared/api";
import { decimalsOf, minorOf, percent } from "../../shared/format";
import { useAct, useDraft } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import type { WithdrawalTerms } from "../../shared/types";
import { useMine } from "../session";
import { Failure } from "./failure";
import { Sheet } from "./sheet";

const WHOLE = 10_000;

interface Props {
  cash: number;
  terms: WithdrawalTerms;
  close: () => void;
}

export function Withdraw({ cash, terms, close }: Props) {
  const { ask, money, currency } = useMine();
  const [id] = useState(newId);
  const [typed, change, drop] = useDraft("withdraw", { amount: "", label: "", reference: "" });
  const { isBusy, error, act } = useAct();
  const digits = decimalsOf(currency);
  const amount = minorOf(typed.amount, digits);
  const wrong = typed.amount.trim() === "" ? null : wrongWith(amount, cash, terms, money);
  const isPossible = amount !== null && wrong === null;
  const isOver = terms.left_today === 0;
  const fee = isPossible ? feeOf(amount, terms.fee_bps) : 0;
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
  const isWhole = isPossible && typed.label.trim() !== "" && typed.reference.trim() !== "";
  return (
    <Sheet
      title={t("wallet.withdraw")}
      close={close}
      act={
        <button
          type="button"
          className="primary"
          disabled={!isWhole || isOver || isBusy}
          onClick={() => void go()}
        >
          {isPossible ? t("wallet.withdraw_now", { amount: money(amount) }) : t("wallet.withdraw")}
        </button>
      }
    >
      <p>{t("wallet.can_withdraw", { amount: money(cash) })}</p>
      <p className="quiet">
        {[
          terms.least > 0 && t("wallet.least", { amount: money(terms.least) }),
          t("wallet.fee_is", { share: percent(terms.fee_bps) }),
          terms.left_today !== null && t("wallet.left_today", { count: terms.left_today }),
        ]
          .filter(Boolean)
          .join(" ")}
      </p>
      <label>
        {t("wallet.amount")}
        <input
          inputMode="decimal"
          value={typed.amount}
          aria-invalid={wrong !== null}
          onInput={set("amount")}
        />
      </label>
      {wrong !== null && <p role="alert">{wrong}</p>}
      {isPossible && typed.amount.trim() !== "" && (
        <dl className="facts">
          <div>
            <dt>{t("wallet.fee")}</dt>
            <dd>{money(fee)}</dd>
          </div>
          <div>
            <dt>{t("wallet.arrives")}</dt>
            <dd>
              <strong>{money(amount - fee)}</strong>
            </dd>
          </div>
        </dl>
      )}
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

/** Return the fee of an amount, rounded down as the books round it. */
export function feeOf(amount: number, fee_bps: number): number {
  return Number((BigInt(amount) * BigInt(fee_bps)) / BigInt(WHOLE));
}

function wrongWith(
  amount: number | null,
  cash: number,
  { least }: WithdrawalTerms,
  money: (minor: number) => string,
): string | null {
  if (amount === null || amount <= 0 || amount > cash)
    return t("wallet.not_possible", { amount: money(Math.max(cash, 0)) });
  return amount < least ? t("wallet.below", { amount: money(least) }) : null;
}
