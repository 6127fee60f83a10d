"""Queueing events for the endpoints that want them: a message for each endpoint and event."""

import json
from collections.abc import Mapping, Sequence
from typing import Protocol

from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.domain.webhooks import WebhookDelivery, WebhookEndpoint, message_id
from rebate.usecases.events.publish_events import OutgoingEvent
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import ENDPOINTS, Key, webhook_delivery_key


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """What the queue brings: a delivery by its key, with what it is unless that is stored.

    `is_probe`: it tries whether a dead endpoint answers again.
    """

    endpoint: str
    id: str
    at: Instant
    event: str | None = None
    kind: str | None = None
    body: str | None = None
    is_probe: bool = False

    @property
    def key(self) -> Key:
        """Where the delivery is stored."""
        return webhook_delivery_key(self.endpoint, self.at, self.id)

    def begin(self, now: Instant) -> WebhookDelivery | None:
        """Return the delivery that begins with this message; None: it is a later one's."""
        if self.event is None or self.kind is None or self.body is None:
            return None
        return WebhookDelivery(
            self.endpoint, self.id, self.event, self.kind, self.at, self.body, since=now
        )


class WebhookQueue(Protocol):
    """Brings messages to who delivers, at least once each."""

    def send(self, messages: Sequence[WebhookMessage], *, delay_seconds: int = 0) -> set[int]:
        """Queue messages, to come after a delay; return the places of those that were not."""


def endpoints_of(store: Store) -> Mapping[str, WebhookEndpoint]:
    """Return all endpoints by id."""
    return {each.id: each for each in store.query(WebhookEndpoint, ENDPOINTS)}


def again(delivery: WebhookDelivery, *, is_probe: bool = False) -> WebhookMessage:
    """Return the message that has a stored delivery tried again."""
    return WebhookMessage(delivery.endpoint, delivery.id, delivery.at, is_probe=is_probe)


def queue_webhooks(store: Store, queue: WebhookQueue, events: Sequence[OutgoingEvent]) -> set[int]:
    """Queue events for all who want them; return the places of those that were not for some."""
    endpoints = endpoints_of(store).values()
    wanted = [
        (place, _message(endpoint, event))
        for place, event in enumerate(events)
        for endpoint in endpoints
        if endpoint.wants(event.kind)
    ]
    failed = queue.send([message for _, message in wanted]) if wanted else set()
    return {wanted[each][0] for each in failed}


def _message(endpoint: WebhookEndpoint, event: OutgoingEvent) -> WebhookMessage:
    name: str = event.detail["event_id"]
    said = {"type": event.kind, "timestamp": event.detail["at"], "data": event.detail}
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return WebhookMessage(endpoint.id, message_id(name), event.at, name, event.kind, body)
