"""What an order costs: capacity units and calls of all functions, from its payment to its notices.

Units are told by function, and by table which each reads or writes (`write orders`).
Orders of one line in the base plan are paid, and completed days later, when all are paid. Functions
are called as they are deployed, by batches of queues and streams; docs/operations.md makes prices
of the figures.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from benchmarks.meter import Meter
from benchmarks.orders import batched, one_line_orders
from benchmarks.results import Line, Options, say
from benchmarks.stage import SETTINGS
from local.bus import enveloped, queued
from local.deployment import Clients, LocalDeployment, deployed
from local.engine import dynamodb
from local.streams import BATCH_MAX, Stream
from rebate.adapters.dynamodb import DynamoStore
from rebate.usecases.settings.save_settings import save_settings

PREFIX = "cost-"
COMPLETED_AFTER = timedelta(days=3)


def run(options: Options) -> Iterator[Line]:
    """Measure events that come one by one, and in batches of ten."""
    orders = 50 if options.quick else 300
    for batch in (1, 10):
        say(f"order_cost: {orders} orders, {batch} at a time")
        with dynamodb() as address:
            clients = Clients(address)
            with deployed(clients, PREFIX) as deployment:
                yield _Life(deployment, clients).of(list(one_line_orders(orders)), batch)


class _Life:
    """Takes orders through all functions, and counts what each function asks for."""

    def __init__(self, deployment: LocalDeployment, clients: Clients) -> None:
        self._functions = deployment.functions
        app = deployment.app
        save_settings(app.store, app.clock, SETTINGS, expects=0, by="bench")
        self._meter = Meter()
        assert isinstance(app.store, DynamoStore)
        self._meter.attach(app.store._connection.client)
        self._inbox = Stream(clients.streams, f"{PREFIX}inbox", from_start=True)
        self._journal = Stream(clients.streams, f"{PREFIX}journal", from_start=True)
        self._sums: dict[str, dict[str, float]] = {}

    def of(self, orders: Sequence[dict[str, Any]], batch: int) -> Line:
        """Return what an order costs, by function."""
        for some in batched(orders, batch):
            self._deliver("on_order_paid", "OrderPaid", some)
        for some in batched([_completed(order) for order in orders], batch):
            self._deliver("on_order_completed", "OrderCompleted", some)
        each = {
            function: {what: round(sums[what] / len(orders), 3) for what in sorted(sums)}
            for function, sums in self._sums.items()
        }
        whole = {
            f"{what}_per_order": round(sum(sums[what] for sums in each.values()), 3)
            for what in ("write_units", "read_units", "calls")
        }
        case = f"paid and completed, {batch} at a time"
        return {"bench": "order_cost", "case": case, "orders": len(orders), **whole, "each": each}

    def _deliver(self, function: str, kind: str, details: Sequence[dict[str, Any]]) -> None:
        bodies = [json.dumps(enveloped({"detail-type": kind, "detail": each})) for each in details]
        records = [queued(str(number), body, function) for number, body in enumerate(bodies)]
        self._call(function, {"Records": records})
        for rows in self._rows(self._inbox):
            self._call("settle", {"Records": rows})
        for rows in self._rows(self._journal):
            for listener in ("publish_events", "notify_members"):
                self._call(listener, {"Records": rows})

    def _rows(self, stream: Stream) -> Iterator[Sequence[dict[str, Any]]]:
        while rows := stream.read():
            yield from batched(rows, BATCH_MAX)

    def _call(self, function: str, event: dict[str, Any]) -> None:
        self._meter.reset()
        answer = self._functions.call(function, event)
        assert not answer["batchItemFailures"], f"{function} handed something back"
        sums = self._sums.setdefault(function, {})
        figures = {"write_units": self._meter.write_units, "read_units": self._meter.read_units}
        tables = self._meter.by_table.items()
        figures |= {what.replace(f" {PREFIX}", " "): units for what, units in tables}
        for what, units in (figures | {"calls": 1}).items():
            sums[what] = sums.get(what, 0) + units


def _completed(order: dict[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(order["paid_at"]) + COMPLETED_AFTER
    return {"order_id": order["order_id"], "completed_at": at.isoformat()}
