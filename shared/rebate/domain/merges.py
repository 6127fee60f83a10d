"""Merging a queue into others: what waits there goes on behind those who wait in them.

A product that is off sale has its queue merged into the mall's (Rule 1.5.5). Queues that were put
together or apart are merged into those that their lines belong to now (Rule 1.4.1): into the shared
one, or line by line where there are several.

A step moves as many tickets as fit into a transaction, in order of place, and one step is on its
way at a time: a queue that receives of it tells so. So the order of each line holds whatever is
read when, and a step costs the same however many there are.

    the queue that is left                        those into which it is merged
    Merge: entries end as merged, pool leaves  -> Receive: they join, the pool comes
    Merge, `goes_on`                           <- until nothing waits any more

What is left of an entry is a ticket of its own with `merged_from`: what it may get is what its line
is promised less what it `received_before`, so that all entries together follow Rule 1.6.5 by the
same arithmetic as any entry. The order knows only its first queue; each tells the next of
completions and refunds.
"""

from collections.abc import Callable, Sequence

from rebate.domain.commands import Command, Complete, Merge, MergeHome, Receive, RefundOrder
from rebate.domain.execution import Execution
from rebate.domain.joining import take_place
from rebate.domain.ledger import Draft, JournalKind, QueueAccount
from rebate.domain.money import NOTHING, ZERO_BPS, Amount
from rebate.domain.names import NO_QUEUE, LineId, QueueId, TicketKey, came_from
from rebate.domain.posting import enter_in_journal, post_to_queue
from rebate.domain.queues import Moving, TakenBack
from rebate.domain.records import dataclass, field, replace
from rebate.domain.tickets import Status, Ticket, TicketLine
from rebate.domain.times import Instant
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.write_budget import BudgetExceeded

TICKETS_A_STEP = 48
"""Tickets that a step may move at most; each writes a row of both queues."""


def merge(unit: UnitOfWork, command: Merge) -> None:
    """Send the first that wait, payable or not, and the pool; only one merge runs at a time."""
    if unit.queue.merging and not command.goes_on:
        return
    _require_whole_transaction(unit)
    moving = unit.queue.moving
    if command.goes_on and moving:
        _go_on_home(unit, command.at, moving)
        return
    step = _Step(unit, lambda _ticket, _line: command.into)
    step.move(0)
    pool = _pool_leaving(unit)
    unit.queue = replace(unit.queue, merging=bool(step.sent or pool))
    if unit.queue.merging:
        moved = tuple(step.sent.get(command.into, ()))
        unit.send(command.into, Receive(command.at, unit.queue.id, moved, pool))


def merge_home(unit: UnitOfWork, command: MergeHome) -> None:
    """Send those who wait where their lines belong by the settings; only one merge runs at a time.

    The pool goes along with the first in line, for whom it would have been spent.
    """
    if unit.queue.merging:
        return
    _require_whole_transaction(unit)
    first = next(iter(unit.first_waiting(TICKETS_A_STEP)), None)
    at = first.first_waiting() if first else None
    heir = _home(unit)(first, first.lines[at]) if first and at is not None else unit.queue.id
    _step_home(unit, command.at, 0, heir)


def receive(unit: UnitOfWork, command: Receive) -> None:
    """Let a step's tickets join in their order, and send for the next step.

    They fit, since where they came from each took two rows of a transaction, and here takes one.
    Those that come from no queue are an older system's: each step of them is sent by itself.
    """
    _require_whole_transaction(unit)
    draft = Draft(JournalKind.MERGE)
    post_to_queue(unit, draft, QueueAccount.MERGED, -command.pool)
    post_to_queue(unit, draft, QueueAccount.POOL, command.pool)
    enter_in_journal(unit, draft)
    for key in command.tickets:
        take_place(unit, unit.line.ticket(key), command.at)
    if command.merged_from != NO_QUEUE:
        unit.send(command.merged_from, Merge(command.at, unit.queue.id, goes_on=True))


def tell_completion(execution: Execution, ticket: Ticket, command: Complete) -> None:
    """Pass an order's completion on to where its entries wait now."""
    told = replace(command, merged_from=came_from(ticket.queue, ticket.merged_from))
    _tell(execution, ticket, 0, lambda _lines: told)


def tell_refund(execution: Execution, ticket: Ticket, command: RefundOrder) -> None:
    """Pass what was refunded of lines on to where their entries wait now."""
    merged_from = came_from(ticket.queue, ticket.merged_from)

    def told(lines: tuple[LineId, ...]) -> RefundOrder | None:
        cuts = tuple(cut for cut in command.cuts if cut.line in lines)
        return replace(command, cuts=cuts, bounds=(), merged_from=merged_from) if cuts else None

    _tell(execution, ticket, len(ticket.lines), told)


def _tell(
    execution: Execution,
    ticket: Ticket,
    before: int,
    command: Callable[[tuple[LineId, ...]], Command | None],
) -> None:
    """Tell each queue in which lines of a ticket go on, in as many commits as that takes.

    `before` so much was done before the first of them (`TakenBack.line`).
    """
    for number, (into, lines) in enumerate(ticket.goes_on_in().items(), before):
        told = command(lines) if number >= execution.taken_back.line else None
        if told:
            execution.unit.budget.require(1)
            execution.unit.send(into, told)
            execution.taken_back = TakenBack(number + 1)


@dataclass(slots=True)
class _Step:
    """A step of a merge: what is `sent` to which queues, each line to where `home` says."""

    unit: UnitOfWork
    home: Callable[[Ticket, TicketLine], QueueId]
    sent: dict[QueueId, list[TicketKey]] = field(default_factory=dict)

    @property
    def _most(self) -> int:
        """How many tickets the step may hand over."""
        moves = self.unit.state.moves
        return TICKETS_A_STEP if moves is None else moves

    def move(self, start: int) -> int | None:
        """Hand over what lines lack from place `start` on, as much as fits.

        Returns where what is left begins, None: that was all.
        """
        first = self.unit.first_waiting(TICKETS_A_STEP, start)
        for ticket in first:
            try:
                self._move(ticket)
            except BudgetExceeded:
                return ticket.place
        last = first[-1].place if len(first) == TICKETS_A_STEP else None
        return None if last is None else last + 1

    def _move(self, ticket: Ticket) -> None:
        """Hand over a ticket's lines, those that go to one queue together.

        Raises:
            BudgetExceeded: not all of them fit.
        """
        unit = self.unit
        for into in dict.fromkeys(self.home(ticket, line) for line in ticket.lines if _waits(line)):
            if into == ticket.queue:
                continue
            if sum(map(len, self.sent.values())) == self._most:
                raise BudgetExceeded
            known = unit.line.ticket(ticket.key)
            lines = [
                at
                for at, line in enumerate(known.lines)
                if _waits(line) and self.home(known, line) == into
            ]
            moved = _moved(unit, known, into, lines)
            unit.require_move(known, moved, commands=len({*self.sent, into}))
            unit.save(_ended(known, into, lines))
            unit.hand_over(moved)
            self.sent.setdefault(into, []).append(moved.key)


def _go_on_home(unit: UnitOfWork, at: Instant, moving: Moving) -> None:
    """Note that a queue has received its part of a step; after the last one comes the next step."""
    if moving.steps > 1:
        unit.queue = replace(unit.queue, moving=replace(moving, steps=moving.steps - 1))
    else:
        _step_home(unit, at, moving.start, unit.queue.id)


def _step_home(unit: UnitOfWork, at: Instant, start: int, heir: QueueId) -> None:
    """Send the first from place `start` on, and the pool to the `heir` if it is another queue.

    Where nothing goes elsewhere in so long a stretch, the queue tells itself to look further.
    """
    step = _Step(unit, _home(unit))
    left = step.move(start)
    pool = _pool_leaving(unit) if heir in step.sent else NOTHING
    for into, moved in step.sent.items():
        part = pool if into == heir else NOTHING
        unit.send(into, Receive(at, unit.queue.id, tuple(moved), part))
    if left is not None and not step.sent:
        unit.send(unit.queue.id, Merge(at, unit.queue.id, goes_on=True))
    is_over = left is None and not step.sent
    start = unit.queue.tickets if left is None else left
    moving = None if is_over else Moving(max(1, len(step.sent)), start)
    unit.queue = replace(unit.queue, merging=not is_over, moving=moving)


def _home(unit: UnitOfWork) -> Callable[[Ticket, TicketLine], QueueId]:
    """Return what tells to which queue a line belongs; what was brought here stays."""

    def home(ticket: Ticket, line: TicketLine) -> QueueId:
        if ticket.stays:
            return ticket.queue
        return unit.plan.home(ticket.queue, ticket.store, line.product)

    return home


def _moved(unit: UnitOfWork, ticket: Ticket, into: QueueId, lines: Sequence[int]) -> Ticket:
    """Return the ticket with which what some lines of an order lack joins the other queue."""
    first = ticket.lines[lines[0]]
    return Ticket(
        queue=into,
        order=ticket.order,
        member=ticket.member,
        lines=tuple(_rest(ticket.lines[at]) for at in lines),
        paid_at=ticket.paid_at,
        store=ticket.store,
        referrer=ticket.referrer,
        completed_at=ticket.completed_at,
        merged_from=came_from(ticket.queue, ticket.merged_from),
        order_digest=ticket.order_digest,
        at_home=unit.plan.home(ticket.queue, ticket.store, first.product) == into,
    )


def _rest(line: TicketLine) -> TicketLine:
    """Return a line that gives nothing again; what could be drawn and was not still can."""
    entry = line.entry
    assert entry is not None, f"line {line.id} has no entry"
    drawable = not entry.drawn and not entry.paid
    return replace(
        line,
        contribution_bps=ZERO_BPS,
        contributes=False,
        lottery=line.lottery if drawable else None,
        random_return=None,
        settled=(),
        retained=NOTHING,
        entry=None,
        received_before=line.received_before + entry.paid,
    )


def _waits(line: TicketLine) -> bool:
    return line.entry is not None and line.entry.waits


def _ended(ticket: Ticket, into: QueueId, lines: Sequence[int]) -> Ticket:
    """Return the ticket with some lines ended as merged."""
    ticket = replace(ticket, merged_into=ticket.merged_into or into)
    other = NO_QUEUE if into == ticket.merged_into else into
    for at in lines:
        line = replace(ticket.lines[at], merged_into=other)
        ticket = ticket.with_line(at, line)
        ticket = ticket.with_entry(at, lambda entry: replace(entry, status=Status.MERGED))
    return ticket


def _pool_leaving(unit: UnitOfWork) -> Amount:
    pool = unit.queue.figure(QueueAccount.POOL)
    draft = Draft(JournalKind.MERGE)
    post_to_queue(unit, draft, QueueAccount.POOL, -pool)
    post_to_queue(unit, draft, QueueAccount.MERGED, pool)
    enter_in_journal(unit, draft)
    return pool


def _require_whole_transaction(unit: UnitOfWork) -> None:
    """Raise `BudgetExceeded` where other commands are in the same transaction."""
    if unit.budget.commands > 1:
        raise BudgetExceeded
