/** One place in line, as a card: where, which place, how much of it was paid. */

import { Link } from "wouter";
import { count } from "../../shared/format";
import { t } from "../../shared/i18n";
import { queueName, statusName } from "../../shared/names";
import type { Entry } from "../../shared/types";
import { entryHref, useMine } from "../session";

export function EntryCard({ entry }: { entry: Entry }) {
  const done = Math.min(entry.progress_bps ?? 0, 10_000);
  return (
    <Link href={entryHref(entry)} className="card entry">
      <span className="title">
        <strong>{entry.queue === null ? t("member.some_queue") : queueName(entry.queue)}</strong>
        <span className={`badge ${entry.status}`}>{statusName(entry.status)}</span>
      </span>
      <span className="quiet">{t("member.order", { order: entry.order_id })}</span>
      {entry.progress_bps !== null && (
        <progress max={10_000} value={done} aria-label={t("member.progress")} />
      )}
      <span className="title">
        <Paid entry={entry} />
        {entry.place !== null && <span>{t("member.place_n", { n: count(entry.place) })}</span>}
      </span>
    </Link>
  );
}

export function Paid({ entry }: { entry: Entry }) {
  const { money } = useMine();
  if (entry.entitlement === null)
    return <span>{t("member.rewards_n", { n: count(entry.rewards) })}</span>;
  if (entry.paid === null) return <span>{money(entry.entitlement)}</span>;
  return (
    <span>{t("member.paid_of", { paid: money(entry.paid), whole: money(entry.entitlement) })}</span>
  );
}
