/**
 * Builds elements. Data only ever becomes text nodes and attributes, so it cannot become markup.
 */

const SVG = "http://www.w3.org/2000/svg";

/** Return an HTML element; functions among the attributes listen to the event of that name. */
export function el(tag, attributes = {}, ...children) {
  return built(document.createElement(tag), attributes, children);
}

/** Return an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return built(document.createElementNS(SVG, tag), attributes, children);
}

function built(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return node;
}

/** Return a list of terms with what each is; pairs without a value are left out. */
export function facts(pairs, attributes = { class: "facts" }) {
  const shown = pairs.filter(([, value]) => value != null);
  return el(
    "dl",
    attributes,
    shown.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))),
  );
}

/** Return a list, and what stands there as long as it is empty. */
export function orNone(list, text) {
  return [list, el("p", { class: "quiet none" }, text)];
}

/** Return a table that scrolls by itself where it is too wide. Heads may be `[text, "number"]`. */
export function table(caption, heads, rows) {
  const kinds = heads.map((head) => (Array.isArray(head) ? head[1] : null));
  const texts = heads.map((head) => (Array.isArray(head) ? head[0] : head));
  const body = el("tbody", {}, rows);
  const head = el(
    "tr",
    {},
    texts.map((text, at) => el("th", { scope: "col", class: kinds[at] }, text)),
  );
  const whole = el(
    "table",
    {},
    el("caption", { class: "unseen" }, caption),
    el("thead", {}, head),
    body,
  );
  return {
    body,
    whole: el(
      "div",
      { class: "wide", role: "region", tabindex: "0", "aria-label": caption },
      whole,
    ),
  };
}

/** Return a table's row; cells that are `[content, "number"]` are of that class. */
export function row(cells, attributes = {}) {
  return el(
    "tr",
    attributes,
    cells.map((cell) =>
      Array.isArray(cell) ? el("td", { class: cell[1] }, cell[0]) : el("td", {}, cell),
    ),
  );
}
