"""Paying out a pool: once an instant, up to a limit, in as many commits as it takes (Rule 7.3)."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rebate.domain.caps import DailyCap
from rebate.domain.commands import Command, Complete, PayPool
from rebate.domain.ledger import BalanceType, QueueAccount
from rebate.domain.money import Amount, Bps
from rebate.domain.names import WHOLE_ORDER, MemberId, OrderId
from rebate.domain.plan import Moment
from rebate.domain.plans import red_packet, union
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket, TicketLine
from rebate.domain.times import Instant
from tests.domain.pure import NAME, PureQueue, join_of

COUNT = 12
RUN_AT = Instant(10_000)


def ticket(number: int, **parts: Any) -> Ticket:
    """An order that gives 100 to the pool and may get 40."""
    line = TicketLine(
        WHOLE_ORDER,
        contribution_base=Amount(100),
        entitlement_base=Amount(100),
        contribution_bps=Bps(10_000),
        entitlement_bps=Bps(4000),
    )
    order, member = OrderId(f"o{number}"), MemberId(f"m{number}")
    return Ticket(NAME, order, member, (line,), Instant(number), **parts)


PLANS = {
    "one after another": (union.settlement(union.UnionTerms(settle_on=Moment.PAID)), {}),
    "equally": (
        red_packet.settlement(red_packet.RedPacketTerms(place_by=Moment.PAID)),
        {"parts_bps": (0, 0, 10_000)},
    ),
}


def ran(kind: str, *runs: PayPool, room: int = 96, **terms: Any) -> PureQueue:
    plan, parts = PLANS[kind]
    tickets = [ticket(number, **parts) for number in range(COUNT)]
    queue = PureQueue(replace(plan, **terms), {t.key: t for t in tickets}, room)
    commands: list[Command] = [*map(join_of, tickets)]
    commands += [Complete(t.paid_at, t.order, t.member) for t in tickets]
    queue.settle(commands)
    queue.settle(runs)
    return queue


def cash(queue: PureQueue) -> list[int]:
    wallets = [queue.wallets.get(MemberId(f"m{number}")) for number in range(COUNT)]
    return [each.has(BalanceType.CASH) if each else 0 for each in wallets]


def pay(kind: str, at: int = RUN_AT, limit: int | None = None) -> PayPool:
    most = None if limit is None else Amount(limit)
    return PayPool(Instant(at), equally=kind == "equally", limit=most)


@pytest.mark.parametrize("kind", PLANS)
@pytest.mark.parametrize("room", [3, 5, 8, 96])
def test_a_run_pays_all_that_wait_in_whatever_commits(kind: str, room: int) -> None:
    queue = ran(kind, pay(kind), room=room)
    assert cash(queue) == [40] * COUNT
    assert queue.queue.figure(QueueAccount.POOL) == 60 * COUNT
    assert queue.queue.figure(QueueAccount.TRANSIT) == 0
    assert queue.queue.ran_at == RUN_AT
    assert {entry.kind for entry in queue.journal} >= {"pool_run"}
    paid = [event for event in queue.events if event.type == "RebatePaid"]
    assert [(event.amount, event.source) for event in paid] == [(40, None)] * COUNT


@pytest.mark.parametrize(("limit", "expected"), [(0, []), (50, [40, 10]), (10**6, [40] * COUNT)])
@pytest.mark.parametrize("room", [3, 96])
def test_a_run_pays_no_more_than_its_limit(limit: int, expected: list[int], room: int) -> None:
    queue = ran("one after another", pay("one", limit=limit), room=room)
    assert cash(queue) == [*expected, *[0] * (COUNT - len(expected))]
    assert queue.queue.figure(QueueAccount.POOL) == 100 * COUNT - sum(expected)


@pytest.mark.parametrize("kind", PLANS)
@pytest.mark.parametrize("room", [8, 96])
def test_a_run_keeps_to_the_cap_of_its_day(kind: str, room: int) -> None:
    """Rule 8.4: all of its commits together; what is not paid goes back into the pool."""
    cap = DailyCap(Amount(100), ZoneInfo("UTC"))
    queue = ran(kind, pay(kind), room=room, daily_cap=cap)
    assert cash(queue) == [40, 40, 20] + [0] * (COUNT - 3)
    assert queue.queue.figure(QueueAccount.POOL) == 100 * COUNT - 100
    assert {day: each.amount for day, each in queue.rebates.items()} == {cap.day_of(RUN_AT): 100}


@pytest.mark.parametrize("room", [3, 96])
def test_an_instant_runs_once_and_an_earlier_one_no_more(room: int) -> None:
    runs = [pay("one", at, limit=50) for at in (RUN_AT, RUN_AT, RUN_AT - 1)]
    assert sum(cash(ran("one after another", *runs, room=room))) == 50
    again = pay("one", RUN_AT + 1, limit=50)
    assert sum(cash(ran("one after another", *runs, again, room=room))) == 100
