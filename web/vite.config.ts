/**
 * Three bundles: `--mode member` is Preact and one script, because phones open it from a chat;
 * `--mode desk` is React with Ant Design, split by route; `--mode api` is Redoc as it comes.
 */

import { resolve } from "node:path";
import { type AliasOptions, defineConfig, type Plugin } from "vite";
import { antdStyles } from "./tools/antd-styles.ts";
import { redoc } from "./tools/redoc.ts";

const ROOT = import.meta.dirname;

/** What both bundles import as React, members get from Preact. */
const PREACT = [
  { find: /^react\/jsx-runtime$/, replacement: "preact/jsx-runtime" },
  { find: /^react$/, replacement: "preact/hooks" },
  { find: /^wouter$/, replacement: "wouter-preact" },
];

/** Ant Design's styles are written when it is built: see `desk/no-styles`. */
const ANTD = [{ find: /^.*\/Dom\/dynamicCSS$/, replacement: resolve(ROOT, "desk/no-styles.ts") }];

/** Ant Design's "use client", and how long its styles take. */
const QUIET = ["MODULE_LEVEL_DIRECTIVE", "PLUGIN_TIMINGS"];

interface Bundle {
  page: string;
  alias: AliasOptions;
  plugins: Plugin[];
}

/** By mode; the first to be built empties what was built before. */
const BUNDLES: Record<string, Bundle> = {
  member: { page: "index.html", alias: PREACT, plugins: [] },
  desk: { page: "desk.html", alias: ANTD, plugins: [antdStyles()] },
  api: { page: "api.html", alias: [], plugins: [redoc()] },
};

export default defineConfig(({ mode }) => ({
  root: ROOT,
  base: "/",
  publicDir: mode === "member" ? "public" : false,
  plugins: BUNDLES[mode]!.plugins,
  resolve: { alias: BUNDLES[mode]!.alias },
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    outDir: "dist",
    emptyOutDir: mode === "member",
    assetsDir: `assets/${mode}`,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: resolve(ROOT, BUNDLES[mode]!.page),
      onLog: (level, log, tell) => {
        if (!QUIET.includes(log.code ?? "")) tell(level, log);
      },
    },
  },
}));
