/** From figures to shapes: where rectangles stand, in whatever unit width and height have. Pure. */

/** What a queue took in, and where it went: both sides are equal, as its books are. */
export function flowOf(queue) {
  const { contributed, borne, retained, clawed_back, pool } = queue;
  const paid = contributed + borne - retained - clawed_back - pool;
  return {
    from: [
      { name: "contributed", amount: contributed },
      { name: "borne", amount: borne },
    ],
    to: [
      { name: "paid", amount: paid },
      { name: "retained", amount: retained },
      { name: "clawed_back", amount: clawed_back },
      { name: "pool", amount: pool },
    ],
  };
}

/** Return the sum of the figures of several queues. */
export function summed(queues) {
  const names = [
    "contributed",
    "borne",
    "retained",
    "clawed_back",
    "pool",
    "owed",
    "repurchased",
    "entries",
    "waiting",
  ];
  return Object.fromEntries(
    names.map((name) => [name, queues.reduce((sum, queue) => sum + queue[name], 0)]),
  );
}

/**
 * Lay parts side by side; together they are as wide as `whole` is in `width`. Amounts below 0 take
 * no room.
 */
export function stacked(parts, whole, width) {
  let before = 0;
  return parts.map(({ name, amount }) => {
    const [x, end] = [before, before + Math.max(amount, 0)].map((at) =>
      whole > 0 ? (at * width) / whole : 0,
    );
    before += Math.max(amount, 0);
    return { name, amount, x, width: end - x };
  });
}

/**
 * Return how much of an entry is done: of its entitlement, or of the rewards after which it
 * leaves.
 */
export function doneOf(entry) {
  if (entry.entitlement === null)
    return { whole: 10_000, done: Math.min(entry.progress_bps ?? 0, 10_000) };
  return { whole: entry.entitlement, done: Math.min(entry.paid ?? 0, entry.entitlement) };
}

/** Stand entries beside each other, the head of the line first; the tallest fills the height. */
export function columns(entries, width, height, slots) {
  const shown = entries.slice(0, slots).map(doneOf);
  const tallest = Math.max(1, ...shown.map(({ whole }) => whole));
  const step = width / slots;
  return shown.map(({ whole, done }, at) => {
    const tall = Math.max((whole * height) / tallest, 1);
    const filled = whole ? (tall * done) / whole : 0;
    return {
      x: at * step,
      width: step * 0.78,
      y: height - tall,
      height: tall,
      filledY: height - filled,
      filled,
    };
  });
}
