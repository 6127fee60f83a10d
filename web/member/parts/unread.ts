/** Which notices were not looked at yet in this browser. */

import type { Ask } from "../../shared/api";
import { useAnswer } from "../../shared/hooks";
import { locale } from "../../shared/i18n";
import { keep, recall } from "../../shared/storage";
import type { Notices } from "../../shared/types";

export type Notice = Notices["notices"][number];

const KEY = "notices.seen";

export const lastSeen = (): string => recall(KEY) ?? "";

export function markSeen(notices: readonly Notice[]): void {
  const newest = notices.map(({ at }) => at).sort().at(-1);
  if (newest && newest > lastSeen()) keep(KEY, newest);
}

/** Return how many of the newest notices were not seen; `keys`: when to count again. */
export function useUnread(ask: Ask, keys: readonly unknown[]): number {
  const answer = useAnswer<Notices>(
    (signal) => ask("GET", "me/notices", { query: { locale: locale() }, signal }),
    keys,
  );
  const seen = lastSeen();
  return answer.data?.notices.filter(({ at }) => at > seen).length ?? 0;
}
