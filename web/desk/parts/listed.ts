/** Lists of the API, page by page. */

import { type Pages, usePages, useWhole, type Whole } from "../../shared/hooks";
import { useShop } from "../shop";

type Query = Record<string, string | null | undefined>;

/** Load a list that stands in an answer under a name; what is sought is part of what it is. */
export function useListed<Name extends string, Row>(
  path: string,
  name: Name,
  query: Query = {},
): Pages<Row> {
  const { ask } = useShop();
  return usePages<Row>(
    async (after) => {
      const page = await ask<Record<Name, Row[]> & { next?: string | null }>("GET", path, {
        query: { ...query, after },
      });
      return { rows: page[name], next: page.next ?? null };
    },
    [path, query],
  );
}

/** Load all of a list of the API, page after page. */
export function useAllListed<Name extends string, Row>(
  path: string,
  name: Name,
  query: Query = {},
): Whole<Row> {
  const { ask } = useShop();
  return useWhole<Row>(
    async (after, signal) => {
      const page = await ask<Record<Name, Row[]> & { next?: string | null }>("GET", path, {
        query: { ...query, after },
        signal,
      });
      return { rows: page[name], next: page.next ?? null };
    },
    [path, query],
  );
}
