/** One card an order, its places in line inside; the closest first. */

import { Link, useLocation, useSearch } from "wouter";
import { count } from "../../shared/format";
import { t } from "../../shared/i18n";
import { queueName, statusName } from "../../shared/names";
import type { Entry } from "../../shared/types";
import { Failure } from "../parts/failure";
import { Paid } from "../parts/entry-card";
import { LongList } from "../parts/list";
import { entryHref, inLine, useMine } from "../session";

const FILTERS = ["line", "exchange", "draw", "ended"] as const;
type Filter = (typeof FILTERS)[number];

const CHOSEN: Record<Filter, (entries: readonly Entry[]) => readonly Entry[]> = {
  line: inLine,
  exchange: (all) => inLine(all).filter(({ exchange }) => Object.keys(exchange).length > 0),
  draw: (all) => inLine(all).filter(({ may_draw }) => may_draw),
  ended: (all) => all.filter(({ status }) => status !== "waiting" && status !== "held"),
};

export function Line() {
  const mine = useMine();
  const [, go] = useLocation();
  const only = new URLSearchParams(useSearch()).get("only");
  const filter = FILTERS.find((each) => each === only) ?? "line";
  const orders = byOrder(CHOSEN[filter](mine.entries));
  return (
    <main aria-busy={!mine.isWhole}>
      <h1>{t("tab.line")}</h1>
      {mine.error !== null && <Failure error={mine.error} again={mine.reload} />}
      <div className="filters">
        {FILTERS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === filter}
            onClick={() => go(each === "line" ? "/line" : `/line?only=${each}`, { replace: true })}
          >
            {t(`filter.${each}`)} {mine.isWhole && count(CHOSEN[each](mine.entries).length)}
          </button>
        ))}
      </div>
      {mine.isWhole && orders.length === 0 && <p>{t("member.no_entries")}</p>}
      <LongList
        key={filter}
        className="cards"
        rows={orders}
        keyOf={([order]) => order}
        show={([order, entries]) => <OrderCard order={order} entries={entries} />}
      />
    </main>
  );
}

function OrderCard({ order, entries }: { order: string; entries: readonly Entry[] }) {
  return (
    <article className="card">
      <h2>{t("member.order", { order })}</h2>
      <ul className="chips">
        {entries.map((entry) => (
          <li key={`${entry.queue} ${entry.entry}`}>
            <Link href={entryHref(entry)} className="chip">
              <strong>{entry.queue === null ? t("member.some_queue") : queueName(entry.queue)}</strong>
              <Paid entry={entry} />
              <span className={`badge ${entry.status}`}>
                {entry.place === null
                  ? statusName(entry.status)
                  : t("member.place_n", { n: count(entry.place) })}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </article>
  );
}

/** Return entries by their order, in the order in which each comes first. */
function byOrder(entries: readonly Entry[]): [string, Entry[]][] {
  const found = new Map<string, Entry[]>();
  for (const entry of entries) {
    const its = found.get(entry.order_id);
    if (its) its.push(entry);
    else found.set(entry.order_id, [entry]);
  }
  return [...found];
}
