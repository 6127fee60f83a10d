"""What stands behind balances: holds, withdrawals, and rewards, each against the journal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from rebate.domain.holds import Hold
from rebate.domain.ledger import WITHDRAWN, Account, BalanceType, wallet
from rebate.domain.money import Amount
from rebate.usecases.audit.finding import AuditDifference, wrong
from rebate.usecases.audit.journal import Sums
from rebate.usecases.storage.rows import Commission, DividendRun, Withdrawal


def check_holds(holds: Iterable[Hold], held: Mapping[Account, Amount]) -> Iterator[AuditDifference]:
    """Yield where pending cash is not what holds will release (Rule 1.2.8)."""
    due: Counter[Account] = Counter()
    for hold in holds:
        due[wallet(hold.member, BalanceType.PENDING)] += hold.amount
    yield from _compare(due, held, BalanceType.PENDING, "holds")


def check_withdrawals(
    withdrawals: Iterable[Withdrawal], held: Mapping[Account, Amount], sums: Sums
) -> Iterator[AuditDifference]:
    """Yield where held cash is not what was asked for, or what left is not what was approved."""
    asked: Counter[Account] = Counter()
    approved = 0
    for each in withdrawals:
        if each.approved is None:
            asked[wallet(each.member, BalanceType.HELD)] += each.amount
        elif each.approved:
            approved += each.amount
    yield from _compare(asked, held, BalanceType.HELD, "withdrawals")
    yield from wrong("platform", "withdrawn", found=approved, expected=sums.accounts[WITHDRAWN])


def check_rewards(
    commissions: Iterable[Commission], dividends: Iterable[DividendRun], sums: Sums
) -> Iterator[AuditDifference]:
    """Yield where rewards and dividends are not what was paid for them (Rule 2)."""
    for row in commissions:
        said: Counter[str] = Counter()
        for paid in row.paid:
            said[paid.reward.member] += paid.amount
        yield from _rewarded(f"referral/{row.order}", said, sums)
    for run in dividends:
        yield from _rewarded(f"dividend/{run.id}", Counter(dict(run.parts[: run.done])), sums)
    for (source, member), amount in sums.rewards.items():
        if amount:
            yield AuditDifference(source, f"is not stored, and {member} was paid {amount}")


def _rewarded(source: str, said: Counter[str], sums: Sums) -> Iterator[AuditDifference]:
    for member, amount in said.items():
        expected = sums.rewards.pop((source, member), 0)
        yield from wrong(source, member, found=amount, expected=expected)


def _compare(
    due: Mapping[Account, Amount], held: Mapping[Account, Amount], pocket: BalanceType, what: str
) -> Iterator[AuditDifference]:
    prefix = f"wallet/{pocket}/"
    accounts = {*due, *(account for account in held if account.startswith(prefix))}
    for account in sorted(accounts):
        found, expected = due.get(account, 0), held.get(account, 0)
        yield from wrong(what, account.removeprefix(prefix), found=found, expected=expected)
