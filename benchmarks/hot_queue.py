"""One hot mall queue: many orders of one line, written by 1 and by 8 processes (issue 5, item 6)."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.meter import Meter, total
from benchmarks.naive import Mall
from benchmarks.orders import one_line_orders
from benchmarks.results import Line, Options, say
from benchmarks.stage import (
    SETTINGS,
    Run,
    Work,
    client,
    create_tables,
    deployment,
    engine,
    together,
)
from local.engine import Engine
from rebate.bootstrap import App
from rebate.contracts.events_in import parse_event
from rebate.domain.errors import Conflict
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.usecases.rows import Key
from rebate.usecases.settle_queue import CONFLICTS_MAX
from rebate.usecases.show_outcome import show_outcome

QUEUE = QueueId("mall")
ORDERS = 20_000
ORDERS_QUICK = 1_000
WRITERS = (1, 8)
EXTRACTION_BPS: int = SETTINGS["queue_rebate"]["extraction_bps"]
ENTITLEMENT_BPS: int = SETTINGS["queue_rebate"]["entitlement"]["fixed_bps"]


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to bring orders through the engine.

    `rings_every`: a writer rings for the queue after so many orders of its own (0: never).
    `settlers` are processes beside the writers that ring again and again, `window` seconds apart
    when they found nothing: as functions behind the inbox's stream, one for each of its shards.
    """

    name: str
    rings_every: int = 0
    settlers: int = 0
    window: float = 0.02


VARIANTS = (
    Variant("rebate, every order rings", rings_every=1),
    Variant("rebate, every tenth order rings", rings_every=10),
    Variant("rebate, one settler beside the writers", settlers=1),
    Variant("rebate, four settlers beside the writers", settlers=4),
)


def run(options: Options) -> Iterator[Line]:
    """Yield a line for the baseline and each variant, at each number of writers."""
    orders = ORDERS_QUICK if options.quick else ORDERS
    for writers in WRITERS:
        baseline: Line = {}
        for name, measure in _cases():
            say(f"hot_queue: {name}, {writers} writers, {orders} orders")
            line = {
                "bench": "hot_queue",
                "case": name,
                "writers": writers,
                "orders": orders,
                **measure(writers, orders // writers),
            }
            baseline = baseline or line
            yield line | _compared(line, baseline)


def _cases() -> Iterator[tuple[str, Callable[[int, int], Line]]]:
    yield "baseline, a transaction an order", _baseline
    for variant in VARIANTS:
        yield variant.name, lambda writers, each, v=variant: _ours(v, writers, each)


def _baseline(writers: int, each: int) -> Line:
    with engine() as it:
        _mall(it.endpoint)[0].create_tables()
        jobs = [(_naive_writer, (it.endpoint, writer, each)) for writer in range(writers)]
        done = together(it, jobs)
        outcome = _mall(it.endpoint)[0].outcome()
    _insist(outcome, writers, each)
    return _figures(done, writers * each)


def _ours(variant: Variant, writers: int, each: int) -> Line:
    with engine() as it:
        create_tables(it.endpoint)
        app, _ = deployment(it.endpoint, SETTINGS)
        jobs: list[tuple[Work, tuple[Any, ...]]] = [
            (_writer, (it.endpoint, writer, each, variant.rings_every)) for writer in range(writers)
        ]
        jobs += [(_settler, (it.endpoint, writers * each, variant.window))] * variant.settlers
        done = together(it, jobs)
        outcome = show_outcome(app.store, app.settings.in_force().settings)
    _insist(outcome, writers, each)
    return _figures(done, writers * each)


def _mall(endpoint: str) -> tuple[Mall, Meter]:
    made, meter = client(endpoint), Meter()
    meter.attach(made)
    return Mall(made, EXTRACTION_BPS, ENTITLEMENT_BPS), meter


def _naive_writer(endpoint: str, writer: int, count: int) -> Callable[[], Line]:
    """Accept a writer's orders, one transaction each."""
    mall, meter = _mall(endpoint)
    orders = list(one_line_orders(count, writer=writer))
    mall._queue()
    meter.reset()

    def work() -> Line:
        waited = []
        for order in orders:
            began = time.monotonic()
            mall.accept(order)
            waited.append(time.monotonic() - began)
        return {"meter": meter.snapshot(), "conflicts": mall.conflicts, "waited": waited}

    return work


def _writer(endpoint: str, writer: int, count: int, rings_every: int) -> Callable[[], Line]:
    """Accept a writer's orders, and settle the queue where it rings."""
    app, meter = deployment(endpoint)
    orders = list(one_line_orders(count, writer=writer))
    meter.reset()

    def work() -> Line:
        waited, rings = [], Rings()
        for number, order in enumerate(orders, 1):
            began = time.monotonic()
            app.orders.accept(parse_event("OrderPaid", order))
            waited.append(time.monotonic() - began)
            if rings_every and (number % rings_every == 0 or number == count):
                rings.ring(app)
        return {"meter": meter.snapshot(), "waited": waited, **rings.counts()}

    return work


def _settler(endpoint: str, count: int, window: float) -> Callable[[], Line]:
    """Ring again and again until so many orders are settled, by this settler or another."""
    app, meter = deployment(endpoint)
    meter.reset()

    def work() -> Line:
        rings = Rings()
        while _settled(app) < count:
            if not rings.ring(app):
                time.sleep(window)
        return {"meter": meter.snapshot(), "waited": [], **rings.counts()}

    return work


def _settled(app: App) -> int:
    queue = app.store.get(Queue, Key(QUEUE))
    return queue.tickets if queue else 0


@dataclass(slots=True)
class Rings:
    """What came of rings for the queue; one that others stood in the way of is rung again."""

    commands: int = 0
    commits: int = 0
    conflicts: int = 0

    def ring(self, app: App) -> int:
        """Settle what waits; return how much that was."""
        while True:
            try:
                settled = app.settler.settle(QUEUE)
            except Conflict:
                self.conflicts += CONFLICTS_MAX
            else:
                self.commands += settled.commands
                self.commits += settled.commits
                self.conflicts += settled.conflicts
                return settled.commands

    def counts(self) -> Line:
        """Return the sums."""
        return {"conflicts": self.conflicts, "commits": self.commits}


def _insist(outcome: dict[str, Any], writers: int, each: int) -> None:
    """Insist that nothing was lost and nothing happened twice."""
    paid = [
        line["paid"]
        for writer in range(writers)
        for order in one_line_orders(each, writer=writer)
        for line in order["lines"]
    ]
    entries = outcome["queues"][QUEUE]["entries"]
    contributed = sum(amount * EXTRACTION_BPS // 10_000 for amount in paid)
    given = sum(wallet["cash"] for wallet in outcome["wallets"].values())
    assert len(entries) == len(paid), f"{len(entries)} entries of {len(paid)} orders"
    assert outcome["platform"]["contributed"] == contributed, "contributions do not add up"
    assert given + outcome["platform"]["retained"] == contributed, "payouts do not add up"
    assert sum(entry["paid"] for entry in entries) == given, "entries do not add up"


def _figures(done: Run, orders: int) -> Line:
    sums = total([answer["meter"] for answer in done.answers])
    waited = sorted(each for answer in done.answers for each in answer["waited"])
    conflicts = sum(answer["conflicts"] for answer in done.answers)
    commits = sum(answer.get("commits", 0) for answer in done.answers)
    return {
        "seconds": round(done.seconds, 3),
        "orders_per_second": round(orders / done.seconds, 1),
        "client_cpu_ms_per_order": round(1000 * done.cpu / orders, 3),
        "engine_cpu_ms_per_order": round(1000 * done.engine_cpu / orders, 3),
        "write_units_per_order": round(sums["write_units"] / orders, 3),
        "cancelled_write_units_per_order": round(sums["cancelled_units"] / orders, 3),
        "read_units_per_order": round(sums["read_units"] / orders, 3),
        "calls_per_order": round(sums["calls"].total() / orders, 3),
        "conflicts_per_order": round(conflicts / orders, 4),
        "cancelled_per_order": round(sums["cancelled"] / orders, 4),
        "orders_per_commit": round(orders / commits, 1) if commits else None,
        "accepted_ms_median": round(1000 * waited[len(waited) // 2], 2),
        "accepted_ms_p99": round(1000 * waited[len(waited) * 99 // 100], 2),
        "units_by_table_per_order": {
            name: round(units / orders, 3) for name, units in sorted(sums["by_table"].items())
        },
    }


def _compared(line: Line, baseline: Line) -> Line:
    """Return ratios to the baseline of the same run; what is charged includes cancelled writes."""

    def charged(of: Line) -> float:
        return float(of["write_units_per_order"] + of["cancelled_write_units_per_order"])

    return {
        "times_baseline_orders_per_second": round(
            line["orders_per_second"] / baseline["orders_per_second"], 2
        ),
        "of_baseline_write_units": round(
            line["write_units_per_order"] / baseline["write_units_per_order"], 3
        ),
        "of_baseline_charged_write_units": round(charged(line) / charged(baseline), 3),
    }
