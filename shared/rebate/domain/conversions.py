"""Conversions: what an entry still lacks, in points, love value or vouchers (Rule 1.6)."""

from rebate.domain.ledger import BalanceType, Draft, issued
from rebate.domain.loaded_state import EntryRef
from rebate.domain.money import Amount, Bps, exchanged
from rebate.domain.posting import credit_member
from rebate.domain.records import replace
from rebate.domain.tickets import Conversion, Status, Ticket
from rebate.domain.unit_of_work import UnitOfWork


def convert(
    unit: UnitOfWork, draft: Draft, ref: EntryRef, pocket: BalanceType, ratio: Bps, status: Status
) -> Amount:
    """End an entry by crediting what it lacks, at `ratio`, to another pocket; return that."""
    amount = exchanged(unit.line.entry(ref).outstanding, ratio, unit.plan.decimals)
    into = Conversion(pocket, ratio, amount)
    ended = replace(unit.line.entry(ref), status=status, conversion=into)
    ticket = unit.line.ticket(ref.ticket)
    unit.save(ticket.with_entry(ref.line, lambda _: ended))
    draft.post(issued(unit.queue.id, pocket), -amount)
    credit_member(unit, draft, ticket.member, pocket, amount, ref)
    return amount


def take_back_conversion(
    unit: UnitOfWork, draft: Draft, ticket: Ticket, before: Conversion, after: Conversion
) -> None:
    """Take back what a refund leaves uncovered of what an entry was converted into."""
    excess = before.amount - after.amount
    credit_member(unit, draft, ticket.member, before.pocket, -excess)
    draft.post(issued(unit.queue.id, before.pocket), excess)
