"""A queue's own row: the one row that every settlement of the queue writes."""

from typing import Annotated, NamedTuple

from rebate.domain.days import DayFigures
from rebate.domain.draws import Group
from rebate.domain.ledger import SOURCES, QueueAccount
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import NO_QUEUE, MemberId, OrderId, QueueId
from rebate.domain.records import dataclass, field
from rebate.domain.tickets import Entry, Status, Ticket, WaitingTotals
from rebate.domain.times import Instant
from rebate.domain.volumes import RecentVolume
from rebate.domain.wire import money, stored_as, wire


class Subtree(NamedTuple):
    """A subtree of the index of places; in a leaf one ticket, with its key."""

    standing: WaitingTotals
    order: OrderId | None = None
    member: MemberId | None = None
    merged_from: QueueId = NO_QUEUE


@stored_as("in_flight", 2)
@dataclass(frozen=True, slots=True)
class DistributionProgress:
    """How far a distribution came: what is left of it stands in the queue's transit account.

    `withheld` stands there, too: the daily cap cut it off, and it is for the pool. `line` and
    `part` say which contribution it is of (None: the pool is being paid out). `each` is the share
    of every entry in an equal run, what is split over heads where they have shares of their own.
    The entries up to `ordinal`, which stands in the ticket at `place`, have had theirs; `served`
    counts the heads among them.
    """

    left: Annotated[Amount, money("left")]
    line: Annotated[int | None, wire("line", absent=None)] = None
    part: Annotated[int, wire("part", absent=0)] = 0
    each: Annotated[Amount | None, money("each", absent=None)] = None
    place: Annotated[int, wire("place", absent=0)] = 0
    ordinal: Annotated[int, wire("ordinal", absent=-1)] = -1
    served: Annotated[int, wire("served", absent=0)] = 0
    withheld: Annotated[Amount, money("withheld", absent=0)] = NOTHING

    @property
    def in_transit(self) -> Amount:
        """What stands in the queue's transit account."""
        return self.left + self.withheld


@stored_as("taken_back", 2)
@dataclass(frozen=True, slots=True)
class TakenBack:
    """How far a refund came: all of the lines before `line`, and of it so much was taken back.

    After the lines, and of a completion alone, `line` counts the queues that were told of it in
    which lines go on (Rule 1.5.5).
    """

    line: Annotated[int, wire("line", absent=0)] = 0
    amount: Annotated[Amount, money("amount", absent=0)] = NOTHING


@stored_as("progress")
@dataclass(frozen=True, slots=True)
class CommandProgress:
    """A command, by its inbox key, that is begun and did not fit into one commit."""

    command: Annotated[str, wire("command")]
    in_flight: Annotated[DistributionProgress | None, wire("in_flight", absent=None)] = None
    taken_back: Annotated[TakenBack, wire("taken_back", absent={})] = TakenBack()


@stored_as("walk")
@dataclass(frozen=True, slots=True)
class Walk:
    """How far a line was looked at for entries that have as many rewards as suffice (Rule 4.3).

    `cause` is the inbox key of the command before which they leave. The entries up to `ordinal`,
    which stands in the ticket at `place`, were looked at.
    """

    cause: Annotated[str, wire("cause")]
    suffices: Annotated[int, wire("suffices")]
    place: Annotated[int, wire("place", absent=0)] = 0
    ordinal: Annotated[int, wire("ordinal", absent=-1)] = -1


@stored_as("day_total")
@dataclass(frozen=True, slots=True)
class DayTotal:
    """A sum over a day of the shop, ISO 8601; of the last day on which there was any."""

    day: Annotated[str, wire("day")]
    amount: Annotated[Amount, money("amount")]

    def plus(self, day: str, amount: Amount) -> "DayTotal":
        """Return the sum with so much more on a day; earlier days are forgotten."""
        return DayTotal(day, amount + (self.amount if day == self.day else NOTHING))


@stored_as("lease")
@dataclass(frozen=True, slots=True)
class Lease:
    """Who is settling the queue, until when: a courtesy that avoids conflicts, no lock."""

    holder: Annotated[str, wire("holder")]
    until: Annotated[Instant, wire("until")]


@stored_as("age")
@dataclass(frozen=True, slots=True)
class Age:
    """What the entries of one month's orders were promised, were paid, and still wait for."""

    promised: Annotated[Amount, money("promised", absent=0)] = NOTHING
    paid: Annotated[Amount, money("paid", absent=0)] = NOTHING
    waiting: Annotated[Amount, money("waiting", absent=0)] = NOTHING

    def plus(self, promised: Amount, paid: Amount, waiting: Amount) -> "Age":
        """Return it with so much more, or less where it is below zero."""
        return Age(self.promised + promised, self.paid + paid, self.waiting + waiting)


@stored_as("failing")
@dataclass(frozen=True, slots=True)
class Failing:
    """A command, by its inbox key, that could not be carried out, and how often it was tried."""

    command: Annotated[str, wire("command")]
    tries: Annotated[int, wire("tries")]


@stored_as("moving")
@dataclass(frozen=True, slots=True)
class Moving:
    """How far a merge came that takes lines where they belong (Rule 1.4.1).

    In `steps` queues what was sent there has not joined yet; what is before place `start` was
    looked at.
    """

    steps: Annotated[int, wire("steps")]
    start: Annotated[int, wire("start")]


@stored_as("queue", 7)
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
    `paid_on` is what it paid on each of the last days of the shop (Rule 8.4).
    `merging`: entries that left are on their way to another queue (Rule 1.5.5), or to several
    (`moving`).
    Where rewards are counted, whoever waits has fewer than `exits_at` (None: nobody looked), and
    `walk` is how far it was looked who has to leave. `paid_out` is what was paid of the pool on a
    day (Rule 7.5), `borne` what was borne of refunds (Rule 1.6.5.2). Completed orders may wait to
    settle until `due_until` (Rule 1.6.5.1). `head` is the fingerprint of the last journal row.
    `ages` are its debts by month of the orders, `2026-03`, of what was settled since they are kept
    (Rule 8.1).
    `paused_for` is what was borne when all was paused for it. `failing` is the first command if it
    failed by itself, and so many that did are `parked`. `day` is the last day, as far as it came.
    """

    id: Annotated[QueueId, wire("id")]
    version: Annotated[int, wire("version", absent=0)] = 0
    tickets: Annotated[int, wire("tickets", absent=0)] = 0
    entries: Annotated[int, wire("entries", absent=0)] = 0
    cleared_below: Annotated[int, wire("cleared_below", absent=0)] = 0
    cleared_at: Annotated[Instant | None, wire("cleared_at", absent=None)] = None
    ran_at: Annotated[Instant | None, wire("ran_at", absent=None)] = None
    height: Annotated[int, wire("height", absent=0)] = 0
    top: Annotated[tuple[Subtree, ...], wire("top", absent=[])] = ()
    sums: Annotated[tuple[WaitingTotals, ...], wire("sums", absent=[])] = ()
    tills: Annotated[dict[str, Amount], wire("tills", absent={})] = field(default_factory=dict)
    group: Annotated[Group | None, wire("group", absent=None)] = None
    flow: Annotated[RecentVolume, wire("flow", absent={})] = field(default_factory=RecentVolume)
    progress: Annotated[CommandProgress | None, wire("progress", absent=None)] = None
    lease: Annotated[Lease | None, wire("lease", absent=None)] = None
    merging: Annotated[bool, wire("merging", absent=False)] = False
    paid_on: Annotated[dict[str, Amount], wire("paid_on", absent={})] = field(default_factory=dict)
    exits_at: Annotated[int | None, wire("exits_at", absent=None)] = None
    walk: Annotated[Walk | None, wire("walk", absent=None)] = None
    due_until: Annotated[Instant | None, wire("due_until", absent=None)] = None
    paid_out: Annotated[DayTotal | None, wire("paid_out", absent=None)] = None
    borne: Annotated[DayTotal | None, wire("borne", absent=None)] = None
    head: Annotated[str, wire("head", absent="")] = ""
    ages: Annotated[dict[str, Age], wire("ages", absent={})] = field(default_factory=dict)
    paused_for: Annotated[DayTotal | None, wire("paused_for", absent=None)] = None
    failing: Annotated[Failing | None, wire("failing", absent=None)] = None
    parked: Annotated[int, wire("parked", absent=0)] = 0
    day: Annotated[DayFigures | None, wire("day", absent=None)] = None
    moving: Annotated[Moving | None, wire("moving", absent=None)] = None

    def figure(self, account: QueueAccount) -> Amount:
        """Return what one of the queue's accounts amounts to, as operators read it."""
        balance = self.tills.get(account, NOTHING)
        return -balance if account in SOURCES else balance

    @property
    def standing(self) -> WaitingTotals:
        """What waits in the whole queue."""
        return sum((child.standing for child in self.below), WaitingTotals())

    @property
    def below(self) -> tuple[Subtree, ...]:
        """The children of the root of the index of places."""
        return self.top or tuple(map(Subtree, self.sums))

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
