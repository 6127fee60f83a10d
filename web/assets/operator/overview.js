/**
 * All queues at a glance: the plans that are on, the platform's figures, and a card for each
 * queue.
 */

import { el, facts } from "../dom.js";
import { flowOf, summed } from "../drawing.js";
import { count, planName, queueName, t } from "../language.js";
import { failure, to } from "../page.js";
import { bars, head } from "../picture.js";
import { isPaused, theShop } from "./shop.js";

export async function showOverview(_query, ask) {
  const [shop, { queues }] = await Promise.all([theShop(ask), ask("GET", "queues")]);
  const open = queues.filter(
    ({ stalled, waiting, pool }) => stalled && (waiting > 0 || pool !== 0),
  ).length;
  return [
    el("h1", {}, t("operator.overview")),
    el("h2", {}, t("operator.plans")),
    plans(shop.plans),
    open > 0 &&
      el(
        "p",
        { class: "notice" },
        el("a", { href: to("stalled") }, t("operator.some_stalled", { n: count(open) })),
      ),
    el("h2", {}, t("operator.platform")),
    platform(summed(queues), shop.said),
    el("h2", {}, t("operator.queues")),
    queues.length > 0
      ? el(
          "div",
          { class: "cards" },
          queues.map((queue) => card(queue, shop, ask)),
        )
      : el("p", { class: "quiet" }, t("operator.no_queues")),
  ].filter(Boolean);
}

function plans(all) {
  return el(
    "ul",
    { class: "chips" },
    all.map(({ plan, title, on, paused }) => {
      const state = on ? (paused ? "paused" : "on") : "off";
      const called =
        title && title !== planName(plan) ? `${planName(plan)} (${title})` : planName(plan);
      return el(
        "li",
        {},
        el("span", { class: `chip ${state}` }, called, " · ", t(`operator.plan_${state}`)),
      );
    }),
  );
}

function platform(sums, said) {
  const { from, to: went } = flowOf(sums);
  return el(
    "section",
    { class: "card" },
    el("p", { class: "quiet" }, t("operator.platform_lead")),
    bars([from, went], said),
    facts(
      [
        [t("operator.owed"), said(sums.owed)],
        [t("operator.waiting"), count(sums.waiting)],
        [t("operator.entries"), count(sums.entries)],
        [t("operator.repurchased"), said(sums.repurchased)],
      ],
      { class: "facts tiles" },
    ),
  );
}

function card(queue, { said, plans: all }, ask) {
  const [paid] = flowOf(queue).to;
  const line = el(
    "div",
    { class: "head" },
    el("p", { class: "quiet" }, t(queue.waiting ? "loading" : "operator.line_empty")),
  );
  if (queue.waiting > 0) whenSeen(line, () => drawHead(line, queue, said, ask));
  return el(
    "article",
    { class: "card" },
    el(
      "header",
      {},
      el("h3", {}, el("a", { href: to("queue", { queue: queue.queue }) }, queueName(queue.queue))),
      badges(queue, all),
    ),
    bars([[paid, { name: "owed", amount: queue.owed }]], said),
    line,
    facts([
      [t("operator.waiting"), count(queue.waiting)],
      [t("operator.entries"), count(queue.entries)],
    ]),
  );
}

/** Return what is out of the ordinary about a queue. */
export function badges(queue, all) {
  return el(
    "span",
    {},
    isPaused(queue.plan, all) && el("span", { class: "badge paused" }, t("operator.plan_paused")),
    queue.stalled && el("span", { class: "badge stalled" }, t("operator.stalled")),
  );
}

async function drawHead(place, queue, said, ask) {
  try {
    const { line } = await ask("GET", "queue", { query: { id: queue.queue } });
    place.replaceChildren(
      line.length ? head(line, queue.waiting, (entry) => entryName(entry, said)) : "",
    );
  } catch (error) {
    place.replaceChildren(failure(error, () => drawHead(place, queue, said, ask)));
  }
}

/** Return an entry in words: whose it is, and what it got and lacks. */
export function entryName(entry, said) {
  const { entry: id, member, rewards } = entry;
  if (entry.entitlement === null)
    return t("picture.entry_rewards", { entry: id, member, n: count(rewards) });
  return t("picture.entry", {
    entry: id,
    member,
    paid: said(entry.paid),
    waiting: said(entry.waiting),
  });
}

/** Do something once an element comes into sight. */
function whenSeen(node, work) {
  const watch = new IntersectionObserver(
    (seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      watch.disconnect();
      work();
    },
    { rootMargin: "200px" },
  );
  watch.observe(node);
}
