"""What happened, told to the world once it is stored (contracts, section 2)."""

from typing import Annotated, Literal, TypeAlias

from rebate.domain.commissions import CommissionKind
from rebate.domain.ledger import BalanceType, Reason
from rebate.domain.money import Amount, Bps
from rebate.domain.names import EntryId, MemberId, OrderId, QueueId, StoreId
from rebate.domain.records import dataclass
from rebate.domain.tickets import Status
from rebate.domain.wire import money, stored_as, tag, wire


@stored_as("entry_joined_event")
@dataclass(frozen=True, slots=True)
class EntryJoined:
    """An entry took its place; `entitlement` is None where rewards are counted.

    `may_draw`: a draw is open to it (Rule 1.3.3). `merged_from` is the queue in which it waited
    before (Rule 1.5.5).
    """

    entry: Annotated[EntryId, wire("entry")]
    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId, wire("order")]
    entitlement: Annotated[Amount | None, money("entitlement")]
    ratio_bps: Annotated[Bps | None, wire("ratio_bps", absent=None)] = None
    may_draw: Annotated[bool, wire("may_draw", absent=False)] = False
    merged_from: Annotated[QueueId | None, wire("merged_from", absent=None)] = None
    type: Annotated[Literal["EntryJoined"], tag("EntryJoined")] = "EntryJoined"


@stored_as("rebate_paid_event")
@dataclass(frozen=True, slots=True)
class RebatePaid:
    """An entry was paid `amount` out of what `source` contributed (None: a scheduled run)."""

    entry: Annotated[EntryId | None, wire("entry")]
    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId, wire("order")]
    amount: Annotated[Amount, money("amount")]
    pocket: Annotated[BalanceType, wire("pocket")]
    source: Annotated[OrderId | None, wire("source")]
    reason: Annotated[Reason, wire("reason", absent="queue")] = Reason.QUEUE
    type: Annotated[Literal["RebatePaid"], tag("RebatePaid")] = "RebatePaid"


@stored_as("rebate_capped_event", 3)
@dataclass(frozen=True, slots=True)
class RebateCapped:
    """The daily cap cut a payment from `due` to `paid`; the rest stays in the pool (Rule 8.4).

    `entry` is None for the buyer's own-purchase reward. Commissions and dividends have a
    `commission`, their kind, in place of a reason: what is cut of them is not made.
    """

    entry: Annotated[EntryId | None, wire("entry")]
    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId | None, wire("order")]
    due: Annotated[Amount, money("due")]
    paid: Annotated[Amount, money("paid")]
    reason: Annotated[Reason | None, wire("reason", absent="queue")] = Reason.QUEUE
    commission: Annotated[CommissionKind | None, wire("commission", absent=None)] = None
    period: Annotated[str | None, wire("period", absent=None)] = None
    type: Annotated[Literal["RebateCapped"], tag("RebateCapped")] = "RebateCapped"


@stored_as("entry_completed_event")
@dataclass(frozen=True, slots=True)
class EntryCompleted:
    """An entry left because it got all it was promised, or its last reward."""

    entry: Annotated[EntryId, wire("entry")]
    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId, wire("order")]
    paid: Annotated[Amount, money("paid")]
    type: Annotated[Literal["EntryCompleted"], tag("EntryCompleted")] = "EntryCompleted"


@stored_as("entry_drawn_event")
@dataclass(frozen=True, slots=True)
class EntryDrawn:
    """A lottery was drawn; `ratio_bps` None: it missed, the ratio stays.

    `seed_day` is the day whose seed gave the luck (Rule 1.3.4).
    """

    entry: Annotated[EntryId, wire("entry")]
    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId, wire("order")]
    ratio_bps: Annotated[int | None, wire("ratio_bps")]
    entitlement: Annotated[Amount, money("entitlement")]
    seed_day: Annotated[str | None, wire("seed_day", absent=None)] = None
    type: Annotated[Literal["EntryDrawn"], tag("EntryDrawn")] = "EntryDrawn"


@stored_as("entry_exchanged_event")
@dataclass(frozen=True, slots=True)
class EntryExchanged:
    """The holder exchanged what an entry still lacked."""

    entry: Annotated[EntryId, wire("entry")]
    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId, wire("order")]
    pocket: Annotated[BalanceType, wire("pocket")]
    amount: Annotated[Amount, money("amount")]
    type: Annotated[Literal["EntryExchanged"], tag("EntryExchanged")] = "EntryExchanged"


@stored_as("entry_converted_event")
@dataclass(frozen=True, slots=True)
class EntryConverted:
    """Random return turned an entry into points as it joined."""

    entry: Annotated[EntryId, wire("entry")]
    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId, wire("order")]
    pocket: Annotated[BalanceType, wire("pocket")]
    amount: Annotated[Amount, money("amount")]
    type: Annotated[Literal["EntryConverted"], tag("EntryConverted")] = "EntryConverted"


@stored_as("entries_cleared_event")
@dataclass(frozen=True, slots=True)
class EntriesCleared:
    """All that waited in the queue was set to zero.

    These are the tickets with places from `from_place` on and below `below`.
    """

    entries: Annotated[int, wire("entries")]
    owed: Annotated[Amount, money("owed")]
    from_place: Annotated[int, wire("from_place", absent=0)] = 0
    below: Annotated[int, wire("below", absent=0)] = 0
    type: Annotated[Literal["EntriesCleared"], tag("EntriesCleared")] = "EntriesCleared"


@stored_as("entry_refunded_event")
@dataclass(frozen=True, slots=True)
class EntryRefunded:
    """An entry's order was refunded; `status` and amounts are those afterwards."""

    entry: Annotated[EntryId, wire("entry")]
    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId, wire("order")]
    refund: Annotated[str, wire("refund")]
    status: Annotated[Status, wire("status")]
    entitlement: Annotated[Amount | None, money("entitlement")]
    clawed_back: Annotated[Amount, money("clawed_back")]
    type: Annotated[Literal["EntryRefunded"], tag("EntryRefunded")] = "EntryRefunded"


@stored_as("repurchase_placed_event")
@dataclass(frozen=True, slots=True)
class RepurchasePlaced:
    """A forced repurchase was made: the shop ships once more (Rule 4.4)."""

    order: Annotated[OrderId, wire("order")]
    member: Annotated[MemberId, wire("member")]
    amount: Annotated[Amount, money("amount")]
    origin: Annotated[OrderId, wire("origin")]
    type: Annotated[Literal["RepurchasePlaced"], tag("RepurchasePlaced")] = "RepurchasePlaced"


@stored_as("repurchase_missed_event")
@dataclass(frozen=True, slots=True)
class RepurchaseMissed:
    """A forced repurchase was not covered by the member's cash; only the member is told."""

    order: Annotated[OrderId, wire("order")]
    member: Annotated[MemberId, wire("member")]
    amount: Annotated[Amount, money("amount")]
    type: Annotated[Literal["RepurchaseMissed"], tag("RepurchaseMissed")] = "RepurchaseMissed"


@stored_as("commission_paid_event", 2)
@dataclass(frozen=True, slots=True)
class CommissionPaid:
    """A referral, team or merchant reward or a dividend; below zero a reversal (Rule 2)."""

    kind: Annotated[CommissionKind, wire("kind")]
    member: Annotated[MemberId, wire("member")]
    amount: Annotated[Amount, money("amount")]
    base: Annotated[Amount, money("base")]
    ratio_bps: Annotated[Bps, wire("ratio_bps")]
    order: Annotated[OrderId | None, wire("order", absent=None)] = None
    period: Annotated[str | None, wire("period", absent=None)] = None
    type: Annotated[Literal["CommissionPaid"], tag("CommissionPaid")] = "CommissionPaid"


@stored_as("withdrawal_requested_event")
@dataclass(frozen=True, slots=True)
class WithdrawalRequested:
    """A member asked for cash; `amount` is held until it is decided, `fee` is part of it."""

    withdrawal: Annotated[str, wire("withdrawal")]
    member: Annotated[MemberId, wire("member")]
    amount: Annotated[Amount, money("amount")]
    fee: Annotated[Amount, money("fee")]
    type: Annotated[Literal["WithdrawalRequested"], tag("WithdrawalRequested")] = (
        "WithdrawalRequested"
    )


@stored_as("withdrawal_decided_event")
@dataclass(frozen=True, slots=True)
class WithdrawalDecided:
    """A withdrawal was approved and is paid, or was rejected and is cash again."""

    withdrawal: Annotated[str, wire("withdrawal")]
    member: Annotated[MemberId, wire("member")]
    amount: Annotated[Amount, money("amount")]
    fee: Annotated[Amount, money("fee")]
    approved: Annotated[bool, wire("approved")]
    reason: Annotated[str | None, wire("reason")]
    type: Annotated[Literal["WithdrawalDecided"], tag("WithdrawalDecided")] = "WithdrawalDecided"


@stored_as("withdrawal_paid_event")
@dataclass(frozen=True, slots=True)
class WithdrawalPaid:
    """A withdrawal was paid out; `failed`: it was not, and `amount` is cash again."""

    withdrawal: Annotated[str, wire("withdrawal")]
    member: Annotated[MemberId, wire("member")]
    amount: Annotated[Amount, money("amount")]
    fee: Annotated[Amount, money("fee")]
    failed: Annotated[bool, wire("failed")]
    type: Annotated[Literal["WithdrawalPaid"], tag("WithdrawalPaid")] = "WithdrawalPaid"


@stored_as("transferred_event")
@dataclass(frozen=True, slots=True)
class Transferred:
    """A member passed points or love value on to another."""

    transfer: Annotated[str, wire("transfer")]
    giver: Annotated[MemberId, wire("giver")]
    taker: Annotated[MemberId, wire("taker")]
    pocket: Annotated[BalanceType, wire("pocket")]
    amount: Annotated[Amount, money("amount")]
    type: Annotated[Literal["Transferred"], tag("Transferred")] = "Transferred"


@stored_as("spent_event")
@dataclass(frozen=True, slots=True)
class Spent:
    """A shop spent points, love value or vouchers of a member on an order."""

    spend: Annotated[str, wire("spend")]
    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId, wire("order")]
    pocket: Annotated[BalanceType, wire("pocket")]
    amount: Annotated[Amount, money("amount")]
    type: Annotated[Literal["Spent"], tag("Spent")] = "Spent"


@stored_as("given_back_event")
@dataclass(frozen=True, slots=True)
class GivenBack:
    """A shop gave back what was spent on an order, or a part of it."""

    give_back: Annotated[str, wire("give_back")]
    spend: Annotated[str, wire("spend")]
    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId, wire("order")]
    pocket: Annotated[BalanceType, wire("pocket")]
    amount: Annotated[Amount, money("amount")]
    type: Annotated[Literal["GivenBack"], tag("GivenBack")] = "GivenBack"


@stored_as("gift_redeemed_event")
@dataclass(frozen=True, slots=True)
class GiftRedeemed:
    """A member redeemed a gift, or the redemption went on: `state` is what it is in now.

    `amount` is what it cost; it is given back where the state is `cancelled`.
    """

    redemption: Annotated[str, wire("redemption")]
    member: Annotated[MemberId, wire("member")]
    gift: Annotated[str, wire("gift")]
    quantity: Annotated[int, wire("quantity")]
    pocket: Annotated[BalanceType, wire("pocket")]
    amount: Annotated[Amount, money("amount")]
    state: Annotated[str, wire("state")]
    tracking: Annotated[str | None, wire("tracking", absent=None)] = None
    type: Annotated[Literal["GiftRedeemed"], tag("GiftRedeemed")] = "GiftRedeemed"


@stored_as("adjusted_event")
@dataclass(frozen=True, slots=True)
class Adjusted:
    """Operators credited a wallet, or debited it (below zero)."""

    adjustment: Annotated[str, wire("adjustment")]
    member: Annotated[MemberId, wire("member")]
    pocket: Annotated[BalanceType, wire("pocket")]
    amount: Annotated[Amount, money("amount")]
    reason: Annotated[str, wire("reason")]
    type: Annotated[Literal["Adjusted"], tag("Adjusted")] = "Adjusted"


@stored_as("love_thawed_event")
@dataclass(frozen=True, slots=True)
class LoveThawed:
    """Frozen love value became available; only the member is told."""

    member: Annotated[MemberId, wire("member")]
    amount: Annotated[Amount, money("amount")]
    type: Annotated[Literal["LoveThawed"], tag("LoveThawed")] = "LoveThawed"


@stored_as("queue_paused_event")
@dataclass(frozen=True, slots=True)
class QueuePaused:
    """Nothing is paid any more; `queue` None: in no queue of the base plan (Rule 1.6.4)."""

    queue: Annotated[QueueId | None, wire("queue", absent=None)] = None
    type: Annotated[Literal["QueuePaused"], tag("QueuePaused")] = "QueuePaused"


@stored_as("queue_resumed_event")
@dataclass(frozen=True, slots=True)
class QueueResumed:
    """What was paused goes on; `queue` is as in `QueuePaused`."""

    queue: Annotated[QueueId | None, wire("queue", absent=None)] = None
    type: Annotated[Literal["QueueResumed"], tag("QueueResumed")] = "QueueResumed"


@stored_as("referrer_bound_event")
@dataclass(frozen=True, slots=True)
class ReferrerBound:
    """A member was bound to a referrer (None: to nobody any more), after `before` (Rule 2.5.1).

    `by` is how: `shop`, `code` or `operator`.
    """

    member: Annotated[MemberId, wire("member")]
    referrer: Annotated[MemberId | None, wire("referrer")]
    before: Annotated[MemberId | None, wire("before", absent=None)] = None
    by: Annotated[str, wire("by", absent="shop")] = "shop"
    type: Annotated[Literal["ReferrerBound"], tag("ReferrerBound")] = "ReferrerBound"


@stored_as("level_reached_event")
@dataclass(frozen=True, slots=True)
class LevelReached:
    """A member reached a level or a team rank, as `ladder` says, by conditions.

    `fell`: it was lost, and `name` (None: none) is what is left of `before` (Rule 2.9).
    """

    member: Annotated[MemberId, wire("member")]
    ladder: Annotated[str, wire("ladder")]
    name: Annotated[str | None, wire("name")]
    before: Annotated[str | None, wire("before", absent=None)] = None
    fell: Annotated[bool, wire("fell", absent=False)] = False
    type: Annotated[Literal["LevelReached"], tag("LevelReached")] = "LevelReached"


@stored_as("merchant_applied_event")
@dataclass(frozen=True, slots=True)
class MerchantApplied:
    """A member handed in an application to become a merchant (Rule 2.7)."""

    application: Annotated[str, wire("application")]
    member: Annotated[MemberId, wire("member")]
    referrer: Annotated[MemberId | None, wire("referrer", absent=None)] = None
    type: Annotated[Literal["MerchantApplied"], tag("MerchantApplied")] = "MerchantApplied"


@stored_as("merchant_decided_event")
@dataclass(frozen=True, slots=True)
class MerchantDecided:
    """An application was approved, which created the `store`, or rejected for a reason."""

    application: Annotated[str, wire("application")]
    member: Annotated[MemberId, wire("member")]
    approved: Annotated[bool, wire("approved")]
    store: Annotated[StoreId | None, wire("store", absent=None)] = None
    reason: Annotated[str | None, wire("reason", absent=None)] = None
    type: Annotated[Literal["MerchantDecided"], tag("MerchantDecided")] = "MerchantDecided"


@stored_as("settings_changed_event")
@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Another version of the settings holds; `changed` are the paths that differ (Rule 8.5)."""

    version: Annotated[int, wire("version")]
    changed_by: Annotated[str, wire("changed_by")]
    changed: Annotated[tuple[str, ...], wire("changed")]
    acknowledged: Annotated[tuple[str, ...], wire("acknowledged", absent=[])] = ()
    type: Annotated[Literal["SettingsChanged"], tag("SettingsChanged")] = "SettingsChanged"


@stored_as("command_parked_event")
@dataclass(frozen=True, slots=True)
class CommandParked:
    """A queue goes on without a command that cannot be carried out, or what became of that.

    `state` is `parked`, `released` or `dropped`; the books alone tell of it.
    """

    parked: Annotated[str, wire("parked")]
    state: Annotated[str, wire("state")]
    command: Annotated[str, wire("command")]
    order: Annotated[OrderId | None, wire("order", absent=None)] = None
    member: Annotated[MemberId | None, wire("member", absent=None)] = None
    by: Annotated[str | None, wire("by", absent=None)] = None
    why: Annotated[str | None, wire("why", absent=None)] = None
    type: Annotated[Literal["CommandParked"], tag("CommandParked")] = "CommandParked"


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
    | WithdrawalPaid
    | Transferred
    | Spent
    | GivenBack
    | GiftRedeemed
    | Adjusted
    | LoveThawed
    | QueuePaused
    | QueueResumed
    | ReferrerBound
    | LevelReached
    | MerchantApplied
    | MerchantDecided
    | SettingsChanged
    | CommandParked
)
