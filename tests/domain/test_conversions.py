"""What an entry lacks becomes points, and goes back in part (Rules 1.6.1, 1.6.2 and 1.6.5)."""

from rebate.domain.conversions import convert, take_back_conversion
from rebate.domain.ledger import BalanceType, Draft, balances, issued, wallet
from rebate.domain.loaded_state import EntryRef
from rebate.domain.money import Amount, Bps
from rebate.domain.names import MemberId
from rebate.domain.posting import enter_in_journal
from rebate.domain.tickets import Conversion, Status
from tests.domain.pure import NAME
from tests.domain.units import a_unit, waiting

A = MemberId("A")
HALF_PAID = waiting(0, "A", owed=101, paid=50)


def test_an_entry_ends_with_what_it_lacks_in_another_pocket() -> None:
    unit, draft, ref = a_unit(HALF_PAID), Draft("exchange"), EntryRef(HALF_PAID.key, 0)
    amount = convert(unit, draft, ref, BalanceType.POINTS, Bps(5_000), Status.EXCHANGED)
    enter_in_journal(unit, draft)
    entry = unit.line.entry(ref)
    assert amount == 25, "half of 51, rounded down"
    assert (entry.status, entry.paid) == (Status.EXCHANGED, 50)
    assert entry.conversion == Conversion(BalanceType.POINTS, Bps(5_000), Amount(25))
    assert unit.credits == {(A, BalanceType.POINTS): 25}
    assert balances(unit.journal) == {
        issued(NAME, BalanceType.POINTS): -25,
        wallet(A, BalanceType.POINTS): 25,
    }
    assert unit.line.first(passing_over=None) is None


def test_what_a_refund_leaves_uncovered_goes_back() -> None:
    unit, draft = a_unit(HALF_PAID), Draft("refund")
    before, after = (
        Conversion(BalanceType.LOVE, Bps(10_000), Amount(amount)) for amount in (80, 30)
    )
    take_back_conversion(unit, draft, HALF_PAID, before, after)
    enter_in_journal(unit, draft)
    assert unit.credits == {(A, BalanceType.LOVE): -50}
    assert balances(unit.journal) == {
        issued(NAME, BalanceType.LOVE): 50,
        wallet(A, BalanceType.LOVE): -50,
    }
