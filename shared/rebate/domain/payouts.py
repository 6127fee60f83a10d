"""Payouts: making the payments of an allocation rule, under what limits them.

In this order: rows for the payment are insisted on, caps cut it (`_within_caps`), the entry is paid
and may leave (`_has_all`), the plan may hold the money (`pending`), and it is posted and told.
"""

from rebate.domain.allocation import AllocationRule, Payment
from rebate.domain.distribution import Distribution
from rebate.domain.events import EntryCompleted, RebateCapped, RebatePaid
from rebate.domain.ledger import BalanceType
from rebate.domain.loaded_state import DataMissing, EntryRef, RebatesOn
from rebate.domain.money import Amount
from rebate.domain.pending import hold_back, rows_to_hold
from rebate.domain.plan import Plan
from rebate.domain.posting import credit_member
from rebate.domain.records import replace
from rebate.domain.tickets import Entry, Status, Ticket
from rebate.domain.times import Instant
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.write_budget import ROWS_PER_FOLLOW_UP


def distribute(unit: UnitOfWork, rule: AllocationRule, distribution: Distribution) -> None:
    """Make a rule's payments one after another, lowering what is left of the distribution.

    Where the day's cap is met and entries are paid in turn, what those behind would have had is
    withheld at once (Rule 8.4): the line is not walked for nothing.

    Raises:
        BudgetExceeded: before a payment whose rows do not fit any more; the distribution says how
            far it came.
    """
    if rule.together and distribution.each is None:
        unit.require(receivers=rule.together)
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
    """Pay the buyer of the order that gives, outside any entry (Rule 6.2)."""
    ticket, amount = distribution.ticket, payment.amount
    assert ticket is not None, "the pool has no buyer"
    unit.budget.require_step([], [ticket.member])
    credit_member(
        unit, distribution.draft, ticket.member, BalanceType.CASH, amount, reason=payment.reason
    )
    if amount:
        event = RebatePaid(
            None,
            ticket.member,
            ticket.order,
            amount,
            BalanceType.CASH,
            ticket.order,
            payment.reason,
        )
        unit.events.append(event)
    distribution.left -= amount


def _pay_entry(
    unit: UnitOfWork, ref: EntryRef, payment: Payment, distribution: Distribution
) -> None:
    """Pay an entry; it leaves when it has all that it may get."""
    ticket = unit.line.ticket(ref.ticket)
    unit.require_payment(ticket, beside=_rows_beside(unit, ticket, distribution.at))
    amount = _within_caps(unit, ref, payment.amount, distribution)
    entry = unit.line.entry(ref)
    paid = replace(entry.plus(amount, payment.reason), rewards=entry.rewards + 1)
    leaves = _has_all(unit.plan, paid)
    if leaves:
        paid = replace(paid, status=Status.COMPLETED)
    distribution.left -= amount
    unit.save(ticket.with_entry(ref.line, lambda _: paid))
    pocket = hold_back(unit, ticket, amount, distribution.at)
    credit_member(unit, distribution.draft, ticket.member, pocket, amount, ref, payment.reason)
    source = distribution.ticket.order if distribution.ticket else None
    name = ticket.entry_id(ref.line)
    if amount:
        unit.events.append(
            RebatePaid(name, ticket.member, ticket.order, amount, pocket, source, payment.reason)
        )
    if leaves:
        unit.events.append(EntryCompleted(name, ticket.member, ticket.order, paid.paid))
        unit.departed.append(ticket)
        unit.budget.take(ROWS_PER_FOLLOW_UP if unit.plan.repurchase else 0)


def _has_all(plan: Plan, entry: Entry) -> bool:
    """Tell whether an entry has all that it may get: its amount, or its rewards (Rule 4.3)."""
    if entry.entitlement is None:
        return entry.rewards == plan.rewards_to_exit
    return not entry.outstanding


def _rows_beside(unit: UnitOfWork, ticket: Ticket, at: Instant) -> int:
    """Count the rows that a payment adds beside ticket and wallet.

    They are its hold, the day's sum, and what buys again where it lets an entry leave.
    """
    cap = unit.plan.daily_cap
    counts = cap is not None and not unit.budget.has(cap.day_of(at))
    follow_up = ROWS_PER_FOLLOW_UP if unit.plan.repurchase else 0
    return rows_to_hold(unit, ticket) + counts + follow_up


def _within_caps(
    unit: UnitOfWork, ref: EntryRef, due: Amount, distribution: Distribution
) -> Amount:
    """Return what may still be paid today of what is due; the rest is withheld (Rule 8.4)."""
    cap = unit.plan.daily_cap
    if cap is None:
        return due
    day = cap.day_of(distribution.at)
    known = unit.rebates.get(day) or unit.state.rebates.get(day)
    if known is None:
        raise DataMissing(RebatesOn(day))
    paid = min(due, max(0, cap.most - known.amount))
    unit.budget.keep(day)
    unit.rebates[day] = replace(known, amount=known.amount + paid)
    if paid < due:
        distribution.left -= due - paid
        distribution.withheld += due - paid
        ticket = unit.line.ticket(ref.ticket)
        name = ticket.entry_id(ref.line)
        unit.events.append(RebateCapped(name, ticket.member, ticket.order, due, paid))
    return paid


def _withhold_behind(unit: UnitOfWork, first: EntryRef, distribution: Distribution) -> None:
    """Withhold what those behind `first`, where the cap was met, would have had.

    The order that gives passes its own entries over, so they would have had nothing.
    """
    completed_only = unit.plan.completed_first
    owed = unit.line.payable_owed - unit.line.entry(first).outstanding
    gives = distribution.ticket
    own = unit.line.ticket(gives.key) if gives and distribution.passes_over else None
    if own and not unit.queue.has_cleared(own):
        owed -= own.standing.payable_owed(completed_only=completed_only)
    withheld = min(distribution.left, owed)
    distribution.left -= withheld
    distribution.withheld += withheld
