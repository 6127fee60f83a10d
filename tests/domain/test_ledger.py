"""The journal: no entry that does not balance can be made, and no asset stands for another."""

import pytest

from rebate.domain.ledger import (
    WITHDRAWN,
    Account,
    BalanceType,
    JournalEntry,
    Posting,
    QueueAccount,
    asset_of,
    balances,
    issued,
    queue_account,
    totals,
    wallet,
)
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, QueueId

A, MALL = MemberId("A"), QueueId("mall")
CASH, POOL = wallet(A, BalanceType.CASH), queue_account(MALL, QueueAccount.POOL)


def entry(*postings: tuple[Account, int]) -> JournalEntry:
    return JournalEntry(
        "test", tuple(Posting(account, Amount(amount)) for account, amount in postings)
    )


@pytest.mark.parametrize(
    ("account", "asset"),
    [
        (CASH, "money"),
        (wallet(A, BalanceType.PENDING), "money"),
        (POOL, "money"),
        (WITHDRAWN, "money"),
        (wallet(A, BalanceType.POINTS), "points"),
        (wallet(A, BalanceType.LOVE), "love"),
        (wallet(A, BalanceType.LOVE_FROZEN), "love"),
        (wallet(A, BalanceType.VOUCHER), "voucher"),
        (issued(MALL, BalanceType.POINTS), "points"),
    ],
)
def test_the_asset_of_an_account(account, asset):
    assert asset_of(account) == asset


@pytest.mark.parametrize("off", [1, -1])
def test_an_entry_balances_to_the_cent(off):
    """Rule 0.10."""
    assert entry((POOL, -500), (CASH, 500))
    with pytest.raises(AssertionError, match="is off by"):
        entry((POOL, -500), (CASH, 500 + off))


def test_no_asset_makes_up_for_another():
    with pytest.raises(AssertionError, match=r"money.*points"):
        entry((POOL, -500), (wallet(A, BalanceType.POINTS), 500))


def test_totals_are_by_asset():
    points = wallet(A, BalanceType.POINTS)
    postings = [Posting(POOL, -500), Posting(CASH, 200), Posting(points, 7), Posting(points, 1)]
    assert totals(postings) == {"money": -300, "points": 8}


def test_balances_leave_out_what_is_zero():
    entries = [entry((POOL, -500), (CASH, 500)), entry((CASH, -500), (WITHDRAWN, 500))]
    assert balances(entries) == {POOL: -500, WITHDRAWN: 500}
