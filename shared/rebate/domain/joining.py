"""Joining: an order's ticket gets its place, its lines get their entries (Rules 0.5 and 0.12)."""

from rebate.domain.conversions import convert
from rebate.domain.draws import Group, takes_points
from rebate.domain.events import EntryConverted, EntryJoined
from rebate.domain.ledger import BalanceType, Draft, JournalKind
from rebate.domain.loaded_state import EntryRef
from rebate.domain.money import NOTHING, sum_of
from rebate.domain.names import queue_left
from rebate.domain.posting import enter_in_journal
from rebate.domain.records import replace
from rebate.domain.tickets import Entry, Status, Ticket, TicketLine
from rebate.domain.times import Instant
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.write_budget import STEP_BYTES


def take_place(unit: UnitOfWork, ticket: Ticket, at: Instant) -> Ticket:
    """Give the ticket the next place, and an ordinal to each line that earns an entry."""
    lines = with_entries(ticket, unit.queue.entries)
    earned = [line.entry for line in lines if line.entry]
    place = unit.queue.tickets if earned else None
    joined = replace(ticket, lines=lines, joined=True, place=place)
    if earned:
        promised = sum_of(entry.entitlement or NOTHING for entry in earned)
        unit.queue = replace(
            unit.queue,
            tickets=unit.queue.tickets + 1,
            entries=unit.queue.entries + len(earned),
            flow=unit.queue.flow.plus(at, promised=promised),
        )
    unit.save(joined)
    unit.budget.tell(STEP_BYTES)  # what the journal says of the ticket as it joined
    for index, line in enumerate(lines):
        if line.entry:
            told = len(unit.events)
            joined = _return_at_random(unit, joined, index)
            unit.tell(joined_event(joined, index, line.entry), at=told)
    return joined


def with_entries(ticket: Ticket, ordinal: int) -> tuple[TicketLine, ...]:
    """Return the ticket's lines, with entries counted from `ordinal` for those that earn one."""
    lines = []
    for line in ticket.lines:
        if line.earns:
            lines.append(replace(line, entry=Entry(line.entitlement(), ordinal)))
            ordinal += 1
        else:
            lines.append(line)
    return tuple(lines)


def _return_at_random(unit: UnitOfWork, ticket: Ticket, index: int) -> Ticket:
    """Rule 1.6.2: an entry on a points place of its group is turned into points at once."""
    makeup = ticket.lines[index].random_return
    ratio = unit.plan.exchange_ratio(BalanceType.POINTS)
    if makeup is None or ratio is None:
        return ticket
    group = unit.queue.group or Group(makeup.cash, makeup.points)
    ticket = ticket.with_entry(index, lambda entry: replace(entry, group=group))
    unit.save(ticket)
    for_points = takes_points(group, makeup.luck)
    left = Group(group.cash - (not for_points), group.points - for_points)
    unit.queue = replace(unit.queue, group=left if left.cash + left.points else None)
    if not for_points:
        return ticket
    draft = Draft(JournalKind.RANDOM_RETURN, ticket.order, ticket.lines[index].id)
    ref = EntryRef(ticket.key, index)
    amount = convert(unit, draft, ref, BalanceType.POINTS, ratio, Status.CONVERTED)
    enter_in_journal(unit, draft)
    name = ticket.entry_id(index)
    event = EntryConverted(name, ticket.member, ticket.order, BalanceType.POINTS, amount)
    unit.tell(event)
    return unit.line.ticket(ref.ticket)


def joined_event(ticket: Ticket, index: int, entry: Entry) -> EntryJoined:
    """Return what is told of an entry that joined, whether or not it was converted at once."""
    line = ticket.lines[index]
    waits = line.entry is not None and line.entry.waits
    return EntryJoined(
        ticket.entry_id(index),
        ticket.member,
        ticket.order,
        entry.entitlement,
        line.entitlement_bps,
        may_draw=waits and line.lottery is not None,
        merged_from=queue_left(ticket.merged_from) or None,
    )
