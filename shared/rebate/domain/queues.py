"""A queue's own row: the one row that every settlement of the queue writes."""

from typing import NamedTuple

from rebate.domain.draws import Group
from rebate.domain.flow import Flow
from rebate.domain.ledger import SOURCES, Till
from rebate.domain.money import Amount
from rebate.domain.names import NO_QUEUE, MemberId, OrderId, QueueId
from rebate.domain.records import dataclass, field
from rebate.domain.tickets import Entry, Standing, Status, Ticket
from rebate.domain.times import Instant


class Child(NamedTuple):
    """A subtree of the index of places; in a leaf one ticket, with its key."""

    standing: Standing
    order: OrderId | None = None
    member: MemberId | None = None
    merged_from: QueueId = NO_QUEUE


@dataclass(frozen=True, slots=True)
class DistributionProgress:
    """How far a distribution came: what is left of it stands in the queue's transit account.

    `withheld` stands there, too: the daily cap cut it off, and it is for the pool. `line` and
    `part` say which contribution it is of (None: the pool is being paid out). `each` is the share
    of every entry in an equal run, what is split over heads where they have shares of their own.
    The entries up to `ordinal`, which stands in the ticket at `place`, have had theirs; `served`
    counts the heads among them.
    """

    left: Amount
    line: int | None = None
    part: int = 0
    each: Amount | None = None
    place: int = 0
    ordinal: int = -1
    served: int = 0
    withheld: Amount = 0

    @property
    def in_transit(self) -> Amount:
        """What stands in the queue's transit account."""
        return self.left + self.withheld


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How far a refund came: all of the lines before `line`, and of it so much was taken back."""

    line: int = 0
    amount: Amount = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A command, by its inbox key, that is begun and did not fit into one commit."""

    command: str
    in_flight: DistributionProgress | None = None
    taken_back: TakenBack = TakenBack()


@dataclass(frozen=True, slots=True)
class Lease:
    """Who is settling the queue, until when: a courtesy that avoids conflicts, no lock."""

    holder: str
    until: Instant


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue between two commits.

    `version` counts its commits and numbers its journal rows. `tickets` and `entries` count
    what has joined; tickets with a place below `cleared_below` are cleared, whatever
    their rows say (Rule 1.6.3). The root of the index of places, at `height`, is `top` where its
    children are tickets (0), else `sums`, which name none and are shorter for it. `ran_at` is the
    instant of the last run that paid the pool out.
    `tills` are the sums of the postings to the queue's accounts, so negative for what it took
    in. `group` is the open group of random return (Rule 1.6.2). `flow` is what was given of late.
    `merging`: entries that left are on their way to another queue (Rule 1.5.5).
    """

    id: QueueId
    version: int = 0
    tickets: int = 0
    entries: int = 0
    cleared_below: int = 0
    cleared_at: Instant | None = None
    ran_at: Instant | None = None
    height: int = 0
    top: tuple[Child, ...] = ()
    sums: tuple[Standing, ...] = ()
    tills: dict[str, Amount] = field(default_factory=dict)
    group: Group | None = None
    flow: Flow = field(default_factory=Flow)
    progress: Progress | None = None
    lease: Lease | None = None
    merging: bool = False

    def figure(self, account: Till) -> Amount:
        """Return what one of the queue's accounts amounts to, as operators read it."""
        balance = self.tills.get(account, 0)
        return -balance if account in SOURCES else balance

    @property
    def standing(self) -> Standing:
        """What waits in the whole queue."""
        return sum((child.standing for child in self.below), Standing())

    @property
    def below(self) -> tuple[Child, ...]:
        """The children of the root of the index of places."""
        return self.top or tuple(map(Child, self.sums))

    def has_cleared(self, ticket: Ticket) -> bool:
        """Tell whether the queue was cleared after the ticket joined (Rule 1.6.3)."""
        return ticket.place is not None and ticket.place < self.cleared_below

    def status_of(self, ticket: Ticket, entry: Entry, *, completed_first: bool) -> Status:
        """Return the status that people see (Rule 0.6); see `Status` for what is derived."""
        if not entry.waits:
            return entry.status
        if self.has_cleared(ticket):
            return Status.CLEARED
        return Status.HELD if completed_first and ticket.completed_at is None else Status.WAITING
