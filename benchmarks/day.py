"""A day of 50 000 orders through one queue, by the real handlers; and what a million would cost.

Orders come in SQS batches; the inbox's and the journal's streams are brought to their functions
after every few batches, all in one process and one after another.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from benchmarks.meter import Meter, total
from benchmarks.orders import batched, one_line_orders
from benchmarks.results import Line, Options, say
from benchmarks.stage import PREFIX, SETTINGS, cpu_seconds, engine
from local.bus import enveloped, queued
from local.deployment import Clients, LocalDeployment, deployed
from local.engine import Engine
from rebate.adapters.telemetry import Metric
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.rows.keys import Key

ORDERS, ORDERS_QUICK = 50_000, 400
BATCH = 10
"""Orders that a second gathers where ten come in it; a function may get three times as many."""

BATCHES_A_RING = 10
"""Batches that come in between two looks into the streams."""

MEMORY_GB = 1.0
"""What functions are deployed with."""

PRICES = {
    "events in": 1.00,
    "SQS requests": 0.40,
    "Lambda requests": 0.20,
    "Lambda GB-seconds": 13.3334,
    "write units": 0.625,
    "read units": 0.125,
    "events out": 1.00,
}
"""US dollars a million, on demand, as listed for us-east-1 on arm64."""


def run(options: Options) -> Iterator[Line]:
    """Yield a line for the day, one a function, and one an item of the bill."""
    count = ORDERS_QUICK if options.quick else ORDERS
    with engine() as it, deployed(Clients(it.endpoint), PREFIX) as there:
        yield from _day(it, there, count)


def _day(it: Engine, there: LocalDeployment, count: int) -> Iterator[Line]:
    app, meter, calls = there.app, Meter(), Calls(there.functions.call)
    there.functions.call = calls.call  # type: ignore[method-assign]
    save_settings(app.store, app.clock, SETTINGS, expects=0, by="benchmark")
    _bring(there, list(one_line_orders(BATCH, writer=9)))
    meter.attach(app.store._connection.client)  # type: ignore[attr-defined]
    calls.reset()
    published = there.functions.metrics[Metric.PUBLISHED]
    began, cpu, engine_cpu = time.monotonic(), time.process_time(), cpu_seconds(it.pid)
    orders = list(one_line_orders(count))
    for number, piece in enumerate(batched(orders, BATCH * BATCHES_A_RING)):
        if number % 50 == 0:
            say(f"day: {number * BATCH * BATCHES_A_RING} of {count} orders")
        _bring(there, piece)
    seconds = time.monotonic() - began
    used, engine_used = time.process_time() - cpu, cpu_seconds(it.pid) - engine_cpu
    sums = total([meter.snapshot()])
    published = there.functions.metrics[Metric.PUBLISHED] - published
    queue = app.store.get(Queue, Key(QueueId("mall")))
    assert queue is not None, "there is no queue"
    assert queue.entries == count + BATCH, f"{queue.entries} entries of {count} orders"
    assert not there.dead_letters(), "events were set aside"
    assert not audit_books(app.store).differences, "the books do not add up"
    yield {
        "bench": "day",
        "case": "one queue, one process",
        "orders": count,
        "seconds": round(seconds, 1),
        "orders_per_second": round(count / seconds, 1),
        "functions_cpu_ms_per_order": round(1000 * used / count, 2),
        "engine_cpu_ms_per_order": round(1000 * engine_used / count, 2),
        "write_units_per_order": round(sums["write_units"] / count, 2),
        "read_units_per_order": round(sums["read_units"] / count, 2),
        "conflicts": sums["cancelled"],
        "waiting_at_the_end": queue.standing.waiting,
    }
    yield from calls.lines(count)
    yield from _bill(
        {
            "events in": 1,
            "SQS requests": 1 + 2 / BATCH,
            "Lambda requests": calls.count.total() / count,
            "Lambda GB-seconds": MEMORY_GB * sum(calls.seconds.values()) / count,
            "write units": sums["write_units"] / count,
            "read units": sums["read_units"] / count,
            "events out": published / count,
        }
    )


def _bring(there: LocalDeployment, orders: Any) -> None:
    """Bring orders to the handlers, then all that they cause."""
    for batch in batched(orders, BATCH):
        there.functions.call("on_order_paid", {"Records": [_record(each) for each in batch]})
    there.settle()
    there.publish()


class Calls:
    """Counts and times the calls of functions."""

    def __init__(self, call: Callable[[str, dict[str, Any]], Any]) -> None:
        self._call = call
        self.reset()

    def reset(self) -> None:
        self.count: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()
        self.records: Counter[str] = Counter()

    def call(self, name: str, event: dict[str, Any]) -> Any:
        began = time.monotonic()
        answer = self._call(name, event)
        assert not (answer or {}).get("batchItemFailures"), f"{name} handed back {answer}"
        self.count[name] += 1
        self.seconds[name] += time.monotonic() - began  # type: ignore[assignment]
        self.records[name] += len(event["Records"])
        return answer

    def lines(self, orders: int) -> Iterator[Line]:
        for name, calls in sorted(self.count.items()):
            yield {
                "bench": "day",
                "case": f"function {name}",
                "calls_per_order": round(calls / orders, 3),
                "records_per_call": round(self.records[name] / calls, 1),
                "ms_per_call": round(1000 * self.seconds[name] / calls, 1),
                "ms_per_order": round(1000 * self.seconds[name] / orders, 2),
            }


def _record(order: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(enveloped({"detail-type": "OrderPaid", "detail": order}))
    return queued(str(uuid4()), body, "on_order_paid")


def _bill(per_order: dict[str, float]) -> Iterator[Line]:
    """Yield each item of the bill for a million orders, then their sum."""
    dollars = {item: each * PRICES[item] for item, each in per_order.items()}
    for item, each in per_order.items():
        yield {
            "bench": "day",
            "case": f"bill: {item}",
            "per_order": round(each, 4),
            "dollars_a_million": PRICES[item],
            "dollars_per_million_orders": round(dollars[item], 2),
        }
    whole = round(sum(dollars.values()), 2)
    yield {"bench": "day", "case": "bill: in all", "dollars_per_million_orders": whole}
