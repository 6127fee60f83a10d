"""A decision writes no more rows than a transaction has room for: one that did would stay for ever.

What is counted ahead is held against what is written: tickets, nodes of the index, wallets with
their statements, holds, sums of days, and what goes to other queues.
"""

import copy
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.allocation import collect, fifo, fixed_shares
from rebate.domain.caps import DailyCap
from rebate.domain.commands import Command, Complete, Cut, Join, RefundOrder
from rebate.domain.ledger import BalanceType, QueueAccount
from rebate.domain.money import Amount, Bps, sum_of
from rebate.domain.names import WHOLE_ORDER, LineId, MemberId, OrderId, QueueId, TicketKey
from rebate.domain.plan import Leftover, Moment, Part
from rebate.domain.plans import order_queue, queue_rebate, queue_rebate_terms
from rebate.domain.records import replace
from rebate.domain.tickets import Status, Ticket
from rebate.domain.times import Instant
from tests.domain.pure import NAME, PureQueue, join_of
from tests.strategies import BEGIN, MINUTE, PLANS, ZONE, a_line, examples, histories

SMALLEST = 12
"""A room in which any single step fits."""


@pytest.mark.parametrize("kind", PLANS)
@examples(40)
@given(data=st.data())
def test_no_decision_writes_more_than_it_has_room_for(kind: str, data: st.DataObject) -> None:
    history = data.draw(histories(kind, most_orders=16))
    holds = data.draw(st.sampled_from((0, 7)))
    most = data.draw(st.sampled_from((None, 50, 10**6)))
    cap = None if most is None else DailyCap(Amount(most), ZONE)
    plan = replace(history.plan, hold_days=holds, daily_cap=cap)
    room = data.draw(st.integers(SMALLEST, 24))
    queue = PureQueue(plan, {ticket.key: ticket for ticket in history.tickets}, room)
    queue.settle(history.commands, at_once=30)
    assert max(queue.written) <= room


every_room = pytest.mark.parametrize("room", range(SMALLEST, SMALLEST + 8))


def a_line_of(
    *orders: tuple[str, str, *tuple[int, ...]],
    gives: int = 1000,
    room: int = 96,
    at_once: int = 1,
    **plan: Any,
) -> PureQueue:
    """Play orders (order, member, paid by line), of which each gives so many basis points."""
    settled = replace(queue_rebate.settlement(queue_rebate_terms.QueueRebateTerms(ZONE)), **plan)
    tickets = [
        Ticket(
            NAME,
            OrderId(order),
            MemberId(member),
            tuple(a_line(str(line), each, gives=gives) for line, each in enumerate(paid, 1)),
            Instant(BEGIN + number * MINUTE),
        )
        for number, (order, member, *paid) in enumerate(orders)
    ]
    queue = PureQueue(settled, {ticket.key: ticket for ticket in tickets}, room)
    queue.settle([*map(join_of, tickets)], at_once=at_once)
    return queue


def a_join(
    queue: PureQueue, order: str, member: str, paid: int, *, gives: int = 1000, **more: Any
) -> Join:
    """Bring an order that comes after all others, and return its command."""
    at = Instant(BEGIN + 500 * MINUTE)
    lines = (a_line("1", paid, gives=gives),)
    ticket = Ticket(NAME, OrderId(order), MemberId(member), lines, at, **more)
    queue.tickets[ticket.key] = ticket
    return join_of(ticket)


def refund_of(order: str, member: str, amount: int, line: str = "1") -> RefundOrder:
    at = Instant(BEGIN + 1000 * MINUTE)
    return RefundOrder(
        at, OrderId(order), MemberId(member), "r1", (Cut(LineId(line), Amount(amount)),)
    )


def refund(queue: PureQueue, order: str, member: str, amount: int) -> None:
    queue.settle([refund_of(order, member, amount)])


@every_room
@pytest.mark.parametrize("cap", [None, DailyCap(Amount(10**6), ZONE)], ids=["", "cap"])
@pytest.mark.parametrize("members", [1, 30])
def test_each_order_of_a_member_is_held_by_itself(
    members: int, room: int, cap: DailyCap | None
) -> None:
    small = [(f"o{number}", f"A{number % members}", 10) for number in range(30)]
    big = [(f"b{number}", f"B{number}", 1500) for number in range(4)]
    queue = a_line_of(*small, *big, room=room, at_once=20, hold_days=7, daily_cap=cap)
    assert len(queue.holds) >= 30
    assert max(queue.written) <= room


@every_room
@pytest.mark.parametrize("count", range(2, 6))
def test_the_last_that_an_order_pays_may_stand_under_another_node(room: int, count: int) -> None:
    """A leaf has 32 places; the order itself has taken its place under a third."""
    small = [(f"o{number}", f"A{number}", 10) for number in range(70)]
    queue = a_line_of(*small, gives=0, self_funding=True)
    queue.settle([a_join(queue, "first", "F", 100 * (33 - count))])
    queue.room = room
    at_most_room(queue, [a_join(queue, "o", "B", 100 * count)])


@every_room
def test_repurchases_that_are_not_covered_look_into_wallets_all_the_same(room: int) -> None:
    """Rule 4.5: nothing moves, and the balance on which that rests is insisted on."""
    count = 3 * SMALLEST
    tickets = [
        Ticket(NAME, OrderId(f"o{n}"), MemberId(f"m{n}"), (a_line("1", 100),), Instant(BEGIN + n))
        for n in range(count)
    ]
    queue = PureQueue(order_queue.settlement(order_queue.OrderQueueTerms()), {}, room)
    queue.tickets |= {ticket.key: ticket for ticket in tickets}
    missed = [
        replace(join_of(ticket), completed=True, repurchase=Amount(100))
        for ticket in tickets[: room - 7]
    ]
    bought = [*map(join_of, tickets[room - 7 :])]
    queue.settle([*missed, *bought], at_once=count)
    assert len(queue.events) >= count
    assert max(queue.written) <= room


@every_room
def test_what_leaves_buys_again_in_the_same_commit(room: int) -> None:
    """Rule 4.4: with a command, a ticket and an order of its own."""
    terms = order_queue.OrderQueueTerms(reward_bps=Bps(3000), rewards_to_exit=5)
    plan = order_queue.settlement(terms)
    line = replace(a_line(WHOLE_ORDER, 100, gives=3000), entitlement_bps=None)
    tickets = [
        Ticket(NAME, OrderId(f"o{n}"), MemberId(f"m{n}"), (line,), Instant(BEGIN + n))
        for n in range(60)
    ]
    queue = PureQueue(plan, {ticket.key: ticket for ticket in tickets}, room)
    queue.settle([*map(join_of, tickets)], at_once=60)
    assert len([event for event in queue.events if event.type == "EntryCompleted"]) >= 10
    assert max(queue.written) <= room


def at_most_room(queue: PureQueue, commands: Sequence[Command]) -> None:
    """Carry commands out on a copy of the queue, in as few commits as they fit into."""
    queue = copy.deepcopy(queue)
    begun = len(queue.written)
    queue.settle(commands, at_once=len(commands))
    assert max(queue.written[begun:]) <= queue.room


@every_room
@pytest.mark.parametrize("cap", [None, DailyCap(Amount(10**6), ZONE)], ids=["", "cap"])
@pytest.mark.parametrize("hold_days", [0, 7])
@pytest.mark.parametrize("member", ["A", "A{}"])
@pytest.mark.parametrize("joins_first", [True, False])
def test_however_many_an_order_pays(
    *, joins_first: bool, member: str, hold_days: int, cap: DailyCap | None, room: int
) -> None:
    """Up to the one whose rows are the last that fit; it joins, first or last, below a new node."""
    waiting = [(f"o{number}", member.format(number), 10) for number in range(32)]
    queue = a_line_of(*waiting, gives=0, hold_days=hold_days, daily_cap=cap)
    queue.plan, queue.room = replace(queue.plan, self_funding=joins_first), room
    for receivers in range(1, 20):
        at_most_room(queue, [a_join(queue, "p1", "A", 10 * receivers, gives=10_000)])


@every_room
def test_entries_far_apart_stand_below_nodes_of_their_own(room: int) -> None:
    """All but the last were paid, and have to give back."""
    count = 200
    orders = ((f"o{number}", f"m{number}", 10) for number in range(count))
    queue = a_line_of(*orders, gives=10_000)
    queue.room = room
    refunds = [refund_of(f"o{n}", f"m{n}", 10) for n in range(1, count, 33)]
    last = refund_of("o199", "m199", 10)
    for often in range(len(refunds) + 1):
        at_most_room(queue, [last, *refunds[:often]])


@every_room
def test_an_order_that_lets_another_leave_and_joins_below_a_new_node(room: int) -> None:
    terms = order_queue.OrderQueueTerms(reward_bps=Bps(3000), rewards_to_exit=1)
    line = replace(a_line(WHOLE_ORDER, 100, gives=3000), entitlement_bps=None)
    queue = PureQueue(order_queue.settlement(terms), {})
    for number in range(33):
        ticket = Ticket(
            NAME,
            OrderId(f"o{number}"),
            MemberId("AB"[number == 32]),
            (replace(line, contribution_bps=Bps(3000 * (number == 32))),),
            Instant(BEGIN + number),
        )
        queue.tickets[ticket.key] = ticket
    *waiting, leaving = map(join_of, queue.tickets.values())
    queue.settle(waiting)
    queue.room = room
    others = [refund_of(f"o{number}", "A", 5, line=WHOLE_ORDER) for number in range(1, 12)]
    for ahead in range(12):
        at_most_room(queue, [*others[:ahead], leaving])


@every_room
def test_what_is_told_of_a_merged_order_beside_what_its_member_is_paid(room: int) -> None:
    queue = a_line_of(*((f"o{number}", "A", 10) for number in range(12)), gives=0)
    merged = queue.tickets[TicketKey(MemberId("A"), OrderId("o11"))].with_entry(
        0, lambda entry: replace(entry, status=Status.MERGED)
    )
    queue.tickets[merged.key] = replace(merged, merged_into=QueueId("other"))
    command = a_join(queue, "p1", "B", 10, gives=10_000)
    queue.room = room
    others = [refund_of(f"o{number}", "A", 5) for number in range(1, 11)]
    told = (
        Complete(command.at, merged.order, merged.member),
        refund_of("o11", "A", 5),
    )
    for ahead in range(11):
        for last in told:
            at_most_room(queue, [*others[:ahead], command, last])
            at_most_room(queue, [command, last, *others[:ahead]])


@pytest.mark.parametrize("buyer_bps", [0, 500])
@pytest.mark.parametrize("room", range(SMALLEST, SMALLEST + 12))
def test_accelerations_are_paid_once_wherever_they_are_cut(room: int, buyer_bps: int) -> None:
    """Rule 5.6: the referrer's and the buyer's; both, or neither yet."""
    rule = fixed_shares(
        (Bps(5000), Bps(3000), Bps(2000)), referrer_bps=Bps(500), buyer_bps=Bps(buyer_bps)
    )
    parts = (Part(rule, due=Moment.PAID),)
    waiting = [(f"o{number}", f"m{number}", 1000) for number in range(100)]
    outcomes = []
    for each in (96, room):
        queue = a_line_of(*waiting, gives=0, parts=parts)
        queue.room = each
        commands = [
            a_join(queue, f"p{n}", f"m{99 - n}", 1000, referrer=MemberId(f"m{40 + n}"))
            for n in range(5)
        ]
        queue.settle(commands, at_once=5)
        outcomes.append(queue.outcome())
    assert outcomes[0] == outcomes[1]


@every_room
@pytest.mark.parametrize("cap", [None, DailyCap(Amount(10**6), ZONE)], ids=["", "cap"])
@pytest.mark.parametrize("hold_days", [0, 7])
def test_a_payment_takes_what_room_others_leave(
    hold_days: int, cap: DailyCap | None, room: int
) -> None:
    """The first of a commit, with its hold and the day's sum."""
    waiting = [(f"o{number}", f"m{number}", 10) for number in range(32)]
    queue = a_line_of(*waiting, gives=0, hold_days=hold_days, daily_cap=cap, self_funding=True)
    queue.room = room
    command = a_join(queue, "p1", "B", 10, gives=10_000)
    others = [refund_of(f"o{number}", f"m{number}", 5) for number in range(1, 12)]
    for ahead in range(12):
        at_most_room(queue, [*others[:ahead], command])


@every_room
@pytest.mark.parametrize("holds", [1, 2, 60])
def test_a_refund_begins_with_what_room_others_leave(holds: int, room: int) -> None:
    paying = [(f"p{number}", f"m{number}", 10) for number in range(holds)]
    idle = [(f"x{number}", f"m{number}", 9) for number in range(20)]
    queue = a_line_of(("o1", "A", 10_000), *paying, *idle, hold_days=7)
    queue.room = room
    others = [refund_of(f"x{number}", f"m{number}", 5) for number in range(20)]
    for ahead in range(20):
        at_most_room(queue, [*others[:ahead], refund_of("o1", "A", 10_000)])


@pytest.mark.parametrize(("amount", "left"), [(10_000, 0), (9_900, 100), (9_800, 200)])
@pytest.mark.parametrize("room", [SMALLEST, 96, 1000])
def test_a_refund_takes_back_money_that_lies_in_more_rows_than_fit(
    room: int, amount: int, left: int
) -> None:
    """Rules 1.2.8 and 1.6.5: each of 200 orders paid a cent, and each is held by itself."""
    payers = [(f"p{number}", f"m{number}", 10) for number in range(200)]
    queue = a_line_of(("o1", "A", 10_000), *payers, hold_days=7, room=room)
    assert len(queue.holds) == 200
    refund(queue, "o1", "A", amount)
    assert queue.wallets[MemberId("A")].balances == ({BalanceType.PENDING: left} if left else {})
    assert sum_of(hold.amount for hold in queue.holds.values()) == left
    assert queue.queue.figure(QueueAccount.CLAWED_BACK) == 200 - left
    (told,) = [event for event in queue.events if event.type == "EntryRefunded"]
    assert (told.clawed_back, told.entitlement) == (200 - left, 10_000 - amount)
    entry = queue.payable()[0].lines[0].entry if left < 10_000 - amount else None
    assert entry is None or entry.paid == left
    assert queue.queue.progress is None
    assert max(queue.written) <= room


@pytest.mark.parametrize("spent", [0, 100])
def test_what_is_not_pending_any_more_is_taken_from_cash(spent: int) -> None:
    """Cash may go below zero; the parts of one refund come to what it would take at once."""
    payers = [(f"p{number}", f"m{number}", 10) for number in range(200)]
    queue = a_line_of(("o1", "A", 10_000), *payers, hold_days=7, room=SMALLEST)
    member = MemberId("A")
    for name in sorted(queue.holds)[:150]:
        del queue.holds[name]
    held = {BalanceType.PENDING: Amount(50), BalanceType.CASH: Amount(150 - spent)}
    queue.wallets[member] = replace(queue.wallets[member], balances=held)
    refund(queue, "o1", "A", 10_000)
    assert queue.wallets[member].balances == ({BalanceType.CASH: -spent} if spent else {})
    assert queue.queue.figure(QueueAccount.CLAWED_BACK) == 200


@pytest.mark.parametrize("hold_days", [0, 7])
@pytest.mark.parametrize("amounts", [(100, 5000), (100, 4950), (90, 5000)])
def test_the_parts_of_a_refund_come_to_what_it_does_at_once(
    amounts: tuple[int, int], hold_days: int
) -> None:
    """Line after line: what was taken back for the first is not taken, nor told, for the second."""
    first, second = amounts
    cuts = (Cut(LineId("1"), Amount(first)), Cut(LineId("2"), Amount(second)))
    command = RefundOrder(Instant(BEGIN + 1000 * MINUTE), OrderId("o1"), MemberId("A"), "r1", cuts)
    payers = [(f"p{number}", f"m{number}", 10) for number in range(200)]
    queues = []
    for room in (1000, SMALLEST):
        queue = a_line_of(("o1", "A", 100, 5000), *payers, hold_days=hold_days, room=room)
        queue.settle([command])
        assert queue.queue.progress is None
        queues.append(queue)
    at_once, in_parts = queues
    assert in_parts.outcome() == at_once.outcome()
    assert [event.clawed_back for event in in_parts.events if event.type == "EntryRefunded"] == [
        first,
        100 - (5000 - second),
    ]


@every_room
def test_a_part_that_is_cut_goes_on_as_that_part(room: int) -> None:
    """Rule 6.1: what the first part collected, the second does not deal out, however it is cut."""
    parts = (
        Part(collect(), leftover=Leftover.CARRY, draws_pool=False),
        Part(fifo(), draws_pool=False),
    )
    outcomes = []
    for each in (96, room):
        queue = a_line_of(*((f"o{n}", f"m{n}", 10) for n in range(40)), gives=0)
        queue.plan, queue.room = replace(queue.plan, parts=parts), each
        queue.settle([a_join(queue, "p1", "B", 1000, gives=5000, parts_bps=(4000, 6000))])
        assert queue.queue.figure(QueueAccount.POOL) == 200
        assert len(queue.wallets) == 30
        outcomes.append(queue.outcome())
    assert outcomes[0] == outcomes[1]
