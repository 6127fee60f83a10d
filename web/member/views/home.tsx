/** Three figures, yesterday, what comes next, what I can do now, and an honest word. */

import { Link } from "wouter";
import { shopDay, shortDay } from "../../shared/format";
import { type Answer, useAnswer } from "../../shared/hooks";
import { locale, t } from "../../shared/i18n";
import { queueName } from "../../shared/names";
import type { Entry, Wallet } from "../../shared/types";
import { Collect } from "../parts/collect";
import { earnedOn } from "../parts/earned";
import { Failure } from "../parts/failure";
import { EntryCard } from "../parts/entry-card";
import { Figure } from "../parts/figure";
import { AsOf, Page } from "../parts/page";
import { entryHref, inLine, useMine } from "../session";

const NEAREST = 3;

export function Home() {
  const mine = useMine();
  const wallet = useAnswer<Wallet>((signal) => mine.ask("GET", "me/wallet", { signal }), []);
  const waiting = inLine(mine.entries);
  const lacks = waiting.reduce((sum, entry) => sum + (entry.waiting ?? 0), 0);
  const isHidden = waiting.some((entry) => entry.waiting === null && entry.entitlement !== null);
  const balances = wallet.data?.balances;
  const [soonest] = wallet.data?.on_its_way ?? [];
  return (
    <Page title={mine.titles.plan ?? t("tab.home")} isBusy={!mine.isWhole || wallet.isLoading}>
      {mine.error !== null && <Failure error={mine.error} again={mine.reload} />}
      {wallet.error !== null && <Failure error={wallet.error} again={wallet.reload} />}
      <dl className="figures">
        <Figure
          title={t("member.can_withdraw")}
          value={balances && mine.money(balances.cash ?? 0)}
          isMissing={wallet.error !== null}
        />
        <Figure
          title={t("member.on_its_way")}
          value={balances && mine.money(balances.pending ?? 0)}
          isMissing={wallet.error !== null}
        >
          {soonest &&
            (soonest.available_at === null
              ? t("member.when_completed")
              : t("member.from_day", { day: shortDay(soonest.available_at) }))}
        </Figure>
        <Figure
          title={t("member.in_line")}
          value={mine.isWhole ? (isHidden ? t("member.hidden") : mine.money(lacks)) : undefined}
          isMissing={mine.error !== null}
        />
      </dl>
      {mine.at && <Yesterday />}
      <AsOf at={mine.at} />
      <Now entries={waiting} wallet={wallet} />
      <h2>{t("member.nearest")}</h2>
      {waiting.slice(0, NEAREST).map((entry) => (
        <EntryCard key={`${entry.queue} ${entry.entry}`} entry={entry} />
      ))}
      {mine.isWhole && waiting.length === 0 && <p>{t("member.nothing_waits")}</p>}
      {waiting.length > NEAREST && (
        <p>
          <Link href="/line">{t("member.all_in_line", { count: waiting.length })}</Link>
        </p>
      )}
      <Honest entry={waiting[0]} />
    </Page>
  );
}

function Yesterday() {
  const { ask, money } = useMine();
  const day = shopDay(1);
  const answer = useAnswer<number | null>((signal) => earnedOn(ask, day, signal), [day]);
  if (answer.data === null) return null;
  const sign = answer.data > 0 ? "+" : "";
  return (
    <p>
      <Link href={`/wallet?${new URLSearchParams({ from: day, to: day })}`}>
        {t("member.yesterday", { amount: sign + money(answer.data) })}
      </Link>
    </p>
  );
}

function Now({ entries, wallet }: { entries: readonly Entry[]; wallet: Answer<Wallet> }) {
  const { titles } = useMine();
  const draws = entries.filter(({ may_draw }) => may_draw);
  const exchanges = entries.filter(({ exchange }) => Object.keys(exchange).length > 0);
  const collectable = wallet.data?.collectable ?? 0;
  const [draw] = draws;
  if (!draw && exchanges.length === 0 && !collectable) return null;
  return (
    <section className="card">
      <h2>{t("member.now")}</h2>
      <ul className="plain">
        {collectable > 0 && (
          <li>
            <Collect amount={collectable} done={wallet.reload} />
          </li>
        )}
        {draw && (
          <li>
            <Link href={draws.length === 1 ? `${entryHref(draw)}&do=draw` : "/line?only=draw"}>
              {t("member.may_draw", { count: draws.length })}
            </Link>
          </li>
        )}
        {exchanges.length > 0 && (
          <li>
            <Link href="/line?only=exchange">
              {t("member.may_exchange", {
                count: exchanges.length,
                exchange: titles.exchange ?? t("member.exchange"),
              })}
            </Link>
          </li>
        )}
      </ul>
    </section>
  );
}

/** Facts, no date: what this line was paid lately, what stands ahead, what can ever be paid. */
function Honest({ entry }: { entry: Entry | undefined }) {
  const { ask } = useMine();
  const id = entry?.queue ?? null;
  const facts = useAnswer<{ text: string[] } | null>(
    async (signal) =>
      id === null ? null : ask("GET", "me/queue/facts", { query: { id, locale: locale() }, signal }),
    [id, locale()],
  );
  return (
    <section className="honest">
      {facts.error !== null && <Failure error={facts.error} again={facts.reload} />}
      {facts.data && (
        <>
          <h2>{queueName(id ?? "")}</h2>
          {facts.data.text.map((fact) => (
            <p key={fact}>{fact}</p>
          ))}
        </>
      )}
      <p>{t("member.how")}</p>
    </section>
  );
}
