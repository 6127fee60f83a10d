/** Three figures, what comes next, what I can do now, and an honest word. */

import { Link } from "wouter";
import { clock, count } from "../../shared/format";
import { useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { queueName } from "../../shared/names";
import type { Entry, Wallet } from "../../shared/types";
import { Failure } from "../parts/failure";
import { EntryCard } from "../parts/entry-card";
import { entryHref, inLine, useMine } from "../session";

const NEAREST = 3;

export function Home() {
  const mine = useMine();
  const wallet = useAnswer<Wallet>((signal) => mine.ask("GET", "me/wallet", { signal }), []);
  const waiting = inLine(mine.entries);
  const lacks = waiting.reduce((sum, entry) => sum + (entry.waiting ?? 0), 0);
  const isHidden = waiting.some((entry) => entry.waiting === null && entry.entitlement !== null);
  const balances = wallet.data?.balances;
  return (
    <main aria-busy={!mine.isWhole || wallet.isLoading}>
      <h1>{mine.titles.plan ?? t("tab.home")}</h1>
      {mine.error !== null && <Failure error={mine.error} again={mine.reload} />}
      {wallet.error !== null && <Failure error={wallet.error} again={wallet.reload} />}
      <dl className="figures">
        <Figure title={t("member.can_withdraw")} value={balances && mine.money(balances.cash ?? 0)} />
        <Figure title={t("member.on_its_way")} value={balances && mine.money(balances.pending ?? 0)} />
        <Figure
          title={t("member.in_line")}
          value={mine.isWhole ? (isHidden ? t("member.hidden") : mine.money(lacks)) : undefined}
        />
      </dl>
      <p className="quiet">
        {mine.at && t("member.as_of", { time: clock(mine.at) })}
      </p>
      <Now entries={waiting} />
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
    </main>
  );
}

function Figure({ title, value }: { title: string; value: string | undefined }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{value ?? <span className="skeleton" />}</dd>
    </div>
  );
}

function Now({ entries }: { entries: readonly Entry[] }) {
  const { titles } = useMine();
  const draws = entries.filter(({ may_draw }) => may_draw);
  const exchanges = entries.filter(({ exchange }) => Object.keys(exchange).length > 0);
  const [draw] = draws;
  const [exchange] = exchanges;
  if (!draw && !exchange) return null;
  return (
    <section className="card">
      <h2>{t("member.now")}</h2>
      <ul>
        {draw && (
          <li>
            <Link href={entryHref(draw)}>{t("member.may_draw", { count: draws.length })}</Link>
          </li>
        )}
        {exchange && (
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

/** Facts, no date: what stands ahead of the nearest entry. */
function Honest({ entry }: { entry: Entry | undefined }) {
  const { money } = useMine();
  return (
    <section className="honest">
      {entry?.place && entry.ahead !== null && (
        <p>
          {t("member.stands_ahead", {
            queue: queueName(entry.queue ?? ""),
            n: count(entry.place - 1),
            amount: money(entry.ahead),
          })}
        </p>
      )}
      <p>{t("member.how")}</p>
    </section>
  );
}
