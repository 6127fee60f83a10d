"""Payouts: making the payments of an allocation rule, under what limits them.

In this order: rows for the payment are insisted on, caps cut it (`_within_caps`), the entry is paid
and may leave (`_has_all`), the plan may hold the money (`pending`), and it is posted and told.
"""

from typing import NamedTuple

from rebate.domain.allocation import AllocationRule, Payment
from rebate.domain.distribution import Distribution
from rebate.domain.events import EntryCompleted, RebateCapped, RebatePaid
from rebate.domain.ledger import QueueAccount, Reason
from rebate.domain.loaded_state import DataMissing, EntryRef, RebatesOn
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import GUEST, EntryId, MemberId, OrderId
from rebate.domain.pending import hold_back, rows_to_hold
from rebate.domain.plan import Plan
from rebate.domain.posting import credit_member, post_to_queue
from rebate.domain.records import replace
from rebate.domain.tickets import Entry, Status, Ticket
from rebate.domain.times import Instant
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.write_budget import ROWS_PER_FOLLOW_UP, bytes_of_step


def distribute(unit: UnitOfWork, rule: AllocationRule, distribution: Distribution) -> None:
    """Make a rule's payments one after another, lowering what is left of the distribution.

    Where the day's cap is met and entries are paid in turn, what those behind would have had is
    withheld at once (Rule 8.4): the line is not walked for nothing.

    Raises:
        BudgetExceeded: before a payment whose rows do not fit any more; the distribution says how
            far it came.
    """
    if rule.together and distribution.each is None:
        unit.require(distribution.ticket, receivers=rule.together)
    for payment in rule.payments(unit.line, distribution):
        distribution.each = payment.each
        _pay(unit, payment, distribution)
        distribution.reached = payment.reached
        if rule.in_turn and distribution.withheld and payment.receiver:
            _withhold_behind(unit, payment.receiver, distribution)
            return


def _pay(unit: UnitOfWork, payment: Payment, distribution: Distribution) -> None:
    if payment.receiver is None:
        _pay_buyer(unit, payment, distribution)
    elif payment.amount:
        _pay_entry(unit, payment.receiver, payment, distribution)


def _pay_buyer(unit: UnitOfWork, payment: Payment, distribution: Distribution) -> None:
    """Pay the buyer of the order that gives, outside any entry; a guest gets nothing (Rule 6.2)."""
    ticket, amount = distribution.ticket, payment.amount
    assert ticket is not None, "the pool has no buyer"
    if ticket.member == GUEST:
        return
    ticket = unit.line.ticket(ticket.key)
    beside = rows_to_hold(unit, ticket) + _counts_day(unit, distribution.at)
    unit.budget.require_step([], [ticket.member], beside=beside, told=bytes_of_step(ticket))
    whom = _Whom(None, ticket.member, ticket.order, payment.reason)
    amount = _within_caps(unit, whom, amount, distribution)
    if amount:
        pocket = hold_back(unit, ticket, amount, distribution.at)
        credit_member(
            unit, distribution.draft, ticket.member, pocket, amount, reason=payment.reason
        )
        event = RebatePaid(
            None, ticket.member, ticket.order, amount, pocket, ticket.order, payment.reason
        )
        unit.tell(event)
    _keep_as_buyers(unit, ticket, distribution, amount)
    distribution.left -= amount


def _keep_as_buyers(
    unit: UnitOfWork, ticket: Ticket, distribution: Distribution, amount: Amount
) -> None:
    """Remember what the buyer has of the line's own-purchase reward (Rule 1.6.5.1)."""
    if distribution.line is not None:
        line = ticket.lines[distribution.line]
        line = replace(line, buyer_paid=(line.buyer_paid or NOTHING) + amount)
        unit.save(ticket.with_line(distribution.line, line))


def _pay_entry(
    unit: UnitOfWork, ref: EntryRef, payment: Payment, distribution: Distribution
) -> None:
    """Pay an entry; it leaves when it has all that it may get."""
    ticket = unit.line.ticket(ref.ticket)
    unit.require_payment(ticket, beside=_rows_beside(unit, ticket, distribution.at))
    entry, line = unit.line.entry(ref), ticket.lines[ref.line]
    reward = due = payment.amount
    if entry.entitlement is None:
        reward += _pool_going_along(unit, distribution)
        due = line.allowed(reward)
    name = ticket.entry_id(ref.line)
    whom = _Whom(name, ticket.member, ticket.order, payment.reason)
    amount = _within_caps(unit, whom, due, distribution)
    if entry.entitlement is not None:
        rewards = entry.rewards + bool(amount)
        paid = replace(entry.plus(amount, payment.reason), rewards=rewards)
    elif due and not amount:
        return
    else:
        paid = entry.rewarded(reward, amount, payment.reason)
    leaves = _has_all(unit.plan, paid)
    if leaves:
        paid = replace(paid, status=Status.COMPLETED)
    distribution.left -= amount
    unit.save(ticket.with_entry(ref.line, lambda _: paid))
    pocket = hold_back(unit, ticket, amount, distribution.at)
    credit_member(unit, distribution.draft, ticket.member, pocket, amount, ref, payment.reason)
    if amount:
        source = distribution.draft.order
        unit.tell(
            RebatePaid(name, ticket.member, ticket.order, amount, pocket, source, payment.reason)
        )
    if leaves:
        unit.tell(EntryCompleted(name, ticket.member, ticket.order, paid.paid))
        unit.depart(ticket, f"{distribution.cause}!", distribution.at)
        unit.budget.take(ROWS_PER_FOLLOW_UP if unit.plan.repurchase else 0)


def _pool_going_along(unit: UnitOfWork, distribution: Distribution) -> Amount:
    """Take the pool out, for a counted reward to take along; return how much that is (Rule 4.3)."""
    pool = unit.queue.figure(QueueAccount.POOL)
    post_to_queue(unit, distribution.draft, QueueAccount.POOL, -pool)
    distribution.left += pool
    return pool


def _has_all(plan: Plan, entry: Entry) -> bool:
    """Tell whether an entry has all that it may get: its amount, or its rewards (Rule 4.3)."""
    if entry.entitlement is None:
        return plan.rewards_to_exit is not None and entry.rewards >= plan.rewards_to_exit
    return not entry.outstanding


def _rows_beside(unit: UnitOfWork, ticket: Ticket, at: Instant) -> int:
    """Count the rows that a payment adds beside ticket and wallet.

    They are its hold, the day's sum, and what buys again where it lets an entry leave.
    """
    follow_up = ROWS_PER_FOLLOW_UP if unit.plan.repurchase else 0
    return rows_to_hold(unit, ticket) + _counts_day(unit, at) + follow_up


def _counts_day(unit: UnitOfWork, at: Instant) -> bool:
    """Tell whether a payment is the first to write the day's sum, which a cap has shared."""
    cap = unit.plan.daily_cap
    return cap is not None and cap.most is not None and not unit.budget.has(unit.day_of(at))


class _Whom(NamedTuple):
    """Who is paid for what; `entry` None: the buyer, outside any entry."""

    entry: EntryId | None
    member: MemberId
    order: OrderId
    reason: Reason


def _within_caps(unit: UnitOfWork, whom: _Whom, due: Amount, distribution: Distribution) -> Amount:
    """Return what may still be paid today of what is due; the rest is withheld (Rule 8.4)."""
    cap, day = unit.plan.daily_cap, unit.day_of(distribution.at)
    if cap is None or day is None:
        return due
    paid = due if cap.most is None else _granted(unit, day, due, cap.most)
    unit.paid_on[day] = unit.paid_on.get(day, NOTHING) + paid
    if paid < due:
        distribution.left -= due - paid
        distribution.withheld += due - paid
        capped = RebateCapped(whom.entry, whom.member, whom.order, due, paid, whom.reason)
        unit.tell(capped)
    return paid


def _granted(unit: UnitOfWork, day: str, due: Amount, most: Amount) -> Amount:
    """Take what is due, as far as the day has room, out of the sum that all sources share."""
    known = unit.rebates.get(day) or unit.state.rebates.get(day)
    if known is None:
        raise DataMissing(RebatesOn(day))
    unit.budget.keep(day)
    paid, unit.rebates[day] = known.grant(due, most)
    return paid


def _withhold_behind(unit: UnitOfWork, first: EntryRef, distribution: Distribution) -> None:
    """Withhold what those behind `first`, where the cap was met, would have had.

    The order that gives passes its own entries over, so they would have had nothing.
    """
    completed_only = unit.plan.completed_first
    owed = unit.line.payable_owed - unit.line.entry(first).outstanding
    gives = distribution.ticket.key if distribution.ticket else distribution.gives
    if gives and gives.member != GUEST and distribution.passes_over:
        for own in unit.line.tickets_of(gives.member, gives.order):
            if not unit.queue.has_cleared(own):
                owed -= own.standing.payable_owed(completed_only=completed_only)
    withheld = min(distribution.left, owed)
    distribution.left -= withheld
    distribution.withheld += withheld
