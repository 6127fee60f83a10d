"""The engine: `decide` carries out a queue's commands, the same way for every plan.

It knows no clock, no storage and no settings. What it is given it does not change; what
should change it returns. A batch of commands decides as its commands would one by one.
"""

from collections.abc import Iterable, Sequence

from rebate.domain.caps import DailyRebates, with_paid
from rebate.domain.commands import (
    Clear,
    Command,
    Complete,
    DrawEntry,
    ExchangeEntry,
    Give,
    Join,
    Keyed,
    Merge,
    MergeHome,
    OfQueue,
    OfTicket,
    PayPool,
    Receive,
    RefundOrder,
    Retain,
    Settle,
)
from rebate.domain.contributions import complete, give, join, retain, settle
from rebate.domain.errors import Code
from rebate.domain.events import Event
from rebate.domain.execution import Execution
from rebate.domain.holders import draw, exchange
from rebate.domain.holds import Hold
from rebate.domain.leaving import leave, must_leave_first
from rebate.domain.ledger import BalanceType, JournalEntry
from rebate.domain.loaded_state import DataMissing, DataRequest, LoadedState
from rebate.domain.merges import merge, merge_home, receive
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, OrderId, QueueId, TicketKey
from rebate.domain.place_index import Change
from rebate.domain.plain_joins import PlainJoins, is_plain
from rebate.domain.plan import Plan
from rebate.domain.pool_runs import clear, pay_pool
from rebate.domain.queues import CommandProgress, Queue
from rebate.domain.records import dataclass, field, replace
from rebate.domain.refunds import refund
from rebate.domain.repurchases import repurchase_of
from rebate.domain.tickets import Ticket
from rebate.domain.unit_of_work import Sent, UnitOfWork
from rebate.domain.write_budget import BudgetExceeded, bytes_of_command


@dataclass(frozen=True, slots=True)
class Refused:
    """A command that may not be carried out, and why; it changed nothing."""

    key: str
    code: Code


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A command that another one caused: its inbox key, and the ticket that it is for."""

    key: str
    command: Join
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Decision:
    """What a batch of commands comes to.

    `done` counts the commands carried out, from the first; the queue's progress holds a command
    that was begun. `consulted` are members on whose balances the decision rests.
    `holds` are new or changed, those of 0 are gone; `rebates` are the sums of days under a cap.
    `follow_ups` are to be settled next, before anything that is not settled yet; what is `sent`, by
    other queues, which get the tickets that are `handed_over`. Orders whose tickets stand in others
    gave what came from those: `given_from` (Rule 1.4.1).
    """

    queue: Queue
    done: int
    changes: tuple[Change, ...]
    journal: tuple[JournalEntry, ...]
    events: tuple[Event, ...]
    credits: dict[tuple[MemberId, BalanceType], Amount]
    consulted: frozenset[MemberId]
    holds: tuple[Hold, ...]
    rebates: tuple[DailyRebates, ...]
    refused: tuple[Refused, ...]
    follow_ups: tuple[FollowUp, ...]
    sent: tuple[Sent, ...] = ()
    handed_over: tuple[Ticket, ...] = ()
    given_from: dict[OrderId, QueueId] = field(default_factory=dict)


def decide(
    queue: Queue,
    state: LoadedState,
    commands: Sequence[Keyed],
    plan: Plan,
    rows: int,
    *,
    in_runs: bool = True,
) -> Decision | DataRequest:
    """Carry out `commands` in order, as many as `rows` can be written for.

    Returns a `DataRequest` if rows are wanted that `state` does not hold: load them, call again.
    If the queue's progress names a command, it must be the first of `commands`.
    `in_runs` False: one by one, also where `plain_joins` would carry out many at once; the outcome
    is the same.
    """
    unit = UnitOfWork(queue, state, plan, rows)
    try:
        return _Batch(unit, in_runs=in_runs and is_plain(plan)).carry_out(commands)
    except DataMissing as missing:
        return missing.request


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


class _Batch:
    """The commands of one decision, carried out one after another."""

    def __init__(self, unit: UnitOfWork, *, in_runs: bool) -> None:
        self._unit = unit
        self._plain = PlainJoins(unit) if in_runs else None
        self._refused: list[Refused] = []

    def carry_out(self, commands: Sequence[Keyed]) -> Decision:
        unit = self._unit
        begun = unit.queue.progress
        done = 0
        while done < len(commands):
            if self._plain and (plain := self._plain.run(commands, done)):
                done += plain
                continue
            keyed = commands[done]
            if begun is None and must_leave_first(unit, keyed) and not self._leave(keyed, done):
                break
            execution = _execution(unit, keyed, begun)
            begun = None
            try:
                unit.budget.begin(keyed.rows, bytes_of_command(keyed.command))
                self._one(execution, keyed)
            except BudgetExceeded:
                _stop(execution, keyed.command)
                break
            _trace(unit, keyed.command)
            if unit.queue.progress:
                unit.queue = replace(unit.queue, progress=None)
            done += 1
            if _ends_batch(unit, keyed.command):
                break
        return self._decision(done)

    def _leave(self, keyed: Keyed, done: int) -> bool:
        """Let those leave who must before `keyed` is carried out; tell whether it may be now."""
        if done:
            return False
        is_over = leave(self._unit, keyed)
        return is_over and not (self._unit.departed and self._unit.plan.repurchase)

    def _one(self, execution: Execution, keyed: Keyed) -> None:
        command = keyed.command
        if not isinstance(command, OfTicket):
            _for_queue(execution, command)
            return
        refusal = _for_ticket(execution, command)
        if refusal:
            self._refused.append(Refused(keyed.key, refusal))

    def _decision(self, done: int) -> Decision:
        unit = self._unit
        if unit.paid_on:
            paid_on = with_paid(unit.queue.paid_on, unit.paid_on)
            unit.queue = replace(unit.queue, paid_on=paid_on)
        return Decision(
            queue=unit.queue,
            done=done,
            changes=tuple(unit.line.changes()),
            journal=tuple(unit.journal),
            events=tuple(unit.events),
            credits={key: amount for key, amount in unit.credits.items() if amount},
            consulted=frozenset(unit.budget.consulted),
            holds=tuple(unit.holds.values()),
            rebates=tuple(unit.rebates.values()),
            refused=tuple(self._refused),
            follow_ups=_repurchases(unit),
            sent=tuple(unit.sent),
            handed_over=tuple(unit.handed_over),
            given_from=unit.given_from,
        )


def _for_ticket(execution: Execution, command: OfTicket) -> Code | None:
    refusal = None
    match command:
        case Join():
            join(execution, command)
        case Complete():
            complete(execution, command)
        case Settle():
            settle(execution, command)
        case RefundOrder():
            refund(execution, command)
        case ExchangeEntry():
            refusal = exchange(execution.unit, command)
        case DrawEntry():
            refusal = draw(execution.unit, command)
        case Retain():
            retain(execution.unit, command)
    return refusal


def _for_queue(execution: Execution, command: OfQueue) -> None:
    match command:
        case Clear():
            clear(execution.unit, command)
        case PayPool():
            pay_pool(execution, command)
        case Merge():
            merge(execution.unit, command)
        case MergeHome():
            merge_home(execution.unit, command)
        case Receive():
            receive(execution.unit, command)
        case Give():
            give(execution, command)


def _execution(unit: UnitOfWork, keyed: Keyed, progress: CommandProgress | None) -> Execution:
    """Return the execution of a command, from where an earlier commit left it."""
    execution = Execution(unit, keyed.key, keyed.command.at)
    if progress and progress.command == keyed.key:
        execution.go_on_from(progress)
    return execution


def _trace(unit: UnitOfWork, command: Command) -> None:
    """Note in an order's ticket in which commit it did something (Rule 8.5)."""
    if not isinstance(command, OfTicket):
        return
    key, number = command.ticket, unit.queue.version + 1
    if key in unit.budget.tickets:
        unit.save(unit.line.ticket(key).traced(number))


def _stop(execution: Execution, command: Command) -> None:
    """Remember how far a command came that did not fit."""
    if execution.begun:
        _trace(execution.unit, command)
        execution.stop()


def _repurchases(unit: UnitOfWork) -> tuple[FollowUp, ...]:
    """Rule 4.4: what left the line buys again, at the instant that made it leave."""
    if not unit.plan.repurchase:
        return ()
    found = []
    for left in unit.departed:
        ticket, command = repurchase_of(left.ticket, left.at, unit.plan.repurchase_bps)
        found.append(FollowUp(left.key, command, ticket))
    return tuple(found)


def _ends_batch(unit: UnitOfWork, command: Command) -> bool:
    """Tell whether nothing may follow `command` in its batch.

    What it caused comes first; an equal run loads the line from a place of its own; and a step of a
    merge fills a transaction.
    """
    repurchases = bool(unit.departed) and unit.plan.repurchase
    runs_equally = isinstance(command, PayPool) and command.equally
    return repurchases or runs_equally or isinstance(command, Merge | MergeHome | Receive)
