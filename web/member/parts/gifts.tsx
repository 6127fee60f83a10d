/** Gifts that can be redeemed now, and what I redeemed. */

import { useState } from "react";
import { newId } from "../../shared/api";
import { moment } from "../../shared/format";
import { useAct, usePages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { assetName } from "../../shared/names";
import type { Gift, Redemption } from "../../shared/types";
import { useMine } from "../session";
import { Failure } from "./failure";
import { LongList } from "./list";
import { Sheet } from "./sheet";

interface Props {
  balances: Record<string, number>;
  close: () => void;
}

export function Gifts({ balances, close }: Props) {
  const mine = useMine();
  const [chosen, setChosen] = useState<Gift | null>(null);
  const [id] = useState(newId);
  const { isBusy, error, act } = useAct();
  const gifts = usePages<Gift>(async (after) => {
    const page = await mine.ask<{ gifts: Gift[]; next: string | null }>("GET", "gifts", {
      query: { after },
    });
    return { rows: page.gifts, next: page.next };
  }, []);
  const priceOf = ({ price, asset }: Gift) => `${mine.balance(price, asset)} ${assetName(asset)}`;
  const redeem = async () => {
    const body = { id, gift: chosen?.id };
    if (await act(() => mine.ask("POST", "me/redemptions", { body }))) close();
  };
  return (
    <Sheet
      title={t("wallet.gifts")}
      close={close}
      act={
        chosen && (
          <button type="button" className="danger" disabled={isBusy} onClick={() => void redeem()}>
            {t("wallet.redeem", { price: priceOf(chosen) })}
          </button>
        )
      }
    >
      {gifts.error !== null && <Failure error={gifts.error} again={gifts.reload} />}
      {!gifts.isLoading && gifts.rows.length === 0 && <p>{t("wallet.no_gifts")}</p>}
      <fieldset className="offers">
        <legend className="unseen">{t("wallet.gifts")}</legend>
        {gifts.rows.map((gift) => (
          <label key={gift.id} className="card">
            <input
              type="radio"
              name="gift"
              disabled={(balances[gift.asset] ?? 0) < gift.price || !gift.open}
              checked={chosen?.id === gift.id}
              onChange={() => setChosen(gift)}
            />{" "}
            {gift.picture_url && (
              <img className="gift" src={gift.picture_url} alt="" referrerPolicy="no-referrer" />
            )}
            <strong>{gift.name}</strong> {priceOf(gift)}
            {gift.stock !== null && (
              <span className="quiet"> {t("wallet.in_stock", { count: gift.stock })}</span>
            )}
            {gift.ends_at !== null && (
              <span className="quiet"> {t("wallet.until", { day: moment(gift.ends_at) })}</span>
            )}
            {(balances[gift.asset] ?? 0) < gift.price && (
              <span className="quiet"> {t("error.insufficient_balance")}</span>
            )}
          </label>
        ))}
      </fieldset>
      {chosen && (
        <p>
          {t("wallet.redeem_lead", {
            price: priceOf(chosen),
            left: mine.balance((balances[chosen.asset] ?? 0) - chosen.price, chosen.asset),
          })}
        </p>
      )}
      {error !== null && <Failure error={error} />}
      <Redeemed names={new Map(gifts.rows.map((gift) => [gift.id, gift.name]))} />
    </Sheet>
  );
}

function Redeemed({ names }: { names: ReadonlyMap<string, string> }) {
  const mine = useMine();
  const pages = usePages<Redemption>(async (after) => {
    const page = await mine.ask<{ redemptions: Redemption[]; next: string | null }>(
      "GET",
      "me/redemptions",
      { query: { after } },
    );
    return { rows: page.redemptions, next: page.next };
  }, []);
  if (pages.rows.length === 0) return null;
  return (
    <>
      <h3>{t("wallet.redeemed")}</h3>
      <LongList
        className="movements"
        rows={pages.rows}
        keyOf={({ id }) => id}
        more={pages.hasMore && !pages.isLoading ? pages.more : undefined}
        show={(each) => (
          <>
            <span>
              {names.get(each.gift) ?? each.gift} × {each.quantity}
            </span>
            <span className="badge">{t(`redemption.${each.state}`)}</span>
            <span className="quiet">
              {moment(each.at)} {each.tracking}
            </span>
          </>
        )}
      />
    </>
  );
}
