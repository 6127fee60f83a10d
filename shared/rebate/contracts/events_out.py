"""Events out: what the engine tells others, `source` "rebate" (contracts, section 2).

Each is published at least once and only after what it tells of is stored; whoever listens drops
repetitions by `event_id`. Amounts are minor units, points and love value and vouchers hundredths,
instants UTC. Fields are added over time, so listeners ignore those that they do not know.

These models are what is promised: schemas are made from them, and tests hold what is told against
them. What is told is worded by `rebate.usecases.events.publish_events`, which needs none of them.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from rebate.contracts.problems import nearest, shown
from rebate.contracts.scalars import (
    Amount,
    Bps,
    Count,
    Flag,
    Name,
    PositiveCount,
    SignedAmount,
    Text,
    UtcInstant,
)
from rebate.contracts.validation import Tolerant

EntryStatus = Literal[
    "held", "waiting", "completed", "exchanged", "converted", "cleared", "refunded", "merged"
]
PayoutReason = Literal["queue", "own", "average", "direct", "repurchase"]
CommissionKind = Literal["direct", "indirect", "level_difference", "dividend", "merchant"]
Pocket = Literal["cash", "pending", "points", "love", "love_frozen", "voucher"]
SpendablePocket = Literal["points", "love", "voucher"]


class EventOut(Tolerant):
    """What every event tells: its own id, the same in every repetition, and when it happened."""

    event_id: Name
    at: UtcInstant


class QueueEvent(EventOut):
    """Something that happened in one queue."""

    queue: Name


class EntryEvent(QueueEvent):
    """Something that happened to one entry, named as in contracts, section 3."""

    entry: Text
    member: Name
    order_id: Name


class EntryJoinedDetail(EntryEvent):
    """An entry took its place in line.

    `entitlement` is null where a plan counts rewards instead. `may_draw` tells that a draw is open
    to the entry (rule 1.3.3). `merged_from` is the stalled queue in which it waited before, where
    it has ended as `merged` (rule 1.5.5).
    """

    entitlement: Amount | None
    ratio_bps: Bps | None = None
    may_draw: Flag = False
    merged_from: Name | None = None


class RebatePaidDetail(QueueEvent):
    """A member was paid `amount` out of what `from_order_id` contributed; null: a scheduled run.

    `entry` is null for an own-purchase reward, which comes of the purchase alone (rule 6.2). `due`
    is what should have been paid, named where a guard cut it (rule 8.4).
    """

    entry: Text | None
    member: Name
    order_id: Name
    amount: Amount
    due: Amount | None = None
    pocket: Pocket
    reason: PayoutReason
    from_order_id: Name | None = None


class RebateCappedDetail(EventOut):
    """The day's cap cut what a member was due, `due`, to `paid`, which may be 0 (rule 8.4).

    What was cut of a rebate is in the pool of `queue` and is paid later; of a commission or a
    dividend, whose `kind` stands here and whose `queue` is null, it is not made. `entry` is null
    for what is of no entry, as own-purchase rewards, `order_id` for a dividend.
    """

    queue: Name | None = None
    entry: Text | None = None
    member: Name
    order_id: Name | None = None
    due: Amount
    paid: Amount
    reason: PayoutReason | None = None
    kind: CommissionKind | None = None
    period: Text | None = None


class EntryCompletedDetail(EntryEvent):
    """An entry left the line: it got all it was promised, or its last reward."""

    paid: Amount


class EntryDrawnDetail(EntryEvent):
    """A draw was made; `ratio_bps` null: it missed and the ratio stays.

    `seed_day` names the seed whose SHA-256 was published before that day began (rule 1.3.4).
    """

    ratio_bps: Bps | None
    entitlement: Amount
    seed_day: Text | None = None


class EntryExchangedDetail(EntryEvent):
    """The holder turned all that the entry still lacked into `amount` of another asset."""

    pocket: Literal["points", "love", "love_frozen", "voucher"]
    amount: Amount


class EntryConvertedDetail(EntryEvent):
    """Random return turned an entry into `amount` points as it joined (rule 1.6.2)."""

    pocket: Literal["points"] = "points"
    amount: Amount


class EntriesClearedDetail(QueueEvent):
    """All that waited in a queue was set to zero: what was settled before `at` stays paid.

    One event for a queue, however many entries it held; `owed` is what they still lacked.
    """

    entries: Count
    owed: Amount


class EntryRefundedDetail(EntryEvent):
    """A refund lowered an entry; status, entitlement and claw back are what came of it.

    `clawed_back` is in the asset that the entry had been given (rule 1.6.5).
    """

    refund_id: Name
    status: EntryStatus
    entitlement: Amount | None
    clawed_back: Amount


class QueuePausedDetail(EventOut):
    """Orders still join and nothing is paid; `queue` null: all of the queue-rebate plan's."""

    queue: Name | None = None


class QueueResumedDetail(EventOut):
    """What was paused goes on; no place was lost. `queue` is as in QueuePaused."""

    queue: Name | None = None


class RepurchasePlacedDetail(QueueEvent):
    """A forced repurchase made the order `order_id`: the shop ships once more (rule 4.4).

    `origin_order_id` is the order whose lines are bought again.
    """

    member: Name
    order_id: Name
    origin_order_id: Name
    amount: Amount


class CommissionPaidDetail(EventOut):
    """A referral, team or merchant reward or a dividend (rule 2); below zero a reversal."""

    kind: CommissionKind
    member: Name
    amount: SignedAmount
    base: Amount
    ratio_bps: Bps
    order_id: Name | None = None
    period: Text | None = None


class WithdrawalRequestedDetail(EventOut):
    """A member asks for `amount`, which is held meanwhile; `fee` is part of it (rule 3)."""

    withdrawal_id: Name
    member: Name
    amount: Amount
    fee: Amount


class WithdrawalDecidedDetail(EventOut):
    """A withdrawal was approved, or rejected with the reason."""

    withdrawal_id: Name
    member: Name
    amount: Amount
    fee: Amount
    approved: Flag
    reason: Text | None = None


class WithdrawalPaidDetail(EventOut):
    """An approved withdrawal was paid, or with `failed` was not: then `amount` is cash again.

    What was told as paid may fail later, once: banks return payouts (rule 3.1).
    """

    withdrawal_id: Name
    member: Name
    amount: Amount
    fee: Amount
    failed: Flag


class TransferredDetail(EventOut):
    """A member passed points or love value on to another (rule 3.2)."""

    transfer_id: Name
    from_member: Name
    to_member: Name
    pocket: Literal["points", "love"]
    amount: Amount


class SpentDetail(EventOut):
    """Points, love value or vouchers were spent on an order (rule 3.3)."""

    spend_id: Name
    member: Name
    order_id: Name
    pocket: SpendablePocket
    amount: Amount


class GivenBackDetail(EventOut):
    """What was spent on an order was given back, or a part of it (rule 3.3)."""

    give_back_id: Name
    spend_id: Name
    member: Name
    order_id: Name
    pocket: SpendablePocket
    amount: Amount


class GiftRedeemedDetail(EventOut):
    """A gift was redeemed (`placed`), or a redemption went on (rule 3.4).

    `amount` is what it cost in all; with the state `cancelled` it was given back.
    """

    redemption_id: Name
    member: Name
    gift_id: Name
    quantity: PositiveCount
    pocket: SpendablePocket
    amount: Amount
    state: Literal["placed", "sent", "done", "cancelled"]
    tracking: Text | None = None


class AdjustedDetail(EventOut):
    """Operators credited a wallet, or debited it (below zero), with a reason (rule 3.5)."""

    adjustment_id: Name
    member: Name
    pocket: Pocket
    amount: SignedAmount
    reason: Text


class ReferrerBoundDetail(EventOut):
    """A member was bound to a referrer, or to nobody any more: null (rule 2.5.1).

    `before` is who it was before an operator corrected it; `by` tells how it was bound.
    """

    member: Name
    referrer: Name | None
    before: Name | None = None
    by: Literal["shop", "code", "operator"]


class LevelReachedDetail(EventOut):
    """A member reached a member level or a team rank by conditions, or `fell` (rule 2.9).

    `name` is what the member has now, null: none; `before` what it was.
    """

    member: Name
    kind: Literal["level", "rank"]
    name: Name | None
    before: Name | None = None
    fell: Flag = False


class MerchantAppliedDetail(EventOut):
    """A member handed in an application to become a merchant; `referrer` brought them in."""

    application_id: Name
    member: Name
    referrer: Name | None = None


class MerchantDecidedDetail(EventOut):
    """An application was approved and `store_id` exists now, or was rejected for a reason."""

    application_id: Name
    member: Name
    approved: Flag
    store_id: Name | None = None
    reason: Text | None = None


class SettingsChangedDetail(EventOut):
    """A new version of the settings holds; `changed` names the paths that differ (rule 8.5)."""

    version: PositiveCount
    changed_by: Name
    changed: tuple[Text, ...]
    acknowledged: tuple[Text, ...] = ()


EVENTS_OUT: Mapping[str, type[EventOut]] = {
    model.__name__.removesuffix("Detail"): model
    for model in (
        EntryJoinedDetail,
        RebatePaidDetail,
        RebateCappedDetail,
        EntryCompletedDetail,
        EntryDrawnDetail,
        EntryExchangedDetail,
        EntryConvertedDetail,
        EntriesClearedDetail,
        EntryRefundedDetail,
        QueuePausedDetail,
        QueueResumedDetail,
        RepurchasePlacedDetail,
        CommissionPaidDetail,
        WithdrawalRequestedDetail,
        WithdrawalDecidedDetail,
        WithdrawalPaidDetail,
        TransferredDetail,
        SpentDetail,
        GivenBackDetail,
        GiftRedeemedDetail,
        AdjustedDetail,
        ReferrerBoundDetail,
        LevelReachedDetail,
        MerchantAppliedDetail,
        MerchantDecidedDetail,
        SettingsChangedDetail,
    )
}
"""The events by `detail-type`."""


def check_event_out(name: str) -> str:
    """Return the name of an event that goes out; raises PydanticCustomError `event_out`."""
    if name in EVENTS_OUT:
        return name
    hint = {"given": shown(name), "nearest": nearest(name, EVENTS_OUT)}
    raise PydanticCustomError("event_out", "must be an event that goes out, not {given}", hint)


EventOutName = Annotated[
    str,
    Field(strict=True, json_schema_extra={"enum": list(EVENTS_OUT)}),
    AfterValidator(check_event_out),
]
"""The `detail-type` of an event that goes out."""
