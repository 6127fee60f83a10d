/** One card an order, its places in line inside; the closest first. */

import { useMemo } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { count } from "../../shared/format";
import { t } from "../../shared/i18n";
import { queueName, statusName } from "../../shared/names";
import type { Entry } from "../../shared/types";
import { Failure } from "../parts/failure";
import { Paid } from "../parts/entry-card";
import { LongList } from "../parts/list";
import { AsOf, Page } from "../parts/page";
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
  const query = new URLSearchParams(useSearch());
  const filter = FILTERS.find((each) => each === query.get("only")) ?? "line";
  const queue = query.get("queue") ?? "";
  const set = (name: string, value: string) => {
    if (value) query.set(name, value);
    else query.delete(name);
    go(query.size ? `/line?${query}` : "/line", { replace: true });
  };
  const chosen = useMemo(() => CHOSEN[filter](mine.entries), [filter, mine.entries]);
  const queues = [...new Set(chosen.map((each) => each.queue ?? ""))].filter(Boolean).sort();
  const orders = byOrder(queue ? chosen.filter((each) => each.queue === queue) : chosen);
  return (
    <Page title={t("tab.line")} isBusy={!mine.isWhole}>
      {mine.error !== null && <Failure error={mine.error} again={mine.reload} />}
      <div className="filters">
        {FILTERS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === filter}
            onClick={() => set("only", each === "line" ? "" : each)}
          >
            {t(`filter.${each}`)} {mine.isWhole && count(CHOSEN[each](mine.entries).length)}
          </button>
        ))}
      </div>
      {queues.length > 1 && (
        <label>
          <span className="unseen">{t("member.queue")}</span>
          <select value={queue} onChange={(event) => set("queue", event.currentTarget.value)}>
            <option value="">{t("member.all_queues")}</option>
            {queues.map((each) => (
              <option key={each} value={each}>
                {queueName(each)}
              </option>
            ))}
          </select>
        </label>
      )}
      <AsOf at={mine.at} />
      {!mine.isWhole && mine.error === null && <span className="skeleton wide" />}
      {mine.isWhole && orders.length === 0 && <p>{t("member.no_entries")}</p>}
      <LongList
        key={`${filter} ${queue}`}
        className="cards"
        rows={orders}
        keyOf={([order]) => order}
        show={([order, entries]) => <OrderCard order={order} entries={entries} />}
      />
    </Page>
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
