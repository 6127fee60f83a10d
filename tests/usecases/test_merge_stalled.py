"""Merging a stalled queue into the mall queue (Rule 1.5.5): nothing is lost, doubled or reordered.

Orders without a product are in the mall queue from the start; those of p1 and p2 in queues of their
own, which are merged.
"""

from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain import merges, write_budget
from rebate.domain.commands import Merge
from rebate.domain.errors import Rejected
from rebate.domain.ledger import QueueAccount
from rebate.domain.names import OrderId, QueueId
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, replace
from rebate.domain.tickets import Ticket
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.catalog import manage_catalog
from rebate.usecases.queries.show_entries import show_entries
from rebate.usecases.queries.show_order import show_order
from rebate.usecases.queries.show_queues import show_stalled
from rebate.usecases.schedules.start_runs import send
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from tests.books import check_books
from tests.engine import Player
from tests.strategies import examples
from tests.usecases.disturbed import (
    KILLED_AFTER,
    KILLED_BEFORE,
    REPEATED,
    Redelivered,
    Trouble,
    at_commit,
    sweep,
)

MALL, P1, P2 = QueueId("mall"), QueueId("product/p1"), QueueId("product/p2")
PLAN: dict[str, Any] = {
    "enabled": True,
    "extraction_bps": 1000,
    "entitlement": {"fixed_bps": 10000},
    "mall": "per_product",
    "exchange": {"points_bps": 5000},
}


def settings(**plan: Any) -> dict[str, Any]:
    return {"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": PLAN | plan}


def product(name: str, *, on_sale: bool = False) -> dict[str, Any]:
    detail = {"product_id": name, "on_sale": on_sale, "supply": "self"}
    return {"event": {"detail-type": "ProductSaved", "detail": detail}}


def buy(order: str, *products: str | None, member: str = "", paid: int = 10000) -> dict[str, Any]:
    lines = [{"line": str(n), "product": p, "paid": paid} for n, p in enumerate(products, 1)]
    return {"buy": {"order": order, "member": member or f"m-{order}", "lines": lines}}


def refund(order: str, amount: int, name: str = "r1", line: str = "1") -> dict[str, Any]:
    return {"refund": {"order": order, "id": name, "line": line, "amount": amount}}


class Merging(Redelivered):
    """Plays `merge` as well, as an operator asks for it."""

    def _merge(self, queue: str) -> None:
        self.app.stalls.merge(QueueId(queue))


def played(*steps: dict[str, Any], **plan: Any) -> Merging:
    player = Merging({"settings": settings(**plan), "steps": steps})
    player.play()
    check_books(player.store)
    assert differences(player) == []
    return player


def differences(player: Player) -> list[str]:
    return [str(difference) for difference in audit_books(player.store).differences]


def line_of(player: Player, queue: str = MALL) -> list[tuple[str, str, int, int]]:
    entries = player.outcome()["queues"][queue]["entries"]
    return [(e["entry"], e["status"], e["entitlement"], e["paid"]) for e in entries]


STALLED = (
    product("p1", on_sale=True),
    buy("k1", None),
    *(buy(f"o{n}", "p1") for n in range(1, 4)),
    buy("k2", None),
    product("p1"),
)
"""In p1 o1 has 20.00 of its 100.00, in the mall k1 has 10.00 of k2."""


def test_all_that_waits_joins_the_mall_queue_with_entitlement_and_paid():
    player = played(*STALLED, {"merge": P1})
    assert line_of(player, P1) == [
        ("o1/1", "merged", 10000, 2000),
        ("o2/1", "merged", 10000, 0),
        ("o3/1", "merged", 10000, 0),
    ]
    assert line_of(player) == [
        ("k1/1", "waiting", 10000, 1000),
        ("k2/1", "waiting", 10000, 0),
        ("o1/1", "waiting", 10000, 2000),
        ("o2/1", "waiting", 10000, 0),
        ("o3/1", "waiting", 10000, 0),
    ]
    assert show_stalled(player.store, player.app.settings.in_force().terms).queues == ()


def test_they_are_paid_behind_those_who_waited_there_and_contribute_nothing_again():
    player = played(*STALLED, {"merge": P1})
    contributed = player.outcome()["platform"]["contributed"]
    player.step(buy("k3", None, paid=250000))
    assert [(entry, paid) for entry, _, _, paid in line_of(player)] == [
        ("k1/1", 10000),
        ("k2/1", 10000),
        ("o1/1", 2000 + 6000),
        ("o2/1", 0),
        ("o3/1", 0),
        ("k3/1", 0),
    ]
    assert player.outcome()["wallets"]["m-o1"] == {"cash": 2000 + 6000}
    assert player.outcome()["platform"]["contributed"] == contributed + 25000
    check_books(player.store)


def test_the_pool_goes_along():
    """What nobody could be paid from is for those who wait in the mall queue now."""
    player = played(*STALLED[:3], product("p1"), {"merge": P1}, surplus="carry")
    pools = {name: queue["pool"] for name, queue in player.outcome()["queues"].items()}
    assert pools == {"mall": 2000, "product/p1": 0}
    kinds = [entry.kind for row in player.store.scan(Journal) for entry in row.entries]
    assert kinds[-2:] == ["merge", "merge"]
    player.step(buy("k9", None))
    assert player.outcome()["queues"]["mall"]["pool"] == 0
    check_books(player.store)


def test_a_pool_alone_is_merged():
    player = played(product("p1", on_sale=True), buy("o1", "p1"), surplus="carry")
    for step in (refund("o1", 10000), product("p1"), {"merge": P1}):
        player.step(step)
    assert player.store.get(Queue, Key(MALL)).figure(QueueAccount.POOL) == 1000
    assert show_stalled(player.store, player.app.settings.in_force().terms).queues == ()
    check_books(player.store)


def test_what_arrives_later_is_merged_by_asking_again():
    player = played(*STALLED, {"merge": P1}, buy("late", "p1"))
    assert line_of(player, P1)[-1] == ("late/1", "waiting", 10000, 0)
    player.step({"merge": P1})
    assert [entry for entry, *_ in line_of(player)][-2:] == ["o3/1", "late/1"]
    check_books(player.store)


def test_what_left_the_line_before_stays_where_it_is():
    steps = ({"exchange": {"queue": P1, "entry": "o2/1", "into": "points"}}, refund("o3", 10000))
    player = played(*STALLED, *steps, {"merge": P1})
    assert [status for _, status, *_ in line_of(player, P1)] == ["merged", "exchanged", "refunded"]
    assert [entry for entry, *_ in line_of(player)] == ["k1/1", "k2/1", "o1/1"]


def test_of_an_order_only_the_lines_that_wait_are_merged():
    exchange = {"exchange": {"queue": P1, "entry": "o1/1", "into": "points"}}
    player = played(buy("o1", "p1", "p1"), exchange, product("p1"), {"merge": P1})
    assert [status for _, status, *_ in line_of(player, P1)] == ["exchanged", "merged"]
    assert line_of(player) == [("o1/2", "waiting", 10000, 0)]


def test_lines_of_one_order_meet_in_the_mall_queue():
    """The order has a ticket there already, and two stalled queues bring one each."""
    basket = buy("o1", "p1", None, "p2", "p1", member="A")
    player = played(basket, buy("k1", None), product("p1"), product("p2"))
    for queue in (P2, P1):
        player.step({"merge": queue})
    assert [entry for entry, *_ in line_of(player)] == ["o1/2", "k1/1", "o1/3", "o1/1", "o1/4"]
    for line in ("4", "2"):
        player.step({"exchange": {"queue": MALL, "entry": f"o1/{line}", "into": "points"}})
    player.step(refund("o1", 10000, line="3"))
    assert [(entry, status) for entry, status, *_ in line_of(player)] == [
        ("o1/2", "exchanged"),
        ("k1/1", "waiting"),
        ("o1/3", "refunded"),
        ("o1/1", "waiting"),
        ("o1/4", "exchanged"),
    ]
    check_books(player.store)
    assert differences(player) == []


def test_completion_reaches_the_entry_where_it_waits_now():
    """Held entries are merged held, and are payable once their order is completed."""
    player = played(*STALLED, {"merge": P1}, reward_order="completed_first")
    assert {status for _, status, *_ in line_of(player)} == {"held"}
    player.step({"complete": "o2"})
    player.step(buy("k3", None))
    assert [e for e in line_of(player) if e[1] == "waiting"] == [("o2/1", "waiting", 10000, 1000)]
    check_books(player.store)


@pytest.mark.parametrize(
    ("amount", "before", "after", "cash"),
    [
        (4000, 2000, (6000, 6000), 6000),
        (5000, 2000, (5000, 5000), 5000),
        (8000, 2000, (2000, 2000), 2000),
        (9000, 1000, (1000, 1000), 1000),
        (10000, 0, (0, 0), 0),
    ],
)
def test_a_refund_counts_what_both_queues_paid(amount, before, after, cash):
    """Rule 1.6.5: o1 was paid 20.00 before the merge and 40.00 after it, of 100.00."""
    feeds = (refund("k1", 10000), refund("k2", 10000), buy("k3", None, paid=40000))
    player = played(*STALLED, *feeds[:2], {"merge": P1}, feeds[2], refund("o1", amount))
    found = {entry: (status, *amounts) for entry, status, *amounts in line_of(player)}
    ended = "refunded" if amount == 10000 else "completed"
    assert found["o1/1"] == (ended, *after)
    assert line_of(player, P1)[0] == ("o1/1", "merged", 10000 - amount if amount else 0, before)
    assert player.outcome()["wallets"].get("m-o1", {}) == ({"cash": cash} if cash else {})


def test_limits_count_an_entry_once():
    """Rule 1.5.4: merging is no second entry."""
    limited = {"limits": {"total": 2}}
    steps = (product("p1"), {"merge": P1}, buy("o2", None, member="A"), buy("o3", None, member="A"))
    player = played(buy("o1", "p1", member="A"), *steps, **limited)
    assert [entry for entry, *_ in line_of(player)] == ["o1/1", "o2/1"]


def test_an_entry_that_joins_again_tells_from_where_it_comes():
    player = played(*STALLED, {"merge": P1})
    joined = {
        (row.source, event.order): event.merged_from
        for row in player.store.scan(Journal)
        for event in row.events
        if event.type == "EntryJoined"
    }
    assert joined[P1, "o1"] is None
    assert joined[MALL, "o1"] == P1
    assert joined[MALL, "k1"] is None


def test_people_see_where_an_entry_is_now():
    player = played(*STALLED, {"merge": P1})
    terms = player.app.settings.in_force().terms
    seen = {e.queue: e for e in show_entries(player.store, terms, "m-o1").entries}
    assert (seen[P1].status, seen[P1].merged_into) == ("merged", MALL)
    assert (seen[MALL].status, seen[MALL].place, seen[MALL].waiting) == ("waiting", 3, 8000)
    trace = show_order(player.store, terms, OrderId("o1"))
    assert [(ticket.queue, len(ticket.entries)) for ticket in trace.tickets] == [(P1, 1), (MALL, 1)]
    assert trace.tickets[1].entries[0].merged_from == P1
    player.step(buy("k3", None, paid=300000))
    trace = show_order(player.store, terms, OrderId("o1"))
    assert [each.source for each in trace.journal].count(MALL) == 1


def test_a_lottery_can_still_be_drawn_after_the_merge_and_only_once():
    lottery = {
        "lottery": {"kind": "fixed", "prizes": [{"bps": 20000, "weight": 1}]},
        "fixed_bps": 10000,
    }
    player = played(*STALLED, {"merge": P1}, entitlement=lottery)
    player.step({"draw": {"queue": MALL, "entry": "o2/1"}})
    player.step({"draw": {"queue": MALL, "entry": "o2/1"}})
    player.step({"draw": {"queue": MALL, "entry": "o1/1"}})
    assert player.refusals[-3:] == [None, "already_drawn", "no_lottery"]
    assert ("o2/1", "waiting", 20000, 0) in line_of(player)
    player.step(refund("o2", 4000))
    assert ("o2/1", "waiting", 12000, 0) in line_of(player)
    check_books(player.store)


def test_a_long_line_of_long_orders_is_merged_in_bounded_steps(monkeypatch):
    """The store refuses transactions of too many rows; rows of too many lines are told here."""
    monkeypatch.setattr(write_budget, "BYTES_MAX", 60_000)
    orders = [buy(f"o{n}", *["p1"] * (1 if n < 60 else 20)) for n in range(80)]
    player = played(*orders, product("p1"), extraction_bps=0)
    before = player.store.get(Queue, Key(P1)).standing
    lines = []

    def count(writes: Sequence[Write]) -> None:
        rows = (write.row for write in writes if isinstance(write, Put))
        lines.append(sum(len(row.lines) for row in rows if isinstance(row, Ticket)))

    player.store.before_commit = count
    player.step({"merge": P1})
    assert player.store.get(Queue, Key(MALL)).standing == before
    assert max(lines) <= 200
    assert 10 < len(lines) < 30
    order = [entry for entry, *_ in line_of(player)]
    assert order == [entry for entry, status, *_ in line_of(player, P1) if status == "merged"]
    check_books(player.store)


def test_a_caller_who_cannot_wait_any_longer_leaves_the_rest_to_others(monkeypatch):
    monkeypatch.setattr(manage_catalog, "MERGE_PATIENCE", 0)
    monkeypatch.setattr(merges, "TICKETS_A_STEP", 1)
    player = played(*STALLED)
    done = player.app.stalls.merge(P1)
    assert (done.moved, done.waiting) == (1, 2)
    assert differences(player) == []
    sweep(player.app)
    assert len(line_of(player)) == 5
    check_books(player.store)


@pytest.mark.parametrize("kind", [KILLED_BEFORE, KILLED_AFTER, REPEATED], ids=lambda k: k.name)
def test_a_merge_that_is_cut_anywhere_ends_as_an_undisturbed_one(kind, monkeypatch):
    monkeypatch.setattr(merges, "TICKETS_A_STEP", 2)
    late = (refund("o2", 4000), {"complete": "o3"}, buy("k3", None, paid=230000))
    document = {
        "settings": settings(surplus="carry"),
        "steps": [*STALLED[:5], buy("o4", "p1", None), product("p1"), {"merge": P1}, *late],
    }

    def outcome(trouble: Trouble) -> dict[str, Any]:
        player = Merging(document)
        trouble.watch(player.store)
        found = player.play()
        check_books(player.store)
        assert differences(player) == []
        return found

    undisturbed = Trouble(lambda _: None)
    expected = outcome(undisturbed)
    for number in range(1, undisturbed.count + 1):
        assert outcome(at_commit(number, kind)) == expected, f"commit {number} {kind.name}"


ORDERS = tuple(f"o{n}" for n in range(6))
actions = st.one_of(
    st.tuples(st.just("settle"), st.sampled_from([P1, P2, MALL])),
    st.tuples(st.just("merge"), st.sampled_from([P1, P2])),
    st.tuples(st.just("refund"), st.sampled_from(ORDERS), st.integers(1, 9000)),
    st.tuples(st.just("complete"), st.sampled_from(ORDERS)),
    st.tuples(st.just("buy"), st.sampled_from(["p1", "p2", None]), st.integers(1, 90000)),
    st.tuples(st.just("exchange"), st.sampled_from([P1, MALL]), st.sampled_from(ORDERS)),
    st.tuples(st.just("clear"), st.just("all")),
)


@dataclass
class Interleaved:
    """Two queues that are merged while everything else happens, settled bit by bit."""

    player: Player
    count: int = 0

    def do(self, kind: str, *what: Any) -> None:
        self.count += 1
        app, name = self.player.app, f"n{self.count}"
        try:
            match kind, what:
                case "settle", (queue,):
                    app.settler.settle(queue)
                case "merge", (queue,):
                    send(app.store, app.clock, queue, Merge(app.clock.now(), MALL), request=name)
                case "refund", (order, amount):
                    self.player.step(refund(order, amount, name))
                case "buy", (product_, paid):
                    self.player.step(buy(name, product_, paid=paid))
                case "exchange", (queue, order):
                    self.player.step(
                        {"exchange": {"queue": queue, "entry": f"{order}/1", "into": "points"}}
                    )
                case "clear", _:
                    app.scheduler.start("clear", self.player.now)
                case _, (what_,):
                    self.player.step({kind: what_})
        except Rejected:
            pass


@examples(60)
@given(
    happening=st.lists(actions, max_size=30),
    baskets=st.lists(
        st.lists(st.sampled_from(["p1", "p2", None]), min_size=1, max_size=3),
        min_size=len(ORDERS),
        max_size=len(ORDERS),
    ),
    step=st.integers(1, 3),
    plan=st.fixed_dictionaries(
        {
            "surplus": st.sampled_from(["retain", "carry"]),
            "reward_order": st.sampled_from(["queue", "completed_first"]),
            "settle_on": st.sampled_from(["paid", "completed"]),
            "hold_days": st.sampled_from([0, 7]),
        }
    ),
)
def test_whatever_happens_amid_a_merge_nothing_is_lost_doubled_or_reordered(
    happening, baskets, step, plan
):
    """The books add up after every step; in the end they say what independent sums say."""
    player = Player({"settings": settings(**plan), "steps": []}, settles=False)
    player.begin()
    with patch.object(merges, "TICKETS_A_STEP", step):
        shop = Interleaved(player)
        for order, basket in zip(ORDERS, baskets, strict=True):
            player.step(buy(order, *basket, paid=9000))
        for action in [*happening, ("merge", P1), ("merge", P2)]:
            shop.do(*action)
            assert differences(player) == []
        sweep(player.app)
    check_books(player.store)
    assert differences(player) == []
    stalled = player.store.get_many(Queue, {Key(P1), Key(P2)}).values()
    assert not any(queue.standing.waiting or queue.figure(QueueAccount.POOL) for queue in stalled)
    _check_order_of_line(player)
    _check_promises(player)


def _check_order_of_line(player: Player) -> None:
    """What came from one queue stands in the mall queue as it stood there."""
    tickets = list(player.store.scan(Ticket))
    stood = {(t.queue, t.order): t.place for t in tickets}
    for queue in (P1, P2):
        came = [t for t in tickets if t.merged_from == queue and t.place is not None]
        came.sort(key=lambda ticket: ticket.place or 0)
        places = [stood[queue, ticket.order] for ticket in came]
        assert places == sorted(places)


def _check_promises(player: Player) -> None:
    """All queues together pay a line what it is promised after refunds, and no more."""
    paid: dict[tuple[str, str], int] = {}
    promised: dict[tuple[str, str], int] = {}
    for ticket in player.store.scan(Ticket):
        for line in ticket.lines:
            name = (ticket.order, line.id)
            paid[name] = paid.get(name, 0) + (line.entry.paid if line.entry else 0)
            promised[name] = line.entitlement_base
    assert all(paid[name] <= promised[name] for name in paid)
    in_wallets = sum(
        wallet.get("cash", 0) + wallet.get("pending", 0)
        for wallet in player.outcome()["wallets"].values()
    )
    assert in_wallets == sum(paid.values())


@pytest.fixture
def half_merged(monkeypatch):
    """Two of three entries are on their way to the mall queue."""
    monkeypatch.setattr(merges, "TICKETS_A_STEP", 2)
    player = played(*STALLED)
    send(player.store, player.app.clock, P1, Merge(player.app.clock.now(), MALL))
    player.app.settler.settle(P1)
    assert differences(player) == []
    return player


def test_what_happens_on_the_way_changes_no_place(half_merged):
    """The mall queue hears of completion and refund before the entries join."""
    half_merged.settles = False
    for step in ({"complete": "o3"}, refund("o2", 4000), {"complete": "o2"}):
        Player.step(half_merged, step)
        half_merged.app.settler.settle(P1)
    waiting = half_merged.store.scan(Inbox)
    assert {row.queue for row in waiting if row.command.type == "receive"} == {MALL}
    sweep(half_merged.app)
    assert line_of(half_merged) == [
        ("k1/1", "waiting", 10000, 1000),
        ("k2/1", "waiting", 10000, 0),
        ("o1/1", "waiting", 10000, 2000),
        ("o2/1", "waiting", 6000, 0),
        ("o3/1", "waiting", 10000, 0),
    ]
    check_books(half_merged.store)
    assert differences(half_merged) == []


def test_a_completion_draws_no_pool():
    """What is merged gives nothing, not even a contribution of 0 (Rule 0.8)."""
    player = played(*STALLED[:3], product("p1"), {"merge": P1}, surplus="carry")
    player.step({"complete": "o1"})
    assert player.store.get(Queue, Key(MALL)).figure(QueueAccount.POOL) == 2000


def test_the_audit_notices_a_step_that_was_lost(half_merged):
    (row,) = half_merged.store.scan(Inbox)
    place = key_of(row)
    del half_merged.store.rows[Inbox][place.partition][place.sort]
    paths = {difference.split(":")[0] for difference in differences(half_merged)}
    assert {"queues.product/p1.merging", "queues.mall.orders.o1.joined"} <= paths


@pytest.mark.parametrize(
    ("queue", "spoil", "path"),
    [
        (P1, lambda t: replace(t, merged_into=QueueId("")), "queues.product/p1.orders.o1"),
        (P1, lambda t: t.with_entry(0, _waiting), "queues.mall.orders.o1.lines"),
        (MALL, lambda t: replace(t, completed_at=1), "queues.mall.orders.o1.completed_at"),
        (MALL, lambda t: replace(t, merged_from=P2), "queues.mall.orders.o1"),
        (MALL, lambda t: _got(t, 1000), "queues.mall.orders.o1.lines.1.got"),
        (MALL, lambda _: None, "queues.mall.orders.o1"),
    ],
)
def test_the_audit_notices_what_a_merge_lost_or_doubled(queue, spoil, path):
    player = played(*STALLED, {"merge": P1})
    ticket = next(t for t in player.store.scan(Ticket) if (t.queue, t.order) == (queue, "o1"))
    place = key_of(ticket)
    spoilt = spoil(ticket)
    del player.store.rows[Ticket][place.partition][place.sort]
    if spoilt:
        player.store.rows[Ticket][place.partition][key_of(spoilt).sort] = spoilt
    assert path in {difference.split(": ")[0] for difference in differences(player)}


def test_the_audit_notices_a_pool_that_did_not_arrive():
    player = played(*STALLED[:3], product("p1"), {"merge": P1}, surplus="carry")
    row = player.store.get(Queue, Key(MALL))
    tills = {**row.tills, QueueAccount.MERGED: 0, QueueAccount.POOL: 0}
    player.store.rows[Queue][MALL][""] = replace(row, tills=tills)
    assert any(found.startswith("pools.merged: ") for found in differences(player))


def _waiting(entry):
    return replace(entry, status="waiting")


def _got(ticket, amount):
    line = ticket.lines[0]
    return ticket.with_line(0, replace(line, received_before=amount))
