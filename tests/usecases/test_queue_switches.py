"""What waits stands against switching queues apart or together, unless accepted (Rule 1.4.1)."""

from typing import Any

import pytest

from rebate.domain.errors import Conflict
from rebate.domain.names import OrderId, QueueId
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.queries.show_order import show_order
from rebate.usecases.queries.show_queues import show_stalled
from tests.books import check_books
from tests.engine import Player
from tests.usecases.disturbed import sweep

SWITCHES = [
    ("mall", "per_product", "shared", {}, "product/p1"),
    ("stores", "per_store", "shared", {"channel": "store", "store": "W"}, "store/W"),
    ("cashiers", "per_cashier", "shared", {"channel": "cashier", "store": "W"}, "cashier/W"),
]
every_switch = pytest.mark.parametrize(("name", "apart", "shared", "where", "queue"), SWITCHES)


def waiting(**settings: Any) -> Player:
    where = settings.pop("where")
    plan = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}, **settings}
    document = {"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": plan}
    player = Player({"settings": document, "steps": []})
    player.begin()
    player.step({"buy": {"order": "o1", "member": "A", "paid": 1000, "product": "p1", **where}})
    return player


def switch(player: Player, name: str, to: str, *accepted: str) -> str | None:
    patch = {"queue_rebate": {name: to}, "guards": {"acknowledged": list(accepted)}}
    player.step({"set": patch})
    return player.refusals[-1]


@every_switch
def test_it_is_asked_for_at_its_figure_in_either_direction(
    name: str, apart: str, shared: str, where: dict[str, str], queue: str
) -> None:
    for before, after in ((apart, shared), (shared, apart)):
        player = waiting(**{name: before}, where=where)
        assert switch(player, name, after) == "needs_acknowledgement"
        assert switch(player, name, after, f"queue_rebate.{name}={before}") is not None
        assert switch(player, name, after, f"queue_rebate.{name}={after}") is None


@every_switch
def test_the_old_queues_are_stalled_and_go_on_in_the_shared_one(
    name: str, apart: str, shared: str, where: dict[str, str], queue: str
) -> None:
    player = waiting(**{name: apart}, where=where)
    switch(player, name, shared, f"queue_rebate.{name}")
    terms = player.app.settings.in_force().terms
    assert [each.queue for each in show_stalled(player.store, terms).queues] == [queue]
    player.step({"move": {"queue": queue}})
    assert show_stalled(player.store, terms).queues == ()
    (entry,) = player.outcome()["queues"][name]["entries"]
    assert (entry["entry"], entry["status"]) == ("o1/1", "waiting")


def test_other_settings_are_not_asked_about() -> None:
    player = waiting(where={})
    player.step({"set": {"queue_rebate": {"stores": "shared", "surplus": "carry"}}})
    assert player.refusals[-1] is None


@every_switch
@pytest.mark.parametrize("surplus", ["retain", "carry"])
def test_what_settles_later_settles_where_its_line_belongs_then(
    name: str, apart: str, shared: str, where: dict[str, str], queue: str, surplus: str
) -> None:
    """Nobody waits there, so all of it is retained, or its pool's; a refund finds what was."""
    for before, after, there in ((apart, shared, name), (shared, apart, queue)):
        plan = {name: before, "settle_on": "completed", "surplus": surplus}
        player = waiting(**plan, where=where)
        assert switch(player, name, after, f"queue_rebate.{name}") is None
        player.step({"complete": "o1"})
        sweep(player.app)
        player.step({"refund": {"order": "o1", "line": "1", "amount": 400, "id": "r1"}})
        outcome = player.outcome()
        kept = surplus == "retain"
        assert outcome["queues"][there]["pool"] == (0 if kept else 100)
        assert outcome["platform"]["contributed"] == 60
        assert outcome["platform"]["retained"] == (60 if kept else 0)
        assert outcome["platform"]["borne"] == (0 if kept else 40)
        check_books(player.store)
        assert audit_books(player.store, full=True).differences == []


@every_switch
def test_the_trace_of_an_order_shows_what_another_queue_dealt_out_of_it(
    name: str, apart: str, shared: str, where: dict[str, str], queue: str
) -> None:
    player = waiting(**{name: apart, "settle_on": "completed"}, where=where)
    switch(player, name, shared, f"queue_rebate.{name}={shared}")
    player.step({"buy": {"order": "o2", "member": "B", "paid": 5000, "product": "p1", **where}})
    player.step({"complete": "o1"})
    trace = show_order(player.store, player.app.settings.in_force().terms, OrderId("o1"))
    assert trace is not None
    paid = [
        (entry.source, posting.entry, posting.amount)
        for entry in trace.journal
        for posting in entry.postings
        if posting.account.startswith("wallet/")
    ]
    assert paid == [(name, "o2/1", 100)]


def test_those_who_wait_in_the_mall_queue_are_stalled_where_every_product_has_its_own() -> None:
    """They may go on, or be exchanged; the queue itself stays in use, so it is not cleared."""
    player = waiting(where={}, exchange={"points_bps": 10000})
    player.step({"buy": {"order": "o2", "member": "B", "paid": 500, "product": "p2"}})
    no_product = [{"line": "1", "product": None, "paid": 1000}]
    player.step({"buy": {"order": "o3", "member": "C", "lines": no_product}})
    switch(player, "mall", "per_product", "queue_rebate.mall")
    terms = player.app.settings.in_force().terms
    assert [each.queue for each in show_stalled(player.store, terms).queues] == ["mall"]
    player.step({"exchange": {"queue": "mall", "entry": "o1/1", "into": "points"}})
    player.step({"move": {"queue": "mall"}})
    assert show_stalled(player.store, terms).queues == ()
    assert [e["entry"] for e in player.outcome()["queues"]["product/p2"]["entries"]] == ["o2/1"]
    with pytest.raises(Conflict, match="lines join it"):
        player.app.stalls.clear(QueueId("mall"))


@every_switch
def test_entries_that_went_on_can_be_exchanged_where_they_are_stalled_again(
    name: str, apart: str, shared: str, where: dict[str, str], queue: str
) -> None:
    player = waiting(**{name: apart}, where=where, exchange={"points_bps": 10000})
    switch(player, name, shared, f"queue_rebate.{name}")
    player.step({"move": {"queue": queue}})
    switch(player, name, apart, f"queue_rebate.{name}={apart}")
    assert player.app.stalls.exchange(QueueId(name), "points").exchanged == 1
    assert player.outcome()["wallets"]["A"]["points"] == 1000
    check_books(player.store)
