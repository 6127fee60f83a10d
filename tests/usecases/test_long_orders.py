"""Orders of hundreds of lines: stored in several transactions, visible only with the last."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from rebate.usecases.schedules.start_runs import queues_with_mail
from rebate.usecases.storage.ports import WRITES_MAX
from tests.books import check_books
from tests.engine import Player
from tests.model import comparable, play
from tests.strategies import EFFORT
from tests.usecases.disturbed import (
    KILLED_AFTER,
    REPEATED,
    Killed,
    Kind,
    Redelivered,
    at_commit,
)

LINES = 300
LINES_DISTURBED = 110 if EFFORT <= 1 else LINES
"""Enough for each event to be stored in three transactions or more, of which each is disturbed."""

QUEUES: dict[str, dict[str, Any]] = {"one queue": {}, "a queue a line": {"mall": "per_product"}}
KINDS = [KILLED_AFTER, REPEATED]
"""A crash before a commit leaves what a crash after the one ahead of it left."""

disturbed_by = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
in_queues = pytest.mark.parametrize("queues", QUEUES)


def settings(**changes: Any) -> dict[str, Any]:
    plan = {"enabled": True, "extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}}
    return {
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "queue_rebate": {**plan, **changes},
    }


def long_order(count: int = LINES) -> dict[str, Any]:
    lines = [{"line": str(n), "product": f"p{n}", "paid": 1000 + n} for n in range(count)]
    return {"buy": {"order": "long", "member": "A", "lines": lines}}


def refund_of_all(count: int = LINES) -> dict[str, Any]:
    lines = [{"line_id": str(n), "amount": 100 + n} for n in range(count)]
    at = "2026-03-02T10:00:00+08:00"
    detail = {"order_id": "long", "refund_id": "r1", "refunded_at": at, "lines": lines}
    return {"event": {"detail-type": "OrderRefunded", "detail": detail}, "at": at}


def life(queues: str, lines: int = LINES) -> dict[str, Any]:
    """A long order between others of one of its products, completed, then refunded in part."""
    one = {"order": "before", "member": "B", "product": "p7", "paid": 5000}
    other = {"order": "after", "member": "C", "product": "p7", "paid": 5000}
    steps = [
        {"buy": one},
        long_order(lines),
        {"complete": "long"},
        {"buy": other},
        refund_of_all(lines),
    ]
    return {"settings": settings(**QUEUES[queues]), "steps": steps}


@in_queues
def test_a_long_order_is_one_order(queues: str) -> None:
    """It comes to what the naive model says, in transactions that the store takes."""
    player = Player(life(queues))
    assert comparable(player.play()) == comparable(play(life(queues)))
    check_books(player.store)


@in_queues
@disturbed_by
def test_a_long_order_survives_a_crash_at_any_of_its_commits(queues: str, kind: Kind) -> None:
    """Payment, completion and refund alike: nothing is lost, and no part counts twice."""
    document = life(queues, LINES_DISTURBED)
    expected = comparable(Player(document).play())
    player = begun(document)
    for number, step in enumerate(document["steps"]):
        commits = accepting(player, step)
        for commit in range(1, commits + 1):
            again = Redelivered(document, store=player.store.fork())
            again.clock.advance(10**9)
            again.step_number, again.at = player.step_number, player.at
            at_commit(commit, kind).watch(again.store)
            for each in document["steps"][number:]:
                again.step(each)
            assert comparable(again.outcome()) == expected, f"step {number}, commit {commit}"
            check_books(again.store)
        player.step(step)


def accepting(player: Redelivered, step: Mapping[str, Any]) -> int:
    """Return in how many commits a step is accepted, and nothing of it settled."""
    trial = Player(player.document, store=player.store.fork(), settles=False)
    before, trial.at = trial.store.commits, player.at
    trial.step(step)
    commits: int = trial.store.commits - before
    return commits


def test_no_part_of_a_long_order_is_settled_before_all_of_it_is_stored() -> None:
    """Settlers that are rung between its transactions find nothing to do."""
    document = {"settings": settings(mall="per_product", settle_on="completed"), "steps": []}
    player = Player(document, settles=False)
    player.begin()
    other = Player(document, store=player.store)
    for step in (long_order(), {"complete": "long"}, refund_of_all()):
        before = player.outcome()
        outcomes: list[Any] = []

        def ring(_writes: object, outcomes: list[Any] = outcomes) -> None:
            look, player.store.after_commit = player.store.after_commit, lambda _writes: None
            other.settle(queues_with_mail(other.store))
            outcomes.append(other.outcome())
            player.store.after_commit = look

        player.store.after_commit = ring
        player.step(step)
        player.store.after_commit = lambda _writes: None
        assert len(outcomes) > LINES / WRITES_MAX
        assert all(outcome == before for outcome in outcomes[:-1])
        assert outcomes[-1] != before
    check_books(player.store)


def test_what_a_crash_left_of_an_event_never_takes_effect() -> None:
    """The settings change before the order comes again, which is then priced for another queue."""
    document = {"settings": settings(mall="per_product"), "steps": []}
    bought = long_order(LINES_DISTURBED)
    given = sum((1000 + n) // 10 for n in range(LINES_DISTURBED))
    commits = accepting(begun(document), bought)
    for commit in range(1, commits + 1):
        player = begun(document)
        at_commit(commit, KILLED_AFTER).watch(player.store)
        with suppress(Killed):
            Player.step(player, bought)
        player.restart()
        Player.step(player, {"set": {"queue_rebate": {"mall": "shared"}}})
        player.at -= timedelta(minutes=2)
        player.step(bought)
        outcome = player.outcome()
        assert outcome["platform"]["contributed"] == given
        assert commit == commits or set(outcome["queues"]) == {"mall"}
        assert not queues_with_mail(player.store)


def begun(document: Mapping[str, Any]) -> Redelivered:
    player = Redelivered(document)
    player.begin()
    return player


def test_a_refund_of_what_was_paid_in_hundreds_of_commits() -> None:
    """Each commit's rebate is held by itself (Rule 1.2.8): more rows than a transaction takes."""
    first = {"buy": {"order": "o0", "member": "A", "paid": 100_000}}
    others = [
        {"buy": {"order": f"p{number}", "member": f"m{number}", "paid": 100}}
        for number in range(2 * WRITES_MAX)
    ]
    player = Player({"settings": settings(hold_days=30), "steps": [first, *others]})
    assert player.play()["wallets"] == {"A": {"pending": 20 * WRITES_MAX}}
    player.step({"refund": {"order": "o0", "line": "1", "amount": 100_000, "id": "r1"}})
    assert player.outcome()["wallets"] == {}
    assert player.outcome()["platform"]["clawed_back"] == 20 * WRITES_MAX
    check_books(player.store)
