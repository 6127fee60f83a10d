/** The offers side by side, with what is given up; none is chosen beforehand. */

import { useState } from "react";
import { useAct } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { assetName } from "../../shared/names";
import type { Entry } from "../../shared/types";
import { useMine } from "../session";
import { Failure } from "./failure";
import { Sheet } from "./sheet";

export function Exchange({ entry, close }: { entry: Entry; close: () => void }) {
  const { ask, money, balance, titles } = useMine();
  const [into, setInto] = useState<string | null>(null);
  const { isBusy, error, act } = useAct();
  const button = titles.exchange ?? t("member.exchange");
  const go = async () => {
    const body = { queue: entry.queue, entry: entry.entry, into };
    if (await act(() => ask("POST", "me/entries/exchange", { body }))) close();
  };
  return (
    <Sheet
      title={t("member.exchange_title", { button, order: entry.order_id })}
      close={close}
      act={
        <button type="button" className="danger" disabled={!into || isBusy} onClick={() => void go()}>
          {button}
        </button>
      }
    >
      <p>
        {entry.waiting === null
          ? t("member.exchange_lead_hidden")
          : t("member.exchange_lead", { waiting: money(entry.waiting) })}
      </p>
      <fieldset className="offers">
        <legend className="unseen">{button}</legend>
        <div className="beside">
          {Object.entries(entry.exchange).map(([asset, amount]) => (
            <label key={asset} className="card">
              <input
                type="radio"
                name="into"
                checked={into === asset}
                onChange={() => setInto(asset)}
              />{" "}
              <strong>{assetName(asset)}</strong>
              <dl>
                <dt>{t("exchange.got")}</dt>
                <dd>{balance(amount, asset)}</dd>
                {entry.waiting !== null && (
                  <>
                    <dt>{t("exchange.given_up")}</dt>
                    <dd>{money(entry.waiting)}</dd>
                  </>
                )}
              </dl>
            </label>
          ))}
        </div>
      </fieldset>
      {error !== null && <Failure error={error} />}
    </Sheet>
  );
}
