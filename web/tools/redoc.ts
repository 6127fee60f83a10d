/**
 * Redoc's bundle, without what the pages' policy forbids or a page would fetch from elsewhere:
 * styles of scroll bars that are not used, and a logo. Its words and its link stay.
 *
 * A text that an upgrade no longer has fails the build.
 */

import type { Plugin } from "vite";

export const REDOC = "redoc/bundles/redoc.standalone.js";

const NOTHING = "document.createDocumentFragment()";

const CHANGES: [string, string][] = [
  ['require("null")', "null"],
  ['src:"https://cdn.redoc.ly/redoc/logo-mini.svg"', 'src:"/icon.svg"'],
  [
    'var t=document.createElement("style");return e.setAttributes(t,e.attributes),e.insert(t,e.options),t',
    `return ${NOTHING}`,
  ],
];

export function redoc(): Plugin {
  return {
    name: "redoc",
    transform: (code, id) => (id.endsWith(REDOC) ? { code: changed(code), map: null } : null),
  };
}

function changed(code: string): string {
  return CHANGES.reduce((text, [before, after]) => {
    if (!text.includes(before)) throw new Error(`Redoc no longer has ${before}`);
    return text.replaceAll(before, after);
  }, code);
}
