"""Webhooks out by the Standard Webhooks specification (contracts, section 7).

An endpoint is told of events of some types. Each event is a delivery of its own: tried at once,
then after the specification's pauses for three days, then set aside. An endpoint that failed
several times in a row is taken for dead: its deliveries are parked, and one of them at a time tries
whether it answers again.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from rebate.domain.records import dataclass, replace
from rebate.domain.times import DAY, SECOND, Instant
from rebate.domain.wire import stored_as, wire

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

PAUSES = (
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
"""Between one try and the next, as the specification has them."""

GIVES_UP_AFTER = sum(PAUSES)
"""From the first try on: three days and three hours."""

KEPT_DAYS = 30
ATTEMPTS_KEPT = 20
"""Attempts of a delivery that are remembered, the latest."""

DEAD_AFTER = 5
"""Failures in a row after which an endpoint is taken for dead."""

FIRST_REST, LONGEST_REST = 5 * SECOND, 5 * MINUTE
"""How long a dead endpoint is left alone: twice as long with every failure."""

SECRET_PREFIX = "whsec_"  # noqa: S105 - what secrets begin with
SECRET_BYTES_MIN, SECRET_BYTES_MAX = 24, 64
GONE = 410
"""The status by which an endpoint says that it wants no more."""


class DeliveryState(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    SET_ASIDE = "set_aside"


class SetAsideReason(StrEnum):
    """Why a delivery is set aside: its endpoint is off, or did not take it for three days."""

    OFF = "off"
    TOO_LONG = "three_days"


@stored_as("webhook_endpoint")
@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """Where events go: those of `types`, or all (None), while it is `on`.

    `secrets` are the numbers of those that sign: two while one is replaced. `off_because` says
    why it is off, where nobody switched it off.
    """

    id: Annotated[str, wire("id")]
    address: Annotated[str, wire("address")]
    types: Annotated[tuple[str, ...] | None, wire("types", absent=None)]
    on: Annotated[bool, wire("on")]
    secrets: Annotated[tuple[int, ...], wire("secrets")]
    saved_at: Annotated[Instant, wire("saved_at")]
    saved_by: Annotated[str, wire("saved_by")]
    version: Annotated[int, wire("version")] = 1
    off_because: Annotated[str | None, wire("off_because", absent=None)] = None

    def wants(self, kind: str) -> bool:
        """Tell whether events of a type go there."""
        return self.on and (self.types is None or kind in self.types)


@stored_as("webhook_secret")
@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """A secret of an endpoint, apart from it, so that nobody who looks at endpoints reads it."""

    endpoint: Annotated[str, wire("endpoint")]
    number: Annotated[int, wire("number")]
    secret: Annotated[str, wire("secret")]

    def __repr__(self) -> str:
        """Say whose it is, and nothing else."""
        return f"WebhookSecret({self.endpoint}, {self.number})"

    __str__ = __repr__


@stored_as("webhook_health")
@dataclass(frozen=True, slots=True)
class WebhookHealth:
    """How often in a row an endpoint failed, since when, and until when it is left alone."""

    endpoint: Annotated[str, wire("endpoint")]
    failures: Annotated[int, wire("failures", absent=0)] = 0
    failing_since: Annotated[Instant | None, wire("failing_since", absent=None)] = None
    rests_until: Annotated[Instant | None, wire("rests_until", absent=None)] = None
    version: Annotated[int, wire("version", absent=0)] = 0

    @property
    def is_dead(self) -> bool:
        """Whether it failed so often that only one delivery at a time tries it."""
        return self.failures >= DEAD_AFTER

    def failed(self, times: int, now: Instant) -> "WebhookHealth":
        """Return the health after so many more failures in a row."""
        failures = self.failures + times
        rest = min(FIRST_REST << min(max(0, failures - DEAD_AFTER), 10), LONGEST_REST)
        return replace(
            self,
            failures=failures,
            failing_since=now if self.failing_since is None else self.failing_since,
            rests_until=Instant(now + rest) if failures >= DEAD_AFTER else None,
        )

    def answered(self) -> "WebhookHealth":
        """Return the health of an endpoint that took something."""
        return replace(self, failures=0, failing_since=None, rests_until=None)


@stored_as("webhook_attempt")
@dataclass(frozen=True, slots=True)
class WebhookAttempt:
    """One try: the answer's status and head, or why there was none; how long it took.

    `error` is `refused_address`, `no_address`, `no_connection`, `tls`, `timeout`, `bad_answer` or
    `redirect`. `retry_after` is how many seconds the answer asks for.
    """

    at: Annotated[Instant, wire("at")]
    ms: Annotated[int, wire("ms")]
    status: Annotated[int | None, wire("status", absent=None)] = None
    answer: Annotated[str, wire("answer", absent="")] = ""
    error: Annotated[str | None, wire("error", absent=None)] = None
    retry_after: Annotated[int, wire("retry_after", absent=0)] = 0

    @property
    def succeeded(self) -> bool:
        """Whether the receiver took it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004


@stored_as("webhook_delivery")
@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """An event on its way to an endpoint, and all that came of it.

    `id` is the `webhook-id`, `at` the event's instant, `body` what is sent. `since` is when its
    tries began, `tries` how many of the pauses are used up. One that waits is due at `next_at`, or
    was `parked` then. `asked` is the request that sent it once more.
    """

    endpoint: Annotated[str, wire("endpoint")]
    id: Annotated[str, wire("id")]
    event: Annotated[str, wire("event")]
    kind: Annotated[str, wire("kind")]
    at: Annotated[Instant, wire("at")]
    body: Annotated[str, wire("body")]
    since: Annotated[Instant, wire("since")]
    state: Annotated[str, wire("state", absent="waiting")] = DeliveryState.WAITING
    tries: Annotated[int, wire("tries", absent=0)] = 0
    next_at: Annotated[Instant | None, wire("next_at", absent=None)] = None
    parked: Annotated[bool, wire("parked", absent=False)] = False
    attempts: Annotated[tuple[WebhookAttempt, ...], wire("attempts", absent=[])] = ()
    reason: Annotated[str | None, wire("reason", absent=None)] = None
    asked: Annotated[str | None, wire("asked", absent=None)] = None
    version: Annotated[int, wire("version")] = 0

    @property
    def expires_at(self) -> int:
        """Until when it is kept, in seconds since 1970."""
        return (self.since + KEPT_DAYS * DAY) // SECOND

    def is_due(self, now: Instant) -> bool:
        """Tell whether it waits for a try, and its time has come but for a second."""
        due = self.next_at is None or self.next_at <= now + SECOND
        return self.state == DeliveryState.WAITING and due

    def is_over(self, now: Instant) -> bool:
        """Tell whether it was tried for as long as anything is."""
        return now - self.since >= GIVES_UP_AFTER

    def after(self, attempt: WebhookAttempt, *, dead: bool, jitter: float) -> "WebhookDelivery":
        """Return the delivery after an attempt; of a `dead` endpoint it is parked if it failed.

        Tries of a dead endpoint use up no pause: they are many, and of one delivery for all.
        `jitter`, from 0 to 1, spreads tries that failed together over a tenth of their pause.
        """
        attempts = (*self.attempts, attempt)[-ATTEMPTS_KEPT:]
        tried = replace(self, tries=self.tries + (not dead), attempts=attempts)
        ended = Instant(attempt.at + attempt.ms * 1000)
        if attempt.succeeded:
            return replace(tried, state=DeliveryState.DELIVERED, next_at=None, parked=False)
        if attempt.status == GONE:
            return tried.set_aside("gone")
        if dead or self.is_over(ended):
            return tried.park(ended)
        pause = max(PAUSES[min(self.tries, len(PAUSES) - 1)], attempt.retry_after * SECOND)
        due = min(ended + pause + int(jitter * pause / 10), self.since + GIVES_UP_AFTER)
        return replace(tried, next_at=Instant(due), parked=False)

    def park(self, now: Instant) -> "WebhookDelivery":
        """Return the delivery as it waits for a dead endpoint, unless it waited for too long."""
        if self.is_over(now):
            return self.set_aside(SetAsideReason.TOO_LONG)
        return replace(self, next_at=now, parked=True)

    def set_aside(self, reason: str) -> "WebhookDelivery":
        """Return the delivery as it is given up, with why."""
        return replace(
            self, state=DeliveryState.SET_ASIDE, next_at=None, parked=False, reason=reason
        )

    def once_more(self, request: str, now: Instant) -> "WebhookDelivery":
        """Return the delivery as somebody asks for it again: its tries begin anew."""
        return replace(
            self,
            state=DeliveryState.WAITING,
            tries=0,
            since=now,
            next_at=now,
            parked=False,
            reason=None,
            asked=request,
        )


def message_id(event: str) -> str:
    """Return the `webhook-id` of an event: the same at every endpoint and at every try.

    Events' own ids hold names of queues, which may be no header.
    """
    return f"msg_{sha256(event.encode()).hexdigest()[:32]}"


def signature(secrets: Iterable[str], message: str, seconds: int, body: str) -> str:
    """Return the `webhook-signature` of a body, by each of the secrets."""
    content = f"{message}.{seconds}.{body}".encode()
    return " ".join(f"v1,{_signed(secret, content)}" for secret in secrets)


def _signed(secret: str, content: bytes) -> str:
    return b64encode(hmac.digest(secret_bytes(secret), content, "sha256")).decode()


def secret_bytes(secret: str) -> bytes:
    """Return what a secret stands for.

    Raises:
        ValueError: it is not `whsec_` and 24 to 64 bytes in base64.
    """
    if not secret.startswith(SECRET_PREFIX):
        raise ValueError(f"must begin with {SECRET_PREFIX}")
    found = b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    if not SECRET_BYTES_MIN <= len(found) <= SECRET_BYTES_MAX:
        raise ValueError(f"must hold {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes in base64")
    return found


def secret_of(content: bytes) -> str:
    """Return a secret as receivers are given it."""
    return f"{SECRET_PREFIX}{b64encode(content).decode()}"
