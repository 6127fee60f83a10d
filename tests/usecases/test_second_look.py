"""A settler looks into an inbox again exactly where a ring may have been left to it."""

from collections.abc import Sequence
from typing import Any

import pytest

from rebate.bootstrap import App, wire
from rebate.contracts.events_in import OrderPaid, parse_event
from rebate.domain.errors import Conflict
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.keys import SHARDS
from tests.fakes import FakeClock, MemoryStore
from tests.plans import MALL

QUEUE = QueueId("mall")
MORE_THAN_A_COMMIT = 60


class Counting(MemoryStore):
    """Counts the queries of inboxes."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    def query(self, kind: type[Any], partition: str, **options: Any) -> list[Any]:
        self.looks += kind is Inbox
        return super().query(kind, partition, **options)


@pytest.fixture
def store() -> Counting:
    return Counting()


@pytest.fixture
def app(store: Counting) -> App:
    made = wire(store, FakeClock())
    save_settings(store, made.clock, MALL, expects=0, by="test")
    return made


def accept(app: App, order: str) -> None:
    line = {"line_id": "1", "product_id": "p", "paid": 10_000}
    detail = {
        "order_id": order,
        "member": {"id": f"member of {order}"},
        "channel": "mall",
        "paid_at": "2026-03-01T10:00:00+08:00",
        "lines": [line],
    }
    event = parse_event("OrderPaid", detail)
    assert isinstance(event, OrderPaid)
    app.orders.accept(event)


def test_what_fits_into_a_commit_is_looked_for_once(app: App, store: Counting) -> None:
    accept(app, "o1")
    assert app.settler.settle(QUEUE).commands == 1
    assert store.looks == SHARDS


def is_of(queue: QueueId, writes: Sequence[Write]) -> Queue | None:
    rows = (write.row for write in writes if isinstance(write, Put))
    return next((row for row in rows if isinstance(row, Queue) and row.id == queue), None)


@pytest.mark.parametrize("beset", [False, True], ids=["undisturbed", "after a conflict"])
def test_a_ring_that_was_left_to_the_settler_is_not_lost(
    app: App, store: Counting, *, beset: bool
) -> None:
    """The last commit is the one that gives the lease back; until then others leave the queue."""
    other = wire(store, app.clock)
    left: list[bool] = []
    conflicts = [Conflict("TransactionConflict")] if beset else []

    def ring(writes: Sequence[Write]) -> None:
        queue = is_of(QUEUE, writes)
        if queue is None or queue.lease or left:
            return
        if conflicts:
            raise conflicts.pop()
        store.before_commit = lambda _: None
        accept(other, "late")
        left.append(other.settler.settle(QUEUE).busy)
        store.before_commit = ring

    for number in range(MORE_THAN_A_COMMIT):
        accept(app, f"o{number}")
    store.before_commit = ring
    app.settler.settle(QUEUE)
    assert left == [True]
    assert list(store.scan(Inbox)) == []
