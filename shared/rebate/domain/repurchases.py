"""Forced repurchase: what leaves the order queue buys again (Rules 4.4 to 4.6)."""

from rebate.domain.commands import Join
from rebate.domain.events import RepurchaseMissed, RepurchasePlaced
from rebate.domain.ledger import BalanceType, Draft, JournalKind, QueueAccount
from rebate.domain.money import NOTHING, Amount, Bps, sum_of
from rebate.domain.names import OrderId
from rebate.domain.posting import credit_member, enter_in_journal, post_to_queue
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket, TicketLine
from rebate.domain.times import Instant
from rebate.domain.unit_of_work import UnitOfWork


def repurchase_of(ticket: Ticket, at: Instant, contribution_bps: Bps | None) -> tuple[Ticket, Join]:
    """Return ticket and command that buy again what a ticket that left had bought (Rule 4.4).

    It gives by `contribution_bps`, the ratio in force (None: as it did before).
    """
    origin, number = ticket.origin or ticket.order, ticket.round + 1
    again = Ticket(
        queue=ticket.queue,
        order=OrderId(f"{origin}-r{number}"),
        member=ticket.member,
        lines=tuple(_fresh(line, contribution_bps) for line in ticket.lines),
        paid_at=at,
        store=ticket.store,
        referrer=ticket.referrer,
        parts_bps=ticket.parts_bps,
        origin=origin,
        round=number,
    )
    amount = sum_of(line.entitlement_base for line in ticket.lines)
    return again, Join(at, again.order, again.member, completed=True, repurchase=amount)


def settle_repurchase(unit: UnitOfWork, ticket: Ticket, amount: Amount) -> bool:
    """Take the amount from the member's cash; tell the member if it is not covered (Rule 4.5)."""
    if not amount or unit.wallet(ticket.member)(BalanceType.CASH) < amount:
        unit.tell(RepurchaseMissed(ticket.order, ticket.member, amount))
        return False
    draft = Draft(JournalKind.REPURCHASE, ticket.order)
    credit_member(unit, draft, ticket.member, BalanceType.CASH, -amount)
    post_to_queue(unit, draft, QueueAccount.REPURCHASED, amount)
    enter_in_journal(unit, draft)
    origin = ticket.origin or ticket.order
    unit.tell(RepurchasePlaced(ticket.order, ticket.member, amount, origin))
    return True


def _fresh(line: TicketLine, contribution_bps: Bps | None) -> TicketLine:
    """Return what is bought again: what was left of it, which is all of the new order (Rule 7a)."""
    return replace(
        line,
        contribution_bps=line.contribution_bps if contribution_bps is None else contribution_bps,
        settled=(),
        retained=NOTHING,
        entry=None,
        most=(),
        first_entitlement_base=line.entitlement_base,
    )
