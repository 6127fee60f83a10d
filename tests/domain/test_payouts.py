"""How payments are made: in turn, under caps, held or not, as many as may be written."""

from collections.abc import Iterator
from typing import Any

import pytest

from rebate.domain.allocation import AllocationRule, Payment, equal_shares, fifo, to_buyer
from rebate.domain.caps import DailyCap, DailyRebates
from rebate.domain.distribution import Distribution, Reached
from rebate.domain.ledger import BalanceType, Draft, Reason
from rebate.domain.loaded_state import DataMissing, EntryRef, RebatesOn
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import MemberId
from rebate.domain.payouts import distribute
from rebate.domain.plan import Plan
from rebate.domain.records import replace
from rebate.domain.tickets import Status
from rebate.domain.times import Instant
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.write_budget import BudgetExceeded
from tests.domain.units import a_unit, accepted, waiting
from tests.strategies import BEGIN, ZONE

FIRST, SECOND, THIRD = LINE = waiting(0, "A"), waiting(1, "B"), waiting(2, "C")
BUYER = accepted("new", "E")
DAY = DailyCap(NOTHING, ZONE).day_of(Instant(BEGIN))
A, B, C = map(MemberId, "ABC")


def an_amount(left: int, **others: Any) -> Distribution:
    return Distribution(Draft("contribution"), Instant(BEGIN), Amount(left), **others)


def under(most: int, so_far: int = 0, **plan: Any) -> UnitOfWork:
    plans = Plan(parts=(), daily_cap=DailyCap(Amount(most), ZONE), **plan)
    return a_unit(*LINE, BUYER, plan=plans, rebates={DAY: DailyRebates(DAY, Amount(so_far))})


def cash(unit: UnitOfWork) -> dict[MemberId, int]:
    return {member: amount for (member, pocket), amount in unit.credits.items()}


def told(unit: UnitOfWork) -> list[str]:
    return [event.type for event in unit.events]


def test_who_has_all_leaves_and_the_next_gets_the_rest() -> None:
    unit, amount = a_unit(*LINE), an_amount(130, ticket=BUYER)
    distribute(unit, fifo(), amount)
    assert cash(unit) == {A: 100, B: 30}
    assert amount.left == 0
    assert told(unit) == ["RebatePaid", "EntryCompleted", "RebatePaid"]
    entry = unit.line.entry(EntryRef(FIRST.key, 0))
    assert (entry.status, entry.paid, entry.rewards) == (Status.COMPLETED, 100, 1)
    assert entry.by_reason == {Reason.QUEUE: 100}
    assert unit.line.first(passing_over=None) == EntryRef(SECOND.key, 0)
    assert [left.ticket for left in unit.departed] == [FIRST]


@pytest.mark.parametrize("rewards_to_exit", [1, 2])
def test_where_rewards_are_counted_the_last_one_lets_an_entry_leave(rewards_to_exit: int) -> None:
    """Rule 4.3: whatever the reward comes to."""
    line = replace(FIRST.lines[0], entitlement_bps=None)
    counted = replace(FIRST, lines=(line,)).with_entry(0, lambda e: replace(e, entitlement=None))
    unit = a_unit(counted, plan=Plan(parts=(), rewards_to_exit=rewards_to_exit))

    def one(_line: object, _distribution: object) -> Iterator[Payment]:
        yield Payment(EntryRef(counted.key, 0), Amount(7))

    distribute(unit, AllocationRule(one), an_amount(7))
    left = unit.line.entry(EntryRef(counted.key, 0)).status is Status.COMPLETED
    assert left == (rewards_to_exit == 1)


def test_a_buyer_is_paid_outside_any_entry() -> None:
    unit, amount = a_unit(*LINE, BUYER), an_amount(40, ticket=BUYER)
    distribute(unit, to_buyer(), amount)
    assert cash(unit) == {MemberId("E"): 40}
    (event,) = unit.events
    assert (event.type, amount.left) == ("RebatePaid", 0)
    assert not list(unit.line.changes())


@pytest.mark.parametrize(("completed_days_ago", "pocket"), [(None, "pending"), (8, "cash")])
def test_what_the_plan_holds_is_pending_until_it_is_due(
    completed_days_ago: int | None, pocket: str
) -> None:
    """Rule 1.2.8."""
    day = 86_400 * 10**6
    at = None if completed_days_ago is None else Instant(BEGIN - completed_days_ago * day)
    unit = a_unit(replace(FIRST, completed_at=at), plan=Plan(parts=(), hold_days=7))
    distribute(unit, fifo(), an_amount(60))
    assert unit.credits == {(A, BalanceType(pocket)): 60}
    assert [hold.amount for hold in unit.holds.values()] == ([60] if at is None else [])


def test_a_cap_cuts_a_payment_and_what_those_behind_would_have_had_is_withheld() -> None:
    """Rule 8.4: in one step, however many stand behind; what nobody would have had is left."""
    unit, amount = under(1_000, so_far=850), an_amount(500)
    distribute(unit, fifo(), amount)
    assert cash(unit) == {A: 100, B: 50}
    assert (amount.withheld, amount.left) == (50 + 100, 200)
    assert unit.rebates[DAY].amount == 1_000
    assert [event.type for event in unit.events][2:] == ["RebateCapped", "RebatePaid"]
    assert THIRD.key not in unit.budget.tickets


def test_what_the_order_itself_waits_for_is_not_withheld() -> None:
    """Rule 0.7: its own entries are passed over."""
    unit, amount = under(20), an_amount(500, ticket=THIRD, passes_over=THIRD.order)
    distribute(unit, fifo(), amount)
    assert (amount.withheld, amount.left) == (80 + 100, 300)


def test_in_equal_shares_each_is_cut_for_itself() -> None:
    unit, amount = under(50), an_amount(90)
    distribute(unit, equal_shares(), amount)
    assert cash(unit) == {A: 30, B: 20}
    assert (amount.withheld, amount.left) == (40, 0)
    assert told(unit) == ["RebatePaid", "RebateCapped", "RebatePaid", "RebateCapped"]


def test_what_was_paid_today_is_asked_for() -> None:
    unit = a_unit(*LINE, plan=Plan(parts=(), daily_cap=DailyCap(Amount(5), ZONE)))
    with pytest.raises(DataMissing) as missing:
        distribute(unit, fifo(), an_amount(10))
    assert missing.value.request == RebatesOn(DAY)


def test_a_payment_that_does_not_fit_changes_nothing_and_is_where_it_goes_on() -> None:
    unit, amount = a_unit(*LINE, rows=6), an_amount(99)
    with pytest.raises(BudgetExceeded):
        distribute(unit, equal_shares(), amount)
    assert cash(unit) == {A: 33, B: 33}
    assert (amount.left, amount.each, amount.reached) == (33, 33, Reached(1, 1, 0))
    later, rest = a_unit(*LINE), an_amount(0)
    rest.go_on_from(amount.progress())
    distribute(later, equal_shares(), rest)
    assert cash(later) == {C: 33}


def test_what_has_to_be_paid_together_is_not_begun_where_it_does_not_fit() -> None:
    asked = []

    def two(_line: object, _distribution: object) -> Iterator[Payment]:
        asked.append(1)
        yield Payment(EntryRef(FIRST.key, 0), Amount(1))

    unit = a_unit(*LINE, rows=6)
    unit.save(THIRD)
    with pytest.raises(BudgetExceeded):
        distribute(unit, AllocationRule(two, together=2), an_amount(2))
    assert asked == []
    distribute(unit, AllocationRule(two, together=1), an_amount(2))
    assert cash(unit) == {A: 1}
