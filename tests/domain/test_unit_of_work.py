"""The state of a decision: what changed, what it asks for, and what a step needs rows for."""

import pytest

from rebate.domain.commands import Merge
from rebate.domain.ledger import BalanceType
from rebate.domain.loaded_state import DataMissing, FirstWaiting, WalletOf
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, QueueId
from rebate.domain.records import replace
from rebate.domain.times import Instant
from rebate.domain.unit_of_work import Sent
from rebate.domain.wallets import Wallet
from rebate.domain.write_budget import BudgetExceeded
from tests.domain.units import a_unit, accepted, waiting
from tests.strategies import BEGIN

A = MemberId("A")
FIRST, SECOND = waiting(0, "A"), waiting(1, "B")


def test_what_is_saved_is_a_change_from_what_was_loaded() -> None:
    unit = a_unit(FIRST, SECOND)
    changed = replace(SECOND, completed_at=Instant(BEGIN))
    unit.save(changed)
    unit.save(replace(FIRST, completed_at=Instant(BEGIN)))
    new = accepted("new")
    unit.save(new)
    assert [(each.before, each.after.order) for each in unit.line.changes()] == [
        (FIRST, "o0"),
        (None, "new"),
        (SECOND, "o1"),
    ]
    assert FIRST.completed_at is None, "what was loaded stays as it was"


def test_a_balance_is_what_was_loaded_and_what_was_credited_since() -> None:
    unit = a_unit(wallets={A: Wallet(A, 3, {BalanceType.CASH: Amount(70)})})
    has = unit.wallet(A)
    unit.credits[A, BalanceType.CASH] = Amount(-30)
    assert (has(BalanceType.CASH), has(BalanceType.POINTS)) == (40, 0)
    assert unit.budget.consulted == {A}


def test_what_was_not_loaded_is_asked_for() -> None:
    unit = a_unit()
    with pytest.raises(DataMissing) as missing:
        unit.wallet(A)
    assert missing.value.request == WalletOf(A)
    with pytest.raises(DataMissing) as missing:
        unit.first_waiting(7)
    assert missing.value.request == FirstWaiting(7)
    assert a_unit(FIRST, first_waiting=(FIRST.key,)).first_waiting(7) == [FIRST]


def test_a_clearing_is_one_mark_behind_all_that_wait() -> None:
    unit = a_unit(FIRST, SECOND)
    unit.clear(Instant(BEGIN))
    assert (unit.queue.cleared_below, unit.queue.cleared_at) == (2, BEGIN)
    assert unit.line.first(passing_over=None) is None
    assert unit.line.payable_owed == 0
    assert not list(unit.line.changes()), "no entry is touched"


def test_what_goes_to_another_queue_takes_a_row_each() -> None:
    unit = a_unit()
    command = Merge(Instant(BEGIN), QueueId("other"))
    left = unit.budget.left
    unit.send(QueueId("other"), command)
    unit.hand_over(FIRST)
    assert unit.sent == [Sent(QueueId("other"), command)]
    assert unit.handed_over == [FIRST]
    assert unit.budget.left == left - 2


@pytest.mark.parametrize("told", [0, 1])
def test_a_ticket_needs_its_row_its_wallets_and_what_is_told_of_it(told: int) -> None:
    """A ticket has no node of the index beside the root's in a short queue."""
    ticket = replace(SECOND, merged_into=QueueId("other" if told else ""))
    for rows, fits in ((1 + 3 + told, True), (1 + 2 + told, False)):
        unit = a_unit(FIRST, ticket, rows=rows)
        unit.save(FIRST)
        if fits:
            unit.require_ticket(ticket)
            continue
        with pytest.raises(BudgetExceeded):
            unit.require_ticket(ticket)


def test_receivers_wherever_they_stand_need_a_ticket_and_a_wallet_each() -> None:
    unit = a_unit(FIRST, rows=6)
    unit.require(receivers=3)
    unit.save(FIRST)
    unit.require(receivers=1)
    with pytest.raises(BudgetExceeded):
        unit.require(receivers=2)
