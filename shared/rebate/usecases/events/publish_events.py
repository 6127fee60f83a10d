"""Telling the world what was committed: the events of journal rows (contracts, section 2).

A row is stored in the same transaction as what its events tell of, and never changes: so an event
is never published for a change that was not stored, and one that is published again is the same.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum
from typing import Any, Protocol

from rebate.domain.commissions import CommissionKind
from rebate.domain.events import (
    Adjusted,
    CommandParked,
    CommissionPaid,
    Event,
    GiftRedeemed,
    GivenBack,
    LevelReached,
    LoveThawed,
    MerchantApplied,
    MerchantDecided,
    QueuePaused,
    QueueResumed,
    RebateCapped,
    RebatePaid,
    ReferrerBound,
    RepurchaseMissed,
    SettingsChanged,
    Spent,
    Transferred,
    WithdrawalDecided,
    WithdrawalPaid,
    WithdrawalRequested,
)
from rebate.domain.records import dataclass, fields_of
from rebate.domain.times import Instant, datetime_of, zulu
from rebate.domain.wire import Unknown
from rebate.usecases.storage.rows.journal import Journal

SOURCE = "rebate"
"""The `source` of every event out."""

_NOT_PUBLISHED = (CommandParked, LoveThawed, RepurchaseMissed)
"""Only the books tell of the first, only the member is told of the others."""

_OF_NO_QUEUE = (
    Adjusted,
    CommissionPaid,
    GiftRedeemed,
    GivenBack,
    LevelReached,
    MerchantApplied,
    MerchantDecided,
    QueuePaused,
    QueueResumed,
    ReferrerBound,
    SettingsChanged,
    Spent,
    Transferred,
    WithdrawalDecided,
    WithdrawalPaid,
    WithdrawalRequested,
)
"""The source of these is no queue; a pause names the queue by itself."""

_NAMES = {
    "order": "order_id",
    "source": "from_order_id",
    "refund": "refund_id",
    "origin": "origin_order_id",
    "withdrawal": "withdrawal_id",
    "transfer": "transfer_id",
    "giver": "from_member",
    "taker": "to_member",
    "spend": "spend_id",
    "give_back": "give_back_id",
    "redemption": "redemption_id",
    "gift": "gift_id",
    "adjustment": "adjustment_id",
    "commission": "kind",
    "ladder": "kind",
    "application": "application_id",
    "store": "store_id",
}
"""What the world calls a field, where that is not its name."""

_KINDS = {CommissionKind.LEVEL: "level_difference"}
"""What the world calls a kind of commission, where that is not its name."""

_UNTOLD = {"type", "from_place", "below"}
"""Fields that are for ourselves: what an event is, and which places a clearing covers."""


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """An event as the bus takes it: its `detail-type`, and as JSON values its detail."""

    kind: str
    at: Instant
    detail: dict[str, Any]


class Publisher(Protocol):
    """Publishes events at least once."""

    def publish(self, events: Sequence[OutgoingEvent]) -> set[int]:
        """Publish events and return the places of those that failed."""


def types_on_bus(document: Mapping[str, Any]) -> Collection[str] | None:
    """Return the types of events that settings let out on the bus; None: all.

    What a later release may have said there in another form lets all out.
    """
    named = document.get("publish")
    return frozenset(named) if isinstance(named, list | tuple) else None


def publish(
    rows: Sequence[Journal],
    publisher: Publisher,
    queue_webhooks: Callable[[Sequence[OutgoingEvent]], set[int]],
    types: Collection[str] | None = None,
) -> set[int]:
    """Publish the events of journal rows; return the places of rows that have to come again.

    `types` are those that the bus is told of, None: all. `queue_webhooks` tells those who listen by
    webhooks, each of what it wants, and returns the places of events that it could not tell all of
    them.
    """
    owners = [(place, event) for place, row in enumerate(rows) for event in events_of(row)]
    events = [event for _, event in owners]
    on_bus = [place for place, each in enumerate(events) if types is None or each.kind in types]
    unpublished = publisher.publish([events[place] for place in on_bus])
    failed = {on_bus[each] for each in unpublished} | queue_webhooks(events)
    return {owners[place][0] for place in failed}


def events_of(row: Journal) -> list[OutgoingEvent]:
    """Return what a journal row tells; each event's id is the row's and its place in it.

    An event that only a later release knows is passed over: what it tells is not known either.
    """
    return [
        OutgoingEvent(event.type, row.at, _detail(row, place, event))
        for place, event in enumerate(row.events)
        if not isinstance(event, (Unknown, *_NOT_PUBLISHED))
    ]


def _detail(row: Journal, place: int, event: Event) -> dict[str, Any]:
    """Return what an event says, by the names that the world knows its fields by."""
    said: dict[str, Any] = {"event_id": f"{row.source}#{row.number}#{place}", "at": _utc(row.at)}
    if not isinstance(event, _OF_NO_QUEUE):
        said["queue"] = None if _is_commission(event) else row.source
    for name, value in fields_of(event):
        if name not in _UNTOLD:
            said[_NAMES.get(name, name)] = value.value if isinstance(value, Enum) else value
    if "kind" in said:
        said["kind"] = _KINDS.get(said["kind"], said["kind"])
    if isinstance(event, RebatePaid):
        said["due"] = _due(row, event)
    return said


def _is_commission(event: Event) -> bool:
    """Tell what a cap cut of a commission or a dividend from what it cut of a queue's rebate."""
    return isinstance(event, RebateCapped) and event.commission is not None


def _utc(at: Instant) -> str:
    return zulu(datetime_of(at))


def _due(row: Journal, paid: RebatePaid) -> int | None:
    """Return what should have been paid, where a cap cut the payment (Rule 8.4)."""
    cuts = (each for each in row.events if isinstance(each, RebateCapped))
    return next(
        (cut.due for cut in cuts if (cut.entry, cut.paid) == (paid.entry, paid.amount)), None
    )
