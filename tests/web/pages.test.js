import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import { load } from "./modules.js";

const { countIn, decimal, minorOf } = await load("shared/format.ts");
const { differences, merged, changed } = await load("desk/settings/document.ts");
const { titlesAlong, unitOf, MONEY, ROOT } = await load("desk/settings/schema.ts");
const { cell } = await load("desk/csv.ts");
const { commitmentOf, drawnRatio, luckOf } = await load("member/luck.ts");
const { queueParts, accountParts } = await load("shared/names.ts");

test("amounts are written exactly, whatever their size", () => {
  assert.equal(decimal(9007199254740991, 2), "90071992547409.91");
  assert.equal(decimal(-5, 2), "-0.05");
  assert.equal(decimal(1205, 0), "1205");
  assert.equal(decimal(1205, 3), "1.205");
});

test("what is typed becomes minor units, or nothing", () => {
  countIn({ JPY: 0 });
  assert.equal(minorOf("12.5", 2), 1250);
  assert.equal(minorOf("1,200", 2), 120000);
  assert.equal(minorOf("0.07", 2), 7);
  for (const bad of ["", "1.234", "1.2.3", "abc", "1e3", "99999999999999999"])
    assert.equal(minorOf(bad, 2), null, bad);
  assert.equal(minorOf("1.5", 0), null);
});

test("changes of two people are merged by field, and told where they meet", () => {
  const base = { a: { x: 1, y: 1 }, b: 1 };
  const ours = { a: { x: 2, y: 1 }, b: 1 };
  const apart = merged(base, ours, { a: { x: 1, y: 3 }, b: 1 });
  assert.deepEqual(apart, { document: { a: { x: 2, y: 3 }, b: 1 }, conflicts: [] });
  const same = merged(base, ours, { a: { x: 9, y: 1 }, b: 1 });
  assert.equal(same.document.a.x, 2);
  assert.deepEqual(
    same.conflicts.map(({ ours: our, theirs }) => [our.path, our.after, theirs.after]),
    [[["a", "x"], 2, 9]],
  );
  const gone = merged(base, ours, { b: 1 });
  assert.equal(gone.conflicts.length, 1);
  assert.deepEqual(merged(base, ours, ours).conflicts, []);
});

test("a field that is taken out is a difference, and lists are compared whole", () => {
  const before = { a: 1, list: [1, 2] };
  const after = changed(changed(before, ["a"], undefined), ["list", "0"], 5);
  assert.deepEqual(after, { list: [5, 2] });
  assert.deepEqual(differences(before, after), [
    { path: ["a"], before: 1, after: undefined },
    { path: ["list"], before: [1, 2], after: [5, 2] },
  ]);
  assert.deepEqual(before, { a: 1, list: [1, 2] });
});

test("fields say what they count", () => {
  assert.equal(unitOf(["queue_rebate", "extraction_bps"]), "percent");
  assert.equal(unitOf(["queue_rebate", "entitlement", "by_level", "gold"]), "percent");
  assert.equal(unitOf(["red_packet", "shares_bps", "own"]), "percent");
  assert.equal(unitOf(["alliance", "heads_bps", "1"]), "percent");
  assert.equal(unitOf(["wallet", "withdraw_min"]), "money");
  assert.equal(unitOf(["order_queue", "rewards_to_exit"]), "number");
});

test("every amount that is named is in the schema", () => {
  const names = new Set(JSON.stringify(ROOT).match(/"[a-z_]+"(?=:\{)/g));
  for (const name of MONEY) assert.ok(names.has(`"${name}"`), name);
});

test("a path is read out by its titles, and names that somebody gave stay", () => {
  const titles = titlesAlong(["queue_rebate", "products", "p-9", "extraction_bps"]);
  assert.equal(titles[2], "p-9");
  assert.notEqual(titles[3], "extraction_bps");
});

test("no cell of a file is a formula, and numbers stay numbers", () => {
  assert.equal(cell("=1+1"), "'=1+1");
  assert.equal(cell("@x"), "'@x");
  assert.equal(cell(-5), "-5");
  assert.equal(cell('a "b", c'), '"a ""b"", c"');
  assert.equal(cell(null), "");
});

test("draws are computed as the engine does", async () => {
  const seed = "00ff".repeat(16);
  const bytes = Buffer.from(seed, "hex");
  assert.equal(await commitmentOf(seed), createHash("sha256").update(bytes).digest("hex"));
  const mac = (key, text) => createHmac("sha256", key).update(text).digest();
  assert.equal(await luckOf(seed, "订单/1", null), mac(bytes, "订单/1").toString("hex"));
  const mixed = mac(mac(bytes, "a signature"), "订单/1").toString("hex");
  assert.equal(await luckOf(seed, "订单/1", "a signature"), mixed);
  const odds = {
    prizes: [
      { bps: 1000, weight: 1 },
      { bps: 5000, weight: 2 },
    ],
    low_bps: null,
    miss_weight: 1,
    total_weight: 4,
  };
  const drawn = [0, 1, 2, 3, 4].map((spot) => drawnRatio(odds, spot.toString(16)));
  assert.deepEqual(drawn, [1000, 5000, 5000, null, 1000]);
  const range = { prizes: [], low_bps: 100, miss_weight: 1, total_weight: 4 };
  assert.deepEqual(
    [0, 2, 3].map((spot) => drawnRatio(range, spot.toString(16))),
    [100, 102, null],
  );
});

test("names with slashes stay whole", () => {
  assert.deepEqual(queueParts("store/a/b"), { kind: "store", name: "a/b" });
  assert.deepEqual(queueParts("mall"), { kind: "mall", name: null });
  assert.deepEqual(accountParts("wallet/cash/m/1"), { kind: "wallet", part: "cash", owner: "m/1" });
});
