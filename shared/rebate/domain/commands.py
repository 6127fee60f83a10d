"""What a queue is told to do. Commands wait in its inbox and are settled in order (Rule 0.11).

`at` is the instant at which the cause happened; `key` names the command in its inbox and
sorts by instant, then by arrival.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from rebate.domain.draws import Luck
from rebate.domain.ledger import Pocket
from rebate.domain.money import Amount
from rebate.domain.names import LineId, MemberId, OrderId
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


@dataclass(frozen=True, slots=True)
class Complete:
    """An order was completed; `completed_at` may be before it was paid, `at` is not (Rule 0.11)."""

    at: Instant
    order: OrderId
    member: MemberId
    completed_at: Instant | None = None
    type: Literal["complete"] = "complete"


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
    type: Literal["refund"] = "refund"


@dataclass(frozen=True, slots=True)
class Exchange:
    """The holder turns what an entry still lacks into points, love value or vouchers."""

    at: Instant
    order: OrderId
    member: MemberId
    line: LineId
    into: Pocket
    type: Literal["exchange"] = "exchange"


@dataclass(frozen=True, slots=True)
class Draw:
    """The holder draws the entry's ratio, with the luck of `day`, ISO 8601 (Rule 1.3.3)."""

    at: Instant
    order: OrderId
    member: MemberId
    line: LineId
    luck: Luck
    day: str | None = None
    type: Literal["draw"] = "draw"


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


Command: TypeAlias = Join | Complete | Refund | Exchange | Draw | Clear | PayPool


@dataclass(frozen=True, slots=True)
class Keyed:
    """A command with its inbox key."""

    key: str
    command: Command
