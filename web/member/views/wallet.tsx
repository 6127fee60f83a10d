/** What I have, what I can do with it, and every movement by day. */

import { useState } from "react";
import { useLocation, useSearch } from "wouter";
import { day, moment } from "../../shared/format";
import { useAnswer, usePages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { assetName, movementName, rewardName } from "../../shared/names";
import type { StatementLine, StatementPage, Wallet, Withdrawal, Withdrawals } from "../../shared/types";
import { Failure } from "../parts/failure";
import { LongList } from "../parts/list";
import { Gifts } from "../parts/gifts";
import { Transfer } from "../parts/transfer";
import { Withdraw } from "../parts/withdraw";
import { useMine } from "../session";

type Sheet = "withdraw" | "transfer" | "gifts";
const FILTERS = ["", "cash", "pending", "points", "love", "love_frozen", "voucher"];

export function WalletView() {
  const mine = useMine();
  const [turn, setTurn] = useState(0);
  const [open, setOpen] = useState<Sheet | null>(null);
  const wallet = useAnswer<Wallet>((signal) => mine.ask("GET", "me/wallet", { signal }), [turn]);
  const done = () => {
    setOpen(null);
    setTurn(turn + 1);
  };
  const balances = wallet.data?.balances ?? {};
  return (
    <main aria-busy={wallet.isLoading}>
      <h1>{t("tab.wallet")}</h1>
      {wallet.error !== null && <Failure error={wallet.error} again={wallet.reload} />}
      <dl className="figures">
        {Object.entries({ cash: 0, ...balances }).map(([asset, amount]) => (
          <div key={asset}>
            <dt>{assetName(asset)}</dt>
            <dd>{mine.balance(amount, asset)}</dd>
          </div>
        ))}
      </dl>
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
      {open === "withdraw" && <Withdraw cash={balances.cash ?? 0} close={done} />}
      {open === "transfer" && <Transfer balances={balances} close={done} />}
      {open === "gifts" && <Gifts balances={balances} close={done} />}
      <Withdrawn turn={turn} />
      <Statement turn={turn} />
    </main>
  );
}

const STEPS = ["asked", "approved", "paid"];

/** My withdrawals, each with its way: asked → approved → paid. */
function Withdrawn({ turn }: { turn: number }) {
  const mine = useMine();
  const pages = usePages<Withdrawal>(
    async (after) => {
      const page = await mine.ask<Withdrawals>("GET", "me/withdrawals", { query: { after } });
      return { rows: page.withdrawals, next: page.next };
    },
    [turn],
  );
  if (pages.error !== null) return <Failure error={pages.error} again={pages.reload} />;
  if (pages.rows.length === 0) return null;
  return (
    <details open={pages.rows.some(({ state }) => state === "asked" || state === "approved")}>
      <summary>{t("wallet.withdrawals")}</summary>
      <LongList
        className="movements"
        rows={pages.rows}
        keyOf={({ id }) => id}
        more={pages.hasMore ? pages.more : undefined}
        show={(each) => (
          <>
            <span>{t("wallet.to_account", { account: each.account?.label ?? t("none") })}</span>
            <span className="number">{mine.money(each.payout)}</span>
            <ol className="way">
              {wayOf(each.state).map((step) => (
                <li key={step} aria-current={step === each.state ? "step" : undefined}>
                  {t(`withdrawal.${step}`)}
                </li>
              ))}
            </ol>
            <span className="quiet">
              {moment(each.at)} {each.reason}
            </span>
          </>
        )}
      />
    </details>
  );
}

function wayOf(state: string): string[] {
  if (state === "rejected") return ["asked", "rejected"];
  return state === "failed" ? ["asked", "approved", "failed"] : STEPS;
}

function Statement({ turn }: { turn: number }) {
  const { ask, balance } = useMine();
  const [, go] = useLocation();
  const asset = new URLSearchParams(useSearch()).get("asset") ?? "";
  const pages = usePages<StatementLine>(
    async (after) => {
      const page = await ask<StatementPage>("GET", "me/statement", { query: { asset, after } });
      return { rows: page.lines, next: page.next };
    },
    [turn, asset],
  );
  return (
    <section>
      <h2>{t("member.statement")}</h2>
      <label>
        {t("wallet.filter")}
        <select
          value={asset}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            go(chosen ? `/wallet?asset=${chosen}` : "/wallet", { replace: true });
          }}
        >
          {FILTERS.map((each) => (
            <option key={each} value={each}>
              {each ? assetName(each) : t("wallet.all")}
            </option>
          ))}
        </select>
      </label>
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      {!pages.isLoading && pages.rows.length === 0 && pages.error === null && (
        <p>{t("member.no_movements")}</p>
      )}
      <LongList
        className="movements"
        rows={pages.rows}
        keyOf={(line) => `${line.source} ${line.at} ${pages.rows.indexOf(line)}`}
        more={pages.hasMore && !pages.isLoading ? pages.more : undefined}
        show={(line) => {
          const before = pages.rows[pages.rows.indexOf(line) - 1];
          const isNewDay = !before || day(before.at) !== day(line.at);
          return (
            <>
              {isNewDay && <h3>{day(line.at)}</h3>}
              <span>
                {line.reason ? rewardName(line.reason) : movementName(line.kind)} ·{" "}
                {assetName(line.asset)}
              </span>
              <span className={`number ${line.amount < 0 ? "out" : "in"}`}>
                {line.amount > 0 && "+"}
                {balance(line.amount, line.asset)}
              </span>
              <span className="quiet">
                {[
                  moment(line.at),
                  line.order_id && t("member.from_order", { order: line.order_id }),
                  line.counterpart,
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
              <span className="quiet number">{t("wallet.left", { amount: balance(line.balance, line.asset) })}</span>
            </>
          );
        }}
      />
    </section>
  );
}
