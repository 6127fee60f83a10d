"""Events as they travel: what stands around `detail` on the bus, and in `POST /v1/events`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic_core import PydanticCustomError

from rebate.contracts.events_in import Event, UnreadableEvent, parse_event
from rebate.contracts.problems import Problem, one_of, shown
from rebate.contracts.scalars import parse_utc_instant
from rebate.domain.times import Instant, instant_of

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Delivery(Generic[E]):
    """An event as it came: `id` is the envelope's, `at` when it was sent, where it says so."""

    id: str | None
    at: Instant | None
    event: E


def read_envelope(body: str | bytes, kinds: tuple[type[E], ...]) -> Delivery[E]:
    """Return what an envelope says; of it only `detail-type` and `detail` are needed.

    Raises:
        UnreadableEvent: it is none, or of another kind; sending it again will not help.
    """
    envelope = _object(body)
    event = parse_event(envelope.get("detail-type"), envelope.get("detail"))
    if not isinstance(event, kinds):
        expected = one_of([kind.__name__ for kind in kinds])
        message = f"must be {expected} here, not {shown(envelope['detail-type'])}"
        raise UnreadableEvent([Problem("detail-type", message)])
    sent = envelope.get("id")
    return Delivery(sent if isinstance(sent, str) else None, _sent_at(envelope), event)


def _object(body: str | bytes) -> Mapping[str, Any]:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableEvent([Problem("", f"is not JSON: {error}")]) from None
    if not isinstance(envelope, Mapping):
        raise UnreadableEvent([Problem("", f"must be an object, not {shown(envelope)}")])
    return envelope


def _sent_at(envelope: Mapping[str, Any]) -> Instant | None:
    if envelope.get("time") is None:
        return None
    try:
        return instant_of(parse_utc_instant(envelope["time"]))
    except PydanticCustomError as error:
        raise UnreadableEvent([Problem("time", error.message())]) from None
