"""What stands behind balances: holds, withdrawals, and rewards, each against the journal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from rebate.domain.gifts import GiftCount, Redemption, RedemptionState
from rebate.domain.holds import Hold
from rebate.domain.ledger import FEES, WITHDRAWN, Account, BalanceType, wallet
from rebate.domain.movements import MovementKind
from rebate.domain.requests import Request
from rebate.domain.withdrawals import Withdrawal
from rebate.usecases.audit.finding import AuditDifference, wrong
from rebate.usecases.audit.journal import Sums
from rebate.usecases.money.backing import backed_by, places_of
from rebate.usecases.storage.rows.commissions import Commission, DividendRun, Holder
from rebate.usecases.storage.rows.lists import ListItem

AUDITED_LISTS = ("withdrawals", "redemptions")
"""How the lists begin that are held against the rows which stand in them."""


def check_holds(holds: Iterable[Hold], held: Mapping[Account, int]) -> Iterator[AuditDifference]:
    """Yield where pending cash is not what holds will release (Rule 1.2.8)."""
    due: Counter[Account] = Counter()
    for hold in holds:
        due[wallet(hold.member, BalanceType.PENDING)] += hold.amount
    yield from _compare(due, held, BalanceType.PENDING, "holds")


def check_withdrawals(
    withdrawals: Iterable[Withdrawal], held: Mapping[Account, int], sums: Sums
) -> Iterator[AuditDifference]:
    """Yield where held cash is not what was asked for, or what left is not what was approved."""
    asked: Counter[Account] = Counter()
    approved = fees = 0
    for each in withdrawals:
        if each.approved is None:
            asked[wallet(each.member, BalanceType.HELD)] += each.amount
        elif each.is_out:
            approved += each.amount
            fees += each.fee
    left = sums.accounts[WITHDRAWN] + sums.accounts[FEES]
    yield from _compare(asked, held, BalanceType.HELD, "withdrawals")
    yield from wrong("platform", "withdrawn", found=approved, expected=left)
    yield from wrong("platform", "fees", found=fees, expected=sums.accounts[FEES])


def check_requests(
    rows: Iterable[Withdrawal | Request | Redemption], sums: Sums
) -> Iterator[AuditDifference]:
    """Yield where the journal is not what was asked for, row by row (Rule 3).

    It takes what is backed out of `sums`; what is left nobody asked for.
    """
    for row in rows:
        source, expected = backed_by(row)
        for account, amount in expected.items():
            given = sums.asked.pop((source, account), 0)
            yield from wrong(source, account, found=amount, expected=given)
    for (source, account), given in sums.asked.items():
        if given:
            yield AuditDifference(source, f"nobody asked for it, and {account} was given {given}")


def check_given_back(requests: Iterable[Request]) -> Iterator[AuditDifference]:
    """Yield where a spend does not say what was given back of it (Rule 3.3)."""
    returned: Counter[tuple[str, str]] = Counter()
    for row in requests:
        if row.kind == MovementKind.GIVE_BACK:
            returned[row.caller, row.subject] += row.amount
        elif row.kind == MovementKind.SPEND:
            returned[row.caller, row.id] -= row.returned
    for (caller, spend), off in sorted(returned.items()):
        if off:
            yield AuditDifference(f"spend/{caller}#{spend}", f"its give backs are off by {off}")


def check_gift_counts(
    redemptions: Iterable[Redemption], counts: Iterable[GiftCount]
) -> Iterator[AuditDifference]:
    """Yield where a member's pieces of a gift are not what was redeemed (Rule 3.4)."""
    off: Counter[tuple[str, str]] = Counter()
    for row in redemptions:
        off[row.gift, row.member] += row.quantity if row.state != RedemptionState.CANCELLED else 0
    for count in counts:
        off[count.gift, count.member] -= count.count
    for (gift, member), pieces in sorted(off.items()):
        if pieces:
            yield AuditDifference(f"gifts.{gift}.{member}", f"is off by {pieces}")


def check_lists(
    rows: Iterable[Withdrawal | Redemption], items: Iterable[ListItem]
) -> Iterator[AuditDifference]:
    """Yield what stands in a list of withdrawals or redemptions and should not, or the reverse."""
    expected = {place for row in rows for place in places_of(row)}
    found = {
        (item.list, item.id, item.member) for item in items if item.list.startswith(AUDITED_LISTS)
    }
    for list_, name, member in sorted(expected ^ found):
        message = "is not there" if (list_, name, member) in expected else "should not be there"
        yield AuditDifference(f"lists.{list_}", f"{name} of {member} {message}")


def check_commission(row: Commission, sums: Sums) -> Iterator[AuditDifference]:
    """Yield where an order's rewards are not what was paid for them (Rule 2)."""
    said: Counter[str] = Counter()
    for paid in row.paid:
        said[paid.reward.member] += paid.amount
    yield from _rewarded(f"referral/{row.order}", said, sums)


def check_dividends(
    dividends: Iterable[DividendRun], holders: Iterable[Holder], sums: Sums
) -> Iterator[AuditDifference]:
    """Yield where dividends are not what was paid for them, once all rewards were checked."""
    shared: dict[str, Counter[str]] = {}
    for holder in holders:
        shared.setdefault(holder.run, Counter())[holder.member] += holder.paid
    for run in dividends:
        said = shared.get(run.id, Counter(dict(run.parts[: run.done])))
        yield from wrong(f"dividend/{run.id}", "paid", found=run.paid, expected=_paid(run, said))
        yield from _rewarded(f"dividend/{run.id}", said, sums)
    for (source, member), amount in sums.rewards.items():
        if amount:
            yield AuditDifference(source, f"is not stored, and {member} was paid {amount}")


def _paid(run: DividendRun, said: Counter[str]) -> int:
    """Return what a run says that it paid in all; those of earlier releases did not say."""
    return run.paid if run.parts else said.total()


def _rewarded(source: str, said: Counter[str], sums: Sums) -> Iterator[AuditDifference]:
    for member, amount in said.items():
        expected = sums.rewards.pop((source, member), 0)
        yield from wrong(source, member, found=amount, expected=expected)


def _compare(
    due: Mapping[Account, int], held: Mapping[Account, int], pocket: BalanceType, what: str
) -> Iterator[AuditDifference]:
    prefix = f"wallet/{pocket}/"
    accounts = {*due, *(account for account in held if account.startswith(prefix))}
    for account in sorted(accounts):
        found, expected = due.get(account, 0), held.get(account, 0)
        yield from wrong(what, account.removeprefix(prefix), found=found, expected=expected)
