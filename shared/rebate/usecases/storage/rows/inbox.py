"""Rows of commands: those that wait for their queue, and those that are parked."""

from typing import Annotated

from rebate.domain.commands import Command, Complete, Join
from rebate.domain.names import OrderId, QueueId
from rebate.domain.parking import ParkedState
from rebate.domain.queues import CommandProgress
from rebate.domain.records import dataclass
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.domain.wire import Unknown, stored_as, wire


@stored_as("letter", 2)
@dataclass(frozen=True, slots=True)
class BatchedCommand:
    """A command whose ticket proves that it was carried out: a paid order's, or its `completion`.

    The ticket of a paid order comes with its command to join, and is a row once it joins.
    """

    sort: Annotated[str, wire("sort")]
    ticket: Annotated[Ticket | None, wire("ticket", absent=None)] = None
    completion: Annotated[Complete | None, wire("completion", absent=None)] = None

    @property
    def command(self) -> Join | Complete:
        """Return what the queue is told."""
        if self.completion is not None:
            return self.completion
        assert self.ticket is not None, "a command to join comes with its ticket"
        return Join(self.ticket.paid_at, self.ticket.order, self.ticket.member)


@stored_as("inbox", 4)
@dataclass(frozen=True, slots=True)
class Inbox:
    """A command that waits for its queue; orders paid or completed together share a row.

    `sort` orders it: by instant, then by arrival (Rule 0.11). `gate` names the order and the
    attempt at storing it that must be finished before it may be settled, where an event did not
    fit into one transaction. `request` names the `Answer` that somebody waits for.
    `not_before`: it was sent ahead of its time, so that it is there when its time comes.
    `ticket` is that of a command to join which comes with it. `others` are letters that came
    together with this one, and sort after it; the row is removed when all are carried out.
    """

    queue: Annotated[QueueId, wire("queue")]
    sort: Annotated[str, wire("sort")]
    command: Annotated[Command | Unknown, wire("command")]
    gate: Annotated[tuple[OrderId, int] | None, wire("gate", absent=None)] = None
    request: Annotated[str | None, wire("request", absent=None)] = None
    not_before: Annotated[Instant | None, wire("not_before", absent=None)] = None
    ticket: Annotated[Ticket | None, wire("ticket", absent=None)] = None
    others: Annotated[tuple[BatchedCommand, ...], wire("others", absent=[])] = ()


@stored_as("parked")
@dataclass(frozen=True, slots=True)
class Parked:
    """A command that could not be carried out, and stands aside until an operator decides on it.

    `row` is what goes back into the inbox, `progress` how far the command came before it failed.
    `behind`: it did not fail, but is about an order of which an earlier one is parked. Who decided
    (`by`), and `why`, stays.
    """

    id: Annotated[str, wire("id")]
    row: Annotated[Inbox, wire("row")]
    reason: Annotated[str, wire("reason")]
    at: Annotated[Instant, wire("at")]
    state: Annotated[str, wire("state", absent="parked")] = ParkedState.PARKED
    progress: Annotated[CommandProgress | None, wire("progress", absent=None)] = None
    behind: Annotated[bool, wire("behind", absent=False)] = False
    by: Annotated[str | None, wire("by", absent=None)] = None
    why: Annotated[str | None, wire("why", absent=None)] = None
    decided_at: Annotated[Instant | None, wire("decided_at", absent=None)] = None


@stored_as("answer")
@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command that a person waits for; no money hangs on this row."""

    request: Annotated[str, wire("request")]
    refused: Annotated[str | None, wire("refused")]
    expires_at: Annotated[int, wire("expires_at")]
