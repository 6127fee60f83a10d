/** An order in sentences that can be read out or sent, and what happened to it, in order of time. */

import { count, day } from "../shared/format";
import { t } from "../shared/i18n";
import { actName, queueName, statusName } from "../shared/names";
import type { Entry, QueueLine, Trace, TraceJournal, TracePosting } from "../shared/types";

interface Says {
  money: (minor: number) => string;
}

interface Knows extends Says {
  plans: readonly { name: string; state: string }[];
}

export function sentences(trace: Trace, { money }: Says): string[] {
  if (trace.paid_at === null) return [t("story.not_made", { order: trace.repurchase_of ?? "" })];
  const paid = sum(trace.lines.map((line) => line.paid));
  const back = sum(trace.lines.map((line) => line.refunded));
  const given = sum(
    trace.tickets.flatMap(({ contributions }) =>
      contributions.flatMap(({ settled, retained }) => [
        ...settled.map((amount) => amount ?? 0),
        -retained,
      ]),
    ),
  );
  const entries = trace.tickets.flatMap((ticket) => ticket.entries);
  return [
    t("story.paid", { amount: money(paid), day: day(trace.paid_at) }),
    ...(back > 0 ? [t("story.refunded", { amount: money(back) })] : []),
    given > 0 ? t("story.gave", { amount: money(given) }) : t("story.gave_nothing"),
    entries.length > 0
      ? t("story.holds", {
          count: entries.length,
          places: entries.map((entry) => placeOf(entry, money)).join(t("story.and")),
        })
      : t("story.no_places"),
    ...(entries.some(({ place }) => place !== null) ? [t("story.nobody_knows")] : []),
  ];
}

function placeOf(entry: Entry, money: (minor: number) => string): string {
  const queue = queueName(entry.queue ?? "");
  if (entry.place !== null)
    return entry.entitlement === null
      ? t("story.place_rewards", { queue, n: count(entry.place), rewards: count(entry.rewards) })
      : t("story.place", {
          queue,
          n: count(entry.place),
          paid: money(entry.paid ?? 0),
          whole: money(entry.entitlement),
        });
  return t("story.ended", { queue, status: statusName(entry.status), paid: money(entry.paid ?? 0) });
}

/** Return why an entry that waits was not paid all of it yet: the first "no" comes first. */
export function whyNotPaid(
  entry: Entry,
  line: QueueLine | undefined,
  { money, plans }: Knows,
): string[] {
  const queue = line?.queue;
  const isPaused = plans.some(({ name, state }) => name === queue?.plan && state !== "on");
  return [
    ...(entry.status === "held" ? [t("why.held")] : []),
    ...(isPaused ? [t("why.paused")] : []),
    ...(queue?.stalled ? [t("why.stalled")] : []),
    entry.place === 1
      ? t("why.next")
      : entry.ahead === null || entry.entitlement === null
        ? t("why.behind", { n: count(entry.place ?? 0) })
        : t("why.ahead", { n: count(entry.place ?? 0), amount: money(entry.ahead) }),
  ];
}

/** Tell whether a posting is the order's own: it moved in its name, or for one of its entries. */
export function isOwn(trace: Trace, block: TraceJournal, posting: TracePosting): boolean {
  const entries = trace.tickets.flatMap((ticket) => ticket.entries.map(({ entry }) => entry));
  return posting.entry === null
    ? block.order_id === trace.order_id
    : entries.includes(posting.entry);
}

export interface Happening {
  at: string;
  text: string;
  isBad: boolean;
}

/** Return what happened: paid, payments in and out, completed, refunded, what operators did. */
export function happenings(trace: Trace, { money }: Says): Happening[] {
  const own = new Set(trace.tickets.flatMap(({ entries }) => entries.map(({ entry }) => entry)));
  const found: Happening[] = [];
  const add = (at: string | null, text: string, isBad = false) => {
    if (at !== null) found.push({ at, text, isBad });
  };
  add(trace.paid_at, t("story.was_paid"));
  add(trace.completed_at, t("story.was_completed"));
  for (const { refunded_at, amounts, refused } of trace.refunds) {
    const amount = money(sum(Object.values(amounts)));
    add(
      refunded_at,
      refused === null
        ? t("story.was_refunded", { amount })
        : t("story.refund_refused", { amount, why: refused }),
      true,
    );
  }
  for (const { at, order_id, postings } of trace.journal) {
    const mine = postings.filter(({ account, entry, amount }) =>
      Boolean(account.startsWith("wallet/") && entry && own.has(entry) && amount !== 0),
    );
    for (const { amount, entry } of mine)
      add(
        at,
        t(amount < 0 ? "story.lost" : order_id === null ? "story.got_from_pool" : "story.got", {
          amount: money(Math.abs(amount)),
          entry,
          order: order_id ?? "",
        }),
        amount < 0,
      );
  }
  for (const { at, who, what, reason } of trace.acts)
    add(at, t("story.act", { who, what: actName(what), reason: reason ?? t("none") }), true);
  return found.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
