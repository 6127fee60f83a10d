/**
 * Three bundles: `--mode member` is Preact and one script, because phones open it from a chat;
 * `--mode desk` is React with Ant Design, split by route; `--mode api` is Redoc as it comes.
 */

import { resolve } from "node:path";
import { defineConfig } from "vite";
import { antdStyles } from "./tools/antd-styles.ts";
import { redoc } from "./tools/redoc.ts";

const ROOT = import.meta.dirname;

const PAGE: Record<string, string> = { member: "index.html", desk: "desk.html", api: "api.html" };

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

export default defineConfig(({ mode }) => ({
  root: ROOT,
  base: "/",
  publicDir: mode === "member" ? "public" : false,
  plugins: mode === "desk" ? [antdStyles()] : mode === "api" ? [redoc()] : [],
  resolve: { alias: mode === "member" ? PREACT : ANTD },
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    outDir: "dist",
    emptyOutDir: mode === "member",
    assetsDir: `assets/${mode}`,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: resolve(ROOT, PAGE[mode] ?? mode),
      onLog: (level, log, tell) => {
        if (!QUIET.includes(log.code ?? "")) tell(level, log);
      },
    },
  },
}));
