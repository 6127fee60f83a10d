"""The engine: `decide` carries out a queue's commands, the same way for every plan.

It knows no clock, no storage and no settings. What it is given it does not change; what
should change it returns. A batch of commands decides as its commands would one by one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rebate.domain.commands import Clear, Command, Complete, Draw, Exchange, Join, Keyed, PayPool, Refund
from rebate.domain.deals import equally, first_then_next
from rebate.domain.desk import Book, Desk, Full, Gift, Missing, Need, Spot, TicketKey
from rebate.domain.draws import drawn_ratio
from rebate.domain.errors import Code
from rebate.domain.events import EntriesCleared, EntryDrawn, EntryExchanged, Event
from rebate.domain.holds import Hold
from rebate.domain.ledger import Draft, JournalEntry, Pocket, Till
from rebate.domain.money import Amount
from rebate.domain.names import MemberId
from rebate.domain.places import Change
from rebate.domain.plan import Leftover, Moment, Part, Plan
from rebate.domain.queues import InFlight, Progress, Queue
from rebate.domain.refunds import refund
from rebate.domain.repurchases import repurchase_of, settle_repurchase
from rebate.domain.tickets import Status, Ticket, drawn
from rebate.domain.times import Instant


@dataclass(frozen=True, slots=True)
class Refused:
    """A command that may not be carried out, and why; it changed nothing."""

    key: str
    code: Code


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A command that another one, named by its inbox key, caused; with the ticket it is for."""

    cause: str
    command: Join
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Decision:
    """What a batch of commands comes to.

    `done` counts the commands carried out, from the first; the queue's progress holds a command
    that was begun. `consulted` are members on whose balances the decision rests.
    `follow_ups` are to be settled next, before anything that is not settled yet.
    """

    queue: Queue
    done: int
    changes: tuple[Change, ...]
    journal: tuple[JournalEntry, ...]
    events: tuple[Event, ...]
    credits: dict[tuple[MemberId, Pocket], Amount]
    consulted: frozenset[MemberId]
    holds: tuple[Hold, ...]
    refused: tuple[Refused, ...]
    follow_ups: tuple[FollowUp, ...]


def decide(
    queue: Queue, book: Book, commands: Sequence[Keyed], plan: Plan, room: int
) -> Decision | Need:
    """Carry out `commands` in order, as many as fit into `room` rows.

    Returns a `Need` if rows are wanted that `book` does not hold: load them and call again.
    If the queue's progress names a command, it must be the first of `commands`.
    """
    desk = Desk(queue, book, plan, room)
    try:
        return _Clerk(desk).carry_out(commands)
    except Missing as missing:
        return missing.need


def tickets_of(commands: Iterable[Keyed]) -> set[TicketKey]:
    """Return the tickets that `decide` is sure to ask for, so that they can be loaded at once."""
    return {
        TicketKey(keyed.command.member, keyed.command.order)
        for keyed in commands
        if not isinstance(keyed.command, Clear | PayPool)
    }


class _Clerk:
    """Carries out commands at a desk, one after another."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._refused: list[Refused] = []
        self._key, self._at = "", Instant(0)
        self._begun = False
        self._resumed: InFlight | None = None
        self._gift: Gift | None = None

    def carry_out(self, commands: Sequence[Keyed]) -> Decision:
        desk = self._desk
        progress = desk.queue.progress
        done = 0
        for keyed in commands:
            self._begun = bool(progress and progress.command == keyed.key)
            self._resumed = progress.in_flight if progress and self._begun else None
            progress = None
            self._key, self._at = keyed.key, keyed.command.at
            desk.extra_rows += 1
            try:
                self._one(keyed)
            except Full:
                self._stop_at(keyed)
                break
            desk.queue = replace(desk.queue, progress=None)
            done += 1
            if _ends_batch(desk, keyed.command):
                break
        return self._decision(done)

    def _stop_at(self, keyed: Keyed) -> None:
        """Remember how far a command came that did not fit."""
        if not self._begun:
            return
        in_flight = None
        if self._gift:
            in_flight = self._gift.in_flight()
            self._desk.post(self._gift.draft, Till.TRANSIT, self._gift.left)
            self._desk.close(self._gift.draft)
        progress = Progress(keyed.key, in_flight)
        self._desk.queue = replace(self._desk.queue, progress=progress)

    def _decision(self, done: int) -> Decision:
        desk = self._desk
        return Decision(
            queue=desk.queue,
            done=done,
            changes=tuple(Change(before, after) for before, after in desk.changes()),
            journal=tuple(desk.journal),
            events=tuple(desk.events),
            credits={key: amount for key, amount in desk.credits.items() if amount},
            consulted=frozenset(desk.consulted),
            holds=tuple(desk.holds.values()),
            refused=tuple(self._refused),
            follow_ups=self._repurchases(),
        )

    def _repurchases(self) -> tuple[FollowUp, ...]:
        """Rule 4.4: what left the line buys again, at the instant that made it leave."""
        if not self._desk.plan.repurchase:
            return ()
        again = (repurchase_of(left, self._at) for left in self._desk.departed)
        return tuple(FollowUp(self._key, command, ticket) for ticket, command in again)

    def _one(self, keyed: Keyed) -> None:
        command = keyed.command
        match command:
            case Join():
                self._join(command)
            case Complete():
                self._complete(command)
            case Refund():
                refund(self._desk, command)
            case Exchange():
                self._exchange(keyed.key, command)
            case Draw():
                self._draw(keyed.key, command)
            case Clear():
                self._clear(command)
            case PayPool():
                self._pay_pool(command)

    # Orders

    def _join(self, command: Join) -> None:
        """Rule 0.12: an order's contributions settle, then its entries join (or the reverse)."""
        ticket = self._desk.ticket(TicketKey(command.member, command.order))
        if not self._begun:
            self._desk.require_ticket(ticket)
            pays = command.repurchase
            if pays is not None and not settle_repurchase(self._desk, ticket, pays):
                return
            if command.completed:
                ticket = replace(ticket, completed_at=command.at)
            self._desk.save(ticket)
            self._begun = True
        due = {Moment.PAID, Moment.COMPLETED} if command.completed else {Moment.PAID}
        self._give_and_join(command, ticket, due)

    def _complete(self, command: Complete) -> None:
        """Rule 0.12: held entries become payable first, then what is due contributes."""
        ticket = self._desk.ticket(TicketKey(command.member, command.order))
        if ticket.completed_at is None:
            self._desk.require_ticket(ticket)
            ticket = replace(ticket, completed_at=command.at)
            self._desk.save(ticket)
            self._begun = True
        self._give_and_join(command, ticket, {Moment.PAID, Moment.COMPLETED})

    def _give_and_join(
        self, command: Join | Complete, ticket: Ticket, due: set[Moment]
    ) -> None:
        """Carry out what is due and not yet done; so it can be entered again anywhere."""
        joins = self._desk.plan.joins in due
        if joins and self._desk.plan.self_funding:
            ticket = self._take_place(ticket)
        for index in range(len(ticket.lines)):
            if not ticket.lines[index].contributes:
                continue
            for number, part in enumerate(self._desk.plan.parts):
                flight = self._resumed
                resumed = flight and (flight.line, flight.part) == (index, number)
                if part.due in due or resumed:
                    ticket = self._contribute(command, ticket, index, number, part)
        if joins:
            self._take_place(self._desk.ticket(TicketKey(ticket.member, ticket.order)))

    def _take_place(self, ticket: Ticket) -> Ticket:
        if ticket.joined:
            return ticket
        self._desk.require_ticket(ticket)
        return self._desk.join(ticket)

    def _contribute(
        self, command: Join | Complete, ticket: Ticket, index: int, number: int, part: Part
    ) -> Ticket:
        """Settle one part of one line's contribution, unless that was done (Rule 1.2.3)."""
        desk = self._desk
        gift = self._gift_resumed(command, ticket, index, number)
        if gift is None:
            settled = ticket.lines[index].settled
            if number < len(settled) and settled[number] is not None:
                return ticket
            gift = self._gift_begun(command, ticket, index, number, part)
        self._gift = gift
        if not desk.plan.paused:
            part.deal(desk, gift)
        self._gift = None
        retained = self._put_away(gift, part)
        self._desk.close(gift.draft)
        ticket = desk.ticket(TicketKey(ticket.member, ticket.order))
        ticket = _with_part(ticket, index, number, retained=retained)
        desk.save(ticket)
        return ticket

    def _gift_begun(
        self, command: Join | Complete, ticket: Ticket, index: int, number: int, part: Part
    ) -> Gift:
        desk = self._desk
        desk.require(receivers=1)
        amount = ticket.gives(index)[number]
        ticket = _with_part(ticket, index, number, settled=amount)
        desk.save(ticket)
        gift = self._gift_of(command, ticket, index, number, amount)
        desk.post(gift.draft, Till.CONTRIBUTED, -amount)
        if part.draws_pool and not desk.plan.paused:
            pool = desk.queue.figure(Till.POOL)
            desk.post(gift.draft, Till.POOL, -pool)
            gift.left += pool
        return gift

    def _gift_resumed(
        self, command: Join | Complete, ticket: Ticket, index: int, number: int
    ) -> Gift | None:
        flight = self._resumed
        if flight is None or (flight.line, flight.part) != (index, number):
            return None
        self._resumed = None
        gift = self._gift_of(command, ticket, index, number, flight.left)
        gift.own = ticket.lines[index].settled[number] or 0
        self._desk.post(gift.draft, Till.TRANSIT, -flight.left)
        return gift

    def _gift_of(
        self, command: Join | Complete, ticket: Ticket, index: int, number: int, amount: Amount
    ) -> Gift:
        return Gift(
            draft=Draft("contribution", ticket.order, ticket.lines[index].id),
            at=command.at,
            left=amount,
            own=amount,
            ticket=ticket,
            line=index,
            part=number,
            passes_over=None if self._desk.plan.self_funding else ticket.order,
        )

    def _put_away(self, gift: Gift, part: Part) -> Amount:
        """Put what found nobody where it belongs; return what of it the platform keeps."""
        carried = part.leftover is Leftover.CARRY and not self._desk.plan.paused
        self._desk.post(gift.draft, Till.POOL if carried else Till.RETAINED, gift.left)
        return 0 if carried else min(gift.left, gift.own)

    # Everything else

    def _exchange(self, key: str, command: Exchange) -> None:
        """Rule 1.6.1: all that a waiting entry still lacks, at the set ratio."""
        desk = self._desk
        ticket = desk.ticket(TicketKey(command.member, command.order))
        desk.require_ticket(ticket)
        index = ticket.index_of(command.line)
        ratio = desk.plan.exchange_ratio(command.into)
        refusal = _exchange_refused(desk, ticket, index, exchangeable=ratio is not None)
        if refusal or index is None or ratio is None:
            self._refused.append(Refused(key, refusal or Code.UNKNOWN_ENTRY))
            return
        spot = Spot(TicketKey(ticket.member, ticket.order), index)
        draft = Draft("exchange", ticket.order, ticket.lines[index].id)
        amount = desk.turn_into(draft, spot, command.into, ratio, Status.EXCHANGED)
        desk.close(draft)
        name = ticket.entry_id(index)
        event = EntryExchanged(name, ticket.member, ticket.order, command.into, amount)
        desk.events.append(event)

    def _draw(self, key: str, command: Draw) -> None:
        """Rule 1.3.3: the drawn ratio replaces the old one, up or down; a miss leaves it."""
        desk = self._desk
        ticket = desk.ticket(TicketKey(command.member, command.order))
        desk.require_ticket(ticket)
        index = ticket.index_of(command.line)
        refusal = _draw_refused(desk, ticket, index)
        if refusal or index is None:
            self._refused.append(Refused(key, refusal or Code.UNKNOWN_ENTRY))
            return
        line = drawn(ticket.lines[index], command.luck, desk.plan.prize_max)
        desk.save(ticket.with_line(index, line))
        name, entry = ticket.entry_id(index), line.entry
        assert entry is not None, f"{name} was drawn and is no entry"
        won = drawn_ratio(line.lottery, command.luck) if line.lottery else None
        promised = entry.entitlement or 0
        desk.events.append(EntryDrawn(name, ticket.member, ticket.order, won, promised))

    def _clear(self, command: Clear) -> None:
        """Rule 1.6.3: one mark, whatever waits; the same instant clears once."""
        desk = self._desk
        if desk.queue.cleared_at is not None and command.at <= desk.queue.cleared_at:
            return
        if desk.touched:
            raise Full
        standing = desk.queue.standing
        desk.clear(command.at)
        desk.events.append(EntriesCleared(standing.waiting, standing.owed))

    def _pay_pool(self, command: PayPool) -> None:
        """Rules 6.2 and 7.3: pay the pool out, once an instant; what is left of it stays."""
        desk = self._desk
        if not self._begun and desk.queue.ran_at is not None and command.at <= desk.queue.ran_at:
            return
        if desk.touched:
            raise Full
        flight = self._resumed
        self._resumed = None
        draft = Draft("pool_run")
        if flight:
            gift = Gift(
                draft, command.at, flight.left, each=flight.each, place=flight.place,
                ordinal=flight.ordinal,
            )  # fmt: skip
            desk.post(draft, Till.TRANSIT, -flight.left)
        else:
            pool = desk.queue.figure(Till.POOL)
            amount = pool if command.limit is None else min(pool, command.limit)
            gift = Gift(draft, command.at, amount)
            desk.post(draft, Till.POOL, -amount)
        self._begun = True
        desk.queue = replace(desk.queue, ran_at=command.at)
        self._gift = gift
        (equally if command.equally else first_then_next)(desk, gift)
        self._gift = None
        desk.post(draft, Till.POOL, gift.left)
        self._desk.close(draft)


def _ends_batch(desk: Desk, command: Command) -> bool:
    """Tell whether nothing may follow `command` in its batch.

    What it caused comes first; and an equal run loads the line from a place of its own.
    """
    repurchases = bool(desk.departed) and desk.plan.repurchase
    return repurchases or (isinstance(command, PayPool) and command.equally)


def _with_part(
    ticket: Ticket,
    index: int,
    number: int,
    *,
    settled: Amount | None = None,
    retained: Amount = 0,
) -> Ticket:
    """Note what a part contributed, or what of it was retained."""
    line = ticket.lines[index]
    parts = len(ticket.parts_bps)
    contributed = list(line.settled or (None,) * parts)
    if settled is not None:
        contributed[number] = settled
    line = replace(line, settled=tuple(contributed), retained=line.retained + retained)
    return ticket.with_line(index, line)


def _draw_refused(desk: Desk, ticket: Ticket, index: int | None) -> Code | None:
    line = ticket.lines[index] if index is not None else None
    entry = line.entry if line else None
    if line is None or entry is None:
        return Code.UNKNOWN_ENTRY
    if line.lottery is None:
        return Code.NO_LOTTERY
    if entry.drawn:
        return Code.ALREADY_DRAWN
    if entry.paid:
        return Code.ALREADY_PAID
    ended = not entry.waits or desk.queue.has_cleared(ticket)
    return Code.ENTRY_NOT_WAITING if ended else None


def _exchange_refused(
    desk: Desk, ticket: Ticket, index: int | None, *, exchangeable: bool
) -> Code | None:
    entry = ticket.lines[index].entry if index is not None else None
    if entry is None:
        return Code.UNKNOWN_ENTRY
    if not exchangeable:
        return Code.EXCHANGE_OFF
    status = desk.queue.status_of(ticket, entry, completed_first=desk.plan.completed_first)
    if status is not Status.WAITING:
        return Code.ENTRY_NOT_WAITING
    return None
