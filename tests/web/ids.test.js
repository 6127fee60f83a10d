import assert from "node:assert/strict";
import { test } from "node:test";

import {
  accountParts,
  decisionParts,
  plansOf,
  queueParts,
  scopeParts,
} from "../../web/assets/ids.js";

test("a queue's id says its kind and what it is of", () => {
  assert.deepEqual(queueParts("mall"), { kind: "mall", name: null });
  assert.deepEqual(queueParts("store/bakery"), { kind: "store", name: "bakery" });
  assert.deepEqual(queueParts("product/a/b"), { kind: "product", name: "a/b" });
});

test("an account says its kind, its part and whose it is", () => {
  assert.deepEqual(accountParts("wallet/cash/m01"), { kind: "wallet", part: "cash", owner: "m01" });
  assert.deepEqual(accountParts("queue/pool/store/W"), {
    kind: "queue",
    part: "pool",
    owner: "store/W",
  });
});

test("a decision says its rule and its scopes, the narrowest first", () => {
  assert.deepEqual(decisionParts("fixed of the plan"), {
    rule: "fixed",
    scopes: [{ kind: "plan", name: null }],
  });
  assert.deepEqual(decisionParts("member level of product p-9 of store W").scopes, [
    { kind: "product", name: "p-9" },
    { kind: "store", name: "W" },
  ]);
  assert.deepEqual(scopeParts("cashier Old Town"), { kind: "cashier", name: "Old Town" });
});

test("a plan is on unless it is missing or switched off", () => {
  const settings = { queue_rebate: { title: "T", paused: true }, union: { enabled: false } };
  assert.deepEqual(plansOf(settings, ["queue_rebate", "union", "alliance"]), [
    { plan: "queue_rebate", title: "T", on: true, paused: true },
    { plan: "union", title: null, on: false, paused: false },
    { plan: "alliance", title: null, on: false, paused: false },
  ]);
});
