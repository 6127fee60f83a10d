/** What I have, what I can do with it, and every movement by day. */

import { useState } from "react";
import { moment, shortDay } from "../../shared/format";
import { useAnswer, usePages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { assetName } from "../../shared/names";
import type { Wallet, Withdrawal, Withdrawals } from "../../shared/types";
import { Collect } from "../parts/collect";
import { Failure } from "../parts/failure";
import { Figure } from "../parts/figure";
import { Gifts } from "../parts/gifts";
import { LongList } from "../parts/list";
import { useOpen } from "../parts/open";
import { AsOf, Page } from "../parts/page";
import { Statement } from "../parts/statement";
import { Transfer } from "../parts/transfer";
import { Withdraw } from "../parts/withdraw";
import { useMine } from "../session";

export function WalletView() {
  const mine = useMine();
  const [turn, setTurn] = useState(0);
  const [open, setOpen, shut] = useOpen();
  const wallet = useAnswer<Wallet>((signal) => mine.ask("GET", "me/wallet", { signal }), [turn]);
  const withdrawals = useWithdrawals(turn);
  const again = () => setTurn(turn + 1);
  const done = () => {
    shut();
    again();
  };
  const balances = wallet.data?.balances;
  return (
    <Page title={t("tab.wallet")} isBusy={wallet.isLoading}>
      {wallet.error !== null && <Failure error={wallet.error} again={wallet.reload} />}
      <dl className="figures">
        {Object.entries({ cash: 0, ...balances }).map(([asset, amount]) => (
          <Figure
            key={asset}
            title={assetName(asset)}
            value={balances && mine.balance(amount, asset)}
            isMissing={wallet.error !== null}
          />
        ))}
      </dl>
      <AsOf at={wallet.at} />
      {wallet.data && <OnItsWay wallet={wallet.data} done={again} />}
      <div className="row">
        <button type="button" className="primary" onClick={() => setOpen("withdraw")}>
          {t("wallet.withdraw")}
        </button>
        <button type="button" onClick={() => setOpen("transfer")}>
          {t("wallet.transfer")}
        </button>
        <button type="button" onClick={() => setOpen("gifts")}>
          {t("wallet.gifts")}
        </button>
      </div>
      {balances && open === "withdraw" && withdrawals.terms && (
        <Withdraw cash={balances.cash ?? 0} terms={withdrawals.terms} close={done} />
      )}
      {balances && open === "transfer" && <Transfer balances={balances} close={done} />}
      {balances && open === "gifts" && <Gifts balances={balances} close={done} />}
      <Withdrawn pages={withdrawals} />
      <Statement turn={turn} />
    </Page>
  );
}

/** What is pending, by the day on which it becomes available; and what waits to be collected. */
function OnItsWay({ wallet, done }: { wallet: Wallet; done: () => void }) {
  const { money } = useMine();
  const days = new Map<string, number>();
  for (const { amount, available_at } of wallet.on_its_way) {
    const when =
      available_at === null
        ? t("member.when_completed")
        : t("member.from_day", { day: shortDay(available_at) });
    days.set(when, (days.get(when) ?? 0) + amount);
  }
  return (
    <>
      {wallet.collectable > 0 && <Collect amount={wallet.collectable} done={done} />}
      {days.size > 0 && (
        <details>
          <summary>{t("member.on_its_way")}</summary>
          <dl className="facts">
            {[...days].map(([when, amount]) => (
              <div key={when}>
                <dt>{when}</dt>
                <dd>{money(amount)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

function useWithdrawals(turn: number) {
  const { ask } = useMine();
  const [terms, setTerms] = useState<Withdrawals["terms"]>(null);
  const pages = usePages<Withdrawal>(
    async (after) => {
      const page = await ask<Withdrawals>("GET", "me/withdrawals", { query: { after } });
      if (page.terms) setTerms(page.terms);
      return { rows: page.withdrawals, next: page.next };
    },
    [turn],
  );
  return { ...pages, terms };
}

const STEPS = ["asked", "approved", "paid"];

/** My withdrawals, each with its way: asked → approved → paid. */
function Withdrawn({ pages }: { pages: ReturnType<typeof useWithdrawals> }) {
  const { money } = useMine();
  if (pages.error !== null) return <Failure error={pages.error} again={pages.reload} />;
  if (pages.rows.length === 0) return null;
  return (
    <details open={pages.rows.some(({ state }) => state === "asked" || state === "approved")}>
      <summary>{t("wallet.withdrawals")}</summary>
      <LongList
        className="movements"
        rows={pages.rows}
        keyOf={({ id }) => id}
        more={pages.hasMore && !pages.isLoading ? pages.more : undefined}
        show={(each) => (
          <>
            <span>
              {each.account
                ? t("wallet.to_account", {
                    account: `${each.account.label} ${each.account.reference}`,
                  })
                : t("wallet.withdraw")}
            </span>
            <span className="number">{money(each.amount)}</span>
            <ol className="way">
              {wayOf(each.state).map((step) => (
                <li key={step} aria-current={step === each.state ? "step" : undefined}>
                  {t(`withdrawal.${step}`)}
                  {whenOf(each, step) && <time>{moment(whenOf(each, step) ?? "")}</time>}
                </li>
              ))}
            </ol>
            <span className="quiet">
              {[
                t("wallet.fee_and_rest", { fee: money(each.fee), rest: money(each.payout) }),
                each.reason,
                each.payment && t("wallet.payment", { reference: each.payment }),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </>
        )}
      />
    </details>
  );
}

/** When a step was taken; nothing where it was not, or before that was kept. */
const whenOf = ({ at, decided_at, settled_at }: Withdrawal, step: string): string | null =>
  step === "asked" ? at : step === "approved" || step === "rejected" ? decided_at : settled_at;

function wayOf(state: string): string[] {
  if (state === "rejected") return ["asked", "rejected"];
  return state === "failed" ? ["asked", "approved", "failed"] : STEPS;
}
