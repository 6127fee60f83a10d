/** My places in line: what each was paid, what stands ahead, what may be done with it. */

import { el, facts, orNone } from "../dom.js";
import {
  balance,
  count,
  decisionName,
  moment,
  money,
  percent,
  pocketName,
  queueName,
  statusName,
  t,
} from "../language.js";
import { paged, to } from "../page.js";
import { drawEntry, exchangeEntry } from "./choices.js";
import { isOfSeveralKinds, rewardsByKind } from "./rewards.js";
import { entriesPage } from "./shop.js";
import { showTrace } from "./trace.js";

const IN_LINE = ["held", "waiting"];

export async function showEntries(_query, ask) {
  const inLine = el("div", { class: "cards" });
  const ended = el("div", { class: "cards" });
  let titles;
  const more = await paged(inLine, async (after) => {
    const page = await entriesPage(ask, after);
    titles = page.titles;
    const cards = page.entries.map((entry) => [entry, card(entry, page, ask)]);
    ended.append(
      ...cards.filter(([entry]) => !IN_LINE.includes(entry.status)).map(([, shown]) => shown),
    );
    const rows = cards
      .filter(([entry]) => IN_LINE.includes(entry.status))
      .map(([, shown]) => shown);
    return { rows, next: page.next };
  });
  return [
    el("h1", {}, titles.plan ?? t("member.queues")),
    el("p", { class: "quiet" }, t("member.how")),
    el("h2", {}, t("member.in_line")),
    ...orNone(inLine, t("member.no_entries")),
    el("h2", {}, t("member.ended")),
    ...orNone(ended, t("member.no_entries")),
    more,
  ];
}

function card(entry, { currency, titles }, ask) {
  const said = (amount) => (amount === null ? null : money(amount, currency));
  return el(
    "article",
    { class: "card entry" },
    el(
      "header",
      {},
      el("h3", {}, entry.queue === null ? t("member.some_queue") : queueName(entry.queue)),
      el("span", { class: `badge ${entry.status}` }, statusName(entry.status)),
    ),
    el("p", { class: "quiet" }, orderOf(entry)),
    progress(entry, said),
    facts([
      [
        t("member.place"),
        entry.place === null ? null : t("member.place_n", { n: count(entry.place) }),
      ],
      [t("member.ahead"), ahead(entry, said)],
      [t("member.entitlement"), said(entry.entitlement)],
      [t("member.earned"), said(entry.paid)],
      ...(isOfSeveralKinds(entry.paid_by_reason)
        ? rewardsByKind(entry.paid_by_reason, currency)
        : []),
      [t("member.waiting"), IN_LINE.includes(entry.status) ? said(entry.waiting) : null],
      [
        t("member.rewards"),
        entry.entitlement === null ? t("member.rewards_n", { n: count(entry.rewards) }) : null,
      ],
      [
        t("member.ratio"),
        entry.ratio_bps === null ? null : percent(entry.ratio_bps) + drawn(entry),
      ],
      [t("member.became"), became(entry.conversion, currency)],
      [t("member.merged_into"), entry.merged_into && queueName(entry.merged_into)],
      [t("member.merged_from"), entry.merged_from && queueName(entry.merged_from)],
    ]),
    actions(entry, { currency, titles }, ask),
    trace(entry, currency, ask),
  );
}

function orderOf(entry) {
  const order = t("member.order", { order: entry.order_id });
  return entry.line_id === null ? order : `${order} · ${t("member.line", { line: entry.line_id })}`;
}

/** Return what stands ahead; where rewards are counted, no amount does. */
function ahead(entry, said) {
  if (entry.place === 1) return t("member.at_head");
  return entry.entitlement === null ? null : said(entry.ahead);
}

function progress(entry, said) {
  if (entry.progress_bps === null) return null;
  const done = Math.min(entry.progress_bps, 10_000);
  const text =
    entry.entitlement === null || entry.paid === null
      ? percent(done)
      : t("member.paid_of", { paid: said(entry.paid), whole: said(entry.entitlement) });
  return el(
    "div",
    { class: "meter" },
    el("progress", { max: 10_000, value: done, "aria-label": t("member.progress") }, percent(done)),
    el("span", {}, text),
  );
}

const drawn = (entry) => (entry.drawn ? ` (${t("member.drawn")})` : "");

function became(conversion, currency) {
  return (
    conversion &&
    `${balance(conversion.amount, conversion.pocket, currency)} ${pocketName(conversion.pocket)}`
  );
}

function actions(entry, shop, ask) {
  const can = Object.keys(entry.exchange).length > 0;
  const exchange = () => exchangeEntry(entry, shop, ask);
  return el(
    "div",
    { class: "row actions" },
    entry.queue &&
      entry.place !== null &&
      el("a", { class: "button", href: to("line", { queue: entry.queue }) }, t("member.see_line")),
    entry.may_draw &&
      el(
        "button",
        { type: "button", class: "primary", click: () => drawEntry(entry, ask) },
        t("member.draw"),
      ),
    can &&
      el(
        "button",
        { type: "button", click: exchange },
        shop.titles.exchange ?? t("member.exchange"),
      ),
  );
}

function trace(entry, currency, ask) {
  const place = el("div");
  const decided = entry.decided_by === null ? t("member.by_plan") : decisionName(entry.decided_by);
  const open = ({ target }) =>
    target.open && !place.childElementCount && showTrace(place, entry, currency, ask);
  return el(
    "details",
    { toggle: open },
    el("summary", {}, t("member.trace")),
    facts([
      [t("member.entry"), entry.entry],
      [t("member.decided_by"), decided],
      [t("member.paid_at"), moment(entry.paid_at)],
      [
        t("member.completed_at"),
        entry.completed_at === null ? t("member.not_completed") : moment(entry.completed_at),
      ],
    ]),
    place,
  );
}
