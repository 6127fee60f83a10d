/** Pass points or love value on to another member; told whom and how much before. */

import { useState } from "react";
import { newId } from "../../shared/api";
import { minorOf } from "../../shared/format";
import { useAct, useDraft } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { assetName } from "../../shared/names";
import { useMine } from "../session";
import { Failure } from "./failure";
import { Sheet } from "./sheet";

const HUNDREDTHS = 2;
const ASSETS = ["points", "love", "voucher"];

interface Props {
  balances: Record<string, number>;
  close: () => void;
}

export function Transfer({ balances, close }: Props) {
  const { ask, balance } = useMine();
  const [id] = useState(newId);
  const held = ASSETS.filter((asset) => (balances[asset] ?? 0) > 0);
  const [typed, change, drop] = useDraft("transfer", { to: "", asset: held[0] ?? "", amount: "" });
  const { isBusy, error, act } = useAct();
  const amount = minorOf(typed.amount, HUNDREDTHS);
  const has = balances[typed.asset] ?? 0;
  const isPossible = amount !== null && amount > 0 && amount <= has && typed.to.trim() !== "";
  const go = async () => {
    const body = { id, to: typed.to.trim(), asset: typed.asset, amount };
    if (await act(() => ask("POST", "me/transfers", { body }))) {
      drop();
      close();
    }
  };
  const what = isPossible ? `${balance(amount, typed.asset)} ${assetName(typed.asset)}` : "";
  return (
    <Sheet
      title={t("wallet.transfer")}
      close={close}
      act={
        <button type="button" className="danger" disabled={!isPossible || isBusy} onClick={() => void go()}>
          {t("wallet.transfer")}
        </button>
      }
    >
      {held.length === 0 && <p>{t("wallet.nothing_to_transfer")}</p>}
      {held.length > 0 && (
        <>
          <label>
            {t("wallet.transfer_to")}
            <input
              value={typed.to}
              onInput={(event) => change({ ...typed, to: event.currentTarget.value })}
            />
          </label>
          <label>
            {t("wallet.asset")}
            <select
              value={typed.asset}
              onChange={(event) => change({ ...typed, asset: event.currentTarget.value })}
            >
              {held.map((asset) => (
                <option key={asset} value={asset}>
                  {assetName(asset)} ({balance(balances[asset] ?? 0, asset)})
                </option>
              ))}
            </select>
          </label>
          <label>
            {t("wallet.amount")}
            <input
              inputMode="decimal"
              value={typed.amount}
              onInput={(event) => change({ ...typed, amount: event.currentTarget.value })}
            />
          </label>
          {isPossible && <p>{t("wallet.transfer_lead", { what, to: typed.to.trim() })}</p>}
        </>
      )}
      {error !== null && <Failure error={error} />}
    </Sheet>
  );
}
