"""What a queue is told to do. Commands wait in its inbox and are settled in order (Rule 0.11).

`at` is the instant at which the cause happened; `key` names the command in its inbox and
sorts by instant, then by arrival. What concerns an order names its ticket; `merged_from` is where
that ticket was merged from (Rule 1.5.5).
"""

from typing import Literal, TypeAlias

from rebate.domain.draws import Luck
from rebate.domain.ledger import Pocket
from rebate.domain.money import Amount
from rebate.domain.names import NO_QUEUE, LineId, MemberId, OrderId, QueueId, TicketKey
from rebate.domain.records import dataclass
from rebate.domain.times import Instant


@dataclass(frozen=True, slots=True)
class Join:
    """An order was paid: its ticket contributes and joins as the plan says.

    `completed`: it counts as completed at once (a repurchase, Rule 4.4). `repurchase`: the
    member's cash pays this much for it, or it does not take place.
    """

    at: Instant
    order: OrderId
    member: MemberId
    completed: bool = False
    repurchase: Amount | None = None
    type: Literal["join"] = "join"

    @property
    def ticket(self) -> TicketKey:
        """Return whose turn it is."""
        return TicketKey(self.member, self.order)


@dataclass(frozen=True, slots=True)
class Complete:
    """An order was completed; `completed_at` may be before it was paid, `at` is not (Rule 0.11)."""

    at: Instant
    order: OrderId
    member: MemberId
    completed_at: Instant | None = None
    merged_from: QueueId = NO_QUEUE
    type: Literal["complete"] = "complete"

    @property
    def ticket(self) -> TicketKey:
        """Return whose turn it is."""
        return TicketKey(self.member, self.order, self.merged_from)


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of an order line was refunded (minor units, positive)."""

    line: LineId
    amount: Amount


@dataclass(frozen=True, slots=True)
class Refund:
    """Part or all of an order was refunded (Rule 1.6.5)."""

    at: Instant
    order: OrderId
    member: MemberId
    refund: str
    cuts: tuple[Cut, ...]
    merged_from: QueueId = NO_QUEUE
    type: Literal["refund"] = "refund"

    @property
    def ticket(self) -> TicketKey:
        """Return whose turn it is."""
        return TicketKey(self.member, self.order, self.merged_from)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The holder turns what an entry still lacks into points, love value or vouchers."""

    at: Instant
    order: OrderId
    member: MemberId
    line: LineId
    into: Pocket
    merged_from: QueueId = NO_QUEUE
    type: Literal["exchange"] = "exchange"

    @property
    def ticket(self) -> TicketKey:
        """Return whose turn it is."""
        return TicketKey(self.member, self.order, self.merged_from)


@dataclass(frozen=True, slots=True)
class Draw:
    """The holder draws the entry's ratio, with the luck of `day`, ISO 8601 (Rule 1.3.3)."""

    at: Instant
    order: OrderId
    member: MemberId
    line: LineId
    luck: Luck
    day: str | None = None
    merged_from: QueueId = NO_QUEUE
    type: Literal["draw"] = "draw"

    @property
    def ticket(self) -> TicketKey:
        """Return whose turn it is."""
        return TicketKey(self.member, self.order, self.merged_from)


@dataclass(frozen=True, slots=True)
class Clear:
    """Everything that waits is set to zero (Rule 1.6.3)."""

    at: Instant
    type: Literal["clear"] = "clear"


@dataclass(frozen=True, slots=True)
class PayPool:
    """The pool is paid out: in order of place, or equally over all that wait (Rules 6.2, 7.3)."""

    at: Instant
    equally: bool
    limit: Amount | None = None
    type: Literal["pay_pool"] = "pay_pool"


@dataclass(frozen=True, slots=True)
class Merge:
    """All that waits is to join the queue `into`, a step at a time (Rule 1.5.5).

    `goes_on`: the step before it has joined there.
    """

    at: Instant
    into: QueueId
    goes_on: bool = False
    type: Literal["merge"] = "merge"


@dataclass(frozen=True, slots=True)
class Receive:
    """A step of a merge: these tickets come from another queue, with what its pool held."""

    at: Instant
    merged_from: QueueId
    tickets: tuple[TicketKey, ...]
    pool: Amount = 0
    type: Literal["receive"] = "receive"


OfTicket: TypeAlias = Join | Complete | Refund | Exchange | Draw
"""Commands that concern one ticket."""

OfQueue: TypeAlias = Clear | PayPool | Merge | Receive
"""Commands that concern the queue as a whole."""

Command: TypeAlias = OfTicket | OfQueue


@dataclass(frozen=True, slots=True)
class Keyed:
    """A command with its inbox key; `rows` are written by its being done, whatever it changes."""

    key: str
    command: Command
    rows: int = 1
