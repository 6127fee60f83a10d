"""Settling on one machine ends, and says of each queue that does not come to rest why."""

from collections.abc import Iterator, Sequence

import pytest

from local import settling
from local.deployment import LocalDeployment
from local.memory import deployed_in_memory
from local.settling import Unsettled
from rebate.domain.commands import Join
from rebate.domain.errors import Impossible
from rebate.domain.names import MemberId, OrderId, QueueId
from rebate.domain.queues import Queue
from rebate.domain.times import Instant
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.keys import Key, joined, number
from tests.plans import MALL

MORE_THAN_A_COMMIT = 60


@pytest.fixture
def deployment() -> Iterator[LocalDeployment]:
    with deployed_in_memory() as made:
        save_settings(made.app.store, made.app.clock, MALL, expects=0, by="test")
        yield made


def buy(deployment: LocalDeployment, order: str, **where: str) -> None:
    line = {"line_id": "1", "product_id": "p", "paid": 10_000}
    detail = {
        "order_id": order,
        "member": {"id": f"member of {order}"},
        "channel": "mall",
        "paid_at": "2026-03-01T10:00:00+08:00",
        "lines": [line],
    }
    deployment.bus.deliver({"detail-type": "OrderPaid", "detail": detail | where})


def settled(deployment: LocalDeployment, queue: str) -> int:
    row = deployment.app.store.get(Queue, Key(queue))
    return row.tickets if row else 0


def refuse(deployment: LocalDeployment, queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = deployment.app.store
    commit = store.commit

    def refusing(writes: Sequence[Write]) -> None:
        rows = [write.row for write in writes if isinstance(write, Put)]
        if any(isinstance(row, Queue) and row.id == queue for row in rows):
            raise Impossible("a row of 511 KB")
        commit(writes)

    monkeypatch.setattr(store, "commit", refusing)


def test_a_queue_that_cannot_go_on_is_told_and_holds_up_no_other(
    deployment: LocalDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(deployment, "mall", monkeypatch)
    buy(deployment, "o1")
    buy(deployment, "o2", channel="store", store_id="W")
    with pytest.raises(Unsettled, match="queue mall cannot go on: a row of 511 KB"):
        deployment.settle()
    assert settled(deployment, "store/W") == 1
    with pytest.raises(Unsettled, match="queue mall cannot go on"):
        deployment.recover()
    monkeypatch.undo()
    deployment.recover()
    assert settled(deployment, "mall") == 1


def test_a_queue_that_waits_for_what_never_comes_is_told(
    deployment: LocalDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "TRIES_MAX", 2)
    order = OrderId("half stored")
    command = Join(Instant(1), order, MemberId("A"))
    sort = joined(number(1), number(1), order)
    deployment.app.store.commit([Put(Inbox(QueueId("mall"), sort, command, gate=(order, 1)))])
    buy(deployment, "o2", channel="store", store_id="W")
    with pytest.raises(Unsettled) as told:
        deployment.settle()
    assert told.value.why == {"mall": "is handed back again and again"}
    assert settled(deployment, "store/W") == 1


def test_what_takes_long_and_comes_to_an_end_is_waited_for(deployment: LocalDeployment) -> None:
    deployment.app.settler.patience = 0
    for each in range(MORE_THAN_A_COMMIT):
        buy(deployment, f"o{each}")
    deployment.settle()
    assert settled(deployment, "mall") == MORE_THAN_A_COMMIT


def test_what_comes_to_no_end_is_broken_off(deployment: LocalDeployment) -> None:
    deployment.app.settler.patience = 0
    for each in range(MORE_THAN_A_COMMIT):
        buy(deployment, f"o{each}")
    with pytest.raises(Unsettled, match=r"queue mall comes to no end: \d+ commands were"):
        deployment.settle(commands_max=10)
