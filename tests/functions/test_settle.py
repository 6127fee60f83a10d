"""Rings: queues are settled by their inboxes' stream, and by the sweep where a ring was lost."""

import copy
import subprocess
import sys

import pytest

from functions.scheduled_sweep.handler import handler as sweep
from functions.settle.handler import handler as settle
from rebate.bootstrap import app
from rebate.domain.commands import Join
from rebate.domain.errors import Impossible
from rebate.domain.names import MemberId, OrderId, QueueId
from rebate.domain.orders import Order
from rebate.domain.queues import Lease, Queue
from rebate.domain.times import SECOND, Instant
from rebate.usecases.settlement.wake_up import WakeUp, wake_up_of
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.keys import inbox_key, joined, number
from tests.functions.cloud import SETTINGS, bought, context, failed

STRANGE = "product/a#b%23c/ü 1"


def test_orders_are_settled_from_their_keys_alone(cloud):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    assert failed(settle(cloud.rings(), context("settle"))) == []
    assert cloud.wallets() == {"A": {"cash": 1000}}


def test_a_batch_for_several_queues_settles_each(cloud):
    store = {"channel": "store", "store_id": "W"}
    cloud.send(bought("o1", "A"), bought("o2", "A", **store), bought("o3", "B", **store))
    rings = cloud.rings()
    assert failed(settle(rings, context("settle"))) == []
    assert {name: len(q["entries"]) for name, q in cloud.outcome()["queues"].items()} == {
        "mall": 1,
        "store/W": 2,
    }


def test_a_repeated_ring_changes_nothing(cloud):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    rings = cloud.rings()
    settle(rings, context("settle"))
    before = cloud.outcome()
    assert failed(settle(rings, context("settle"))) == []
    assert cloud.outcome() == before


def test_only_what_came_rings(cloud):
    cloud.send(bought("o1", "A"))
    rings = cloud.rings()
    for record, name in zip(rings["Records"], ("REMOVE", "MODIFY"), strict=False):
        record["eventName"] = name
    assert failed(settle(rings, context("settle"))) == []
    assert cloud.outcome()["queues"] == {}


def test_commands_that_wait_for_the_rest_of_their_event_ring_again(cloud):
    hidden = _put_gated("mall")
    cloud.send(bought("o1", "A", channel="store", store_id="W"))
    answer = settle(cloud.rings(), context("settle"))
    rung = {
        r["dynamodb"]["SequenceNumber"]: r["dynamodb"]["Keys"] for r in cloud.rings()["Records"]
    }
    assert [key["sort"]["S"] for key in rung.values()] == [hidden]
    assert len(failed(answer)) == 1
    assert list(cloud.outcome()["queues"]) == ["store/W"]


def test_a_queue_that_another_settles_is_left_to_it(cloud):
    cloud.send(bought("o1", "A"))
    until = Instant(app().clock.now() + 10 * SECOND)
    app().store.commit([Put(Queue(QueueId("mall"), version=1, lease=Lease("another", until)))])
    assert failed(settle(cloud.rings(), context("settle"))) == []
    assert cloud.outcome()["queues"]["mall"]["entries"] == []


def test_a_queue_whose_store_is_gone_rings_again(cloud, monkeypatch):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    rings = cloud.rings()
    monkeypatch.setenv("REBATE_TABLE_PREFIX", "not-there-")
    app.cache_clear()
    numbers = [record["dynamodb"]["SequenceNumber"] for record in rings["Records"]]
    assert failed(settle(rings, context("settle"))) == numbers


def test_a_queue_that_the_store_will_never_take_holds_up_no_other(cloud, monkeypatch, capsys):
    cloud.send(bought("o1", "A"), bought("o2", "A", channel="store", store_id="W"))
    rings, commit = cloud.rings(), app().store.commit

    def refuse(writes):
        if any(
            isinstance(write, Put) and getattr(write.row, "id", "") == "mall" for write in writes
        ):
            raise Impossible("the journal's row is too large")
        commit(writes)

    monkeypatch.setattr(app().store, "commit", refuse)
    assert failed(settle(rings, context("settle"))) == []
    assert '"stuck":[1.0]' in capsys.readouterr().out
    assert list(cloud.outcome()["queues"]) == ["store/W"]
    assert sweep({}, context("scheduled_sweep")) == {"queues": ["mall"], "left": ["mall"]}
    monkeypatch.undo()
    assert sweep({}, context("scheduled_sweep")) == {"queues": ["mall"], "left": []}


def test_a_sweep_settles_what_no_ring_came_for(cloud):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    answer = sweep({"at": "2026-03-01T00:00:00Z"}, context("scheduled_sweep"))
    assert answer == {"queues": ["mall"], "left": []}
    assert cloud.wallets() == {"A": {"cash": 1000}}
    assert sweep({}, None) == {"queues": [], "left": []}


def test_a_sweep_tells_what_it_had_to_leave(cloud):
    _put_gated("mall")
    assert sweep({}, context("scheduled_sweep")) == {"queues": ["mall"], "left": ["mall"]}


@pytest.mark.parametrize("queue", ["mall", "store/W", STRANGE, "#", "product/"])
def test_a_ring_names_the_queue_that_the_row_was_stored_for(queue):
    sort = joined(number(5), number(7), "o#1/ü%")
    assert wake_up_of(*inbox_key(QueueId(queue), sort)) == WakeUp(QueueId(queue), Instant(7))
    assert wake_up_of(*inbox_key(QueueId(queue), f"{sort}!")) == WakeUp(QueueId(queue), Instant(7))


def test_a_product_of_any_name_has_a_queue_that_is_rung_for(cloud):
    settings = copy.deepcopy(SETTINGS)
    settings["queue_rebate"]["mall"] = "per_product"
    cloud.use(settings)
    line = {"line_id": "1", "product_id": STRANGE.removeprefix("product/"), "paid": 100}
    event = bought("o1", "A")
    event["detail"]["lines"] = [line]
    cloud.send(event)
    cloud.settle()
    assert list(cloud.outcome()["queues"]) == [STRANGE]


def test_the_settler_loads_nothing_of_the_api():
    code = (
        "import functions.settle.handler, sys; "
        "print([n for n in sys.modules if n.startswith('functions.api') or '.event_handler' in n"
        " or '.batch' in n or n == 'boto3'])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def _put_gated(queue: str) -> str:
    """Store a command ahead of its order's header, as a very long order does."""
    sort = joined(number(1), number(app().clock.now()), "o-long")
    order = OrderId("o-long")
    command = Join(Instant(1), order, MemberId("A"))
    row = Inbox(QueueId(queue), sort, command, gate=(order, 1))
    app().store.commit([Put(row), Put(Order(order, version=1))])
    return sort
