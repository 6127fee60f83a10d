/** Pictures of queues: shapes from `drawing.js`, with what they show in words beside them. */

import { el, svg } from "./dom.js";
import { columns, stacked } from "./drawing.js";
import { count, t } from "./language.js";

const WIDTH = 400;
const BAR = 18;
const HEIGHT = 72;

/** How many entries from the head of a line a picture has room for. */
const HEADS = 24;

/** Return a bar for each list of parts, all on one scale, and a legend of what has an amount. */
export function bars(lists, said) {
  const whole = Math.max(
    ...lists.map((parts) => parts.reduce((sum, { amount }) => sum + Math.max(amount, 0), 0)),
  );
  const drawn = lists.map((parts, at) =>
    stacked(parts, whole, WIDTH).map(({ name, x, width }) =>
      svg("rect", { x, y: at * (BAR + 4), width, height: BAR, class: `fill ${name}` }),
    ),
  );
  const parts = lists.flat().filter(({ amount }) => amount !== 0);
  const height = lists.length * (BAR + 4) - 4;
  const label = parts
    .map(({ name, amount }) => `${t(`figure.${name}`)} ${said(amount)}`)
    .join(", ");
  return el(
    "figure",
    { class: "picture" },
    svg(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${height}`,
        height,
        width: "100%",
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": label,
      },
      drawn,
    ),
    el(
      "figcaption",
      { class: "legend" },
      parts.map(({ name, amount }) =>
        el("span", {}, el("i", { class: name }), `${t(`figure.${name}`)} ${said(amount)}`),
      ),
    ),
  );
}

/**
 * Return the head of a line: a column for each entry, filled as far as it was paid; `said` names
 * an entry.
 */
export function head(entries, waiting, said) {
  const shapes = columns(entries, WIDTH, HEIGHT, HEADS);
  const drawn = shapes.map(({ x, width, y, height, filledY, filled }, at) =>
    svg(
      "g",
      {},
      svg("title", {}, said(entries[at])),
      svg("rect", { x, y, width, height, class: "fill owed" }),
      svg("rect", { x, y: filledY, width, height: filled, class: "fill paid" }),
    ),
  );
  const more = waiting - shapes.length;
  const first = entries[0];
  const label = t("picture.head", { n: count(waiting), first: said(first) });
  return el(
    "figure",
    { class: "picture" },
    svg(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        height: HEIGHT,
        width: "100%",
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": label,
      },
      drawn,
    ),
    el(
      "figcaption",
      {},
      el("span", {}, t("picture.first", { first: said(first) })),
      more > 0 && el("span", {}, t("picture.more", { n: count(more) })),
    ),
  );
}
