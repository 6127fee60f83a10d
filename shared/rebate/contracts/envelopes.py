"""Events as they travel: what stands around `detail` on the bus, and in `POST /v1/events`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic_core import PydanticCustomError

from rebate.contracts.events_in import Event, UnreadableEvent, parse_event
from rebate.contracts.problems import Problem, one_of, shown
from rebate.contracts.scalars import parse_utc_instant
from rebate.domain.senders import UNNAMED
from rebate.domain.times import Instant, instant_of

E = TypeVar("E", bound=Event)

DETAIL_BYTES_MAX = 200 * 1024
"""What an event may say, in bytes of UTF-8 (contracts, section 1)."""

MAX_BYTES_PER_CHAR = 4

SHORT = DETAIL_BYTES_MAX // MAX_BYTES_PER_CHAR
"""An envelope of so many bytes, or characters, cannot say too much."""

_LENIENT = ("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Delivery(Generic[E]):
    """An event as it came: `id` is the envelope's, `at` when it was sent, where it says so.

    Who sent it is told by the bus's `source`, or by the `key` that signed it; or, where it was
    accepted before and set aside, by `accepted_from`: its ids are as they were accepted then.
    `is_replay`: an archive of the bus brings it again, or a file. `sender` is known once it is
    admitted.
    """

    id: str | None
    at: Instant | None
    event: E
    source: str | None = None
    key: str | None = None
    accepted_from: str | None = None
    is_replay: bool = False
    sender: str = UNNAMED

    def of(self, sender: str, event: E) -> "Delivery[E]":
        """Return the delivery with who sent it, and the event with its ids as they are kept."""
        return replace(self, sender=sender, event=event)

    def signed(self, key: str, at: Instant) -> "Delivery[E]":
        """Return the delivery as one that a key signed at an instant, whatever it says itself."""
        said = replace(self, source=None, accepted_from=None, is_replay=False)
        return replace(said, key=key, at=at)


def read_envelope(body: str | bytes, kinds: tuple[type[E], ...]) -> Delivery[E]:
    """Return what an envelope says; of it only `detail-type` and `detail` are needed.

    Raises:
        UnreadableEvent: it is none, or of another kind; sending it again will not help.
    """
    envelope = _object(body)
    delivery = delivery_of(envelope, len(body))
    if not isinstance(delivery.event, kinds):
        expected = one_of([kind.__name__ for kind in kinds])
        message = f"must be {expected} here, not {shown(envelope['detail-type'])}"
        raise UnreadableEvent([Problem("detail-type", message)])
    return delivery


def delivery_of(envelope: Mapping[str, Any], length: int) -> Delivery[Any]:
    """Return what an envelope says, which was read of a text of so many bytes or characters.

    Raises:
        UnreadableEvent: it says no event.
    """
    if length > SHORT:
        _insist_short(envelope.get("detail"))
    return Delivery(
        _text(envelope, "id"),
        _sent_at(envelope),
        parse_event(envelope.get("detail-type"), envelope.get("detail")),
        source=_text(envelope, "source"),
        accepted_from=_text(envelope, "accepted_from"),
        is_replay="replay-name" in envelope,
    )


def _text(envelope: Mapping[str, Any], name: str) -> str | None:
    found = envelope.get(name)
    return found if isinstance(found, str) else None


def _insist_short(detail: object) -> None:
    """Insist that what an event says, written without needless spaces, can be kept and settled."""
    written = len(json.dumps(detail, ensure_ascii=False, separators=(",", ":")).encode(*_LENIENT))
    if written > DETAIL_BYTES_MAX:
        message = f"must have at most {DETAIL_BYTES_MAX} bytes as JSON, not {written}"
        raise UnreadableEvent([Problem("detail", message)])


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
