"""Delivering what the queue brings: signed anew at each try, each endpoint apart from the others.

What came of a try is stored before the message is forgotten, with when the next is due. So a crash
repeats a try, under the same `webhook-id`, and loses none. What repeats a message finds that the
delivery is over, or not due.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from rebate.domain.errors import Conflict, Unavailable
from rebate.domain.records import dataclass, replace
from rebate.domain.times import SECOND, Instant
from rebate.domain.webhooks import (
    GONE,
    SetAsideReason,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookHealth,
    WebhookSecret,
    signature,
)
from rebate.usecases.storage.ports import Clock, Place, Put, Store
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, webhook_secret_key
from rebate.usecases.webhooks.keep_deliveries import keep
from rebate.usecases.webhooks.queue_webhooks import (
    WebhookMessage,
    WebhookQueue,
    again,
    endpoints_of,
)

SOON = 900
"""Seconds by which the queue can delay a message."""


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """What is posted where, with which headers beside the usual ones."""

    address: str
    headers: Mapping[str, str]
    body: str


class WebhookSender(Protocol):
    """Posts to addresses of others."""

    def send(self, requests: Sequence[WebhookRequest]) -> Sequence[WebhookAttempt]:
        """Post all at the same time; return what came of each, which is never an error here."""


@dataclass(frozen=True, slots=True)
class WebhookOutcome:
    """What came of one message: the delivery as it stands now; None: it was not tried."""

    delivery: WebhookDelivery
    attempt: WebhookAttempt | None = None


@dataclass(frozen=True, slots=True)
class DeliveredBatch:
    """What came of a batch: outcomes, and the places of messages that have to come again."""

    outcomes: tuple[WebhookOutcome, ...]
    failed: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What is known of the endpoints and deliveries of a batch, now."""

    now: Instant
    endpoints: Mapping[str, WebhookEndpoint]
    known_health: Mapping[Key, WebhookHealth]
    deliveries: Mapping[Key, WebhookDelivery]
    secrets: Mapping[Key, WebhookSecret]

    def health(self, endpoint: str) -> WebhookHealth:
        return self.known_health.get(Key(endpoint)) or WebhookHealth(endpoint)

    def is_on(self, endpoint: str) -> bool:
        found = self.endpoints.get(endpoint)
        return found is not None and found.on

    def spares(self, message: WebhookMessage) -> bool:
        """Tell whether a dead endpoint is left alone: only a probe tries it, after its rest."""
        health = self.health(message.endpoint)
        if not self.is_on(message.endpoint) or not health.is_dead:
            return False
        return not message.is_probe or (health.rests_until or 0) > self.now + SECOND

    def request(self, delivery: WebhookDelivery) -> WebhookRequest:
        """Return what is posted, signed now by all secrets of the endpoint."""
        endpoint, seconds = self.endpoints[delivery.endpoint], self.now // SECOND
        keys = (webhook_secret_key(endpoint.id, number) for number in endpoint.secrets)
        secrets = [self.secrets[key].secret for key in keys]
        headers = {
            "webhook-id": delivery.id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": signature(secrets, delivery.id, seconds, delivery.body),
        }
        return WebhookRequest(endpoint.address, headers, delivery.body)


class WebhookDeliveries:
    """Delivers what the queue brings."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        queue: WebhookQueue,
        sender: WebhookSender,
        *,
        jitter: Callable[[], float],
    ) -> None:
        """`jitter` returns a number from 0 to 1, another each time."""
        self._store = store
        self._clock = clock
        self._queue = queue
        self._sender = sender
        self._jitter = jitter

    def deliver(self, messages: Sequence[WebhookMessage]) -> DeliveredBatch:
        """Try what is due, all at the same time, and store what came of it.

        Raises:
            Unavailable: the store did not answer before anything was tried.
        """
        loaded = self._load(messages)
        due = dict(self._due(messages, loaded))
        outcomes = self._untried(due, messages, loaded)
        outcomes |= self._tried({place: due[place] for place in due.keys() - outcomes}, loaded)
        kept = {place for place, each in outcomes.items() if self._keep(each.delivery, loaded)}
        for place in kept:
            self._try_soon(outcomes[place].delivery)
        self._switch_off(outcomes.values(), loaded)
        failed = frozenset(outcomes.keys() - kept)
        return DeliveredBatch(tuple(outcomes[place] for place in sorted(kept)), failed)

    def _load(self, messages: Sequence[WebhookMessage]) -> _Loaded:
        endpoints = endpoints_of(self._store)
        named = {each.endpoint for each in messages} & endpoints.keys()
        numbers = ((name, number) for name in named for number in endpoints[name].secrets)
        wanted: list[Place] = [
            *((WebhookDelivery, each.key) for each in messages),
            *((WebhookHealth, Key(name)) for name in named),
            *((WebhookSecret, webhook_secret_key(*each)) for each in numbers),
        ]
        rows: dict[type, dict[Key, Any]] = defaultdict(dict)
        for (kind, key), row in self._store.get_all(dict.fromkeys(wanted)).items():
            rows[kind][key] = row
        kinds = (rows[kind] for kind in (WebhookHealth, WebhookDelivery, WebhookSecret))
        return _Loaded(self._clock.now(), endpoints, *kinds)

    def _due(
        self, messages: Sequence[WebhookMessage], loaded: _Loaded
    ) -> Iterator[tuple[int, WebhookDelivery]]:
        """Yield the deliveries that are due, each once, with the places of their messages."""
        seen = set()
        for place, message in enumerate(messages):
            delivery = loaded.deliveries.get(message.key) or message.begin(loaded.now)
            if delivery is None or message.key in seen or not delivery.is_due(loaded.now):
                continue
            if not (delivery.parked and loaded.spares(message)):
                seen.add(message.key)
                yield place, delivery

    def _untried(
        self,
        due: Mapping[int, WebhookDelivery],
        messages: Sequence[WebhookMessage],
        loaded: _Loaded,
    ) -> dict[int, WebhookOutcome]:
        """Return what becomes of those that are not tried: their endpoint is off, or dead."""
        found = {}
        for place, delivery in due.items():
            if not loaded.is_on(delivery.endpoint):
                found[place] = WebhookOutcome(delivery.set_aside(SetAsideReason.OFF))
            elif loaded.spares(messages[place]):
                found[place] = WebhookOutcome(delivery.park(loaded.now))
        return found

    def _tried(
        self, due: Mapping[int, WebhookDelivery], loaded: _Loaded
    ) -> dict[int, WebhookOutcome]:
        """Try deliveries and return what became of each."""
        attempts = self._sender.send([loaded.request(each) for each in due.values()])
        health = self._health_after(due.values(), attempts, loaded)
        return {
            place: WebhookOutcome(
                delivery.after(
                    attempt, dead=health[delivery.endpoint].is_dead, jitter=self._jitter()
                ),
                attempt,
            )
            for (place, delivery), attempt in zip(due.items(), attempts, strict=True)
        }

    def _health_after(
        self,
        deliveries: Iterable[WebhookDelivery],
        attempts: Sequence[WebhookAttempt],
        loaded: _Loaded,
    ) -> dict[str, WebhookHealth]:
        """Note how endpoints are after these attempts: one success is a sign of life.

        If somebody else just noted it, or the store does not answer, the next to try does it.
        """
        results: dict[str, list[bool]] = defaultdict(list)
        for delivery, attempt in zip(deliveries, attempts, strict=True):
            results[delivery.endpoint].append(attempt.succeeded)
        found = {}
        for name, succeeded in results.items():
            before, now = loaded.health(name), self._clock.now()
            health = before.answered() if any(succeeded) else before.failed(len(succeeded), now)
            found[name] = health = replace(health, version=before.version + 1)
            if not any(succeeded) or before.failures:
                with suppress(Conflict, Unavailable):
                    self._store.commit([Put(health, expects=before.version)])
        return found

    def _keep(self, delivery: WebhookDelivery, loaded: _Loaded) -> bool:
        """Store a delivery; tell whether that went well, or has to be looked at again."""
        try:
            keep(self._store, delivery, loaded.deliveries.get(key_of(delivery)))
        except (Conflict, Unavailable):
            return False
        return True

    def _try_soon(self, delivery: WebhookDelivery) -> None:
        """Let the queue bring what is due soon; it may fail to, since the list has it as well."""
        if delivery.next_at is None or delivery.parked:
            return
        seconds = -((self._clock.now() - delivery.next_at) // SECOND)
        if seconds <= SOON:
            self._queue.send([again(delivery)], delay_seconds=max(0, seconds))

    def _switch_off(self, outcomes: Iterable[WebhookOutcome], loaded: _Loaded) -> None:
        """Switch off endpoints that said that they are gone; the next answer says so again."""
        gone = {
            each.delivery.endpoint
            for each in outcomes
            if each.attempt is not None and each.attempt.status == GONE
        }
        for name in gone:
            before = loaded.endpoints[name]
            off = replace(before, on=False, off_because="gone", version=before.version + 1)
            with suppress(Conflict, Unavailable):
                self._store.commit([Put(off, expects=before.version)])
