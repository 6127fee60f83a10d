/** Three figures, what comes next, what I can do now, and an honest word. */

import { Link } from "wouter";
import { clock } from "../../shared/format";
import { useAnswer } from "../../shared/hooks";
import { locale, t } from "../../shared/i18n";
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
