/** What things are called is learned from every answer, so that names stand wherever ids would. */

import type { Ask } from "../shared/api";
import { callMembers, callQueues } from "../shared/names";

interface Named {
  nicknames?: Record<string, string>;
  entries?: { names?: Record<string, string> } | null;
  queue?: { queue: string; name: string | null } | string;
  queues?: readonly { queue: string; name?: string | null }[];
}

/** Return what asks as `ask` does, and takes over the names that answers tell. */
export const naming =
  (ask: Ask): Ask =>
  async <Answer>(...asked: Parameters<Ask>) => {
    const answer = await ask<Answer>(...asked);
    takeOver((answer ?? {}) as Named);
    return answer;
  };

function takeOver({ nicknames, entries, queue, queues }: Named): void {
  callMembers(nicknames ?? {});
  callQueues(entries?.names ?? {});
  const told = [...(Array.isArray(queues) ? queues : []), typeof queue === "object" ? queue : null];
  for (const each of told) if (each?.name) callQueues({ [each.queue]: each.name });
}
