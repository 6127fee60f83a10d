"""What a queue is told to do. Commands wait in its inbox and are settled in order (Rule 0.11).

`at` is the instant at which the cause happened; `key` names the command in its inbox and
sorts by instant, then by arrival. What concerns an order names its ticket; `merged_from` is where
that ticket was merged from (Rule 1.5.5).
"""

from typing import Annotated, Literal, TypeAlias

from rebate.domain.draws import Luck
from rebate.domain.ledger import BalanceType
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import NO_QUEUE, LineId, MemberId, OrderId, QueueId, TicketKey
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.domain.wire import money, stored_as, tag, wire


@stored_as("join_command")
@dataclass(frozen=True, slots=True)
class Join:
    """An order was paid: its ticket contributes and joins as the plan says.

    `completed`: it counts as completed at once (a repurchase, Rule 4.4). `repurchase`: the
    member's cash pays this much for it, or it does not take place.
    """

    at: Annotated[Instant, wire("at")]
    order: Annotated[OrderId, wire("order")]
    member: Annotated[MemberId, wire("member")]
    completed: Annotated[bool, wire("completed", absent=False)] = False
    repurchase: Annotated[Amount | None, money("repurchase", absent=None)] = None
    type: Annotated[Literal["join"], tag("join")] = "join"

    @property
    def ticket(self) -> TicketKey:
        """Return whose turn it is."""
        return TicketKey(self.member, self.order)


@stored_as("complete_command", 2)
@dataclass(frozen=True, slots=True)
class Complete:
    """An order was completed; `completed_at` may be before it was paid, `at` is not (Rule 0.11).

    `settles_at` is when what it settles is due, by another command; None: now (Rule 1.6.5.1).
    """

    at: Annotated[Instant, wire("at")]
    order: Annotated[OrderId, wire("order")]
    member: Annotated[MemberId, wire("member")]
    completed_at: Annotated[Instant | None, wire("completed_at", absent=None)] = None
    merged_from: Annotated[QueueId, wire("merged_from", absent="")] = NO_QUEUE
    type: Annotated[Literal["complete"], tag("complete")] = "complete"
    settles_at: Annotated[Instant | None, wire("settles_at", absent=None)] = None

    @property
    def ticket(self) -> TicketKey:
        """Return whose turn it is."""
        return TicketKey(self.member, self.order, self.merged_from)


@stored_as("settle_command")
@dataclass(frozen=True, slots=True)
class Settle:
    """The return window of an order is over: what its completion settles is due (1.6.5.1)."""

    at: Annotated[Instant, wire("at")]
    order: Annotated[OrderId, wire("order")]
    member: Annotated[MemberId, wire("member")]
    type: Annotated[Literal["settle"], tag("settle")] = "settle"

    @property
    def ticket(self) -> TicketKey:
        """Return whose turn it is."""
        return TicketKey(self.member, self.order)


@stored_as("cut")
@dataclass(frozen=True, slots=True)
class Cut:
    """How much of an order line was refunded (minor units, positive)."""

    line: Annotated[LineId, wire("line")]
    amount: Annotated[Amount, money("amount")]


@stored_as("bound")
@dataclass(frozen=True, slots=True)
class Bound:
    """The most that each part of a line of a ticket may give from now on (Rule 8.4)."""

    line: Annotated[LineId, wire("line")]
    most: Annotated[tuple[Amount, ...], wire("most")]


@stored_as("refund_command", 2)
@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Part or all of an order was refunded (Rule 1.6.5); `bounds` are lower for it."""

    at: Annotated[Instant, wire("at")]
    order: Annotated[OrderId, wire("order")]
    member: Annotated[MemberId, wire("member")]
    refund: Annotated[str, wire("refund")]
    cuts: Annotated[tuple[Cut, ...], wire("cuts")]
    merged_from: Annotated[QueueId, wire("merged_from", absent="")] = NO_QUEUE
    bounds: Annotated[tuple[Bound, ...], wire("bounds", absent=[])] = ()
    type: Annotated[Literal["refund"], tag("refund")] = "refund"

    @property
    def ticket(self) -> TicketKey:
        """Return whose turn it is."""
        return TicketKey(self.member, self.order, self.merged_from)


@stored_as("exchange_command")
@dataclass(frozen=True, slots=True)
class ExchangeEntry:
    """The holder turns what an entry still lacks into points, love value or vouchers."""

    at: Annotated[Instant, wire("at")]
    order: Annotated[OrderId, wire("order")]
    member: Annotated[MemberId, wire("member")]
    line: Annotated[LineId, wire("line")]
    into: Annotated[BalanceType, wire("into")]
    merged_from: Annotated[QueueId, wire("merged_from", absent="")] = NO_QUEUE
    type: Annotated[Literal["exchange"], tag("exchange")] = "exchange"

    @property
    def ticket(self) -> TicketKey:
        """Return whose turn it is."""
        return TicketKey(self.member, self.order, self.merged_from)


@stored_as("draw_command")
@dataclass(frozen=True, slots=True)
class DrawEntry:
    """The holder draws the entry's ratio, with the luck of `day`, ISO 8601 (Rule 1.3.3)."""

    at: Annotated[Instant, wire("at")]
    order: Annotated[OrderId, wire("order")]
    member: Annotated[MemberId, wire("member")]
    line: Annotated[LineId, wire("line")]
    luck: Annotated[Luck, wire("luck")]
    day: Annotated[str | None, wire("day", absent=None)] = None
    merged_from: Annotated[QueueId, wire("merged_from", absent="")] = NO_QUEUE
    type: Annotated[Literal["draw"], tag("draw")] = "draw"

    @property
    def ticket(self) -> TicketKey:
        """Return whose turn it is."""
        return TicketKey(self.member, self.order, self.merged_from)


@stored_as("clear_command")
@dataclass(frozen=True, slots=True)
class Clear:
    """Everything that waits is set to zero (Rule 1.6.3)."""

    at: Annotated[Instant, wire("at")]
    type: Annotated[Literal["clear"], tag("clear")] = "clear"


@stored_as("pay_pool_command", 2)
@dataclass(frozen=True, slots=True)
class PayPool:
    """The pool is paid out: in order of place, or equally over all that wait (Rules 6.2, 7.3).

    `limit` is the most of a `day` of the shop, over all its runs (Rule 7.5).
    """

    at: Annotated[Instant, wire("at")]
    equally: Annotated[bool, wire("equally")]
    limit: Annotated[Amount | None, money("limit", absent=None)] = None
    type: Annotated[Literal["pay_pool"], tag("pay_pool")] = "pay_pool"
    day: Annotated[str | None, wire("day", absent=None)] = None


@stored_as("merge_command")
@dataclass(frozen=True, slots=True)
class Merge:
    """All that waits is to join the queue `into`, a step at a time (Rule 1.5.5).

    `goes_on`: the step before it has joined there.
    """

    at: Annotated[Instant, wire("at")]
    into: Annotated[QueueId, wire("into")]
    goes_on: Annotated[bool, wire("goes_on", absent=False)] = False
    type: Annotated[Literal["merge"], tag("merge")] = "merge"


@stored_as("merge_home_command")
@dataclass(frozen=True, slots=True)
class MergeHome:
    """All that waits is to join the queue that its line belongs to by the settings (Rule 1.4.1)."""

    at: Annotated[Instant, wire("at")]
    type: Annotated[Literal["merge_home"], tag("merge_home")] = "merge_home"


@stored_as("receive_command", 2)
@dataclass(frozen=True, slots=True)
class Receive:
    """A step of a merge: these tickets come from another queue, with what its pool held.

    From no queue (`NO_QUEUE`) come the waiting places of an older system, and its pools.
    """

    at: Annotated[Instant, wire("at")]
    merged_from: Annotated[QueueId, wire("merged_from")]
    tickets: Annotated[tuple[TicketKey, ...], wire("tickets")]
    pool: Annotated[Amount, money("pool", absent=0)] = NOTHING
    type: Annotated[Literal["receive"], tag("receive")] = "receive"


@stored_as("give_command")
@dataclass(frozen=True, slots=True)
class Give:
    """What a line of another queue's order contributes, now that it belongs here (Rule 1.4.1)."""

    at: Annotated[Instant, wire("at")]
    given_from: Annotated[QueueId, wire("given_from")]
    order: Annotated[OrderId, wire("order")]
    member: Annotated[MemberId, wire("member")]
    line: Annotated[LineId, wire("line")]
    amount: Annotated[Amount, money("amount")]
    type: Annotated[Literal["give"], tag("give")] = "give"


@stored_as("retain_command", 2)
@dataclass(frozen=True, slots=True)
class Retain:
    """What nobody in another queue got of a line's contribution: the line keeps count of it.

    A refund gives it up first (Rule 1.6.5). `given_to` is that queue (Rule 1.4.1), and `commit` the
    one in which it dealt out the last of it (0: not kept).
    """

    at: Annotated[Instant, wire("at")]
    given_to: Annotated[QueueId, wire("given_to")]
    order: Annotated[OrderId, wire("order")]
    member: Annotated[MemberId, wire("member")]
    line: Annotated[LineId, wire("line")]
    amount: Annotated[Amount, money("amount")]
    type: Annotated[Literal["retain"], tag("retain")] = "retain"
    commit: Annotated[int, wire("commit", absent=0)] = 0

    @property
    def ticket(self) -> TicketKey:
        """Return whose contribution it was."""
        return TicketKey(self.member, self.order)


OfTicket: TypeAlias = Join | Complete | Settle | RefundOrder | ExchangeEntry | DrawEntry | Retain
"""Commands that concern one ticket."""

OfQueue: TypeAlias = Clear | PayPool | Merge | MergeHome | Receive | Give
"""Commands that concern the queue as a whole."""

Command: TypeAlias = OfTicket | OfQueue


@dataclass(frozen=True, slots=True)
class Keyed:
    """A command with its inbox key; `rows` are written by its being done, whatever it changes."""

    key: str
    command: Command
    rows: int = 1
