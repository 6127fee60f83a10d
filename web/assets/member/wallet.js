/** My wallet: what is in which pocket, and what moved. */

import { el, orNone } from "../dom.js";
import { balance, moment, movementName, pocketName, rewardName, t } from "../language.js";
import { paged } from "../page.js";
import { theShop } from "./shop.js";

export async function showWallet(_query, ask) {
  const { currency } = await theShop(ask);
  const list = el("ul", { class: "movements" });
  let balances;
  const more = await paged(list, async (after) => {
    const page = await ask("GET", "me/wallet", { query: { after } });
    balances = page.balances;
    const rows = page.statement.flatMap(({ at, movements }) =>
      movements.map((moved) => movementRow(moved, at, currency)),
    );
    return { rows, next: page.next };
  });
  return [
    el("h1", {}, t("member.wallet")),
    pockets(balances, currency),
    el("h2", {}, t("member.statement")),
    ...orNone(list, t("member.no_movements")),
    more,
  ];
}

function pockets(balances, currency) {
  const shown = Object.entries({ cash: 0, ...balances });
  return el(
    "dl",
    { class: "facts tiles" },
    shown.map(([pocket, amount]) =>
      el(
        "div",
        { class: pocket },
        el("dt", {}, pocketName(pocket)),
        el("dd", {}, balance(amount, pocket, currency)),
      ),
    ),
  );
}

/** Return a movement as a row of a statement. */
export function movementRow({ kind, pocket, amount, order_id, entry, reason }, at, currency) {
  const about = [
    order_id ? t("member.from_order", { order: order_id }) : reason && movementName(kind),
    entry && t("member.for_entry", { entry }),
    moment(at),
  ];
  return el(
    "li",
    {},
    el(
      "span",
      { class: "what" },
      reason ? rewardName(reason) : movementName(kind),
      pocket === "cash" ? null : ` · ${pocketName(pocket)}`,
    ),
    el(
      "span",
      { class: `number ${amount < 0 ? "out" : "in"}` },
      (amount > 0 ? "+" : "") + balance(amount, pocket, currency),
    ),
    el("span", { class: "quiet" }, about.filter(Boolean).join(" · ")),
  );
}
