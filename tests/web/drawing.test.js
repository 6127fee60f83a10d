import assert from "node:assert/strict";
import { test } from "node:test";

import { columns, doneOf, flowOf, stacked, summed } from "../../web/assets/drawing.js";

const QUEUE = {
  entries: 9,
  waiting: 4,
  owed: 4000,
  pool: 50,
  contributed: 1000,
  retained: 100,
  borne: 30,
  clawed_back: 20,
  repurchased: 0,
};
const entry = (entitlement, paid, progress_bps = null) => ({ entitlement, paid, progress_bps });
const total = (parts) => parts.reduce((sum, { amount }) => sum + amount, 0);

test("what came into a queue is what went out of it", () => {
  const { from, to } = flowOf(QUEUE);
  assert.equal(total(from), 1030);
  assert.equal(total(to), 1030);
  assert.deepEqual(to[0], { name: "paid", amount: 860 });
});

test("queues are summed figure by figure", () => {
  const sums = summed([QUEUE, { ...QUEUE, contributed: 1, waiting: 0 }]);
  assert.equal(sums.contributed, 1001);
  assert.equal(sums.waiting, 4);
  assert.equal(sums.owed, 8000);
  assert.equal(summed([]).contributed, 0);
});

test("parts lie side by side without gap or overlap, and fill what they are of the whole", () => {
  const drawn = stacked(
    [
      { name: "a", amount: 1 },
      { name: "b", amount: 2 },
      { name: "c", amount: 4 },
    ],
    14,
    100,
  );
  assert.equal(drawn[0].x, 0);
  for (const [at, { x, width }] of drawn.entries()) {
    if (at < 2) assert.ok(Math.abs(x + width - drawn[at + 1].x) < 1e-9);
  }
  assert.ok(Math.abs(drawn[2].x + drawn[2].width - 50) < 1e-9);
});

test("what is below 0 takes no room, and nothing is drawn of nothing", () => {
  const [below, rest] = stacked(
    [
      { name: "a", amount: -5 },
      { name: "b", amount: 10 },
    ],
    10,
    100,
  );
  assert.equal(below.width, 0);
  assert.deepEqual([rest.x, rest.width], [0, 100]);
  assert.deepEqual(
    stacked([{ name: "a", amount: 0 }], 0, 100).map(({ width }) => width),
    [0],
  );
});

test("an entry is done as far as it was paid, or as far as its rewards are counted", () => {
  assert.deepEqual(doneOf(entry(200, 50)), { whole: 200, done: 50 });
  assert.deepEqual(doneOf(entry(200, 250)), { whole: 200, done: 200 });
  assert.deepEqual(doneOf(entry(null, 700, 6666)), { whole: 10_000, done: 6666 });
  assert.deepEqual(doneOf(entry(null, 700)), { whole: 10_000, done: 0 });
});

test("the head comes first, the tallest fills the height, what was paid fills from below", () => {
  const [head, tallest, none] = columns([entry(50, 50), entry(100, 25), entry(0, 0)], 240, 80, 24);
  assert.deepEqual([head.x, tallest.x, none.x], [0, 10, 20]);
  assert.deepEqual([head.y, head.height, head.filled], [40, 40, 40]);
  assert.deepEqual([tallest.y, tallest.height, tallest.filledY, tallest.filled], [0, 80, 60, 20]);
  assert.equal(none.filled, 0);
});

test("no more columns are drawn than there is room for", () => {
  const line = Array.from({ length: 30 }, () => entry(100, 0));
  const shown = columns(line, 240, 80, 24);
  assert.equal(shown.length, 24);
  assert.ok(shown.every(({ x, width }) => x + width <= 240));
});
