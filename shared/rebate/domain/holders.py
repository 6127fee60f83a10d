"""What holders do with their entries: exchange them, draw their ratio (Rules 1.6.1, 1.3.3)."""

from rebate.domain.commands import DrawEntry, ExchangeEntry
from rebate.domain.conversions import convert
from rebate.domain.draws import drawn_ratio
from rebate.domain.errors import Code
from rebate.domain.events import EntryDrawn, EntryExchanged
from rebate.domain.ledger import Draft, JournalKind
from rebate.domain.loaded_state import EntryRef
from rebate.domain.money import NOTHING
from rebate.domain.posting import enter_in_journal
from rebate.domain.tickets import Entry, Status, Ticket, drawn
from rebate.domain.unit_of_work import UnitOfWork


def exchange(unit: UnitOfWork, command: ExchangeEntry) -> Code | None:
    """Turn all that a waiting entry still lacks into another asset; or return why not."""
    found = _find(unit, command)
    if found is None:
        return Code.UNKNOWN_ENTRY
    ticket, index, _ = found
    ratio = unit.plan.exchange_ratio(command.into)
    if ratio is None:
        return Code.EXCHANGE_OFF
    if _status(unit, ticket, index) is not Status.WAITING:
        return Code.ENTRY_NOT_WAITING
    ref = EntryRef(ticket.key, index)
    draft = Draft(JournalKind.EXCHANGE, ticket.order, ticket.lines[index].id)
    amount = convert(unit, draft, ref, command.into, ratio, Status.EXCHANGED)
    enter_in_journal(unit, draft)
    name = ticket.entry_id(index)
    unit.tell(EntryExchanged(name, ticket.member, ticket.order, command.into, amount))
    return None


def draw(unit: UnitOfWork, command: DrawEntry) -> Code | None:
    """Let the drawn ratio replace the old one, up or down; or return why not (Rule 1.3.3)."""
    found = _find(unit, command)
    if found is None:
        return Code.UNKNOWN_ENTRY
    ticket, index, entry = found
    lottery = ticket.lines[index].lottery
    if lottery is None:
        return Code.NO_LOTTERY
    if entry.drawn:
        return Code.ALREADY_DRAWN
    if entry.paid:
        return Code.ALREADY_PAID
    if _status(unit, ticket, index) not in {Status.WAITING, Status.HELD}:
        return Code.ENTRY_NOT_WAITING
    line = drawn(ticket.lines[index], command.luck, unit.plan.prize_max, command.day)
    unit.save(ticket.with_line(index, line))
    won, promised = drawn_ratio(lottery, command.luck), line.entitlement() or NOTHING
    name = ticket.entry_id(index)
    event = EntryDrawn(name, ticket.member, ticket.order, won, promised, command.day)
    unit.tell(event)
    return None


def _find(unit: UnitOfWork, command: ExchangeEntry | DrawEntry) -> tuple[Ticket, int, Entry] | None:
    """Return an entry with its ticket and line; None if the order earned none, or not yet."""
    ticket = unit.line.find(command.ticket)
    if ticket is None:
        return None
    unit.require_ticket(ticket)
    index = ticket.index_of(command.line)
    entry = None if index is None else ticket.lines[index].entry
    return (ticket, index, entry) if index is not None and entry else None


def _status(unit: UnitOfWork, ticket: Ticket, index: int) -> Status:
    entry = ticket.lines[index].entry
    assert entry is not None, f"{ticket.entry_id(index)} has no entry"
    return unit.queue.status_of(ticket, entry, completed_first=unit.plan.completed_first)
