"""What orders give, when they give it, and when they join (Rules 0.12 and 1.2.3)."""

from rebate.domain.commands import Complete, Join
from rebate.domain.desk import Desk, Gift
from rebate.domain.ledger import Draft, Till
from rebate.domain.merges import tell_of_completion
from rebate.domain.money import Amount
from rebate.domain.plan import Leftover, Moment, Part
from rebate.domain.queues import InFlight, TakenBack
from rebate.domain.records import dataclass, replace
from rebate.domain.repurchases import settle_repurchase
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant

_WHEN_PAID = frozenset({Moment.PAID})
_WHEN_COMPLETED = frozenset(Moment)


@dataclass(slots=True)
class Work:
    """A command that is being carried out, so that it can be stopped and gone on with.

    `begun`: it has changed something. `resumed` is what was in flight when an earlier commit
    had no room for more of it, `gift` what is being dealt out now; `taken_back` is how far a refund
    came.
    """

    desk: Desk
    key: str
    at: Instant
    begun: bool = False
    resumed: InFlight | None = None
    gift: Gift | None = None
    taken_back: TakenBack = TakenBack()


def join(work: Work, command: Join) -> None:
    """Settle a paid order's contributions, then let its entries join; or the reverse."""
    desk = work.desk
    ticket = desk.line.ticket(command.ticket)
    if not work.begun:
        desk.require_ticket(ticket)
        pays = command.repurchase
        if pays is not None and not settle_repurchase(desk, ticket, pays):
            return
        if command.completed:
            ticket = replace(ticket, completed_at=command.at)
        desk.save(ticket)
        work.begun = True
    _give_and_join(work, ticket, _WHEN_COMPLETED if command.completed else _WHEN_PAID)


def complete(work: Work, command: Complete) -> None:
    """Make a completed order's held entries payable, then settle what is due."""
    ticket = work.desk.line.ticket(command.ticket)
    if ticket.completed_at is None:
        work.desk.require_ticket(ticket)
        ticket = replace(ticket, completed_at=command.completed_at or command.at)
        work.desk.save(ticket)
        tell_of_completion(work.desk, ticket, command)
        work.begun = True
    _give_and_join(work, ticket, _WHEN_COMPLETED)


def _give_and_join(work: Work, ticket: Ticket, due: frozenset[Moment]) -> None:
    """Carry out what is due and not yet done; so it can be entered again anywhere.

    What is merged joins when its queue receives it, and never contributes.
    """
    plan = work.desk.plan
    joins = plan.joins in due and not ticket.merged_from
    if joins and plan.self_funding:
        ticket = _take_place(work, ticket)
    for index, line in enumerate(ticket.lines):
        for number, part in enumerate(plan.parts if line.contributes else ()):
            if part.due in due or _was_in_flight(work, index, number):
                ticket = _contribute(work, ticket, index, number, part)
    if joins:
        _take_place(work, ticket)


def _take_place(work: Work, ticket: Ticket) -> Ticket:
    if ticket.joined:
        return ticket
    work.desk.require_ticket(ticket)
    return work.desk.join(ticket, work.at)


def _was_in_flight(work: Work, index: int, number: int) -> bool:
    flight = work.resumed
    return flight is not None and (flight.line, flight.part) == (index, number)


def _contribute(work: Work, ticket: Ticket, index: int, number: int, part: Part) -> Ticket:
    """Settle one part of one line's contribution, unless that was done (Rule 1.2.3)."""
    desk = work.desk
    if _was_in_flight(work, index, number):
        gift = _resume(work, ticket, index, number)
    elif _is_settled(ticket, index, number):
        return ticket
    else:
        gift = _begin(work, ticket, index, number, part)
    if not desk.plan.paused:
        work.gift = gift
        part.deal(desk, gift)
        work.gift = None
    carried = part.leftover is Leftover.CARRY and not desk.plan.paused
    desk.post(gift.draft, Till.POOL, gift.withheld)
    desk.post(gift.draft, Till.POOL if carried else Till.RETAINED, gift.left)
    desk.close(gift.draft)
    ticket = desk.line.ticket(ticket.key)
    retained = 0 if carried else min(gift.left, gift.own)
    if retained:
        line = ticket.lines[index]
        ticket = ticket.with_line(index, replace(line, retained=line.retained + retained))
        desk.save(ticket)
    return ticket


def _is_settled(ticket: Ticket, index: int, number: int) -> bool:
    settled = ticket.lines[index].settled
    return bool(settled) and settled[number] is not None


def _begin(work: Work, ticket: Ticket, index: int, number: int, part: Part) -> Gift:
    desk = work.desk
    desk.require(receivers=1)
    amount = ticket.gives(index)[number]
    desk.save(_with_settled(ticket, index, number, amount))
    gift = _gift(work, ticket, index, number, amount)
    desk.post(gift.draft, Till.CONTRIBUTED, -amount)
    if part.for_line and not desk.plan.paused:
        desk.note(work.at, given=amount)
    if part.draws_pool and not desk.plan.paused:
        pool = desk.queue.figure(Till.POOL)
        desk.post(gift.draft, Till.POOL, -pool)
        gift.left += pool
    return gift


def _resume(work: Work, ticket: Ticket, index: int, number: int) -> Gift:
    flight, work.resumed = work.resumed, None
    assert flight is not None, "nothing was in flight"
    own = ticket.lines[index].settled[number] or 0
    gift = _gift(work, ticket, index, number, own)
    gift.go_on_from(flight)
    work.desk.post(gift.draft, Till.TRANSIT, -flight.in_transit)
    return gift


def _gift(work: Work, ticket: Ticket, index: int, number: int, amount: Amount) -> Gift:
    return Gift(
        draft=Draft("contribution", ticket.order, ticket.lines[index].id),
        at=work.at,
        left=amount,
        own=amount,
        ticket=ticket,
        line=index,
        part=number,
        passes_over=None if work.desk.plan.self_funding else ticket.order,
    )


def _with_settled(ticket: Ticket, index: int, number: int, amount: Amount) -> Ticket:
    line = ticket.lines[index]
    settled = list(line.settled or (None,) * len(ticket.parts_bps))
    settled[number] = amount
    return ticket.with_line(index, replace(line, settled=tuple(settled)))
