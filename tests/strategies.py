"""Hypothesis strategies for the domain: plans, tickets and what happens to them.

Few members and odd amounts, so that places collide and roundings show.
"""

import os
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from rebate.domain.commands import (
    Clear,
    Command,
    Complete,
    Cut,
    DrawEntry,
    ExchangeEntry,
    Join,
    PayPool,
    RefundOrder,
)
from rebate.domain.draws import Lottery, Luck, RandomReturnTerms
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount, Bps
from rebate.domain.names import WHOLE_ORDER, LineId, MemberId, OrderId, QueueId
from rebate.domain.plan import Leftover, Moment, Plan
from rebate.domain.plans import (
    alliance,
    order_queue,
    queue_rebate,
    queue_rebate_terms,
    red_packet,
    union,
)
from rebate.domain.records import dataclass, replace
from rebate.domain.tickets import Ticket, TicketLine
from rebate.domain.times import DAY, SECOND, Instant

EFFORT = float(os.environ.get("REBATE_TEST_EFFORT", "1"))
"""How many times the usual number of examples is tried; beyond 1 they are other ones each time."""

ZONE = ZoneInfo("Asia/Shanghai")
MEMBERS = tuple(MemberId(name) for name in "ABCD")
RATIOS = (0, 1, 333, 1000, 2500, 3333, 5000, 6500, 9999, 10_000, 13_000)
MINUTE = 60 * SECOND
BEGIN = Instant(1_772_330_400 * SECOND)


def examples(usual: int) -> settings:
    """Try a property on so many examples, times the effort: the same ones every time by default."""
    return settings(
        max_examples=max(1, round(usual * EFFORT)),
        deadline=None,
        derandomize=EFFORT <= 1,
        suppress_health_check=list(HealthCheck),
    )


ratios = st.sampled_from(RATIOS)
amounts = st.one_of(st.integers(0, 30), st.integers(100, 3000))
lucks = st.integers(0, 2**256 - 1).map(lambda number: Luck(f"{number:064x}"))
moments = st.sampled_from(Moment)
leftovers = st.sampled_from(Leftover)

LOTTERIES = (
    Lottery(((Bps(1000), 1), (Bps(15_000), 2))),
    Lottery(((Bps(0), 1), (Bps(2000), 1)), miss_weight=1),
    Lottery((), Bps(1000), Bps(9000)),
)
EXCHANGE = (
    (BalanceType.POINTS, Bps(10_000)),
    (BalanceType.LOVE, Bps(8_333)),
    (BalanceType.VOUCHER, Bps(12_000)),
)


@dataclass(frozen=True, slots=True)
class History:
    """A plan, the tickets of its orders as they were accepted, and what happened to them."""

    plan: Plan
    tickets: tuple[Ticket, ...]
    commands: tuple[Command, ...]


@st.composite
def queue_rebate_plans(draw: Any) -> Plan:
    terms = queue_rebate_terms.QueueRebateTerms(
        zone=ZONE,
        settle_on=draw(moments),
        completed_first=draw(st.booleans()),
        self_funding=draw(st.booleans()),
        surplus=draw(leftovers),
        paused=draw(st.integers(0, 9)) == 0,
        exchange_bps=EXCHANGE,
        hold_days=draw(st.sampled_from((0, 0, 7))),
    )
    return queue_rebate.settlement(terms)


@st.composite
def order_queue_plans(draw: Any) -> Plan:
    terms = order_queue.OrderQueueTerms(
        reward_bps=draw(st.sampled_from((1000, 3333, 9000))),
        settle_on=draw(moments),
        rewards_to_exit=draw(st.integers(2, 4)),
        referrer_first=draw(st.booleans()),
        repurchase=draw(st.booleans()),
    )
    return order_queue.settlement(terms)


@st.composite
def alliance_plans(draw: Any) -> Plan:
    terms = alliance.AllianceTerms(
        zone=ZONE,
        heads_bps=draw(st.sampled_from(((5000, 3000, 2000), (10_000,), (3333, 3333), (0, 9999)))),
        place_by=draw(moments),
        surplus=draw(leftovers),
        direct_acceleration_bps=draw(ratios),
        repurchase_acceleration_bps=draw(ratios),
    )
    return alliance.settlement(terms)


@st.composite
def red_packet_plans(draw: Any) -> Plan:
    return red_packet.settlement(red_packet.RedPacketTerms(place_by=draw(moments)))


@st.composite
def union_plans(draw: Any) -> Plan:
    terms = union.UnionTerms(settle_on=draw(moments), referral_acceleration_bps=draw(ratios))
    return union.settlement(terms)


PLANS = {
    "queue_rebate": queue_rebate_plans(),
    "order_queue": order_queue_plans(),
    "alliance": alliance_plans(),
    "red_packet": red_packet_plans(),
    "union": union_plans(),
}
PARTS = {"red_packet": ((3000, 5000, 2000), (3333, 3333, 3334), (0, 10_000, 0))}


@st.composite
def product_lines(draw: Any, number: int) -> TicketLine:
    """A line of the queue-rebate plan."""
    paid = draw(amounts)
    return TicketLine(
        id=LineId(str(number)),
        contribution_base=paid,
        entitlement_base=paid,
        contribution_bps=draw(ratios),
        entitlement_bps=draw(ratios),
        cap=draw(st.sampled_from((None, None, 500))),
        joins=draw(st.integers(0, 9)) > 0,
        contributes=draw(st.integers(0, 9)) > 0,
        lottery=draw(st.sampled_from((None, *LOTTERIES))),
        random_return=draw(st.none() | st.builds(RandomReturnTerms, st.just(1), st.just(2), lucks)),
    )


@st.composite
def whole_orders(draw: Any, *, counted: bool) -> TicketLine:
    """The one line of an order in the other plans; `counted`: it gets rewards, not an amount."""
    paid = draw(st.integers(300, 3000) if counted else amounts)
    return TicketLine(
        id=WHOLE_ORDER,
        contribution_base=paid,
        entitlement_base=paid,
        contribution_bps=draw(st.sampled_from((1000, 3333, 9000)) if counted else ratios),
        entitlement_bps=None if counted else draw(ratios),
    )


@st.composite
def tickets(draw: Any, kind: str, number: int) -> Ticket:
    """The ticket of order `number` under a kind of plan, as it is accepted."""
    if kind == "queue_rebate":
        count = draw(st.sampled_from((1, 1, 2, 3)))
        lines = tuple(draw(product_lines(each)) for each in range(count))
    else:
        lines = (draw(whole_orders(counted=kind == "order_queue")),)
    member = draw(st.sampled_from(MEMBERS))
    others = [name for name in MEMBERS if name != member]
    return Ticket(
        queue=QueueId("mall"),
        order=OrderId(f"o{number}"),
        member=member,
        lines=lines,
        paid_at=Instant(BEGIN + number * MINUTE),
        referrer=draw(st.sampled_from((None, *others))),
        parts_bps=draw(st.sampled_from(PARTS.get(kind, ((10_000,),)))),
    )


@st.composite
def histories(draw: Any, kind: str, most_orders: int = 8) -> History:
    """Orders that are paid one after another, and what else happens between them."""
    plan = draw(PLANS[kind])
    count = draw(st.integers(1, most_orders))
    story = _Story(draw, kind)
    for number in range(count):
        story.buy(draw(tickets(kind, number)))
        for happening in draw(st.lists(st.sampled_from(story.happenings), max_size=3)):
            happening()
    return History(plan, tuple(story.bought), tuple(story.commands))


class _Story:
    """What has to be remembered while a history is made up."""

    def __init__(self, draw: Any, kind: str) -> None:
        self.draw = draw
        self.bought: list[Ticket] = []
        self.commands: list[Command] = []
        self.left: dict[tuple[OrderId, LineId], int] = {}
        self.at = BEGIN
        self.happenings = [self.complete, self.complete, self.refund]
        if kind == "queue_rebate":
            self.happenings += [self.exchange, self.draw_ratio, self.clear]
        if kind in {"red_packet", "union"}:
            self.happenings.append(lambda: self.pay_pool(equally=kind == "red_packet"))

    def now(self) -> Instant:
        self.at = Instant(self.at + self.draw(st.sampled_from((MINUTE, MINUTE, 9 * DAY))))
        return self.at

    def some(self) -> Ticket:
        ticket: Ticket = self.draw(st.sampled_from(self.bought))
        return ticket

    def buy(self, ticket: Ticket) -> None:
        self.bought.append(replace(ticket, paid_at=self.now()))
        self.left.update({(ticket.order, line.id): line.entitlement_base for line in ticket.lines})
        self.commands.append(Join(self.at, ticket.order, ticket.member))

    def complete(self) -> None:
        ticket = self.some()
        self.commands.append(Complete(self.now(), ticket.order, ticket.member))

    def refund(self) -> None:
        ticket, cuts = self.some(), []
        for line in ticket.lines:
            left = self.left[ticket.order, line.id]
            cut = self.draw(st.one_of(st.just(left), st.integers(0, left)))
            self.left[ticket.order, line.id] -= cut
            if cut:
                cuts.append(Cut(line.id, cut))
        if cuts:
            name = f"r{len(self.commands)}"
            self.commands.append(
                RefundOrder(self.now(), ticket.order, ticket.member, name, tuple(cuts))
            )

    def exchange(self) -> None:
        ticket, into = self.some(), self.draw(st.sampled_from([pocket for pocket, _ in EXCHANGE]))
        line = self.draw(st.sampled_from(ticket.lines)).id
        self.commands.append(ExchangeEntry(self.now(), ticket.order, ticket.member, line, into))

    def draw_ratio(self) -> None:
        ticket = self.some()
        line = self.draw(st.sampled_from(ticket.lines)).id
        luck = self.draw(lucks)
        self.commands.append(DrawEntry(self.now(), ticket.order, ticket.member, line, luck))

    def clear(self) -> None:
        self.commands.append(Clear(self.now()))

    def pay_pool(self, *, equally: bool) -> None:
        limit = None if equally else self.draw(st.sampled_from((None, None, 100)))
        self.commands.append(PayPool(self.now(), equally=equally, limit=limit))


def a_line(
    name: str, paid: int, *, gives: int = 1000, gets: int = 10_000, **others: Any
) -> TicketLine:
    """A line of the queue-rebate plan that was paid so much."""
    return TicketLine(
        id=LineId(name),
        contribution_base=Amount(paid),
        entitlement_base=Amount(paid),
        contribution_bps=Bps(gives),
        entitlement_bps=Bps(gets),
        **others,
    )
