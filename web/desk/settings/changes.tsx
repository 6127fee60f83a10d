/** What differs between two versions of the settings, as sentences: before → after. */

import { money, percent } from "../../shared/format";
import { named, t } from "../../shared/i18n";
import type { Json } from "../../shared/types";
import { useShop } from "../shop";
import { titlesAlong, unitOf } from "./schema";

interface Changed {
  path: string | readonly string[];
  before?: Json | undefined;
  after?: Json | undefined;
}

export function Changes({ of }: { of: readonly Changed[] }) {
  const { currency } = useShop();
  return (
    <ul className="changes">
      {of.map(({ path, before, after }) => {
        const names = typeof path === "string" ? split(path) : path;
        return (
          <li key={names.join(".")}>
            <strong>{titlesAlong(names).join(" · ")}</strong>:{" "}
            <del>{shown(before, names, currency)}</del> →{" "}
            <ins>{shown(after, names, currency)}</ins>
          </li>
        );
      })}
    </ul>
  );
}

/** Take `alliance.heads_bps[1]` apart. */
export const split = (path: string): string[] => path.replace(/\[(\d+)\]/g, ".$1").split(".");

/** Return a value in the reader's words: percent, money, yes or no, a choice; else as it is. */
export function shown(value: Json | undefined, path: readonly string[], currency: string): string {
  if (value === undefined || value === null) return t("desk.not_set");
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "number") {
    const unit = unitOf(path);
    if (unit === "percent") return percent(value);
    return unit === "money" ? money(value, currency) : String(value);
  }
  if (typeof value === "string") return named("choice", value);
  if (Array.isArray(value))
    return value.map((each, place) => shown(each, [...path, String(place)], currency)).join(", ");
  const parts = Object.entries(value).map(
    ([name, each]) =>
      `${titlesAlong([...path, name]).at(-1)}: ${shown(each, [...path, name], currency)}`,
  );
  return parts.join("; ") || t("none");
}
