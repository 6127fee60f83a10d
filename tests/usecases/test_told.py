"""What is told of money that moves: events and postings, word for word."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rebate.domain.draws import Group
from rebate.domain.events import Event
from rebate.domain.holds import Hold
from rebate.domain.ledger import asset_of
from rebate.domain.queues import Queue
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.usecases.storage.rows.journal import Journal
from tests.engine import Player

MALL: dict[str, Any] = {
    "enabled": True,
    "extraction_bps": 1000,
    "entitlement": {"fixed_bps": 10000},
    "exchange": {"points_bps": 5000},
}
TOLD_BY_JOINING = {"EntryJoined", "SettingsChanged"}


def played(plan: dict[str, Any], *steps: dict[str, Any], **more: Any) -> Player:
    settings = {"currency": "CNY", "timezone": "Asia/Shanghai", **plan}
    player = Player({"settings": settings, "steps": steps, **more})
    player.play()
    return player


def told(player: Player) -> list[Event]:
    rows = sorted(player.store.scan(Journal), key=lambda row: (row.at, row.number))
    return [event for row in rows for event in row.events if event.type not in TOLD_BY_JOINING]


def shown(event: Event) -> tuple[Any, ...]:
    return tuple(getattr(event, name) for name in event.__slots__)


def buy(order: str, member: str, paid: int, **more: Any) -> dict[str, Any]:
    return {"buy": {"order": order, "member": member, "paid": paid, **more}}


def kinds(player: Player) -> set[str]:
    return {entry.kind for row in player.store.scan(Journal) for entry in row.entries}


def test_a_rebate_and_the_end_of_an_entry() -> None:
    player = played({"queue_rebate": MALL}, buy("o1", "A", 100), buy("o2", "B", 5000))
    assert list(map(shown, told(player))) == [
        ("o1/1", "A", "o1", 100, "cash", "o2", "queue", "RebatePaid"),
        ("o1/1", "A", "o1", 100, "EntryCompleted"),
    ]
    assert kinds(player) == {"contribution"}


def test_a_refund() -> None:
    refund = {"refund": {"order": "o1", "line": "1", "amount": 80, "id": "r1"}}
    player = played({"queue_rebate": MALL}, buy("o1", "A", 100), buy("o2", "B", 300), refund)
    assert shown(told(player)[-1]) == (
        "o1/1",
        "A",
        "o1",
        "r1",
        "completed",
        20,
        10,
        "EntryRefunded",
    )
    assert kinds(player) == {"contribution", "refund"}


def test_an_exchange() -> None:
    exchange = {"exchange": {"queue": "mall", "entry": "o1/1", "into": "points"}}
    player = played({"queue_rebate": MALL}, buy("o1", "A", 100), exchange)
    assert list(map(shown, told(player))) == [("o1/1", "A", "o1", "points", 50, "EntryExchanged")]
    assert kinds(player) == {"contribution", "exchange"}
    (exchanged,) = (
        entry
        for row in player.store.scan(Journal)
        for entry in row.entries
        if entry.kind == "exchange"
    )
    assert {asset_of(posting.account) for posting in exchanged.postings} == {"points"}
    assert (exchanged.order, exchanged.line) == ("o1", "1")


PRIZE = {"kind": "fixed", "prizes": [{"bps": 2000, "weight": 1}]}


@pytest.mark.parametrize(
    ("lottery", "ratio", "promised"),
    [(PRIZE, 2000, 20), ({**PRIZE, "miss_weight": 10**6}, None, 100)],
    ids=["a prize", "a miss"],
)
def test_a_draw(lottery: dict[str, Any], ratio: int | None, promised: int) -> None:
    """A prize replaces the ratio, a miss leaves it (Rule 1.3.3)."""
    plan = {**MALL, "entitlement": {"fixed_bps": 10000, "lottery": lottery}}
    draw = {"draw": {"queue": "mall", "entry": "o1/1"}}
    player = played({"queue_rebate": plan}, buy("o1", "A", 100), draw)
    day = "2026-03-01"
    assert list(map(shown, told(player))) == [
        ("o1/1", "A", "o1", ratio, promised, day, "EntryDrawn")
    ]
    (ticket,) = player.store.scan(Ticket)
    assert ticket.lines[0].entry.drawn_on == day


def test_a_prize_has_a_highest_value() -> None:
    """Rule 8.4: the ratio is what was drawn, what it promises is not."""
    lottery = {"kind": "fixed", "prizes": [{"bps": 20000, "weight": 1}]}
    plan = {**MALL, "entitlement": {"fixed_bps": 10000, "lottery": lottery}}
    draw = {"draw": {"queue": "mall", "entry": "o1/1"}}
    guards = {"lottery_prize_max": 150}
    player = played({"queue_rebate": plan, "guards": guards}, buy("o1", "A", 100), draw)
    assert shown(told(player)[-1]) == ("o1/1", "A", "o1", 20000, 150, "2026-03-01", "EntryDrawn")


def test_a_draw_that_promises_nothing_says_so() -> None:
    lottery = {"kind": "fixed", "prizes": [{"bps": 0, "weight": 1}]}
    plan = {**MALL, "entitlement": {"fixed_bps": 10000, "lottery": lottery}}
    draw = {"draw": {"queue": "mall", "entry": "o1/1"}}
    player = played({"queue_rebate": plan}, buy("o1", "A", 100), draw)
    assert ("o1/1", "A", "o1", 0, 0, "2026-03-01", "EntryDrawn") in map(shown, told(player))


def test_a_clearing() -> None:
    """The same instant clears once, and an earlier one no more (Rule 1.6.3)."""
    player = played({"queue_rebate": MALL}, buy("o1", "A", 100), buy("o2", "B", 50))
    at = player.now
    player.settle(player.app.scheduler.start("clear", at))
    player.step(buy("o3", "C", 10))
    for again in (at, Instant(at - 1)):
        player.settle(player.app.scheduler.start("clear", again))
    cleared = [shown(event) for event in told(player) if event.type == "EntriesCleared"]
    assert cleared == [(2, 145, 0, 2, "EntriesCleared")]
    (queue,) = player.store.scan(Queue)
    assert (queue.cleared_at, queue.standing.waiting) == (at, 1)


def test_a_store_splits_what_it_collected() -> None:
    stores = {"W": {"concession_bps": 2000}}
    shares = {"own": 0, "queue": 0, "average": 10000}
    plan = {"enabled": True, "stores": stores, "shares_bps": shares, "place_by": "paid"}
    at = {"channel": "store", "store": "W"}
    first, second = buy("o1", "A", 50, **at), buy("o2", "B", 6000, **at)
    player = played(
        {"red_packet": {**plan, "entitlement_bps": 10000}}, first, second, {"run": "average"}
    )
    assert list(map(shown, told(player))) == [
        ("o1", "A", "o1", 50, "cash", None, "average", "RebatePaid"),
        ("o1", "A", "o1", 50, "EntryCompleted"),
        ("o2", "B", "o2", 605, "cash", None, "average", "RebatePaid"),
    ]
    assert kinds(player) == {"contribution", "pool_run"}


def test_an_order_of_a_product_that_went_off_sale_does_not_draw_the_pool() -> None:
    """Its queue stands still with what it holds (Rule 1.5.5)."""
    off_sale = {"detail-type": "ProductSaved", "detail": {"product_id": "p1", "on_sale": False}}
    player = played(
        {"queue_rebate": {**MALL, "mall": "per_product", "surplus": "carry"}},
        buy("o1", "A", 100),
        {"event": off_sale},
        buy("o2", "B", 100),
    )
    queue = player.outcome()["queues"]["product/p1"]
    assert queue["pool"] == 10
    assert told(player) == []


def test_what_speeds_an_entry_up_is_told_by_its_reason() -> None:
    """Rule 5.6: the referrer's entry and the buyer's own get a share of what the order gives."""
    scenario = Path(__file__).parent.parent / "scenarios" / "5.6-acceleration.json"
    player = Player(json.loads(scenario.read_text(encoding="utf-8")))
    player.play()
    paid = [event for event in told(player) if event.type == "RebatePaid"]
    assert {event.reason for event in paid} == {"queue", "direct", "repurchase"}


def test_a_reward_for_the_own_purchase() -> None:
    """Rule 6.2: it goes to the buyer at payment, and to no entry."""
    plan = {
        "enabled": True,
        "stores": {"W": {"concession_bps": 2000}},
        "shares_bps": {"own": 10000, "queue": 0, "average": 0},
        "entitlement_bps": 10000,
    }
    at = {"channel": "store", "store": "W"}
    player = played({"red_packet": plan}, buy("o1", "A", 500, **at), buy("o2", "B", 5, **at))
    assert [shown(event) for event in told(player) if event.type == "RebatePaid"] == [
        (None, "A", "o1", 100, "cash", "o1", "own", "RebatePaid"),
        (None, "B", "o2", 1, "cash", "o2", "own", "RebatePaid"),
    ]
    assert reasons(player) == {("wallet/cash/A", 100, "own"), ("wallet/cash/B", 1, "own")}


def reasons(player: Player) -> set[tuple[str, int, str | None]]:
    """What was posted to wallets, and why."""
    return {
        (posting.account, posting.amount, posting.reason)
        for row in player.store.scan(Journal)
        for entry in row.entries
        for posting in entry.postings
        if posting.account.startswith("wallet/")
    }


def test_what_a_cap_a_day_cuts() -> None:
    """Rule 8.4: what should have been paid and what was are told, day by day in the shop's zone."""
    plan = {"queue_rebate": MALL, "guards": {"rebates_per_day": 100}}
    player = played(
        plan,
        buy("o1", "A", 10000),
        buy("o2", "B", 700),
        buy("o3", "C", 600),
        buy("o4", "D", 500),
        {**buy("o5", "E", 300), "at": "2026-03-02T00:00:00+08:00"},
    )
    told_of = [event for event in told(player) if event.type in {"RebatePaid", "RebateCapped"}]
    assert [(event.type, event.amount) for event in told_of if event.type == "RebatePaid"] == [
        ("RebatePaid", 70),
        ("RebatePaid", 30),
        ("RebatePaid", 100),
    ]
    cut = [shown(event) for event in told_of if event.type == "RebateCapped"]
    assert cut == [
        ("o1/1", "A", "o1", 60, 30, "queue", None, None, "RebateCapped"),
        ("o1/1", "A", "o1", 80, 0, "queue", None, None, "RebateCapped"),
        ("o1/1", "A", "o1", 110, 100, "queue", None, None, "RebateCapped"),
    ]
    assert player.outcome()["queues"]["mall"]["pool"] == 10


def test_what_a_cap_cuts_of_an_order_for_several() -> None:
    """Rule 8.4: what they would have had is for the pool; what nobody lacked is retained."""
    player = played(
        {"queue_rebate": MALL, "guards": {"rebates_per_day": 45}},
        *(buy(f"o{number}", member, 30) for number, member in enumerate("ABCD", 1)),
        buy("o5", "E", 1200),
    )
    assert [shown(event) for event in told(player) if event.type == "RebateCapped"] == [
        ("o2/1", "B", "o2", 30, 15, "queue", None, None, "RebateCapped"),
    ]
    assert player.outcome()["queues"]["mall"]["pool"] == 15 + 30 + 30
    assert player.outcome()["platform"]["retained"] == 3 + 120 - 21 - 90


CLEAR = {"run": "clear", "at": "2026-03-01T12:00:00+08:00"}


@pytest.mark.parametrize(
    ("changes", "cleared", "pool", "retained"),
    [
        ({}, [], 50 + 30 + 25 + 20, 170),
        ({}, [CLEAR], 23 + 22 + 20, 230),
        ({"self_funding": True}, [], 50 + 245, 0),
        ({"reward_order": "completed_first"}, [], 20 + 20, 255),
        ({"reward_order": "completed_first"}, [CLEAR], 20 + 20, 255),
    ],
)
def test_a_cap_withholds_what_would_have_been_paid_and_no_more(
    changes: dict[str, Any], cleared: list[dict[str, Any]], pool: int, retained: int
) -> None:
    """Rules 0.7, 1.4 (6), 1.6.3, 8.4: nothing for own entries, nor for what is held or cleared."""
    plan = {**MALL, "settle_on": "completed", **changes}
    player = played(
        {"queue_rebate": plan, "guards": {"rebates_per_day": 10}},
        buy("old", "Z", 60),
        buy("own", "O", 3000),
        *cleared,
        buy("o1", "A", 30),
        buy("o2", "B", 25),
        buy("o3", "C", 20),
        {"complete": "o1"},
        {"complete": "o3"},
        {"complete": "own"},
    )
    outcome = player.outcome()
    assert sum(wallet["cash"] for wallet in outcome["wallets"].values()) == 10
    assert outcome["queues"]["mall"]["pool"] == pool
    assert outcome["platform"]["retained"] == retained


def test_a_line_that_is_cleared_begins_anew() -> None:
    """Its index of places, too, which had grown by a level: who comes then is paid in order."""
    bought = [buy(f"o{number}", "A", 100) for number in range(40)]
    player = played({"queue_rebate": {**MALL, "extraction_bps": 0}}, *bought, {"run": "clear"})
    (queue,) = player.store.scan(Queue)
    assert (queue.height, queue.top, queue.sums, queue.cleared_below) == (0, (), (), 40)
    player.step({"set": {"queue_rebate": {"extraction_bps": 1000}}})
    for step in (buy("o40", "B", 100), buy("o41", "C", 100), buy("o42", "D", 900)):
        player.step(step)
    assert player.outcome()["wallets"] == {"B": {"cash": 100}}


def test_points_are_issued_by_the_queue_and_go_back_there() -> None:
    exchange = {"exchange": {"queue": "mall", "entry": "o1/1", "into": "points"}}
    refund = {"refund": {"order": "o1", "line": "1", "amount": 20, "id": "r1"}}
    player = played({"queue_rebate": MALL}, buy("o1", "A", 100), exchange, refund)
    assert points_moved(player, "exchange") == {
        ("issued/points/mall", -50),
        ("wallet/points/A", 50),
    }
    assert points_moved(player, "refund") == {
        ("issued/points/mall", 10),
        ("wallet/points/A", -10),
    }


def points_moved(player: Player, kind: str) -> set[tuple[str, int]]:
    """What entries of a kind posted to accounts of points."""
    return {
        (posting.account, posting.amount)
        for row in player.store.scan(Journal)
        for entry in row.entries
        for posting in entry.postings
        if entry.kind == kind and "points" in posting.account
    }


def test_a_refund_takes_what_is_pending_of_the_order_first() -> None:
    """Rules 1.2.8 and 1.6.5: A earned twice; what o1 earned goes back with o1, o3's stays."""
    player = played(
        {"queue_rebate": {**MALL, "hold_days": 7}},
        buy("o1", "A", 100),
        buy("o2", "B", 1000),
        buy("o3", "A", 50),
        buy("o4", "C", 11000),
        {"refund": {"order": "o1", "line": "1", "amount": 80, "id": "r1"}},
    )
    held = Counter[str]()
    for hold in player.store.scan(Hold):
        held[hold.order] += hold.amount
    assert held == {"o1": 20, "o2": 1000, "o3": 50}
    wallets = player.outcome()["wallets"]
    assert wallets == {"A": {"pending": 70}, "B": {"pending": 1000}}
    assert ("wallet/pending/A", -80, "clawed_back") in reasons(player)


def joined(player: Player) -> list[tuple[Any, ...]]:
    """What is told of entries that joined, in order of commits."""
    rows = sorted(player.store.scan(Journal), key=lambda row: (row.at, row.number))
    return [shown(event) for row in rows for event in row.events if event.type == "EntryJoined"]


def test_an_entry_that_joins() -> None:
    player = played({"queue_rebate": MALL}, buy("o1", "A", 100))
    assert joined(player) == [("o1/1", "A", "o1", 100, 10000, False, None, "EntryJoined")]


def test_an_entry_that_may_draw_and_one_that_is_points_already() -> None:
    """Rules 1.3.3 and 1.6.2: of three entries one stays, and only that may draw its ratio."""
    plan = {
        **MALL,
        "entitlement": {"fixed_bps": 10000, "lottery": PRIZE},
        "random_return": {"cash": 1, "points": 2},
    }
    player = played({"queue_rebate": plan}, *(buy(f"o{n}", "A", 100 + n) for n in range(3)))
    converted = {event.order for event in told(player) if event.type == "EntryConverted"}
    assert len(converted) == 2
    assert joined(player) == [
        (f"o{n}/1", "A", f"o{n}", 100 + n, 10000, f"o{n}" not in converted, None, "EntryJoined")
        for n in range(3)
    ]


def test_an_entry_that_random_return_turns_into_points() -> None:
    """Rule 1.6.2: at the exchange's ratio; the places that are left are those of the group."""
    plan = {**MALL, "random_return": {"cash": 0, "points": 3}}
    player = played({"queue_rebate": plan}, buy("o1", "A", 100))
    assert list(map(shown, told(player))) == [("o1/1", "A", "o1", "points", 50, "EntryConverted")]
    assert joined(player) == [("o1/1", "A", "o1", 100, 10000, False, None, "EntryJoined")]
    journal = [entry for row in player.store.scan(Journal) for entry in row.entries]
    (entry,) = (entry for entry in journal if entry.kind == "random_return")
    assert (entry.order, entry.line) == ("o1", "1")
    assert {(each.account, each.amount) for each in entry.postings} == {
        ("issued/points/mall", -50),
        ("wallet/points/A", 50),
    }
    (ticket,) = player.store.scan(Ticket)
    (queue,) = player.store.scan(Queue)
    assert ticket.lines[0].entry.group == Group(cash=0, points=3)
    assert queue.group == Group(cash=0, points=2)


def test_what_a_line_was_given_and_promised_of_late_is_noted() -> None:
    """Rule 7.5: by the day, in contributions and in what entries may get back."""
    player = played({"queue_rebate": MALL}, buy("o1", "A", 100), buy("o2", "B", 300))
    (queue,) = player.store.scan(Queue)
    (day,) = queue.flow.days
    assert (day.given, day.gifts, day.promised) == (40, 2, 400)
