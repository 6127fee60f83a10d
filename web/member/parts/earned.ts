/** What came in on a day, of all that a statement tells. */

import type { Ask } from "../../shared/api";
import type { StatementLine, StatementPage } from "../../shared/types";

/** Kinds of movements that are earned, or taken back of what was. */
const EARNED = new Set(["contribution", "pool_run", "commission", "dividend", "refund"]);
const MONEY = new Set(["cash", "pending"]);
const PAGES_READ = 20;

export const isEarned = ({ kind, asset }: StatementLine): boolean =>
  EARNED.has(kind) && MONEY.has(asset);

/** Return what a day of the shop's came to; null: it has more lines than are read. */
export async function earnedOn(
  ask: Ask,
  day: string,
  signal: AbortSignal,
): Promise<number | null> {
  let sum = 0;
  let after: string | null = null;
  for (let page = 0; page < PAGES_READ; page++) {
    const query = { from: day, to: day, after };
    const read: StatementPage = await ask("GET", "me/statement", { query, signal });
    for (const line of read.lines.filter(isEarned)) sum += line.amount;
    after = read.next;
    if (after === null) return sum;
  }
  return null;
}
