/** Loads modules of the pages as the build sees them. */

import { after } from "node:test";
import { createServer } from "vite";

const server = await createServer({
  configFile: false,
  root: new URL("../../web", import.meta.url).pathname,
  server: { middlewareMode: true, ws: false },
  appType: "custom",
  optimizeDeps: { noDiscovery: true },
  logLevel: "error",
});
after(() => server.close());

export const load = (path) => server.ssrLoadModule(`/${path}`);
