"""When an order contributes and joins: as it is paid, or as it is completed."""

from collections.abc import Sequence

import pytest

from rebate.domain.allocation import fifo
from rebate.domain.commands import Complete, Join, Keyed
from rebate.domain.engine import Decision
from rebate.domain.ledger import BalanceType, QueueAccount
from rebate.domain.names import MemberId, OrderId
from rebate.domain.plan import Moment, Part, Plan
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import DAY, Instant
from tests.domain.pure import NAME, PureQueue, join_of
from tests.strategies import BEGIN, a_line

PAID, COMPLETED = Instant(BEGIN), Instant(BEGIN + 1)


def a_queue(due: Moment, *, joins: Moment = Moment.PAID, self_funding: bool = False) -> PureQueue:
    """One order of 100, of which it gives 10, when it is `due`."""
    parts = (Part(fifo(), due=due),)
    ticket = Ticket(NAME, OrderId("o1"), MemberId("A"), (a_line("1", 100),), PAID)
    plan = Plan(parts=parts, joins=joins, self_funding=self_funding)
    return PureQueue(plan, {ticket.key: ticket})


def only(queue: PureQueue) -> Ticket:
    (ticket,) = queue.tickets.values()
    return ticket


JOIN = Join(PAID, OrderId("o1"), MemberId("A"))
COMPLETE = Complete(COMPLETED, OrderId("o1"), MemberId("A"))


@pytest.mark.parametrize("due", Moment)
@pytest.mark.parametrize("joins", Moment)
@pytest.mark.parametrize("self_funding", [False, True])
def test_each_at_its_moment(due, joins, self_funding):
    """Rules 1.4 (5) and 5.1; self-funding changes what comes first, never when (Rule 0.7)."""
    queue = a_queue(due, joins=joins, self_funding=self_funding)
    queue.settle([JOIN])
    given = queue.queue.figure(QueueAccount.CONTRIBUTED)
    assert given == (10 if due is Moment.PAID else 0)
    assert only(queue).joined == (joins is Moment.PAID)
    queue.settle([COMPLETE])
    assert queue.queue.figure(QueueAccount.CONTRIBUTED) == 10
    assert only(queue).joined
    assert only(queue).completed_at == COMPLETED


@pytest.mark.parametrize("due", Moment)
@pytest.mark.parametrize("joins", Moment)
def test_a_repurchase_is_completed_as_it_is_made(due, joins):
    """Rule 4.4."""
    queue = a_queue(due, joins=joins)
    queue.settle([replace(JOIN, completed=True)])
    assert queue.queue.figure(QueueAccount.CONTRIBUTED) == 10
    assert only(queue).joined
    assert only(queue).completed_at == PAID


class Changed(PureQueue):
    """A queue whose orders give as they are completed, once one has not fit into a commit."""

    def _decide(self, commands: Sequence[Keyed]) -> Decision:
        decision = super()._decide(commands)
        if decision.queue.progress:
            parts = (replace(part, due=Moment.COMPLETED) for part in self.plan.parts)
            self.plan = replace(self.plan, parts=tuple(parts))
        return decision


def test_what_is_in_flight_is_dealt_out_whatever_the_settings_say_since():
    """Rule 8.5: a change is for later orders; of this one the rest is on its way."""
    small = [(f"o{n}", f"m{n}", 1) for n in range(20)]
    tickets = [
        Ticket(NAME, OrderId(order), MemberId(member), (a_line("1", paid),), Instant(BEGIN + at))
        for at, (order, member, paid) in enumerate([*small, ("big", "B", 1000)])
    ]
    plan = Plan(parts=(Part(fifo(), due=Moment.PAID),))
    queue = Changed(plan, {ticket.key: ticket for ticket in tickets}, room=12)
    queue.settle([*map(join_of, tickets)])
    assert queue.plan != plan, "the last order does not fit into one commit"
    assert queue.queue.figure(QueueAccount.TRANSIT) == 0
    assert queue.queue.figure(QueueAccount.CONTRIBUTED) == 100
    assert queue.queue.standing.waiting == 1, "all but its own entry are paid"


@pytest.mark.parametrize("for_line", [True, False])
@pytest.mark.parametrize("paused", [False, True])
def test_forecasts_count_what_the_line_is_given(for_line, paused):
    """Rule 8.2: nothing that goes elsewhere, and nothing while the plan is paused."""
    queue = a_queue(Moment.PAID)
    (part,) = queue.plan.parts
    queue.plan = replace(queue.plan, parts=(replace(part, for_line=for_line),), paused=paused)
    queue.settle([JOIN])
    counts = for_line and not paused
    assert sum(day.gifts for day in queue.queue.flow.days) == counts
    assert sum(day.given for day in queue.queue.flow.days) == (10 if counts else 0)


@pytest.mark.parametrize(
    ("completed_at", "pocket"),
    [
        (None, BalanceType.PENDING),
        (3 * DAY, BalanceType.PENDING),
        (0, BalanceType.CASH),
        (-DAY, BalanceType.CASH),
    ],
)
def test_a_rebate_is_pending_until_its_order_has_been_complete_long_enough(completed_at, pocket):
    """Rule 1.2.8: seven days after the completion it is cash, also where it comes later still."""
    queue = a_queue(Moment.PAID)
    queue.plan = replace(queue.plan, hold_days=7)
    queue.settle([JOIN])
    if completed_at is not None:
        queue.settle([replace(COMPLETE, at=Instant(BEGIN + completed_at))])
    at = Instant(BEGIN + 7 * DAY)
    later = Ticket(NAME, OrderId("o2"), MemberId("B"), (a_line("1", 100),), at)
    queue.tickets[later.key] = later
    queue.settle([join_of(later)])
    assert queue.wallets[MemberId("A")].balances == {pocket: 10}
    assert len(queue.holds) == (pocket is BalanceType.PENDING)


@pytest.mark.parametrize(("entitlement_bps", "promised"), [(10_000, 100), (None, 0)])
def test_forecasts_count_what_entries_are_promised_in_money(entitlement_bps, promised):
    """Rule 8.2; entries whose rewards are counted are promised no amount."""
    queue = a_queue(Moment.PAID)
    line = replace(a_line("1", 100), entitlement_bps=entitlement_bps)
    queue.tickets = {key: replace(each, lines=(line,)) for key, each in queue.tickets.items()}
    queue.settle([JOIN])
    assert sum(day.promised for day in queue.queue.flow.days) == promised
