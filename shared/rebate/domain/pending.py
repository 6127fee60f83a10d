"""Pending money: what a decision holds of what it pays, and takes back of what is held.

Rule 1.2.8. A hold is a row for what one commit paid to one order; `holds.Hold` is the record.
"""

from rebate.domain.holds import Hold, taken_from
from rebate.domain.ledger import BalanceType
from rebate.domain.money import NOTHING, Amount, sum_of
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.write_budget import HOLD_BYTES, ROWS_PER_WALLET, ROWS_TOLD, bytes_of


def hold_back(unit: UnitOfWork, ticket: Ticket, amount: Amount, at: Instant) -> BalanceType:
    """Return where a rebate goes: what the plan holds is pending until it is due."""
    key = _hold_key(unit, ticket)
    plan, member = unit.plan, ticket.member
    held = unit.holds.get(key) or _loaded(unit, key)
    held = held or Hold(
        key[1], member, ticket.order, NOTHING, plan.hold_days, collected=plan.collected
    )
    if not (plan.hold_days or plan.collected) or held.is_due(ticket.completed_at, at):
        return BalanceType.CASH
    _keep(unit, member, replace(held, amount=held.amount + amount))
    return BalanceType.PENDING


def _loaded(unit: UnitOfWork, key: tuple[MemberId, str]) -> Hold | None:
    """Return a hold of this very commit, where its commands are decided again one by one."""
    return next((hold for hold in unit.state.holds.get(key[0], ()) if hold.id == key[1]), None)


def rows_to_hold(unit: UnitOfWork, ticket: Ticket) -> int:
    """Count the rows that holding one more payment to a ticket adds."""
    holds = unit.plan.hold_days or unit.plan.collected
    return bool(holds) and not unit.budget.has(_hold_key(unit, ticket))


def take_pending(
    unit: UnitOfWork, ticket: Ticket, amount: Amount, at: Instant
) -> tuple[Amount, bool]:
    """Lower what is held of a member's cash, the order's own first.

    Returns by how much, and whether that is all: each hold is a row, and others have to wait
    for a commit that takes them. What the order earned and is due is available, though nobody
    released it yet, so it is left alone (Rules 1.2.8 and 1.6.5).
    """
    member = ticket.member
    unit.wallet(member)
    held = {hold.id: hold for hold in unit.state.holds.get(member, ())}
    held.update({name: hold for (owner, name), hold in unit.holds.items() if owner == member})
    pending = [
        hold
        for hold in held.values()
        if hold.order != ticket.order or not hold.is_due(ticket.completed_at, at)
    ]
    lowered = taken_from(pending, ticket.order, amount)
    unit.save(ticket)
    alone = unit.budget.commands == 1 and not unit.holds  # then some progress has to be made
    rows = unit.budget.left - ROWS_PER_WALLET - ROWS_TOLD
    now = lowered[: max(int(alone), rows)]
    for hold in now:
        _keep(unit, member, hold)
        unit.budget.tell(HOLD_BYTES + sum(map(bytes_of, (hold.id, member, hold.order))))
    return sum_of(held[hold.id].amount - hold.amount for hold in now), len(now) == len(lowered)


def _keep(unit: UnitOfWork, member: MemberId, hold: Hold) -> None:
    unit.holds[member, hold.id] = hold
    unit.budget.keep((member, hold.id))


def _hold_key(unit: UnitOfWork, ticket: Ticket) -> tuple[MemberId, str]:
    """Return the name of what this commit holds of what an order earns."""
    commit = unit.queue.version + 1
    return ticket.member, f"{unit.queue.id}#{commit:020d}#{ticket.order}"
