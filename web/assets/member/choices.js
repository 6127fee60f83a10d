/** What a member decides: to exchange an entry, to draw its ratio. Both are asked back first. */

import { el, facts, row, table } from "../dom.js";
import { balance, chance, money, percent, pocketName, t } from "../language.js";
import { confirmed, failure, refresh, say } from "../page.js";

export async function exchangeEntry(entry, { currency, titles }, ask) {
  const title = t("member.exchange_title", {
    button: titles.exchange ?? t("member.exchange"),
    order: entry.order_id,
  });
  const lead =
    entry.waiting === null
      ? t("member.exchange_lead_hidden")
      : t("member.exchange_lead", { waiting: money(entry.waiting, currency) });
  const choices = Object.entries(entry.exchange).map(([into, amount]) => ({
    label: t("member.exchange_into", {
      amount: balance(amount, into, currency),
      pocket: pocketName(into),
    }),
    work: () =>
      send(
        ask,
        "me/entries/exchange",
        { queue: entry.queue, entry: entry.entry, into },
        "member.exchanged",
      ),
  }));
  if (await confirmed(title, el("p", {}, lead), choices)) refresh();
}

export async function drawEntry(entry, ask) {
  const { queue, entry: id } = entry;
  let seen;
  try {
    seen = await ask("GET", "me/entries/draw", { query: { queue, entry: id } });
  } catch (error) {
    await confirmed(t("member.draw"), failure(error), []);
    return;
  }
  const content = el(
    "div",
    {},
    el("p", {}, t("member.draw_lead")),
    odds(seen.odds),
    facts([[t("member.ratio"), percent(seen.ratio_bps)]]),
  );
  const work = () => send(ask, "me/entries/draw", { queue, entry: id }, "member.draw_done");
  const title = t("member.draw_title", { order: entry.order_id });
  if (await confirmed(title, content, [{ label: t("member.draw_now"), work }])) refresh();
}

/** Ask for a change; an answer with a body says that it will be carried out later. */
async function send(ask, path, body, done) {
  say(t((await ask("POST", path, { body })) === null ? done : "member.not_yet"));
}

function odds({ prizes, low_bps, high_bps, miss_weight, total_weight }) {
  const rows = prizes.map(({ bps, weight }) => [percent(bps), chance(weight, total_weight)]);
  if (low_bps !== null) {
    const range = t("member.odds_range", { low: percent(low_bps), high: percent(high_bps) });
    rows.push([range, chance(total_weight - miss_weight, total_weight)]);
  }
  if (miss_weight) rows.push([t("member.odds_miss"), chance(miss_weight, total_weight)]);
  const heads = [t("member.odds_ratio"), [t("member.odds_chance"), "number"]];
  return table(
    t("member.odds"),
    heads,
    rows.map(([what, likely]) => row([what, [likely, "number"]])),
  ).whole;
}
