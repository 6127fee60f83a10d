/**
 * A draw, computed again in this browser: luck is HMAC-SHA256 of the entry's name under the day's
 * seed, whose SHA-256 was published before (rules 1.3.3, 1.3.4).
 */

import type { EntryDraw, Odds } from "../shared/types";

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const hexOf = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export async function commitmentOf(seed: string): Promise<string> {
  return hexOf(await crypto.subtle.digest("SHA-256", bytesOf(seed)));
}

async function macOf(secret: string, text: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), algorithm, false, ["sign"]);
  return hexOf(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
}

/** Return the luck of an entry; `mixedWith` is what became known after the commitment. */
export async function luckOf(seed: string, entry: string, mixedWith: string | null): Promise<string> {
  return macOf(mixedWith === null ? seed : await macOf(seed, mixedWith), entry);
}

/** Return the ratio that luck draws, or null for a miss: weights end to end, the misses last. */
export function drawnRatio({ prizes, low_bps, total_weight, miss_weight }: Odds, luck: string): number | null {
  let spot = Number(BigInt(`0x${luck}`) % BigInt(total_weight));
  if (low_bps !== null) return spot < total_weight - miss_weight ? low_bps + spot : null;
  for (const { bps, weight } of prizes) {
    if (spot < weight) return bps;
    spot -= weight;
  }
  return null;
}

/** Tell whether the seed is the one committed to, and what it draws for this entry. */
export async function checked(seen: EntryDraw) {
  if (seen.seed === null) return { isKept: false, isRight: false, ratio: null };
  const isKept = (await commitmentOf(seen.seed)) === seen.commitment;
  const luck = await luckOf(seen.seed, seen.entry, seen.mixed_with);
  const ratio = drawnRatio(seen.odds, luck);
  const isRight = luck === seen.luck && (ratio === null || ratio === seen.ratio_bps);
  return { isKept, isRight, ratio };
}
