"""What waits in a shared queue goes on where each line belongs, after it was put apart (1.4.1)."""

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain import merges
from rebate.domain.commands import Merge, MergeHome
from rebate.domain.errors import Rejected
from rebate.domain.names import (
    MemberId,
    OrderId,
    QueueId,
    came_from,
    left_behind,
    moves_of,
    queue_left,
)
from rebate.domain.queues import Queue
from rebate.domain.tickets import Ticket
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.queries.show_entries import show_entries
from rebate.usecases.queries.show_order import show_order
from rebate.usecases.queries.show_queues import show_stalled
from rebate.usecases.schedules.start_runs import send
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
APART = {"set": {"queue_rebate": {"mall": "per_product"}}}
TOGETHER = {"set": {"queue_rebate": {"mall": "shared"}}}
ACCEPTED = ["queue_rebate.mall=per_product", "queue_rebate.mall=shared"]


def settings(**plan: Any) -> dict[str, Any]:
    base = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}}
    shop = {"currency": "CNY", "timezone": "Asia/Shanghai", "guards": {"acknowledged": ACCEPTED}}
    return {**shop, "queue_rebate": base | plan}


def buy(order: str, *products: str | None, paid: int = 10000) -> dict[str, Any]:
    lines = [{"line": str(n), "product": p, "paid": paid} for n, p in enumerate(products, 1)]
    return {"buy": {"order": order, "member": f"m-{order}", "lines": lines}}


def move(queue: str) -> dict[str, Any]:
    return {"move": {"queue": queue}}


def refund(order: str, amount: int, line: str = "1", name: str = "r1") -> dict[str, Any]:
    return {"refund": {"order": order, "id": name, "line": line, "amount": amount}}


def product(name: str, *, on_sale: bool) -> dict[str, Any]:
    detail = {"product_id": name, "on_sale": on_sale, "supply": "self"}
    return {"event": {"detail-type": "ProductSaved", "detail": detail}}


def played(*steps: dict[str, Any], **plan: Any) -> Player:
    player = Player({"settings": settings(**plan), "steps": steps})
    player.play()
    insist_sound(player)
    return player


def insist_sound(player: Player) -> None:
    check_books(player.store)
    assert audit_books(player.store, full=True).differences == []


def line_of(player: Player, queue: str) -> list[tuple[str, str, int, int]]:
    found = player.outcome()["queues"].get(queue, {"entries": []})["entries"]
    return [(each["entry"], each["status"], each["entitlement"], each["paid"]) for each in found]


def waiting_in(player: Player, queue: str) -> list[str]:
    return [entry for entry, status, *_ in line_of(player, queue) if status == "waiting"]


BASKETS = (buy("o1", "p1", "p2", None), buy("o2", "p2"), buy("o3", "p1"), buy("o4", None))
"""o1 has 30.00 of o2, o3 and o4: the first of its lines all of it."""


def test_each_line_goes_on_where_it_belongs_with_entitlement_and_paid() -> None:
    player = played(*BASKETS, APART, move("mall"))
    assert line_of(player, P1) == [("o1/1", "waiting", 10000, 3000), ("o3/1", "waiting", 10000, 0)]
    assert line_of(player, P2) == [("o1/2", "waiting", 10000, 0), ("o2/1", "waiting", 10000, 0)]
    assert [status for _, status, *_ in line_of(player, MALL)] == [
        "merged",
        "merged",
        "waiting",
        "merged",
        "merged",
        "waiting",
    ]
    terms = player.app.settings.in_force().terms
    assert show_stalled(player.store, terms).queues == ()


def test_the_pool_goes_along_with_the_first_in_line() -> None:
    """It would have been spent on it."""
    carried = (buy("o0", "p2"), refund("o0", 10000), buy("o1", "p2"), buy("o2", "p1"))
    plan = {"surplus": "carry", "reward_order": "completed_first"}
    player = played(*carried, APART, move("mall"), **plan)
    pools = {name: queue["pool"] for name, queue in player.outcome()["queues"].items()}
    assert pools == {MALL: 0, P1: 0, P2: 3000}


def test_the_pool_stays_with_a_first_who_stays() -> None:
    carried = (buy("o1", None), buy("o2", "p1"))
    plan = {"surplus": "carry", "reward_order": "completed_first"}
    player = played(*carried, APART, move("mall"), **plan)
    pools = {name: queue["pool"] for name, queue in player.outcome()["queues"].items()}
    assert pools == {MALL: 2000, P1: 0}
    assert (waiting_in(player, MALL), waiting_in(player, P1)) == ([], [])


def test_completion_and_refunds_reach_each_line_where_it_waits() -> None:
    player = played(*BASKETS, APART, move("mall"), {"complete": "o1"}, reward_order="queue")
    player.step(refund("o1", 8000, line="1"))
    player.step(refund("o1", 4000, line="2", name="r2"))
    assert line_of(player, P1)[0] == ("o1/1", "completed", 2000, 2000)
    assert line_of(player, P2)[0] == ("o1/2", "waiting", 6000, 0)
    completed = {t.queue for t in player.store.scan(Ticket) if t.order == "o1" and t.completed_at}
    assert completed == {MALL, P1, P2}
    insist_sound(player)


def test_what_goes_back_and_forth_goes_on_each_time() -> None:
    there_and_back = (APART, move("mall"), buy("n1", "p1"), TOGETHER, move(P1), buy("n2", "p2"))
    player = played(*BASKETS, *there_and_back, *there_and_back[:2], TOGETHER, move(P1))
    queues = [each.queue for each in player.store.scan(Ticket) if each.order == "o3"]
    assert sorted(queues) == [MALL, MALL, MALL, P1, P1]
    assert waiting_in(player, MALL)[-3:] == ["o1/1", "o3/1", "n1/1"]
    found = {entry: paid for entry, status, _, paid in line_of(player, MALL) if status == "waiting"}
    assert found["o1/1"] == 4000
    player.step({"complete": "o3"})
    player.step(refund("o3", 10000))
    assert "o3/1" not in waiting_in(player, MALL)
    insist_sound(player)


def test_what_is_paid_before_and_after_it_came_back_adds_up() -> None:
    """The journal names an entry by its queue, order and line: two of one name are one sum."""
    there_and_back = (APART, move("mall"), TOGETHER, move(P1))
    player = played(*BASKETS, *there_and_back, buy("n1", None, paid=990000))
    found = [paid for entry, *_, paid in line_of(player, MALL) if entry == "o1/1"]
    assert found == [3000, 10000]


def test_people_see_where_each_line_is_now() -> None:
    player = played(*BASKETS, APART, move("mall"), TOGETHER, move(P2))
    terms = player.app.settings.in_force().terms
    seen = {
        (e.queue, e.entry): e for e in show_entries(player.store, terms, MemberId("m-o1")).entries
    }
    assert seen[MALL, "o1/1"].merged_into == P1
    assert seen[P1, "o1/1"].merged_from == MALL
    assert seen[P2, "o1/2"].merged_into == MALL
    trace = show_order(player.store, terms, OrderId("o1"))
    assert trace is not None
    assert [each.queue for each in trace.tickets] == [MALL, P1, P2, MALL]
    assert trace.tickets[3].entries[0].merged_from == P2


def test_what_an_operator_brought_to_the_mall_queue_stays_there() -> None:
    """Its product is off sale: it has no queue to go home to (Rule 1.5.5)."""
    steps = (buy("o1", "p1"), buy("o2", None), product("p1", on_sale=False), move(P1))
    player = played(product("p1", on_sale=True), APART, *steps, move("mall"))
    assert waiting_in(player, MALL) == ["o2/1", "o1/1"]
    terms = player.app.settings.in_force().terms
    assert show_stalled(player.store, terms).queues == ()


@pytest.mark.parametrize("many", [5, 6, 7])
def test_those_behind_many_who_stay_are_found(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merges, "TICKETS_A_STEP", 2)
    orders = [buy(f"k{n}", None) for n in range(many)]
    player = played(*orders, buy("o1", "p1"), buy("k9", None), buy("o2", "p1"), APART, move("mall"))
    assert waiting_in(player, P1) == ["o1/1", "o2/1"]
    assert not player.store.get(Queue, Key(MALL)).merging


def test_a_line_of_every_product_is_told_of_in_as_many_commits_as_that_takes() -> None:
    """One order, more queues than a transaction has rows: moved, completed and refunded."""
    names = [f"p{n}" for n in range(130)]
    lines = [{"line_id": str(n), "amount": 5000} for n in range(1, len(names) + 1)]
    detail = {"order_id": "o1", "refund_id": "r1", "lines": lines}
    event = {"detail-type": "OrderRefunded", "detail": detail}
    player = played(
        buy("o1", *names),
        APART,
        move("mall"),
        {"complete": "o1"},
        {"event": {**event, "detail": {**detail, "refunded_at": "2026-03-02T10:00:00+08:00"}}},
    )
    assert waiting_in(player, "mall") == []
    found = {queue: line_of(player, queue) for queue in player.outcome()["queues"]}
    assert len(found) == len(names) + 1
    assert all(rows[0][1:3] == ("waiting", 5000) for name, rows in found.items() if name != MALL)
    tickets = [t for t in player.store.scan(Ticket) if t.merged_from]
    assert all(ticket.completed_at for ticket in tickets)


@pytest.mark.parametrize("kind", [KILLED_BEFORE, KILLED_AFTER, REPEATED], ids=lambda k: k.name)
def test_it_ends_as_undisturbed_wherever_it_is_cut(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merges, "TICKETS_A_STEP", 2)
    late = (refund("o1", 4000, line="2"), {"complete": "o1"}, buy("k3", "p1", paid=90000))
    steps = [*BASKETS, APART, move("mall"), *late, TOGETHER, move(P1), move(P2)]
    document = {"settings": settings(surplus="carry"), "steps": steps}

    def outcome(trouble: Trouble) -> dict[str, Any]:
        player = Redelivered(document)
        trouble.watch(player.store)
        player.play()
        sweep(player.app)
        insist_sound(player)
        return player.outcome()

    undisturbed = Trouble(lambda _: None)
    expected = outcome(undisturbed)
    for number in range(1, undisturbed.count + 1):
        assert outcome(at_commit(number, kind)) == expected, f"commit {number} {kind.name}"


ORDERS = tuple(f"o{n}" for n in range(5))
actions = st.one_of(
    st.tuples(st.just("settle"), st.sampled_from([P1, P2, MALL])),
    st.tuples(st.just("home"), st.just(MALL)),
    st.tuples(st.just("merge"), st.sampled_from([P1, P2])),
    st.tuples(st.just("switch"), st.sampled_from([0, 1])),
    st.tuples(st.just("refund"), st.sampled_from(ORDERS), st.integers(1, 9000)),
    st.tuples(st.just("complete"), st.sampled_from(ORDERS)),
    st.tuples(st.just("buy"), st.sampled_from(["p1", "p2", None]), st.integers(1, 90000)),
    st.tuples(st.just("clear"), st.just("all")),
)


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
def test_whatever_happens_amid_it_nothing_is_lost_or_doubled(
    happening: list[tuple[Any, ...]], baskets: list[list[str | None]], step: int, plan: Any
) -> None:
    """The books add up after every step, and are what is decided again at the end."""
    player = Player({"settings": settings(**plan), "steps": []}, settles=False)
    player.begin()
    with patch.object(merges, "TICKETS_A_STEP", step):
        for order, basket in zip(ORDERS, baskets, strict=True):
            player.step(buy(order, *basket, paid=9000))
        for number, action in enumerate(happening):
            do(player, f"n{number}", *action)
            assert audit_books(player.store).differences == []
        sweep(player.app)
        insist_sound(player)
    paid: dict[tuple[str, str], int] = {}
    for ticket in player.store.scan(Ticket):
        for line in ticket.lines:
            name = (ticket.order, line.id)
            paid[name] = paid.get(name, 0) + (line.entry.paid if line.entry else 0)
            assert paid[name] <= line.entitlement_base


def do(player: Player, name: str, kind: str, *what: Any) -> None:
    app = player.app
    try:
        match kind, what:
            case "settle", (queue,):
                app.settler.settle(queue)
            case "home", (queue,):
                send(app.store, app.clock, queue, MergeHome(app.clock.now()), request=name)
            case "merge", (queue,):
                send(app.store, app.clock, queue, Merge(app.clock.now(), MALL), request=name)
            case "switch", (at,):
                player.step((APART, TOGETHER)[at])
            case "refund", (order, amount):
                player.step(refund(order, amount, name=name))
            case "buy", (product_, paid):
                player.step(buy(name, product_, paid=paid))
            case "clear", _:
                app.scheduler.start("clear", player.now)
            case _, (what_,):
                player.step({kind: what_})
    except Rejected:
        pass


def test_how_often_a_ticket_went_on_is_part_of_what_it_is_found_by() -> None:
    once = came_from(P1, QueueId(""))
    twice = came_from(MALL, once)
    thrice = came_from(P1, twice)
    assert [once, twice, thrice] == [P1, "2:mall", "3:product/p1"]
    assert [moves_of(each) for each in (QueueId(""), once, twice, thrice)] == [0, 1, 2, 3]
    assert left_behind(MALL, thrice) == (P1, twice)
    assert left_behind(P1, twice) == (MALL, once)
    assert left_behind(MALL, once) == (P1, "")
    odd = came_from(QueueId("product/7:x\ny"), once)
    assert queue_left(odd) == "product/7:x\ny"
