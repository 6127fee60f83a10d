/** The line of a queue in which one has an entry, as far as the shop shows it. */

import { el, facts, orNone } from "../dom.js";
import { count, money, queueName, t } from "../language.js";
import { paged, to } from "../page.js";
import { rewardsByKind } from "./rewards.js";
import { theShop } from "./shop.js";

export async function showLine({ queue }, ask) {
  const { currency } = await theShop(ask);
  const list = el("ol", { class: "people" });
  let own;
  const more = await paged(list, async (after) => {
    const page = await ask("GET", "me/queue", { query: { id: queue, after } });
    own = page;
    return { rows: page.line.map((each) => standing(each, currency)), next: page.next };
  });
  const said = (amount) => (amount === null ? null : money(amount, currency));
  return [
    el("a", { class: "back", href: to("entries") }, t("back")),
    el("h1", {}, queueName(queue)),
    facts(
      [
        [t("member.earned"), said(own.earned)],
        [t("member.waiting"), said(own.waiting)],
      ],
      { class: "facts tiles" },
    ),
    ...byKind(own.earned_by_reason, currency),
    el("h2", {}, t("member.line_title")),
    ...orNone(list, t("member.line_empty")),
    more,
  ];
}

function byKind(byReason, currency) {
  const pairs = rewardsByKind(byReason, currency);
  return pairs.length ? [el("h2", {}, t("member.by_kind")), facts(pairs)] : [];
}

function standing({ place, mine, person, waiting }, currency) {
  const nickname = person?.nickname ?? t("member.somebody");
  return el(
    "li",
    { class: mine ? "mine" : null },
    el("span", { class: "place" }, count(place)),
    avatar(person, nickname),
    el(
      "span",
      { class: "name" },
      nickname,
      mine && el("span", { class: "badge" }, t("member.mine")),
    ),
    waiting > 0 && el("span", { class: "number" }, money(waiting, currency)),
  );
}

function avatar(person, nickname) {
  if (!person?.avatar_url)
    return el("span", { class: "avatar", "aria-hidden": "true" }, [...nickname][0]);
  return el("img", {
    class: "avatar",
    src: person.avatar_url,
    alt: "",
    referrerpolicy: "no-referrer",
    loading: "lazy",
  });
}
