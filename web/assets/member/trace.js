/** What an entry was paid, out of which orders: the statement, as far as it is about the entry. */

import { el, orNone } from "../dom.js";
import { t } from "../language.js";
import { failure, paged } from "../page.js";
import { movementRow } from "./wallet.js";

export async function showTrace(place, entry, currency, ask) {
  const list = el("ul", { class: "movements" });
  place.replaceChildren(el("p", { class: "quiet" }, t("loading")));
  try {
    const more = await paged(list, (after) => movementsOf(entry, currency, ask, after));
    const heading = el("h4", {}, t("member.trace_paid"));
    place.replaceChildren(heading, ...orNone(list, t("member.trace_empty")), more);
  } catch (error) {
    place.replaceChildren(failure(error, () => showTrace(place, entry, currency, ask)));
  }
}

/** Return the next page that holds movements of the entry, or what is left. */
async function movementsOf(entry, currency, ask, after) {
  const rows = [];
  let next = after;
  do {
    const page = await ask("GET", "me/wallet", { query: { after: next } });
    for (const { at, movements } of page.statement) {
      const its = movements.filter((moved) => moved.entry === entry.entry);
      rows.push(...its.map((moved) => movementRow(moved, at, currency)));
    }
    next = page.next;
  } while (next !== null && !rows.length);
  return { rows, next };
}
