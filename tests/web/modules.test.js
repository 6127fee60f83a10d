import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const ASSETS = new URL("../../web/assets/", import.meta.url);
const parsed = new Map();

function moduleAt(url) {
  if (!parsed.has(url.href)) {
    parsed.set(
      url.href,
      new vm.SourceTextModule(readFileSync(url, "utf8"), { identifier: url.href }),
    );
  }
  return parsed.get(url.href);
}

for (const name of readdirSync(ASSETS, { recursive: true })
  .filter((file) => file.endsWith(".js"))
  .sort()) {
  test(`${name} is valid, and all that it imports is there`, async () => {
    const module = moduleAt(new URL(name, ASSETS));
    if (module.status === "unlinked") {
      await module.link((wanted, from) => moduleAt(new URL(wanted, from.identifier)));
    }
    assert.equal(module.status, "linked");
  });
}
