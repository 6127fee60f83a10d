/** Which sheet is open stands in the address, so that Back closes it. */

import { useLocation, useSearch } from "wouter";

const NAME = "do";

export function useOpen(): [string | null, (name: string) => void, () => void] {
  const [path, go] = useLocation();
  const query = new URLSearchParams(useSearch());
  const open = (name: string) => {
    query.set(NAME, name);
    go(`${path}?${query}`);
  };
  const close = () => {
    query.delete(NAME);
    go(query.size ? `${path}?${query}` : path, { replace: true });
  };
  return [query.get(NAME), open, close];
}
