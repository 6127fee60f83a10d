"""Parking a command that can never be carried out, so that its queue goes on without it."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from rebate.domain.commands import OfTicket
from rebate.domain.errors import Conflict, Impossible
from rebate.domain.events import CommandParked
from rebate.domain.fingerprints import fingerprint
from rebate.domain.names import QueueId, TicketKey
from rebate.domain.parking import ParkedState
from rebate.domain.queues import Failing, Queue
from rebate.domain.records import replace
from rebate.domain.times import Instant
from rebate.domain.wire import Unknown
from rebate.usecases.settlement.pending_commands import PendingCommand
from rebate.usecases.storage.ports import Put, Remove, Store, Write
from rebate.usecases.storage.queue_list import entered
from rebate.usecases.storage.rows.inbox import Inbox, Parked
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.keys import number

TRIES_MAX = 3
"""Tries by themselves, each for another ring or sweep, after which a command is parked."""

PARKED_MAX = 200
"""Commands parked of one queue at a time: where more fail, it is not they that are wrong."""

REASON_CHARS_MAX = 500

LASTING = (Impossible, AssertionError, ArithmeticError, LookupError, TypeError, ValueError)
"""What a command fails with that will not pass: the store refuses it, or a decision has a bug. That
nobody knows yet how to read it (`Unreadable`) does pass, with the next release."""


def reason_of(error: Exception) -> str:
    """Return why something failed, on one line."""
    said = " ".join(str(error).split()) or "it gave no reason"
    told = said if isinstance(error, Impossible) else f"{type(error).__name__}: {said}"
    return told[:REASON_CHARS_MAX]


def parked_of(store: Store, queue: QueueId) -> list[Parked]:
    """Return the commands of a queue that are parked."""
    return store.query(Parked, ParkedState.PARKED, prefix=_queue_prefix(queue))


def ticket_of(parked: Parked) -> TicketKey | None:
    """Return the ticket that a parked command concerns; None: it concerns the whole queue."""
    command = parked.row.command
    return command.ticket if isinstance(command, OfTicket) else None


def first_parked(store: Store, queue: Queue) -> dict[TicketKey, str]:
    """Return of each ticket of which commands are parked the first: later ones wait behind it."""
    found: dict[TicketKey, str] = {}
    for each in parked_of(store, queue.id) if queue.parked else ():
        ticket = ticket_of(each)
        if ticket is not None:
            found[ticket] = min(found.get(ticket, each.row.sort), each.row.sort)
    return found


def is_behind(waiting: PendingCommand, parked: Mapping[TicketKey, str]) -> bool:
    """Tell whether an earlier command of the same order is parked."""
    command = waiting.command
    if not isinstance(command, OfTicket):
        return False
    first = parked.get(command.ticket)
    return first is not None and first < waiting.sort


def after_failure(
    store: Store, queue: Queue, failed: PendingCommand, error: Exception, now: Instant
) -> tuple[list[Write], bool]:
    """Return what is written after a command failed by itself, and whether it is parked by that."""
    known = queue.failing
    tries = known.tries + 1 if known and known.command == failed.sort else 1
    if tries < TRIES_MAX or queue.parked >= PARKED_MAX:
        failing = Failing(failed.sort, tries)
        after = replace(queue, version=queue.version + 1, failing=failing, lease=None)
        return [_stored(queue, after), *entered(queue)], False
    return parking(store, queue, failed, reason_of(error), now), True


def parking(
    store: Store,
    queue: Queue,
    failed: PendingCommand,
    reason: str,
    now: Instant,
    *,
    behind: bool = False,
) -> list[Write]:
    """Return what takes a command, the first that waits, out of its inbox and keeps it aside.

    `behind`: it did not fail, but is about an order of which an earlier command is parked.
    """
    begun = queue.progress if queue.progress and queue.progress.command == failed.sort else None
    after = replace(
        queue,
        version=queue.version + 1,
        parked=queue.parked + 1,
        failing=None,
        progress=None if begun else queue.progress,
        lease=None,
    )
    alone = Inbox(queue.id, failed.sort, failed.command, request=failed.request)
    row = Parked(
        id=_id_of(queue.id, failed.sort, now),
        row=replace(alone, ticket=failed.ticket),
        reason=reason,
        at=now,
        progress=begun,
        behind=behind,
    )
    told = Journal(queue.id, after.version, now, (), (told_of(row),), queue.head)
    return [
        _stored(queue, replace(after, head=fingerprint(told))),
        *entered(queue),
        Put(row),
        Put(told),
        *_taken_out(store, failed),
    ]


def _stored(queue: Queue, after: Queue) -> Put:
    return Put(after, expects=queue.version)


def told_of(row: Parked) -> CommandParked:
    """Return what the journal tells of a parked command, as it is now."""
    command = row.row.command
    assert not isinstance(command, Unknown), "what is not known is not parked"
    order, member = (getattr(command, name, None) for name in ("order", "member"))
    return CommandParked(row.id, row.state, command.type, order, member, row.by, row.why)


def _taken_out(store: Store, failed: PendingCommand) -> Iterator[Write]:
    """Yield what leaves the row of a command without it, and with what came behind it.

    Raises:
        Conflict: it waits no more: somebody else settles the queue.
    """
    row = store.get(Inbox, failed.row)
    if row is None:
        raise Conflict(f"{failed.sort} waits no more")
    yield Remove(Inbox, failed.row)
    rest = [each for each in row.others if each.sort > failed.sort]
    if rest:
        first, *others = rest
        yield Put(
            Inbox(row.queue, first.sort, first.command, ticket=first.ticket, others=tuple(others))
        )


def _id_of(queue: QueueId, sort: str, now: Instant) -> str:
    command = sha256(sort.encode()).hexdigest()[:12]
    return f"{_queue_prefix(queue)}{number(now)}-{command}"


def _queue_prefix(queue: QueueId) -> str:
    return f"{sha256(queue.encode()).hexdigest()[:16]}-"
