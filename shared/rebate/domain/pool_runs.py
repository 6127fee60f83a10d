"""What schedules start: clearing a queue, paying out its pool (Rules 1.6.3, 6.2, 7.3)."""

from rebate.domain.allocation import equal_shares, fifo
from rebate.domain.commands import Clear, PayPool
from rebate.domain.distribution import Distribution
from rebate.domain.events import EntriesCleared
from rebate.domain.execution import Execution
from rebate.domain.ledger import Draft, JournalKind, QueueAccount
from rebate.domain.money import NOTHING, Amount
from rebate.domain.payouts import distribute
from rebate.domain.posting import enter_in_journal, post_to_queue
from rebate.domain.queues import DayTotal
from rebate.domain.records import replace
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.write_budget import BudgetExceeded


def clear(unit: UnitOfWork, command: Clear) -> None:
    """Set all that waits to zero by one mark; the same instant clears once (Rule 1.6.3)."""
    cleared_at = unit.queue.cleared_at
    if cleared_at is not None and command.at <= cleared_at:
        return
    if unit.budget.tickets:
        raise BudgetExceeded
    before = unit.queue
    unit.clear(command.at)
    standing, places = before.standing, (before.cleared_below, before.tickets)
    unit.tell(EntriesCleared(standing.waiting, standing.owed, *places))


def pay_pool(execution: Execution, command: PayPool) -> None:
    """Pay the pool out, once an instant; what is left of it stays (Rules 6.2 and 7.3)."""
    unit = execution.unit
    ran_at = unit.queue.ran_at
    if not execution.begun and ran_at is not None and command.at <= ran_at:
        return
    if unit.budget.tickets:
        raise BudgetExceeded
    distribution = _distribution(execution, command)
    execution.begun = True
    unit.queue = replace(unit.queue, ran_at=command.at)
    execution.distribution = distribution
    distribute(unit, equal_shares() if command.equally else fifo(), distribution)
    execution.distribution = None
    rest = distribution.left + distribution.withheld
    _count_as_paid(unit, command, -rest)
    post_to_queue(unit, distribution.draft, QueueAccount.POOL, rest)
    enter_in_journal(unit, distribution.draft)


def _left_of_day(unit: UnitOfWork, command: PayPool) -> Amount:
    """Return what of the highest payout of a day is left after the day's earlier runs."""
    paid_out, limit = unit.queue.paid_out, command.limit or NOTHING
    same_day = paid_out is not None and paid_out.day == command.day
    return max(NOTHING, limit - paid_out.amount) if paid_out and same_day else limit


def _count_as_paid(unit: UnitOfWork, command: PayPool, amount: Amount) -> None:
    """Count what is paid out on a day; of a run over several commits all is counted at first."""
    if command.day is None:
        return
    so_far = unit.queue.paid_out or DayTotal(command.day, NOTHING)
    unit.queue = replace(unit.queue, paid_out=so_far.plus(command.day, amount))


def _distribution(execution: Execution, command: PayPool) -> Distribution:
    """Take the pool, or what of it was in transit, for distribution."""
    unit, draft = execution.unit, Draft(JournalKind.POOL_RUN)
    if execution.resumed is None:
        pool = unit.queue.figure(QueueAccount.POOL)
        amount = min(pool, _left_of_day(unit, command)) if command.limit is not None else pool
        _count_as_paid(unit, command, amount)
        post_to_queue(unit, draft, QueueAccount.POOL, -amount)
        return Distribution(draft, command.at, amount, cause=execution.key)
    distribution = Distribution(draft, command.at, left=NOTHING, cause=execution.key)
    execution.resume(distribution)
    return distribution
