/** Lists of the API, page by page. */

import { usePages, type Pages } from "../../shared/hooks";
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
