/** The settings in force: what amounts are in, which plans are on. */

import { plansOf } from "../ids.js";
import { balance, money } from "../language.js";

/**
 * Return `{said, counted, plans}`: `said` writes an amount in the shop's currency, `counted` one of
 * a pocket that need not hold money. Before any settings are saved there is no currency to write.
 */
export async function theShop(ask) {
  const { settings, plans } = await ask("GET", "settings");
  const { currency } = settings;
  return {
    said: (amount) =>
      amount === null ? null : currency ? money(amount, currency) : String(amount),
    counted: (amount, pocket) => (currency ? balance(amount, pocket, currency) : String(amount)),
    plans: plansOf(settings, plans),
  };
}

/** Tell whether nothing is paid out of the queues of a plan since it is paused. */
export function isPaused(plan, plans) {
  return plans.some((each) => each.plan === plan && each.on && each.paused);
}
