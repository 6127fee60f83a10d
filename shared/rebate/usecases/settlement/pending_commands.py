"""Reading a queue's inbox: which commands wait, in which order, and when their rows are done with.

What orders tell may share a row, so the row's disappearance cannot prove that one of its commands
was carried out. Its ticket does: that goes with the command to join, and is a row as soon as it
joins; and it says when its order was completed as soon as the queue was told of that.

A command that only a later release knows stands where it came: what came before it is carried out,
it and all that came after wait until that release settles the queue. Going on without it could pay
what it would have changed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from rebate.domain.commands import Command, Complete, Keyed, OfTicket
from rebate.domain.errors import Conflict
from rebate.domain.orders import Order
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, field, replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.domain.wire import Unknown
from rebate.usecases.settlement.queue_reader import QueueReader
from rebate.usecases.storage.ports import WRITES_MAX, Remove, Store
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import SHARDS, Key, due_partition, inbox_partition

ROWS_READ = 50
"""Rows read at first from each partition of an inbox."""


@dataclass(frozen=True, slots=True)
class PendingCommand:
    """A command that waits, and the row of the inbox in which it stands.

    `ticket` came with it and is not stored yet.
    """

    sort: str
    command: Command
    row: Key
    request: str | None = None
    ticket: Ticket | None = None


@dataclass(slots=True)
class PendingCommands:
    """Commands of a queue that wait, in order.

    `left` counts by row the commands that are not carried out, also those that are not `waiting`
    because others must be read first. `unseen`: some wait for the rest of their event to be stored.
    `unknown`: the command that a later release has to carry out before any that come after it.
    `partial`: further rows were not read.
    """

    waiting: list[PendingCommand] = field(default_factory=list)
    left: Counter[Key] = field(default_factory=Counter)
    unseen: bool = False
    unknown: Inbox | None = None
    partial: bool = False

    def first(self, count: int) -> list[Keyed]:
        """Return the first `count` commands; rows are written by answers and by emptying a row."""
        left = self.left.copy()
        found = []
        for each in self.waiting[:count]:
            left[each.row] -= 1
            rows = (not left[each.row]) + (each.request is not None)
            found.append(Keyed(each.sort, each.command, rows))
        return found

    def emptied(self, done: int) -> list[Remove]:
        """Return the removal of the rows that the first `done` commands leave empty."""
        carried_out = Counter(each.row for each in self.waiting[:done])
        return [Remove(Inbox, row) for row, n in carried_out.items() if n == self.left[row]]

    def take(self, done: int) -> None:
        """Leave out the first `done` commands, which are carried out."""
        self.left.subtract(each.row for each in self.waiting[:done])
        del self.waiting[:done]


def read_pending(store: Store, queue: Queue, line: QueueReader, now: Instant) -> PendingCommands:
    """Return the first commands that wait for a queue; `line` learns of the tickets with them.

    A command that was begun comes first, whatever has come since.

    Raises:
        Conflict: somebody else has settled the queue since it was read.
    """
    begun = queue.progress.command if queue.progress else None
    limit = ROWS_READ
    while True:
        rows, horizon = _rows(store, queue, limit, now)
        pile = _pile(store, queue, line, [row for row in rows if is_ripe(row, now)], horizon)
        first = pile.waiting[0].sort if pile.waiting else pile.unknown and pile.unknown.sort
        if begun in (None, first) and (first or horizon is None):
            line.learn([], (each.ticket for each in pile.waiting if each.ticket))
            return pile
        if horizon is None:
            insist_unsettled(store, queue)
            message = f"{begun} is begun and not in the inbox"
            raise AssertionError(message)
        limit *= 2


def insist_unsettled(store: Store, queue: Queue) -> None:
    """Insist that nobody has settled a queue since it was read.

    Rows that do not fit together were read while somebody else wrote, or there is a bug.

    Raises:
        Conflict: somebody has.
    """
    now = store.get(Queue, Key(queue.id))
    if (now.version if now else 0) != queue.version:
        message = f"queue {queue.id} was settled by somebody else"
        raise Conflict(message)


def _rows(store: Store, queue: Queue, limit: int, now: Instant) -> tuple[list[Inbox], str | None]:
    """Return up to `limit` rows of each partition, and how far in order all of them were read.

    What is due later stands in order of when it is: behind the first that is not, none is.
    """
    rows: list[Inbox] = []
    horizon: str | None = None
    for shard in range(SHARDS):
        found = store.query(Inbox, inbox_partition(queue.id, shard), limit=limit)
        rows += found
        if len(found) == limit:
            horizon = min(horizon or found[-1].sort, found[-1].sort)
    if queue.due_until is not None:
        found = store.query(Inbox, due_partition(queue.id), limit=limit)
        rows += found
        if len(found) == limit and is_ripe(found[-1], now):
            horizon = min(horizon or found[-1].sort, found[-1].sort)
    return rows, horizon


def is_ripe(row: Inbox, now: Instant) -> bool:
    """Tell whether the time of a command has come that may have been sent ahead of it."""
    return row.not_before is None or row.not_before <= now


def _pile(
    store: Store, queue: Queue, line: QueueReader, rows: Iterable[Inbox], horizon: str | None
) -> PendingCommands:
    visible, unseen = _visible(store, rows)
    begun = queue.progress.command if queue.progress else None
    unknown = _first_unknown(visible, begun, horizon)
    undone = list(_undone(line, visible, begun))
    end = horizon or max((each.sort for each in undone), default="")
    stop = None if unknown is None else "" if unknown.sort == begun else unknown.sort
    known = [
        each
        for each in undone
        if each.sort == begun or (each.sort <= end and (stop is None or each.sort < stop))
    ]
    known.sort(key=lambda each: (each.sort != begun, each.sort))
    left = Counter(each.row for each in undone)
    return PendingCommands(known, left, unseen, unknown, partial=horizon is not None)


def _first_unknown(rows: Iterable[Inbox], begun: str | None, horizon: str | None) -> Inbox | None:
    """Return the row whose command stops all that sort after it, or all if it is begun.

    Beyond `horizon` not all rows are read, so another may come first there.
    """
    unknown = (row for row in rows if isinstance(row.command, Unknown))
    read = (row for row in unknown if row.sort == begun or not horizon or row.sort <= horizon)
    return min(read, key=lambda row: (row.sort != begun, row.sort), default=None)


def _visible(store: Store, rows: Iterable[Inbox]) -> tuple[list[Inbox], bool]:
    """Return the rows whose events are stored in full, and whether others are being stored.

    Those that were given up are removed.
    """
    visible, dead, unseen = [], [], False
    for row in rows:
        order = store.get(Order, Key(row.gate[0])) if row.gate else None
        if row.gate is None or (order and order.has_finished(row.gate[1])):
            visible.append(row)
        elif order and order.has_given_up(row.gate[1]):
            dead.append(row)
        else:
            unseen = True
    for start in range(0, len(dead), WRITES_MAX):
        step = dead[start : start + WRITES_MAX]
        store.commit([Remove(Inbox, key_of(row)) for row in step])
    return visible, unseen


def _undone(
    line: QueueReader, rows: Iterable[Inbox], begun: str | None
) -> Iterator[PendingCommand]:
    """Yield the commands that are not carried out.

    A row goes with its last command, and commands of one row are carried out in order. So where the
    first is neither begun nor one of several that is stored, none of the row is.
    """
    read = [list(commands_of(row)) for row in rows if not isinstance(row.command, Unknown)]
    proven = _proven(line, (row[0] for row in read if len(row) > 1 or row[0].sort == begun))
    proven |= _proven(line, (each for row in read if row[0].sort in proven for each in row))
    for each in chain.from_iterable(read):
        if each.sort not in proven:
            yield each
        elif each.sort == begun:
            yield replace(each, ticket=None)


def _proven(line: QueueReader, waiting: Iterable[PendingCommand]) -> set[str]:
    """Return which commands have changed what their tickets say of them."""
    found = [each for each in waiting if each.ticket or isinstance(each.command, Complete)]
    keys = {each.sort: each.command.ticket for each in found if isinstance(each.command, OfTicket)}
    stored = {ticket.key: ticket for ticket in line.tickets(keys.values())}
    known = ((each, stored.get(keys[each.sort])) for each in found)
    return {
        each.sort
        for each, ticket in known
        if ticket and (each.ticket or ticket.completed_at is not None)
    }


def commands_of(row: Inbox) -> Iterator[PendingCommand]:
    """Yield the commands that share a row of an inbox, in order."""
    key = key_of(row)
    assert not isinstance(row.command, Unknown), f"{row.command.type} cannot be carried out"
    yield PendingCommand(row.sort, row.command, key, row.request, row.ticket)
    for each in row.others:
        yield PendingCommand(each.sort, each.command, key, ticket=each.ticket)
