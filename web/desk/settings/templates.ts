/**
 * Where a plan begins: ratios for a margin, of which a share is given back. All that the templates
 * promise in money can be paid as later orders come, except where the plan promises whole orders.
 */

import type { Document } from "../../shared/types";

const ROUNDED_TO = 50;
const WHOLE = 10_000;
/** Most return windows are over then. */
const HELD_DAYS = 7;

export interface Wish {
  /** What the shop earns of what is paid, before rebates. */
  margin_bps: number;
  /** How much of that it gives back. */
  share_bps: number;
}

/** Return what of each order's price is given back, in whole half percents. */
export function givenOf({ margin_bps, share_bps }: Wish): number {
  const exact = (margin_bps * share_bps) / WHOLE;
  return Math.max(ROUNDED_TO, Math.floor(exact / ROUNDED_TO) * ROUNDED_TO);
}

/** Return a plan's settings for a wish. */
export function templateOf(plan: string, wish: Wish): Document {
  const given = givenOf(wish);
  const its: Record<string, Document> = {
    queue_rebate: {
      extraction_bps: given,
      entitlement: { fixed_bps: given },
      hold_days: HELD_DAYS,
    },
    order_queue: {
      settle_on: "completed",
      reward_bps: given,
      rewards_to_exit: 5,
      settle_after_days: HELD_DAYS,
    },
    alliance: {
      dividend_bps: given,
      heads_bps: [5000, 3000, 2000],
      settle_after_days: HELD_DAYS,
    },
    red_packet: {
      stores: {},
      shares_bps: { own: 3000, queue: 5000, average: 2000 },
      entitlement_bps: given,
      settle_after_days: HELD_DAYS,
    },
    union: {
      profit_share_bps: wish.share_bps,
      quota_bps: given,
      default_margin_bps: wish.margin_bps,
      settle_after_days: HELD_DAYS,
    },
    referral: { direct_bps: given, settle_after_days: HELD_DAYS },
  };
  return { enabled: true, ...its[plan] };
}
