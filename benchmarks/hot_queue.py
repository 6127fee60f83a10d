"""One hot mall queue: orders of one line, accepted by 1 and by 8 processes, settled meanwhile."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.meter import Meter, total
from benchmarks.naive import Mall
from benchmarks.orders import batched, one_line_orders, paid
from benchmarks.postgres import PostgresMall, Server, is_installed
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
from rebate.bootstrap import App
from rebate.domain.errors import Conflict
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.usecases.orders.accept_order import Accepted
from rebate.usecases.orders.accept_together import BATCH_MAX, ToldOrder, accept_all
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settlement.settle_queue import CONFLICTS_MAX
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.keys import SHARDS, Key, inbox_partition

QUEUE = QueueId("mall")
WRITERS = (1, 8)

POLL_SECONDS = 0.25
"""How often the platform looks into a stream on behalf of a function."""

YIELDS = 10
"""What writers add to their niceness, the baseline's too. In the cloud a settler has a processor of
its own; here it goes first, or it would get a ninth of two and end long after the writers."""

EXTRACTION_BPS: int = SETTINGS["queue_rebate"]["extraction_bps"]
ENTITLEMENT_BPS: int = SETTINGS["queue_rebate"]["entitlement"]["fixed_bps"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Orders in all: `main` for the comparison, `others` where fewer show the same.

    How often writers of the baseline stand in each other's way varies, so it needs `baseline`.
    """

    main: int
    baseline: int
    others: int


FULL, QUICK = Sizes(20_000, 5_000, 1_000), Sizes(1_200, 240, 240)


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to bring orders through the engine.

    `batch` orders are accepted together. `settlers` are processes beside the writers, each woken
    by the commands in its part of the inbox's partitions, as functions behind the shards of its
    stream; with 0 each writer settles after each batch.
    """

    name: str
    batch: int = BATCH_MAX
    settlers: int = 1


BASELINE = "baseline: a transaction an order"
POSTGRES = "PostgreSQL: a stored function, batches of thirty"

_SHORT = {BASELINE: "baseline", POSTGRES: "postgres"}

MAIN = Variant("rebate: batches of thirty, one settler")
OTHERS = (
    Variant("rebate: batches of thirty, four settlers", settlers=SHARDS),
    Variant("rebate: batches of thirty, writers settle", settlers=0),
    Variant("rebate: batches of ten, one settler", batch=10),
    Variant("rebate: one by one, one settler", batch=1),
)


def run(options: Options) -> Iterator[Line]:
    """Yield a line for each baseline and each variant, at each number of writers."""
    sizes = QUICK if options.quick else FULL
    for writers in WRITERS:
        baselines: dict[str, Line] = {}
        for name, orders, measure in _cases(sizes):
            say(f"hot_queue: {name}, {writers} writers, {orders} orders")
            line = {
                "bench": "hot_queue",
                "case": name,
                "writers": writers,
                "orders": orders,
                **measure(writers, orders // writers),
            }
            if name in (BASELINE, POSTGRES):
                baselines[name] = line
            yield line | _compared(line, baselines)


def _cases(sizes: Sizes) -> Iterator[tuple[str, int, Callable[[int, int], Line]]]:
    yield BASELINE, sizes.baseline, _baseline
    if is_installed():
        yield POSTGRES, sizes.main, _postgres
    else:
        say("hot_queue: PostgreSQL is not installed, so nothing is compared with it")
    yield MAIN.name, sizes.main, partial(_ours, MAIN)
    for variant in OTHERS:
        yield variant.name, sizes.others, partial(_ours, variant)


def _baseline(writers: int, each: int) -> Line:
    with engine() as it:
        _mall(it.endpoint)[0].create_tables()
        jobs = [(_naive_writer, (it.endpoint, writer, each)) for writer in range(writers)]
        done = together(it, jobs)
        outcome = _mall(it.endpoint)[0].outcome()
    _insist(outcome, writers, each)
    return _figures(done, writers * each)


def _postgres(writers: int, each: int) -> Line:
    with Server.started() as it, _postgres_mall(it.address) as mall:
        mall.create_tables()
        jobs = [(_postgres_writer, (it.address, writer, each)) for writer in range(writers)]
        done = together(it, jobs)
        outcome = mall.outcome()
    _insist(outcome, writers, each)
    return _speed(done, writers * each)


def _ours(variant: Variant, writers: int, each: int) -> Line:
    with engine() as it:
        create_tables(it.endpoint)
        app, _ = deployment(it.endpoint, SETTINGS)
        jobs: list[tuple[Work, tuple[Any, ...]]] = [
            (_writer, (it.endpoint, writer, each, variant)) for writer in range(writers)
        ]
        jobs += [
            (_settler, (it.endpoint, writers * each, range(first, SHARDS, variant.settlers)))
            for first in range(variant.settlers)
        ]
        done = together(it, jobs)
        outcome = show_outcome(app.store, app.settings.in_force().terms)
    _insist(outcome, writers, each)
    return _figures(done, writers * each)


def _mall(endpoint: str) -> tuple[Mall, Meter]:
    made, meter = client(endpoint), Meter()
    meter.attach(made)
    return Mall(made, EXTRACTION_BPS, ENTITLEMENT_BPS), meter


def _naive_writer(endpoint: str, writer: int, count: int) -> Callable[[], Line]:
    """Accept a writer's orders, one transaction each."""
    os.nice(YIELDS)
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


def _postgres_mall(address: str) -> AbstractContextManager[PostgresMall]:
    return PostgresMall.at(address, EXTRACTION_BPS, ENTITLEMENT_BPS)


def _postgres_writer(address: str, writer: int, count: int) -> Callable[[], Line]:
    """Accept a writer's orders, thirty in a call."""
    os.nice(YIELDS)
    orders = list(one_line_orders(count, writer=writer))

    def work() -> Line:
        waited = []
        with _postgres_mall(address) as mall:
            for batch in batched(orders, BATCH_MAX):
                began = time.monotonic()
                assert all(mall.accept(batch)), "an order was known"
                waited += [time.monotonic() - began] * len(batch)
        return {"waited": waited}

    return work


def _writer(endpoint: str, writer: int, count: int, variant: Variant) -> Callable[[], Line]:
    """Accept a writer's orders in batches, and settle them if nobody else does."""
    os.nice(YIELDS)
    app, meter = deployment(endpoint)
    orders = list(one_line_orders(count, writer=writer))
    meter.reset()

    def work() -> Line:
        waited, rings = [], Rings()
        for batch in batched(orders, variant.batch):
            began = time.monotonic()
            for outcome in accept_all(app.orders, [ToldOrder(paid(order)) for order in batch]):
                assert isinstance(outcome, Accepted), f"not accepted: {outcome}"
            waited += [time.monotonic() - began] * len(batch)
            if not variant.settlers:
                rings.ring(app)
        return {"meter": meter.snapshot(), "waited": waited, **rings.counts()}

    return work


def _settler(endpoint: str, count: int, shards: range) -> Callable[[], Line]:
    """Ring whenever commands wait in these partitions, until `count` orders are settled."""
    app, meter = deployment(endpoint)
    meter.reset()

    def work() -> Line:
        rings = Rings()
        while True:
            woken = len(shards) == SHARDS or any(_waits(app, shard) for shard in shards)
            if not (woken and rings.ring(app)) and _settled(app) == count:
                break
            time.sleep(POLL_SECONDS)
        return {"meter": meter.snapshot(), "waited": [], **rings.counts()}

    return work


def _waits(app: App, shard: int) -> bool:
    return bool(app.store.query(Inbox, inbox_partition(QUEUE, shard), limit=1))


def _settled(app: App) -> int:
    queue = app.store.get(Queue, Key(QUEUE))
    return queue.tickets if queue else 0


@dataclass(slots=True)
class Rings:
    """What came of rings for the queue; one that others stood in the way of is rung again."""

    commits: int = 0
    conflicts: int = 0

    def ring(self, app: App) -> int:
        """Settle what waits, unless another settler does; return how much that was."""
        commands = 0
        while True:
            try:
                settled = app.settler.settle(QUEUE)
            except Conflict:
                self.conflicts += CONFLICTS_MAX
            else:
                commands += settled.commands
                self.commits += settled.commits
                self.conflicts += settled.conflicts
                if not settled.unfinished:
                    return commands

    def counts(self) -> Line:
        """Return the sums."""
        return {"conflicts": self.conflicts, "commits": self.commits}


def _insist(outcome: dict[str, Any], writers: int, each: int) -> None:
    """Insist that nothing was lost and nothing happened twice."""
    amounts = [
        line["paid"]
        for writer in range(writers)
        for order in one_line_orders(each, writer=writer)
        for line in order["lines"]
    ]
    entries = outcome["queues"][QUEUE]["entries"]
    contributed = sum(amount * EXTRACTION_BPS // 10_000 for amount in amounts)
    given = sum(wallet["cash"] for wallet in outcome["wallets"].values())
    assert len(entries) == len(amounts), f"{len(entries)} entries of {len(amounts)} orders"
    assert outcome["platform"]["contributed"] == contributed, "contributions do not add up"
    assert given + outcome["platform"]["retained"] == contributed, "payouts do not add up"
    assert sum(entry["paid"] for entry in entries) == given, "entries do not add up"


def _speed(done: Run, orders: int) -> Line:
    waited = sorted(each for answer in done.answers for each in answer["waited"])
    return {
        "seconds": round(done.seconds, 3),
        "orders_per_second": round(orders / done.seconds, 1),
        "client_cpu_ms_per_order": round(1000 * done.cpu / orders, 3),
        "engine_cpu_ms_per_order": round(1000 * done.engine_cpu / orders, 3),
        "accepted_ms_median": round(1000 * waited[len(waited) // 2], 2),
        "accepted_ms_p99": round(1000 * waited[len(waited) * 99 // 100], 2),
    }


def _figures(done: Run, orders: int) -> Line:
    sums = total([answer["meter"] for answer in done.answers])
    conflicts = sum(answer["conflicts"] for answer in done.answers)
    commits = sum(answer.get("commits", 0) for answer in done.answers)
    return _speed(done, orders) | {
        "write_units_per_order": round(sums["write_units"] / orders, 3),
        "cancelled_write_units_per_order": round(sums["cancelled_units"] / orders, 3),
        "read_units_per_order": round(sums["read_units"] / orders, 3),
        "calls_per_order": round(sums["calls"].total() / orders, 3),
        "conflicts_per_order": round(conflicts / orders, 4),
        "cancelled_per_order": round(sums["cancelled"] / orders, 4),
        "orders_per_commit": round(orders / commits, 1) if commits else None,
        "units_by_table_per_order": {
            name: round(units / orders, 3) for name, units in sorted(sums["by_table"].items())
        },
    }


def _compared(line: Line, baselines: Mapping[str, Line]) -> Line:
    """Return ratios to the baselines of the same run; what is charged includes cancelled writes."""
    ratios: Line = {}
    for name, baseline in baselines.items():
        ratio = line["orders_per_second"] / baseline["orders_per_second"]
        ratios[f"times_{_SHORT[name]}_orders_per_second"] = round(ratio, 2)
    if "write_units_per_order" in line:
        baseline = baselines[BASELINE]
        units = line["write_units_per_order"] / baseline["write_units_per_order"]
        ratios["of_baseline_write_units"] = round(units, 3)
        ratios["of_baseline_charged_write_units"] = round(_charged(line) / _charged(baseline), 3)
    return ratios


def _charged(line: Line) -> float:
    return float(line["write_units_per_order"] + line["cancelled_write_units_per_order"])
