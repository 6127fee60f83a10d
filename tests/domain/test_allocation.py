"""Whom an order pays under each allocation rule, and how much."""

from collections.abc import Mapping
from typing import Any

import pytest

from rebate.domain.allocation import (
    AllocationRule,
    Payment,
    collect,
    collect_accelerated,
    equal_shares,
    fifo,
    fixed_shares,
    one_receiver,
    to_buyer,
)
from rebate.domain.commands import Complete
from rebate.domain.distribution import Distribution, Reached
from rebate.domain.ledger import BalanceType, Draft
from rebate.domain.loaded_state import EntryRef
from rebate.domain.money import ZERO_BPS, Amount, Bps
from rebate.domain.names import MemberId, OrderId
from rebate.domain.plan import Moment, Part, Plan
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from tests.domain.pure import NAME, PureQueue, join_of
from tests.domain.units import a_unit, waiting
from tests.strategies import BEGIN, a_line

PAID = 100_000
"""What everybody pays, and is promised."""


def paid_by(
    rule: AllocationRule,
    buyer: str,
    *,
    referrer: str | None = None,
    due: Moment = Moment.PAID,
    self_funding: bool = False,
) -> Mapping[str, int]:
    """Return what an order's tenth comes to behind A, B, C and D, who have an entry each."""
    plan = Plan(parts=(Part(rule, due=due),), self_funding=self_funding)
    tickets = [
        Ticket(
            NAME,
            OrderId(f"o{number}"),
            MemberId(member),
            (a_line("1", PAID, gives=1000 if number == 4 else 0),),
            Instant(BEGIN + number),
            referrer=MemberId(referrer) if referrer and number == 4 else None,
        )
        for number, member in enumerate([*"ABCD", buyer])
    ]
    queue = PureQueue(plan, {ticket.key: ticket for ticket in tickets})
    queue.settle([*map(join_of, tickets)])
    last = tickets[-1]
    queue.settle([Complete(Instant(BEGIN + 10), last.order, last.member)])
    return {
        wallet.member: wallet.has(BalanceType.CASH)
        for wallet in queue.wallets.values()
        if wallet.has(BalanceType.CASH)
    }


@pytest.mark.parametrize(
    ("referrer_first", "referrer", "receiver"),
    [(True, "C", "C"), (True, "Z", "A"), (True, None, "A"), (False, "C", "A")],
)
def test_one_receiver(referrer_first, referrer, receiver):
    """Rules 4.2 and 4.3: the referrer's oldest entry where that goes first, else the head."""
    rule = one_receiver(referrer_first=referrer_first)
    assert paid_by(rule, "E", referrer=referrer) == {receiver: 10_000}


HEADS = (5000, 3000, 2000)


def test_several_heads():
    """Rule 5.3."""
    expected = {"A": 5000, "B": 3000, "C": 2000}
    assert paid_by(fixed_shares(HEADS), "A", referrer="B") == expected


@pytest.mark.parametrize("self_funding", [False, True])
def test_an_order_passes_over_its_own_entry(self_funding):
    """Rule 0.7: it stands in line already when it contributes."""
    five = (2000, 2000, 2000, 2000, 2000)
    others = dict.fromkeys("ABCD", 2000)
    found = paid_by(fixed_shares(five), "E", due=Moment.COMPLETED, self_funding=self_funding)
    assert found == (others | {"E": 2000} if self_funding else others)


@pytest.mark.parametrize(
    ("buyer", "referrer", "first"),
    [
        ("D", "C", {"C": 3000, "D": 2000}),
        ("D", None, {"D": 2000}),
        ("D", "Z", {"D": 2000}),
        ("E", "C", {"C": 3000}),
        ("E", None, {}),
    ],
)
@pytest.mark.parametrize("due", Moment)
def test_accelerations_come_out_of_the_contribution(buyer, referrer, first, due):
    """Rule 5.6: whichever of the two has an entry, other than that of this order."""
    rule = fixed_shares((10_000,), referrer_bps=300, buyer_bps=200)
    expected = {"A": 10_000 - sum(first.values()), **first}
    assert paid_by(rule, buyer, referrer=referrer, due=due) == expected


@pytest.mark.parametrize(("referrer_bps", "buyer_bps"), [(800, 700), (800, 200), (1000, 500)])
def test_accelerations_never_come_to_more_than_the_contribution(referrer_bps, buyer_bps):
    rule = fixed_shares((10_000,), referrer_bps=referrer_bps, buyer_bps=buyer_bps)
    first = referrer_bps * 10
    rest = {"D": 10_000 - first} if first < 10_000 else {}
    assert paid_by(rule, "D", referrer="C") == {"C": first, **rest}


@pytest.mark.parametrize(
    ("referrer_bps", "expected"), [(0, {}), (300, {"C": 3000}), (10_000, {"C": 10_000})]
)
def test_a_pool_is_collected_but_for_the_referrer(referrer_bps, expected):
    """Rule 7.4: a ratio of the profit, which is what the line gives from; nothing to the buyer."""
    assert paid_by(collect_accelerated(referrer_bps), "D", referrer="C") == expected


FOUR = [waiting(place, member) for place, member in enumerate("ABCD")]


def payments(
    rule: AllocationRule, amount: int, *, ticket: Ticket | None = None, **progress: Any
) -> list[tuple[str | None, int]]:
    """Return whom a rule would pay and how much, if nobody's payment changed the line."""
    distribution = Distribution(
        Draft("contribution"), Instant(BEGIN), Amount(amount), ticket=ticket
    )
    distribution = replace(distribution, own=Amount(amount), **progress)
    found: list[tuple[str | None, int]] = []
    for payment in rule.payments(a_unit(*FOUR).line, distribution):
        distribution.left -= payment.amount
        distribution.each, distribution.reached = payment.each, payment.reached
        found.append((payment.receiver and payment.receiver.ticket.member, payment.amount))
    return found


def test_a_rule_says_whom_to_pay_and_pays_nobody() -> None:
    line = a_unit(*FOUR).line
    distribution = Distribution(Draft("contribution"), Instant(BEGIN), Amount(150))
    first = next(iter(fifo().payments(line, distribution)))
    assert first == Payment(EntryRef(FOUR[0].key, 0), Amount(100))
    assert distribution.left == 150
    assert not list(line.changes())


def test_equal_shares_and_what_does_not_divide() -> None:
    """Rule 6.2: the odd units are left over."""
    assert payments(equal_shares(), 403) == [(member, 100) for member in "ABCD"]
    assert payments(equal_shares(), 3) == []


def test_a_rule_goes_on_behind_whom_it_served_last() -> None:
    """However often it is stopped: of what it divided at first."""
    on: dict[str, Any] = {"each": 80, "reached": Reached(1, 1, 2)}
    assert payments(fixed_shares((Bps(5000), Bps(2500), Bps(2500))), 20, **on) == [("C", 20)]
    assert payments(equal_shares(), 160, **on) == [("C", 80), ("D", 80)]


def test_no_share_is_more_than_its_entry_lacks() -> None:
    """Rule 5.3: the rest of it is left over."""
    assert payments(fixed_shares((Bps(9000), Bps(1000))), 200) == [("A", 100), ("B", 20)]


def test_the_buyer_gets_all_of_it_and_nobody_anything_of_what_is_collected() -> None:
    assert payments(to_buyer(), 70, ticket=FOUR[0]) == [(None, 70)]
    assert payments(collect(), 70) == []


@pytest.mark.parametrize(
    ("rule", "together"),
    [
        (fifo(), 0),
        (equal_shares(), 0),
        (fixed_shares((Bps(10_000),)), 0),
        (fixed_shares((Bps(10_000),), referrer_bps=Bps(1)), 1),
        (fixed_shares((Bps(10_000),), referrer_bps=Bps(1), buyer_bps=Bps(1)), 2),
        (collect_accelerated(ZERO_BPS), 0),
        (collect_accelerated(Bps(1)), 1),
    ],
)
def test_accelerations_are_paid_together(rule: AllocationRule, together: int) -> None:
    assert rule.together == together
