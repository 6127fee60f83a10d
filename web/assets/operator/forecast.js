/** How long a queue's entries will wait at its recent pace, and what a wanted wait takes. */

import { el, facts } from "../dom.js";
import { count, moment, percent, t } from "../language.js";
import { act } from "../page.js";

/** Return the card of a queue's forecast; `said` writes amounts. */
export async function forecastOf(id, ask, said) {
  const now = await ask("GET", "queue/forecast", { query: { id } });
  return el(
    "section",
    { class: "card" },
    el("h2", {}, t("operator.forecast")),
    el("p", { class: "quiet" }, t("operator.forecast_lead", { n: count(now.days_seen) })),
    facts(
      [
        [t("operator.given_lately"), said(now.given)],
        [t("operator.promised_lately"), said(now.promised)],
        [t("operator.ever_paid"), now.ever_paid_bps === null ? null : percent(now.ever_paid_bps)],
        [t("operator.all_paid_in"), inDays(now.days)],
        [t("operator.clears_at"), now.clears_at && moment(now.clears_at)],
      ],
      { class: "facts tiles" },
    ),
    wanted(id, ask),
  );
}

function wanted(id, ask) {
  const input = el("input", {
    id: "wanted",
    type: "number",
    min: "1",
    step: "1",
    required: true,
  });
  const button = el("button", {}, t("operator.find"));
  const place = el("p", { role: "status" });
  const foretell = (event) => {
    event.preventDefault();
    act(button, place, async () => {
      const seen = await ask("GET", "queue/forecast", { query: { id, days: input.value || null } });
      place.textContent = needed(seen);
    });
  };
  return el(
    "form",
    { submit: foretell },
    el("label", { for: "wanted" }, t("operator.wanted_days")),
    el("div", { class: "row" }, input, button),
    place,
  );
}

function needed(seen) {
  if (seen.needed_bps === null) return t("operator.never");
  const takes = t("operator.needed", { share: percent(seen.needed_bps) });
  if (seen.profit_share_bps === null) return takes;
  return `${takes} ${t("operator.needed_profit", { share: percent(seen.profit_share_bps) })}`;
}

const inDays = (days) =>
  days === null ? t("operator.never") : t("operator.days", { n: count(days) });
