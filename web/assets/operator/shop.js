/** The settings in force: what amounts are in, which plans are on. */

import { plansOf } from "../ids.js";
import { money } from "../language.js";

const PLANS = ["queue_rebate", "order_queue", "alliance", "red_packet", "union", "referral"];

/** Return `{said, plans, settings, version}`; `said` writes an amount in the shop's currency. */
export async function theShop(ask) {
  const { settings, version } = await ask("GET", "settings");
  const said = (amount) => (amount === null ? null : settings.currency ? money(amount, settings.currency) : String(amount));
  return { said, plans: plansOf(settings, PLANS), settings, version };
}

/** Tell whether nothing is paid out of a queue since its plan is paused. */
export function isPaused(kind, plans) {
  const plan = plans.some((each) => each.plan === kind) ? kind : "queue_rebate";
  return plans.some((each) => each.plan === plan && each.on && each.paused);
}
