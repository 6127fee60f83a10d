"""What an audit takes, beside reading every row of the books once: it cannot take less."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

from benchmarks.orders import batched, one_line_orders, paid
from benchmarks.results import Line, Options, say
from rebate.adapters.codec import encode
from rebate.adapters.memory import MemoryStore
from rebate.bootstrap import App, wire
from rebate.contracts.events_in import parse_event
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.orders.accept_together import ToldOrder, accept_all
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.inbox import Inbox

ORDERS, ORDERS_QUICK = 10_000, 1_000
ROUNDS = 5
TOGETHER = 30
"""Orders that are accepted in one transaction."""

BASELINE = "baseline: reading every row once"

SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}},
    "order_queue": {"reward_bps": 3000, "rewards_to_exit": 3},
    "union": {
        "settle_on": "paid",
        "profit_share_bps": 5000,
        "quota_bps": 1000,
        "default_margin_bps": 2000,
    },
    "referral": {"settle_on": "paid", "direct_bps": 500},
}


def run(options: Options) -> Iterator[Line]:
    """Yield a line for the baseline, the audit, and the audit that decides commits again."""
    count = ORDERS_QUICK if options.quick else ORDERS
    say(f"audit: {count} orders in four plans")
    store = books(count)
    spent: dict[str, list[float]] = {}
    for number in range(ROUNDS):
        say(f"audit: round {number + 1} of {ROUNDS}")
        _measure(spent, BASELINE, partial(_read, _cold(store)))
        _measure(spent, "audit", partial(_sound, _cold(store), full=False))
        if number == 0:
            _measure(spent, "audit --full", partial(_sound, _cold(store), full=True))
    baseline = median(spent[BASELINE])
    for case, seconds in spent.items():
        line: Line = {"bench": "audit", "case": case, "orders": count}
        line["processor_seconds"] = round(median(seconds), 2)
        line["of_baseline"] = round(median(seconds) / baseline, 2)
        yield line


def books(count: int) -> MemoryStore:
    """Return the books of so many orders, a fifth of them completed, a tenth refunded in part."""
    store = MemoryStore()
    app = wire(store)
    save_settings(store, app.clock, SETTINGS, expects=0, by="benchmark")
    orders = list(one_line_orders(count))
    for some in batched(orders, TOGETHER):
        accept_all(app.orders, [ToldOrder(paid(order), "shop") for order in some])
        _settle(app, store)
    for number, order in enumerate(orders[: count // 5]):
        at = (datetime.fromisoformat(order["paid_at"]) + timedelta(days=1)).isoformat()
        told: dict[str, Any] = {"order_id": order["order_id"]}
        _tell(app, "OrderCompleted", told | {"completed_at": at})
        if number % 2:
            line = {"line_id": "1", "amount": order["lines"][0]["paid"] // 2}
            refund = {"refund_id": "r1", "refunded_at": at, "lines": [line]}
            _tell(app, "OrderRefunded", told | refund)
        if number % TOGETHER == 0:
            _settle(app, store)
    _settle(app, store)
    return store


def _tell(app: App, kind: str, detail: dict[str, Any]) -> None:
    event: Any = parse_event(kind, detail)
    app.orders.accept(event, "shop")


def _settle(app: App, store: Store) -> None:
    while waiting := {row.queue for row in store.scan(Inbox)}:
        for queue in sorted(waiting):
            app.settler.settle(queue)


def _cold(store: MemoryStore) -> MemoryStore:
    """Return the same books as they are kept: rows are read out of their texts again."""
    cold = MemoryStore()
    for kind, partitions in store.rows.items():
        for partition, rows in partitions.items():
            texts = {sort: encode(row) for sort, row in rows.items() if not isinstance(row, str)}
            cold.rows[kind][partition] = {**rows, **texts}
    return cold


def _read(store: MemoryStore) -> None:
    for kind in list(store.rows):
        for _ in store.scan(kind):
            pass


def _sound(store: Store, *, full: bool) -> None:
    found = audit_books(store, full=full).differences
    assert not found, found[0]


def _measure(spent: dict[str, list[float]], case: str, work: Callable[[], None]) -> None:
    began = time.process_time()
    work()
    spent.setdefault(case, []).append(time.process_time() - began)
