/** Rewards by kind: what came by place in line, by a friend's order, by one's own next one. */

import { money, rewardName } from "../language.js";

/** Return [what the kind is called, amount] of each kind, none where the shop hides it. */
export function rewardsByKind(byReason, currency) {
  return Object.entries(byReason ?? {}).map(([reason, amount]) => [
    rewardName(reason),
    money(amount, currency),
  ]);
}

/** Tell whether anything came otherwise than by place in line, which the whole amount says too. */
export function isOfSeveralKinds(byReason) {
  return Object.keys(byReason ?? {}).some((reason) => reason !== "queue");
}
