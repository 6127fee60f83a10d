import assert from "node:assert/strict";
import { test } from "node:test";

import { isOfSeveralKinds, rewardsByKind } from "../../web/assets/member/rewards.js";

globalThis.document = { documentElement: { lang: "en" } };

test("each kind is told with its amount, in the order in which the API gives them", () => {
  const told = rewardsByKind({ queue: 900, direct: 1000, clawed_back: -250 }, "CNY");
  assert.deepEqual(
    told.map(([, amount]) => amount),
    ["¥9.00", "¥10.00", "-¥2.50"],
  );
  assert.equal(new Set(told.map(([name]) => name)).size, 3);
});

test("what the shop hides, or nothing, has no kinds", () => {
  assert.deepEqual(rewardsByKind(null, "CNY"), []);
  assert.deepEqual(rewardsByKind({}, "CNY"), []);
});

test("kinds are only told of an entry where some of it came otherwise than by place", () => {
  assert.equal(isOfSeveralKinds(null), false);
  assert.equal(isOfSeveralKinds({ queue: 900 }), false);
  assert.equal(isOfSeveralKinds({ direct: 900 }), true);
  assert.equal(isOfSeveralKinds({ queue: 900, clawed_back: -1 }), true);
});
