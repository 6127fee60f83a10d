/** What a page shows is in its address: filters, tabs, what was looked for. */

import { useLocation, useSearch } from "wouter";

export function useQuery(): [URLSearchParams, (changed: Record<string, string>) => void] {
  const search = useSearch();
  const [path, go] = useLocation();
  const change = (changed: Record<string, string>) => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(changed)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    go(next.size ? `${path}?${next}` : path, { replace: true });
  };
  return [new URLSearchParams(search), change];
}
