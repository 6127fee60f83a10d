"""What a decision takes from a member: a balance once, and pending money in the right order."""

import pytest

from rebate.domain.commands import Complete, Cut, RefundOrder
from rebate.domain.ledger import BalanceType
from rebate.domain.names import LineId, MemberId, OrderId
from rebate.domain.plans import order_queue, queue_rebate, queue_rebate_terms
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import DAY, Instant
from rebate.domain.wallets import Wallet
from tests.domain.pure import NAME, PureQueue, join_of
from tests.strategies import BEGIN, ZONE, a_line

A = MemberId("A")


def a_ticket(order: str, member: str, paid: int, *, gives: int = 0, at: int = 0) -> Ticket:
    line = a_line("1", paid, gives=gives)
    return Ticket(NAME, OrderId(order), MemberId(member), (line,), Instant(BEGIN + at))


@pytest.mark.parametrize(("cash", "bought"), [(99, 0), (100, 1), (199, 1), (200, 2)])
@pytest.mark.parametrize("at_once", [1, 2])
def test_repurchases_of_one_commit_never_spend_the_same_money(cash, bought, at_once):
    """Rule 4.5: one that the member's cash does not cover is not made."""
    tickets = [a_ticket(name, "A", 100, at=number) for number, name in enumerate(("r1", "r2"))]
    queue = PureQueue(
        order_queue.settlement(order_queue.OrderQueueTerms()), {each.key: each for each in tickets}
    )
    queue.wallets[A] = Wallet(A, 1, {BalanceType.CASH: cash})
    joins = [replace(join_of(each), completed=True, repurchase=100) for each in tickets]
    queue.settle(joins, at_once=at_once)
    assert queue.wallets[A].has(BalanceType.CASH) == cash - 100 * bought
    assert len(queue.in_line()) == bought


@pytest.mark.parametrize(
    ("refunded", "completed", "left"),
    [
        ("o1", True, {"o1": 10}),
        ("o1", False, {"o2": 10}),
        ("o2", True, {"o2": 10}),
        ("o2", False, {"o1": 10}),
    ],
)
def test_a_refund_takes_what_is_pending_of_its_own_order_unless_that_is_due(
    refunded, completed, left
):
    """Rules 1.2.8 and 1.6.5: what is due is the member's, though nobody has released it yet."""
    plan = replace(queue_rebate.settlement(queue_rebate_terms.QueueRebateTerms(ZONE)), hold_days=7)
    tickets = [
        a_ticket("o1", "A", 10),
        a_ticket("o2", "A", 10, at=1),
        a_ticket("p1", "B", 100, gives=1000, at=2),
        a_ticket("p2", "B", 100, gives=1000, at=3),
    ]
    queue = PureQueue(plan, {each.key: each for each in tickets})
    queue.settle([*map(join_of, tickets)])
    if completed:
        queue.settle([Complete(Instant(BEGIN + 4), OrderId(refunded), A)])
    cut = (Cut(LineId("1"), 10),)
    queue.settle([RefundOrder(Instant(BEGIN + 8 * DAY), OrderId(refunded), A, "r1", cut)])
    held = {hold.order: hold.amount for hold in queue.holds.values() if hold.amount}
    assert held == left
    assert queue.wallets[A].balances == {BalanceType.PENDING: 10}
