"""What happened, told to the world once it is stored (contracts, section 2)."""

from typing import Literal, TypeAlias

from rebate.domain.ledger import Pocket, Reason
from rebate.domain.money import Amount, Bps
from rebate.domain.names import EntryId, MemberId, OrderId, QueueId
from rebate.domain.records import dataclass
from rebate.domain.tickets import Status


@dataclass(frozen=True, slots=True)
class EntryJoined:
    """An entry took its place; `entitlement` is None where rewards are counted.

    `may_draw`: a draw is open to it (Rule 1.3.3). `merged_from` is the queue in which it waited
    before (Rule 1.5.5).
    """

    entry: EntryId
    member: MemberId
    order: OrderId
    entitlement: Amount | None
    ratio_bps: Bps | None = None
    may_draw: bool = False
    merged_from: QueueId | None = None
    type: Literal["EntryJoined"] = "EntryJoined"


@dataclass(frozen=True, slots=True)
class RebatePaid:
    """An entry was paid `amount` out of what `source` contributed (None: a scheduled run)."""

    entry: EntryId | None
    member: MemberId
    order: OrderId
    amount: Amount
    pocket: Pocket
    source: OrderId | None
    reason: Reason = Reason.QUEUE
    type: Literal["RebatePaid"] = "RebatePaid"


@dataclass(frozen=True, slots=True)
class RebateCapped:
    """The daily cap cut a payment from `due` to `paid`; the rest stays in the pool (Rule 8.4)."""

    entry: EntryId
    member: MemberId
    order: OrderId
    due: Amount
    paid: Amount
    type: Literal["RebateCapped"] = "RebateCapped"


@dataclass(frozen=True, slots=True)
class EntryCompleted:
    """An entry left because it got all it was promised, or its last reward."""

    entry: EntryId
    member: MemberId
    order: OrderId
    paid: Amount
    type: Literal["EntryCompleted"] = "EntryCompleted"


@dataclass(frozen=True, slots=True)
class EntryDrawn:
    """A lottery was drawn; `ratio_bps` None: it missed, the ratio stays.

    `seed_day` is the day whose seed gave the luck (Rule 1.3.4).
    """

    entry: EntryId
    member: MemberId
    order: OrderId
    ratio_bps: int | None
    entitlement: Amount
    seed_day: str | None = None
    type: Literal["EntryDrawn"] = "EntryDrawn"


@dataclass(frozen=True, slots=True)
class EntryExchanged:
    """The holder exchanged what an entry still lacked."""

    entry: EntryId
    member: MemberId
    order: OrderId
    pocket: Pocket
    amount: Amount
    type: Literal["EntryExchanged"] = "EntryExchanged"


@dataclass(frozen=True, slots=True)
class EntryConverted:
    """Random return turned an entry into points as it joined."""

    entry: EntryId
    member: MemberId
    order: OrderId
    pocket: Pocket
    amount: Amount
    type: Literal["EntryConverted"] = "EntryConverted"


@dataclass(frozen=True, slots=True)
class EntriesCleared:
    """All that waited in the queue was set to zero.

    These are the tickets with places from `from_place` on and below `below`.
    """

    entries: int
    owed: Amount
    from_place: int = 0
    below: int = 0
    type: Literal["EntriesCleared"] = "EntriesCleared"


@dataclass(frozen=True, slots=True)
class EntryRefunded:
    """An entry's order was refunded; `status` and amounts are those afterwards."""

    entry: EntryId
    member: MemberId
    order: OrderId
    refund: str
    status: Status
    entitlement: Amount | None
    clawed_back: Amount
    type: Literal["EntryRefunded"] = "EntryRefunded"


@dataclass(frozen=True, slots=True)
class RepurchasePlaced:
    """A forced repurchase was made: the shop ships once more (Rule 4.4)."""

    order: OrderId
    member: MemberId
    amount: Amount
    origin: OrderId
    type: Literal["RepurchasePlaced"] = "RepurchasePlaced"


@dataclass(frozen=True, slots=True)
class RepurchaseMissed:
    """A forced repurchase was not covered by the member's cash; only the member is told."""

    order: OrderId
    member: MemberId
    amount: Amount
    type: Literal["RepurchaseMissed"] = "RepurchaseMissed"


@dataclass(frozen=True, slots=True)
class CommissionPaid:
    """A referral, team or merchant reward or a dividend; below zero a reversal (Rule 2)."""

    kind: str
    member: MemberId
    amount: Amount
    base: Amount
    ratio_bps: Bps
    order: OrderId | None = None
    period: str | None = None
    type: Literal["CommissionPaid"] = "CommissionPaid"


@dataclass(frozen=True, slots=True)
class WithdrawalRequested:
    """A member asked for cash; `amount` is held until it is decided, `fee` is part of it."""

    withdrawal: str
    member: MemberId
    amount: Amount
    fee: Amount
    type: Literal["WithdrawalRequested"] = "WithdrawalRequested"


@dataclass(frozen=True, slots=True)
class WithdrawalDecided:
    """A withdrawal was approved and is paid, or was rejected and is cash again."""

    withdrawal: str
    member: MemberId
    amount: Amount
    fee: Amount
    approved: bool
    reason: str | None
    type: Literal["WithdrawalDecided"] = "WithdrawalDecided"


@dataclass(frozen=True, slots=True)
class QueuePaused:
    """Nothing is paid any more; `queue` None: in no queue of the base plan (Rule 1.6.4)."""

    queue: QueueId | None = None
    type: Literal["QueuePaused"] = "QueuePaused"


@dataclass(frozen=True, slots=True)
class QueueResumed:
    """What was paused goes on; `queue` is as in `QueuePaused`."""

    queue: QueueId | None = None
    type: Literal["QueueResumed"] = "QueueResumed"


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Another version of the settings holds; `changed` are the paths that differ (Rule 8.5)."""

    version: int
    changed_by: str
    changed: tuple[str, ...]
    acknowledged: tuple[str, ...] = ()
    type: Literal["SettingsChanged"] = "SettingsChanged"


Event: TypeAlias = (
    EntryJoined
    | RebatePaid
    | RebateCapped
    | EntryCompleted
    | EntryDrawn
    | EntryExchanged
    | EntryConverted
    | EntriesCleared
    | EntryRefunded
    | RepurchasePlaced
    | RepurchaseMissed
    | CommissionPaid
    | WithdrawalRequested
    | WithdrawalDecided
    | QueuePaused
    | QueueResumed
    | SettingsChanged
)
