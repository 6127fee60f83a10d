"""What operators are told of webhooks out (contracts, section 7)."""

from datetime import datetime

from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class WebhookShown:
    """Where events go: those of `types`, null: all.

    `secrets` is how many are good: two while one is replaced. `secret` is one that was made by
    this very request: it is shown once. `failures` is how often in a row it did not take anything;
    `off_because` is `gone` where its answer 410 switched it off.
    """

    id: str
    version: int
    address: str
    types: tuple[str, ...] | None
    on: bool
    off_because: str | None
    secrets: int
    saved_at: datetime
    saved_by: str
    failures: int
    failing_since: datetime | None
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class WebhooksShown:
    """All endpoints."""

    webhooks: tuple[WebhookShown, ...]


@dataclass(frozen=True, slots=True)
class WebhookAttemptShown:
    """One try: the answer's status and head, or the error why there was none."""

    at: datetime
    ms: int
    status: int | None
    answer: str
    error: str | None


@dataclass(frozen=True, slots=True)
class WebhookDeliveryShown:
    """An event for an endpoint: `waiting`, `delivered` or `set_aside`.

    `next_at` null: it is not tried again by itself, or waits until its endpoint answers again.
    """

    delivery: str
    webhook_id: str
    event_id: str
    type: str
    at: datetime
    state: str
    reason: str | None
    next_at: datetime | None
    attempts: tuple[WebhookAttemptShown, ...]


@dataclass(frozen=True, slots=True)
class WebhookDeliveriesShown:
    """A page of deliveries."""

    deliveries: tuple[WebhookDeliveryShown, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class RedeliveryShown:
    """How many deliveries were queued again; `next`, if not null, goes on from there."""

    queued: int
    next: str | None
