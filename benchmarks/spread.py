"""Orders over many queues: settled queue by queue, and many queues in one transaction."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from benchmarks.meter import total
from benchmarks.orders import batched, one_line_orders, paid
from benchmarks.results import Line, Options, say
from benchmarks.stage import SETTINGS, Run, Work, create_tables, deployment, engine, together
from rebate.bootstrap import App
from rebate.domain.errors import RebateError
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.usecases.orders.accept_order import Accepted
from rebate.usecases.orders.accept_together import BATCH_MAX, ToldOrder, accept_all
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key

RINGS = 100
"""Records that the platform brings to a function at once."""

PER_PRODUCT: Mapping[str, Any] = {
    **SETTINGS,
    "queue_rebate": {**SETTINGS["queue_rebate"], "mall": "per_product"},
}
REFERRED: Mapping[str, Any] = {
    **PER_PRODUCT,
    "referral": {"settle_on": "paid", "direct_bps": 500, "indirect_bps": 200},
}

Rung = list[tuple[QueueId, Key]]


@dataclass(frozen=True, slots=True)
class Case:
    """Orders of so many queues, one each, settled by so many processes at once."""

    name: str
    settings: Mapping[str, Any]
    queues: int
    settlers: int


FULL = (
    Case("1 000 queues, one settler", PER_PRODUCT, 1_000, 1),
    Case("1 000 queues, eight settlers", PER_PRODUCT, 1_000, 8),
    Case("1 000 queues and referral, eight settlers", REFERRED, 1_000, 8),
    Case("10 000 queues, eight settlers", PER_PRODUCT, 10_000, 8),
)
QUICK = (
    Case("200 queues, one settler", PER_PRODUCT, 200, 1),
    Case("200 queues and referral, two settlers", REFERRED, 200, 2),
)


def run(options: Options) -> Iterator[Line]:
    """Yield for each case a line for settling queue by queue, and one for many at once."""
    for case in QUICK if options.quick else FULL:
        baseline: Line = {}
        for name, settle in (("queue by queue", _alone), ("many queues at once", _together)):
            say(f"spread: {case.name}, {name}")
            figures = _measured(case, settle)
            baseline = baseline or figures
            ratio = figures["settlements_per_second"] / baseline["settlements_per_second"]
            yield {
                "bench": "spread",
                "case": f"{case.name}: {name}",
                **figures,
                "times_queue_by_queue": round(ratio, 2),
            }


def _measured(case: Case, settle: Callable[[App, Rung], None]) -> Line:
    with engine() as it:
        create_tables(it.endpoint)
        app, _ = deployment(it.endpoint, case.settings)
        _accept(app, case.queues)
        jobs: list[tuple[Work, tuple[Any, ...]]] = [
            (_settler, (it.endpoint, number, case.settlers, settle))
            for number in range(case.settlers)
        ]
        done = together(it, jobs)
        settled = {queue.id: queue.tickets for queue in app.store.scan(Queue)}
        assert sum(settled.values()) == case.queues, "an order was lost, or settled twice"
        assert next(app.store.scan(Inbox), None) is None, "something still waits"
    return _figures(done, case.queues)


def _accept(app: App, queues: int) -> None:
    """Let an order wait in each queue."""
    orders = [
        paid({**order, "lines": [{**order["lines"][0], "product_id": f"p{number}"}]})
        for number, order in enumerate(one_line_orders(queues))
    ]
    for batch in batched(orders, BATCH_MAX):
        for outcome in accept_all(app.orders, [ToldOrder(order) for order in batch]):
            assert isinstance(outcome, Accepted), f"not accepted: {outcome}"


def _settler(
    endpoint: str, number: int, settlers: int, settle: Callable[[App, Rung], None]
) -> Callable[[], Line]:
    """Settle what was rung for in this settler's part of the inbox."""
    app, meter = deployment(endpoint)
    rows = sorted(app.store.scan(Inbox), key=lambda row: row.sort)
    rung = [(row.queue, key_of(row)) for row in rows if _part(row, settlers) == number]
    meter.reset()

    def work() -> Line:
        for batch in batched(rung, RINGS):
            settle(app, list(batch))
        return {"meter": meter.snapshot()}

    return work


def _part(row: Inbox, settlers: int) -> int:
    return crc32(row.queue.encode()) % settlers


def _alone(app: App, rung: Rung) -> None:
    for queue in dict.fromkeys(queue for queue, _ in rung):
        app.settler.settle(queue)


def _together(app: App, rung: Rung) -> None:
    rings: dict[QueueId, list[Key]] = {}
    for queue, key in rung:
        rings.setdefault(queue, []).append(key)
    for queue, outcome in app.queues.settle(rings).items():
        assert not isinstance(outcome, RebateError), f"{queue} is not settled: {outcome}"


def _figures(done: Run, orders: int) -> Line:
    sums = total([answer["meter"] for answer in done.answers])
    return {
        "seconds": round(done.seconds, 3),
        "settlements_per_second": round(orders / done.seconds, 1),
        "client_cpu_ms_per_order": round(1000 * done.cpu / orders, 3),
        "engine_cpu_ms_per_order": round(1000 * done.engine_cpu / orders, 3),
        "calls_per_order": {
            name: round(count / orders, 3) for name, count in sorted(sums["calls"].items())
        },
        "write_units_per_order": round(sums["write_units"] / orders, 3),
        "read_units_per_order": round(sums["read_units"] / orders, 3),
        "cancelled": sums["cancelled"],
    }
