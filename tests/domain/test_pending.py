"""What a refund takes of pending money: the order's own first, as many as fit (Rule 1.2.8)."""

from typing import Any

import pytest

from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, OrderId
from rebate.domain.pending import take_pending
from rebate.domain.records import replace
from rebate.domain.times import DAY, Instant
from rebate.domain.wallets import Wallet
from tests.domain.units import a_unit, waiting
from tests.strategies import BEGIN

A, NOW = MemberId("A"), Instant(BEGIN)
TICKET = waiting(0, "A")


def held(name: str, order: str, amount: int) -> Hold:
    return Hold(name, A, OrderId(order), Amount(amount), 7)


HOLDS = (held("1", "other", 50), held("2", "o0", 30), held("3", "o0", 20))
LOADED: dict[str, Any] = {
    "wallets": {A: Wallet(A, 1, {BalanceType.PENDING: Amount(100)})},
    "holds": {A: HOLDS},
}


@pytest.mark.parametrize(
    ("amount", "left"),
    [(10, {"2": 20}), (40, {"2": 0, "3": 10}), (60, {"2": 0, "3": 0, "1": 40})],
)
def test_the_order_s_own_is_taken_first(amount: int, left: dict[str, int]) -> None:
    unit = a_unit(TICKET, **LOADED)
    assert take_pending(unit, TICKET, Amount(amount), NOW) == (amount, True)
    assert {hold.id: hold.amount for hold in unit.holds.values()} == left


def test_what_is_due_is_available_though_nobody_released_it() -> None:
    due = replace(TICKET, completed_at=Instant(NOW - 7 * DAY))
    assert take_pending(a_unit(due, **LOADED), due, Amount(100), NOW) == (50, True)


@pytest.mark.parametrize(("rows", "taken"), [(1, 30), (6, 30), (7, 50), (8, 100)])
def test_holds_that_do_not_fit_wait_for_the_next_commit(rows: int, taken: int) -> None:
    """A command that is alone takes one at least: nothing would ever be done otherwise."""
    unit = a_unit(TICKET, rows=rows, **LOADED)
    unit.budget.begin(0)
    assert take_pending(unit, TICKET, Amount(100), NOW) == (taken, taken == 100)
