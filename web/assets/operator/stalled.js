/**
 * Queues of products that are off sale: nobody contributes to them, so their entries wait in vain.
 */

import { el, facts } from "../dom.js";
import { count, pocketName, queueName, t } from "../language.js";
import { confirmed, refresh, say, to } from "../page.js";
import { theShop } from "./shop.js";

const ASSETS = ["points", "love", "voucher"];

export async function showStalled(_query, ask) {
  const [{ said }, { queues }] = await Promise.all([theShop(ask), ask("GET", "queues/stalled")]);
  return [
    el("h1", {}, t("operator.stalled_queues")),
    el("p", { class: "quiet" }, t("operator.stalled_lead")),
    queues.length > 0
      ? el(
          "div",
          { class: "cards" },
          queues.map((queue) => card(queue, said, ask)),
        )
      : el("p", {}, t("operator.none_stalled")),
  ];
}

function card(queue, said, ask) {
  const { queue: id, name, waiting, owed, pool } = queue;
  return el(
    "article",
    { class: "card" },
    el("h2", {}, el("a", { href: to("queue", { queue: id }) }, name ?? queueName(id))),
    el("p", { class: "quiet" }, el("code", {}, id)),
    facts([
      [t("operator.waiting"), count(waiting)],
      [t("operator.owed"), said(owed)],
      [t("operator.pool"), said(pool)],
    ]),
    el(
      "div",
      { class: "row actions" },
      el(
        "button",
        { type: "button", click: () => merge(queue, said, ask) },
        t("operator.merge_all"),
      ),
      waiting > 0 && [
        el(
          "button",
          { type: "button", click: () => exchange(queue, ask) },
          t("operator.exchange_all"),
        ),
        el(
          "button",
          { type: "button", class: "danger", click: () => clear(queue, said, ask) },
          t("operator.clear_all"),
        ),
      ],
    ),
  );
}

async function merge({ queue, waiting, owed, pool }, said, ask) {
  const lead = el(
    "p",
    {},
    t("operator.merge_all_lead", {
      n: count(waiting),
      owed: said(owed),
      pool: said(pool),
      queue: queueName(queue),
    }),
  );
  const work = async () => {
    const done = await ask("POST", "queues/stalled/merge", { body: { queue } });
    say(t("operator.merged_all", { moved: count(done.moved), waiting: count(done.waiting) }));
  };
  if (await confirmed(t("operator.merge_all"), lead, [{ label: t("operator.merge_all"), work }]))
    refresh();
}

async function exchange({ queue, waiting }, ask) {
  const lead = el(
    "p",
    {},
    t("operator.exchange_all_lead", { n: count(waiting), queue: queueName(queue) }),
  );
  const choices = ASSETS.map((into) => ({
    label: pocketName(into),
    work: () => exchangeAll(queue, into, ask),
  }));
  if (await confirmed(t("operator.exchange_all"), lead, choices)) refresh();
}

/** Exchange page after page, and tell what came of it. */
async function exchangeAll(queue, into, ask) {
  const sums = { exchanged: 0, refused: 0, pending: 0 };
  let after = null;
  do {
    const page = await ask("POST", "queues/stalled/exchange", { body: { queue, into, after } });
    for (const name of Object.keys(sums)) sums[name] += page[name];
    after = page.next;
  } while (after !== null);
  say(t("operator.exchanged_all", sums));
}

async function clear({ queue, waiting, owed }, said, ask) {
  const lead = el(
    "p",
    {},
    t("operator.clear_all_lead", { n: count(waiting), owed: said(owed), queue: queueName(queue) }),
  );
  const work = async () => {
    await ask("POST", "queues/stalled/clear", { body: { queue } });
    say(t("operator.cleared_all"));
  };
  if (await confirmed(t("operator.clear_all"), lead, [{ label: t("operator.clear_all"), work }]))
    refresh();
}
