"""The engine: `decide` carries out a queue's commands, the same way for every plan.

It knows no clock, no storage and no settings. What it is given it does not change; what
should change it returns. A batch of commands decides as its commands would one by one.
"""

from collections.abc import Iterable, Sequence

from rebate.domain.book import Book, Missing, Need
from rebate.domain.caps import DailyRebates
from rebate.domain.commands import (
    Clear,
    Command,
    Complete,
    Draw,
    Exchange,
    Join,
    Keyed,
    Merge,
    OfQueue,
    OfTicket,
    PayPool,
    Receive,
    Refund,
)
from rebate.domain.contributions import Work, complete, join
from rebate.domain.desk import Desk, Sent
from rebate.domain.errors import Code
from rebate.domain.events import Event
from rebate.domain.holders import draw, exchange
from rebate.domain.holds import Hold
from rebate.domain.ledger import JournalEntry, Pocket, Till
from rebate.domain.merges import merge, receive
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, TicketKey
from rebate.domain.places import Change
from rebate.domain.plan import Plan
from rebate.domain.pool_runs import clear, pay_pool
from rebate.domain.queues import Progress, Queue
from rebate.domain.records import dataclass, replace
from rebate.domain.refunds import refund
from rebate.domain.repurchases import repurchase_of
from rebate.domain.room import Full
from rebate.domain.tickets import Ticket


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
    `holds` are new or changed, those of 0 are gone; `rebates` are the sums of days under a cap.
    `follow_ups` are to be settled next, before anything that is not settled yet; what is `sent`, by
    other queues, which get the tickets that are `handed_over`.
    """

    queue: Queue
    done: int
    changes: tuple[Change, ...]
    journal: tuple[JournalEntry, ...]
    events: tuple[Event, ...]
    credits: dict[tuple[MemberId, Pocket], Amount]
    consulted: frozenset[MemberId]
    holds: tuple[Hold, ...]
    rebates: tuple[DailyRebates, ...]
    refused: tuple[Refused, ...]
    follow_ups: tuple[FollowUp, ...]
    sent: tuple[Sent, ...] = ()
    handed_over: tuple[Ticket, ...] = ()


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
    wanted: set[TicketKey] = set()
    for keyed in commands:
        command = keyed.command
        if isinstance(command, OfTicket):
            wanted.add(command.ticket)
        elif isinstance(command, Receive):
            wanted.update(command.tickets)
    return wanted


class _Clerk:
    """Carries out commands at a desk, one after another."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._refused: list[Refused] = []

    def carry_out(self, commands: Sequence[Keyed]) -> Decision:
        desk = self._desk
        begun = desk.queue.progress
        done, last = 0, None
        for keyed in commands:
            last = _work(desk, keyed, begun)
            begun = None
            try:
                desk.room.begin(keyed.rows)
                self._one(last, keyed)
            except Full:
                _stop(last, keyed.command)
                break
            _trace(desk, keyed.command)
            if desk.queue.progress:
                desk.queue = replace(desk.queue, progress=None)
            done += 1
            if _ends_batch(desk, keyed.command):
                break
        return self._decision(done, last)

    def _one(self, work: Work, keyed: Keyed) -> None:
        command = keyed.command
        if not isinstance(command, OfTicket):
            _for_queue(work, command)
            return
        refusal = _for_ticket(work, command)
        if refusal:
            self._refused.append(Refused(keyed.key, refusal))

    def _decision(self, done: int, last: Work | None) -> Decision:
        desk = self._desk
        return Decision(
            queue=desk.queue,
            done=done,
            changes=tuple(Change(before, after) for before, after in desk.changes()),
            journal=tuple(desk.journal),
            events=tuple(desk.events),
            credits={key: amount for key, amount in desk.credits.items() if amount},
            consulted=frozenset(desk.room.consulted),
            holds=tuple(desk.holds.values()),
            rebates=tuple(desk.rebates.values()),
            refused=tuple(self._refused),
            follow_ups=_repurchases(desk, last) if last else (),
            sent=tuple(desk.sent),
            handed_over=tuple(desk.handed_over),
        )


def _for_ticket(work: Work, command: OfTicket) -> Code | None:
    refusal = None
    match command:
        case Join():
            join(work, command)
        case Complete():
            complete(work, command)
        case Refund():
            refund(work, command)
        case Exchange():
            refusal = exchange(work.desk, command)
        case Draw():
            refusal = draw(work.desk, command)
    return refusal


def _for_queue(work: Work, command: OfQueue) -> None:
    match command:
        case Clear():
            clear(work.desk, command)
        case PayPool():
            pay_pool(work, command)
        case Merge():
            merge(work.desk, command)
        case Receive():
            receive(work.desk, command)


def _work(desk: Desk, keyed: Keyed, progress: Progress | None) -> Work:
    """Return the work on a command, from where an earlier commit left it."""
    work = Work(desk, keyed.key, keyed.command.at)
    if progress and progress.command == keyed.key:
        work.begun, work.resumed = True, progress.in_flight
        work.taken_back = progress.taken_back
    return work


def _trace(desk: Desk, command: Command) -> None:
    """Note in an order's ticket in which commit it did something (Rule 8.5)."""
    if not isinstance(command, OfTicket):
        return
    key, number = command.ticket, desk.queue.version + 1
    if key in desk.room.tickets and number not in (ticket := desk.line.ticket(key)).commits:
        desk.save(replace(ticket, commits=(*ticket.commits, number)))


def _stop(work: Work, command: Command) -> None:
    """Remember how far a command came that did not fit."""
    desk, gift = work.desk, work.gift
    if not work.begun:
        return
    _trace(desk, command)
    in_flight = work.resumed
    if gift:
        in_flight = gift.in_flight()
        desk.post(gift.draft, Till.TRANSIT, in_flight.in_transit)
        desk.close(gift.draft)
    desk.queue = replace(desk.queue, progress=Progress(work.key, in_flight, work.taken_back))


def _repurchases(desk: Desk, cause: Work) -> tuple[FollowUp, ...]:
    """Rule 4.4: what left the line buys again, at the instant that made it leave."""
    if not desk.plan.repurchase:
        return ()
    again = (repurchase_of(left, cause.at) for left in desk.departed)
    return tuple(FollowUp(cause.key, command, ticket) for ticket, command in again)


def _ends_batch(desk: Desk, command: Command) -> bool:
    """Tell whether nothing may follow `command` in its batch.

    What it caused comes first; an equal run loads the line from a place of its own; and a step of a
    merge fills a transaction.
    """
    repurchases = bool(desk.departed) and desk.plan.repurchase
    runs_equally = isinstance(command, PayPool) and command.equally
    return repurchases or runs_equally or isinstance(command, Merge | Receive)
