/** Which notices were not looked at yet, on whatever device: the server remembers up to when. */

import type { Ask } from "../../shared/api";
import { useAnswer } from "../../shared/hooks";
import { locale } from "../../shared/i18n";
import type { Notices } from "../../shared/types";

export type Notice = Notices["notices"][number];

export const isUnread = ({ at }: Notice, seen: string | null): boolean =>
  seen === null || Date.parse(at) > Date.parse(seen);

/** Remember that the newest of these was looked at; that it is not known is told by the next count. */
export async function markSeen(ask: Ask, notices: readonly Notice[], seen: string | null) {
  const [newest] = notices;
  if (newest && isUnread(newest, seen))
    await ask("PUT", "me/notices/seen", { body: { until: newest.at } }).catch(() => undefined);
}

/** Return how many of the newest notices were not seen; `keys`: when to count again. */
export function useUnread(ask: Ask, keys: readonly unknown[]): number {
  const { data } = useAnswer<Notices>(
    (signal) => ask("GET", "me/notices", { query: { locale: locale() }, signal }),
    keys,
  );
  return data?.notices.filter((each) => isUnread(each, data.seen_until)).length ?? 0;
}
