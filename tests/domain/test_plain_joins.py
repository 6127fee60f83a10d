"""Plain joins come to the letter to what the engine comes to one after another."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.allocation import equal_shares, fifo
from rebate.domain.caps import DailyCap
from rebate.domain.commands import Keyed
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, OrderId, QueueId
from rebate.domain.plain_joins import PlainJoins, is_plain
from rebate.domain.plan import Leftover, Moment, Part, Plan
from rebate.domain.records import fields_of, replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import DAY, Instant
from tests.domain.pure import PureQueue, join_of
from tests.domain.units import a_unit, accepted, waiting
from tests.strategies import BEGIN, EXCHANGE, ZONE, History, a_line, examples, histories

PLAIN = Plan(parts=(Part(fifo()),))


@st.composite
def plain_plans(draw: Any) -> Plan:
    elsewhere = draw(st.integers(0, 9)) == 0
    return Plan(
        parts=(Part(fifo(), leftover=draw(st.sampled_from(Leftover))),),
        completed_first=draw(st.booleans()),
        exchange_bps=EXCHANGE,
        daily_cap=draw(st.sampled_from((None, DailyCap(None, ZONE)))),
        home=(lambda *_: QueueId("other")) if elsewhere else PLAIN.home,
    )


@st.composite
def busy_days(draw: Any) -> History:
    """Draw many orders in a row, of lines that may be too long to be plain, over some days."""
    amounts = st.one_of(st.integers(0, 60), st.integers(500, 9000))
    orders = []
    for number in range(draw(st.integers(10, 70))):
        lines = tuple(
            a_line(
                str(each),
                draw(amounts),
                gives=draw(st.sampled_from((0, 500, 3000, 10_000))),
                gets=draw(st.sampled_from((0, 3333, 10_000))),
                joins=draw(st.integers(0, 5)) > 0,
                contributes=draw(st.integers(0, 5)) > 0,
                most=draw(st.sampled_from(((), (), (Amount(7),)))),
            )
            for each in range(draw(st.sampled_from((1, 1, 1, 2, 3, 5))))
        )
        member = MemberId(draw(st.sampled_from(("", "A", "B", "C", f"m{number}"))))
        at = Instant(BEGIN + number * draw(st.sampled_from((1, DAY // 20))))
        orders.append(Ticket(QueueId("mall"), OrderId(f"o{number}"), member, lines, at))
    return History(draw(plain_plans()), tuple(orders), tuple(map(join_of, orders)))


def played(history: History, room: int, at_once: int, *, in_runs: bool) -> PureQueue:
    known = {ticket.key: ticket for ticket in history.tickets}
    queue = PureQueue(history.plan, known, room, in_runs=in_runs)
    queue.settle(history.commands, at_once=at_once)
    return queue


def all_of(queue: PureQueue) -> dict[str, Any]:
    """Return all that is stored, and how it was cut into commits."""
    names = ("queue", "tickets", "nodes", "wallets", "journal", "events", "decisions", "written")
    return {name: getattr(queue, name) for name in names}


@examples(40)
@given(history=busy_days(), room=st.integers(1, 94), at_once=st.integers(1, 60))
def test_busy_days_are_as_one_after_another(history: History, room: int, at_once: int) -> None:
    """Every row, however much fits into a commit, and where each commit ends."""
    by_runs, alone = (played(history, room, at_once, in_runs=each) for each in (True, False))
    assert all_of(by_runs) == all_of(alone)


@examples(40)
@given(
    history=histories("queue_rebate"),
    plan=plain_plans(),
    room=st.integers(1, 94),
    at_once=st.integers(1, 20),
)
def test_histories_are_as_one_after_another(
    history: History, plan: Plan, room: int, at_once: int
) -> None:
    """With refunds, draws, exchanges and clearings between, and orders that are not plain."""
    history = replace(history, plan=plan)
    by_runs, alone = (played(history, room, at_once, in_runs=each) for each in (True, False))
    assert all_of(by_runs) == all_of(alone)


def run_of(*tickets: Ticket, line: int = 3, plan: Plan = PLAIN, **others: Any) -> int:
    """Return how many of some orders are carried out in a run, where so many entries wait."""
    ahead = [waiting(place, f"W{place}") for place in range(line)]
    unit = a_unit(*ahead, *tickets, plan=plan, **others)
    unit.queue = replace(unit.queue, tickets=line, entries=line)
    commands = [Keyed(f"{number:05d}", join_of(ticket)) for number, ticket in enumerate(tickets)]
    return PlainJoins(unit).run(commands)


def test_orders_that_are_paid_are_carried_out_in_one_run() -> None:
    """Else the properties above would hold of a run that does nothing."""
    assert run_of(*(accepted(f"n{number}") for number in range(9)), line=20) == 9


def test_a_run_ends_where_one_of_its_own_orders_would_be_paid() -> None:
    """It stands in line once the run is over."""
    assert run_of(accepted("n1"), accepted("n2"), line=0) == 1


def test_a_run_ends_where_an_order_would_pay_itself() -> None:
    """Rule 0.7: it has an entry that was merged into the queue in which its other lines join."""
    merged = replace(waiting(0, "B"), order=OrderId("n1"), merged_from=QueueId("product/p"))
    orders = (accepted("n0", "A", paid=10), accepted("n1", "B"))
    unit = a_unit(merged, *orders, plan=PLAIN)
    commands = [Keyed(f"{number:05d}", join_of(each)) for number, each in enumerate(orders)]
    assert PlainJoins(unit).run(commands) == 1


def test_a_run_carries_out_no_order_twice() -> None:
    """Whatever stands in an inbox twice."""
    assert run_of(accepted("n0"), accepted("n0")) == 1


def test_a_run_ends_before_the_transaction_is_full() -> None:
    """A step of the engine has to be sure of the rows that it asks for."""
    orders = [accepted(f"n{number}", f"M{number}") for number in range(9)]
    assert 0 < run_of(*orders, line=20, rows=20) < 9


@pytest.mark.parametrize(
    "change",
    [
        {"joined": True},
        {"merged_into": QueueId("product/p")},
        {"parts_bps": (5000, 5000)},
        {"lines": tuple(a_line(str(number), 10) for number in range(5))},
        {"lines": (a_line("1", 10, settled=(Amount(1),)),)},
        {"lines": (replace(a_line("1", 10), entitlement_bps=None),)},
    ],
)
def test_what_is_not_plain_is_left_to_the_engine(change: dict[str, Any]) -> None:
    """A run ends before it."""
    assert run_of(accepted("n0"), replace(accepted("n1"), **change)) == 1


def test_what_settles_in_another_queue_now_is_left_to_the_engine() -> None:
    """Rule 1.4.1: a product's line that joined the mall queue, say."""
    plan = replace(PLAIN, home=lambda *_: QueueId("product/p"))
    assert run_of(accepted("n0"), plan=plan) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"parts": (Part(equal_shares()),)},
        {"parts": (Part(fifo(), due=Moment.COMPLETED),)},
        {"parts": (Part(fifo(), draws_pool=False),)},
        {"parts": (Part(fifo()), Part(fifo()))},
        {"joins": Moment.COMPLETED},
        {"rewards_to_exit": 3},
        {"self_funding": True},
        {"paused": True},
        {"repurchase": True},
        {"hold_days": 7},
        {"collected": True},
        {"daily_cap": DailyCap(Amount(100), ZONE)},
    ],
)
def test_a_plan_with_more_to_it_is_not_plain(change: dict[str, Any]) -> None:
    """What limits a payment or follows from one is the engine's."""
    assert is_plain(PLAIN)
    assert not is_plain(replace(PLAIN, **change))


@pytest.mark.parametrize(
    "change",
    [
        {"parts": (Part(fifo(), leftover=Leftover.CARRY),)},
        {"completed_first": True},
        {"exchange_bps": EXCHANGE},
        {"prize_max": Amount(100)},
        {"daily_cap": DailyCap(None, ZONE)},
        {"decimals": 0},
        {"zone": ZONE},
        {"home": lambda *_: QueueId("product/p")},
    ],
)
def test_a_plan_may_choose_what_plain_orders_know(change: dict[str, Any]) -> None:
    """Most shops set some of it."""
    assert is_plain(replace(PLAIN, **change))


def test_whatever_a_ticket_has_is_looked_at() -> None:
    """A field that is new may be of orders that are not plain: have `_plain` say so, then name it.

    Of a plan no field need be named: what `is_plain` does not know is not plain.
    """
    assert {name for name, _ in fields_of(accepted("n1"))} == {
        *("queue", "order", "member", "lines", "paid_at", "store", "referrer", "parts_bps"),
        *("joined", "place", "completed_at", "origin", "round", "commits", "order_digest"),
        *("merged_from", "merged_into", "at_home"),
    }
    assert {name for name, _ in fields_of(a_line("1", 10))} == {
        *("id", "contribution_base", "entitlement_base", "contribution_bps", "entitlement_bps"),
        *("cap", "joins", "contributes", "product", "lottery", "random_return", "sources"),
        *("settled", "retained", "entry", "received_before", "net_of", "most", "merged_into"),
        *("first_entitlement_base", "buyer_paid"),
    }
