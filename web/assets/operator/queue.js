/** One queue: its figures, its head, and the line page by page. */

import { el, facts, row, table } from "../dom.js";
import { flowOf } from "../drawing.js";
import { count, moment, percent, queueName, statusName, t } from "../language.js";
import { paged, to } from "../page.js";
import { bars, head } from "../picture.js";
import { forecastOf } from "./forecast.js";
import { badges, entryName } from "./overview.js";
import { theShop } from "./shop.js";

export async function showQueue({ queue: id }, ask) {
  const shop = await theShop(ask);
  const { said } = shop;
  const { body, whole } = table(
    t("operator.line_of"),
    [
      [t("operator.place"), "number"],
      t("operator.entry"),
      t("operator.member"),
      t("operator.status"),
      [t("operator.entitlement"), "number"],
      [t("operator.paid_out"), "number"],
      [t("operator.lacks"), "number"],
      [t("operator.ahead"), "number"],
      t("operator.ratio"),
      t("operator.paid_at"),
    ],
    [],
  );
  let first = null;
  const more = await paged(body, async (after) => {
    const page = await ask("GET", "queue", { query: { id, after } });
    first ??= page;
    return { rows: page.line.map((entry) => standing(entry, said)), next: page.next };
  });
  const { queue, line } = first;
  const { from, to: went } = flowOf(queue);
  return [
    el("a", { class: "back", href: to("overview") }, t("back")),
    el("h1", {}, queueName(queue.queue), " ", badges(queue, shop.plans)),
    el("p", { class: "quiet" }, el("code", {}, queue.queue)),
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("operator.picture")),
      el("p", { class: "quiet" }, t("operator.queue_lead")),
      bars([from, went, [{ name: "owed", amount: queue.owed }]], said),
      facts(
        [
          [t("operator.waiting"), count(queue.waiting)],
          [t("operator.entries"), count(queue.entries)],
          [t("operator.owed"), said(queue.owed)],
          [t("operator.repurchased"), said(queue.repurchased)],
          [t("operator.cleared_at"), queue.cleared_at && moment(queue.cleared_at)],
        ],
        { class: "facts tiles" },
      ),
    ),
    await forecastOf(id, ask, said),
    el("h2", {}, t("operator.line_of")),
    ...(line.length
      ? [head(line, queue.waiting, (entry) => entryName(entry, said)), whole, more]
      : [el("p", { class: "quiet" }, t("operator.line_empty"))]),
  ];
}

function standing(entry, said) {
  const ratio =
    entry.ratio_bps === null
      ? t("operator.by_rewards", { n: count(entry.rewards) })
      : percent(entry.ratio_bps);
  return row([
    [count(entry.place), "number"],
    el("a", { href: to("order", { id: entry.order_id }) }, entry.entry),
    entry.member,
    el("span", { class: `badge ${entry.status}` }, statusName(entry.status)),
    [said(entry.entitlement), "number"],
    [said(entry.paid), "number"],
    [said(entry.waiting), "number"],
    [said(entry.ahead), "number"],
    ratio,
    moment(entry.paid_at),
  ]);
}
