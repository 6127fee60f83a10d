/** How a place has moved since it was looked at in this browser before. */

import { count, shortDay } from "../../shared/format";
import { t } from "../../shared/i18n";
import { keep, recall } from "../../shared/storage";
import type { Entry } from "../../shared/types";

interface Look {
  place: number;
  at: string;
}

/** Return in words how far an entry came since the last look that saw another place. */
export function movedSince({ queue, entry, place }: Entry): string | null {
  if (place === null) return null;
  const key = `place.${queue} ${entry}`;
  const kept = recall(key);
  const looks: Look[] = kept === null ? [] : JSON.parse(kept);
  if (looks[0]?.place !== place) {
    looks.unshift({ place, at: new Date().toISOString() });
    keep(key, JSON.stringify(looks.slice(0, 2)));
  }
  const before = looks[1];
  if (!before) return null;
  const by = before.place - place;
  const values = { n: count(Math.abs(by)), day: shortDay(before.at), from: count(before.place) };
  return t(by > 0 ? "member.moved_up" : "member.moved_back", values);
}
