/**
 * Ant Design writes its styles at run time, which a strict policy forbids. So they are written
 * here, once, for the components that the pages use, and `zeroRuntime` switches the rest off.
 */

import { createRequire } from "node:module";
import type { Plugin } from "vite";
import { DARK, LIGHT, themes, USED } from "../desk/theme.ts";

const NAME = "virtual:antd.css";
const load = createRequire(import.meta.url);

export function antdStyles(): Plugin {
  return {
    name: "antd-styles",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load: (id) => (id === `\0${NAME}` ? styles() : null),
  };
}

/** Rules are the same in both themes and speak in variables; only these differ. */
function styles(): string {
  const dark = written(DARK).match(/\.dark[^{}]*\{[^{}]*\}/g) ?? [];
  return written(LIGHT) + dark.join("");
}

function written(name: typeof LIGHT | typeof DARK): string {
  const { createElement } = load("react");
  const antd = load("antd");
  const { extractStyle } = load("@ant-design/static-style-extract");
  return extractStyle({
    includes: USED,
    antdInstance: antd,
    customTheme: (node: unknown) =>
      createElement(antd.ConfigProvider, { theme: themes(antd.theme)[name] }, node),
  });
}
