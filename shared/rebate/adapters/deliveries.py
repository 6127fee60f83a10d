"""What the bus delivers by way of a queue: each event is carried out, set aside or handed back.

An event that no repetition can mend (unreadable, conflicting, refused) is set aside at once with
its reason; one that others stand in the way of is handed back, and the platform brings it again.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic_core import PydanticCustomError

from rebate.adapters.dead_letters import DeadLetters
from rebate.adapters.telemetry import Metric, count, logger
from rebate.contracts.events_in import Event, UnreadableEvent, parse_event
from rebate.contracts.problems import Problem, one_of, shown
from rebate.contracts.scalars import parse_utc_instant
from rebate.domain.errors import Conflict, NotYet, Rejected, Unavailable
from rebate.domain.times import Instant, instant_of

UNREADABLE = "unreadable_event"
"""The code of events that cannot be read, beside those of `rebate.domain.errors.Code`."""

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Delivery(Generic[E]):
    """An event as it came on the bus: `id` is the envelope's, `at` when it was sent."""

    id: str | None
    at: Instant | None
    event: E


def deliver(
    batch: dict[str, Any],
    context: object,
    kinds: tuple[type[E], ...],
    use: Callable[[Delivery[E]], None],
    dead_letters: DeadLetters,
) -> dict[str, Any]:
    """Hand each event of an SQS batch to `use`; report those that shall come again.

    Events of other kinds than `kinds` are set aside: a rule sends them to the wrong function.
    """
    function = getattr(context, "function_name", None) or "local"

    def carry_out(record: SQSRecord) -> None:
        try:
            delivery = read(record.body, kinds)
            with logger.append_context_keys(**_names(delivery)):
                use(delivery)
        except UnreadableEvent as unreadable:
            set_aside(record.body, str(unreadable), UNREADABLE)
        except Rejected as rejected:
            set_aside(record.body, str(rejected), rejected.code)
        except (Conflict, NotYet, Unavailable):
            count(Metric.HANDED_BACK)
            raise

    def set_aside(body: str, reason: str, code: str) -> None:
        dead_letters.put(body, reason=reason, code=code, function=function)
        count(Metric.DEAD_LETTERS)
        logger.error("event set aside", extra={"reason": reason, "code": code})

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False, logger=logger)
    return dict(process_partial_response(batch, carry_out, processor))


def read(body: str, kinds: tuple[type[E], ...]) -> Delivery[E]:
    """Return what an EventBridge envelope says.

    Raises:
        UnreadableEvent: it is none, or of another kind; sending it again will not help.
    """
    envelope = _envelope(body)
    event = parse_event(envelope.get("detail-type"), envelope.get("detail"))
    if not isinstance(event, kinds):
        expected = one_of([kind.__name__ for kind in kinds])
        message = f"must be {expected} here, not {shown(envelope['detail-type'])}"
        raise UnreadableEvent([Problem("detail-type", message)])
    sent = envelope.get("id")
    return Delivery(sent if isinstance(sent, str) else None, _sent_at(envelope), event)


def _envelope(body: str) -> Mapping[str, Any]:
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


def _names(delivery: Delivery[Any]) -> dict[str, str]:
    """Return what names this event in the logs."""
    names = {"correlation_id": delivery.id, "order_id": getattr(delivery.event, "order_id", None)}
    return {name: value for name, value in names.items() if value is not None}
