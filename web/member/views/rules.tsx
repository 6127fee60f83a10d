/** The rules in plain words: of the plans that I take part in, and of the wallet. */

import { useAnswer } from "../../shared/hooks";
import { percent } from "../../shared/format";
import { t } from "../../shared/i18n";
import { planName, queueParts } from "../../shared/names";
import type { Withdrawals } from "../../shared/types";
import { Failure } from "../parts/failure";
import { Page } from "../parts/page";
import { useMine } from "../session";

const OTHER_PLANS = ["order_queue", "alliance", "red_packet", "union"];

export function Rules() {
  const { ask, entries, money, isWhole, titles } = useMine();
  const own = useAnswer<Withdrawals>((signal) => ask("GET", "me/withdrawals", { signal }), []);
  const plans = new Set(entries.flatMap(({ queue }) => (queue === null ? [] : [planOf(queue)])));
  const terms = own.data?.terms;
  return (
    <Page title={t("member.rules")} up={{ href: "/me", title: t("tab.me") }} isBusy={!isWhole}>
      <p>{t("member.how")}</p>
      {[...plans].sort().map((plan) => (
        <section key={plan}>
          <h2>{plan === "queue_rebate" ? (titles.plan ?? planName(plan)) : planName(plan)}</h2>
          <p>{t(`rules.${plan}`)}</p>
        </section>
      ))}
      <h2>{titles.exchange ?? t("member.exchange")}</h2>
      <p>{t("member.rules_exchange")}</p>
      <h2>{t("member.draw")}</h2>
      <p>
        {t("rules.draw")} <a href="/draws">{t("draws.title")}</a>
      </p>
      <h2>{t("rules.refunds")}</h2>
      <p>{t("member.rules_refund")}</p>
      <h2>{t("invite.title")}</h2>
      <p>{t("rules.referral")}</p>
      <h2>{t("wallet.withdraw")}</h2>
      {own.error !== null && <Failure error={own.error} again={own.reload} />}
      {terms && (
        <p>
          {t("wallet.least", { amount: money(terms.least) })}{" "}
          {t("wallet.fee_is", { share: percent(terms.fee_bps) })}{" "}
          {terms.per_day !== null && t("wallet.per_day", { count: terms.per_day })}
        </p>
      )}
      <p>{t("wallet.withdraw_lead")}</p>
    </Page>
  );
}

function planOf(queue: string): string {
  const { kind } = queueParts(queue);
  return OTHER_PLANS.includes(kind) ? kind : "queue_rebate";
}
