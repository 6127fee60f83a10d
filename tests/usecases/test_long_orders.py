"""Orders of hundreds of lines: stored in several transactions, visible only with the last."""

from dataclasses import dataclass
from typing import Any

import pytest

from rebate.contracts.events_in import parse_event
from rebate.domain.errors import Conflict
from rebate.usecases.ports import WRITES_MAX
from tests.books import check_books
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.model import comparable, play
from tests.usecases.disturbed import (
    KILLED_AFTER,
    KILLED_BEFORE,
    REPEATED,
    Kind,
    Redelivered,
    at_commit,
    sweep,
)

LINES = 300
KINDS = [KILLED_BEFORE, KILLED_AFTER, REPEATED]
disturbed_by = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def settings(**changes: Any) -> dict[str, Any]:
    plan = {"enabled": True, "extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}}
    return {
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "queue_rebate": {**plan, **changes},
    }


def long_order(name: str = "long", paid: int = 1000) -> dict[str, Any]:
    lines = [{"line": str(n), "product": f"p{n}", "paid": paid + n} for n in range(LINES)]
    return {"buy": {"order": name, "member": "A", "lines": lines}}


def refund_of_all(name: str = "r1", order: str = "long") -> dict[str, Any]:
    lines = [{"line_id": str(n), "amount": 100 + n} for n in range(LINES)]
    at = "2026-03-02T10:00:00+08:00"
    detail = {"order_id": order, "refund_id": name, "refunded_at": at, "lines": lines}
    return {"event": {"detail-type": "OrderRefunded", "detail": detail}, "at": at}


def life(**changes: Any) -> dict[str, Any]:
    """A long order after and before others of its products, completed, then refunded in part."""
    one = {"order": "before", "member": "B", "product": "p7", "paid": 5000}
    other = {"order": "after", "member": "C", "product": "p7", "paid": 5000}
    steps = [{"buy": one}, long_order(), {"complete": "long"}, {"buy": other}, refund_of_all()]
    return {"settings": settings(**changes), "steps": steps}


QUEUES = {"one queue": {}, "300 queues": {"mall": "per_product"}}
in_queues = pytest.mark.parametrize("queues", QUEUES)


@in_queues
def test_a_long_order_is_one_order(queues: str) -> None:
    """It comes to what the naive model says, in transactions that the store takes."""
    document = life(**QUEUES[queues])
    player = Redelivered(document)
    assert comparable(player.play()) == comparable(play(document))
    check_books(player.store)


@in_queues
@disturbed_by
def test_a_long_order_survives_a_crash_at_any_commit(queues: str, kind: Kind) -> None:
    """Payment, completion and refund alike: nothing is lost, and no part counts twice."""
    document = life(**QUEUES[queues])
    undisturbed = Redelivered(document)
    expected = undisturbed.play()
    many = undisturbed.store.commits
    for number in [*range(1, 40), *range(40, many + 1, 29), many]:
        player = Redelivered(document)
        at_commit(number, kind).watch(player.store)
        assert player.play() == expected, f"commit {number} of {many} {kind.name}"
        check_books(player.store)


def test_no_part_of_a_long_order_is_settled_before_all_of_it_is_stored() -> None:
    """Settlers that are rung between its transactions find nothing to do."""
    player = Redelivered({"settings": settings(mall="per_product"), "steps": []})
    player.begin()
    player.settles = False
    other = Redelivered(player.document, store=player.store)
    for step in (long_order(), {"complete": "long"}, refund_of_all()):
        before, changed = player.outcome(), []

        def ring(_writes: object, changed: list[bool] = changed) -> None:
            look, player.store.after_commit = player.store.after_commit, lambda _writes: None
            changed.append(any(map(other.settles_something, queues_with_mail(player.store))))
            player.store.after_commit = look

        player.store.after_commit = ring
        Player.step(player, step)
        player.store.after_commit = lambda _writes: None
        assert changed == [False] * (len(changed) - 1) + [True]
        assert len(changed) > LINES / WRITES_MAX
        sweep(player.app)
        assert player.outcome() != before
    check_books(player.store)


def parts_of_long_order(store: MemoryStore) -> int:
    return len([row for row in store.scan(Inbox) if row.gate])


@disturbed_by
def test_what_a_crash_left_of_a_long_event_never_takes_effect(kind: Kind) -> None:
    """The shop's settings change before the order comes again, so it is priced anew: for other
    queues. What was stored for the old ones is dead, and is cleaned up."""
    for number in range(2, 9):
        player = Redelivered({"settings": settings(mall="per_product"), "steps": []})
        player.begin()
        event = player.event_of(long_order())
        at_commit(number, kind).watch(player.store)
        with suppress(Killed):
            player.app.orders.accept(event)
        player.restart()
        player.step({"set": {"queue_rebate": {"mall": "shared"}}})
        player.app.orders.accept(event)
        sweep(player.app)
        assert set(player.outcome()["queues"]) <= {"mall"} or number == 9
        check_books(player.store)
