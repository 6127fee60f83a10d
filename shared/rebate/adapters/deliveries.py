"""What the bus delivers by way of a queue: each event is carried out, set aside or handed back.

An event that no repetition can mend (unreadable, conflicting, refused) is set aside at once with
its reason; one that others stand in the way of is handed back, and the platform brings it again.
"""

from collections.abc import Callable
from logging import Logger
from typing import Any, TypeVar, cast

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from rebate.adapters.dead_letters import DeadLetters
from rebate.adapters.telemetry import Metric, count, logger
from rebate.contracts.envelopes import UNREADABLE, Delivery, read_envelope
from rebate.contracts.events_in import Event, UnreadableEvent
from rebate.domain.errors import Conflict, NotYet, Rejected, Unavailable

E = TypeVar("E", bound=Event)


def deliver(
    batch: dict[str, Any],
    context: object,
    kinds: tuple[type[E], ...],
    use: Callable[[Delivery[E]], None],
    dead_letters: DeadLetters,
    expect: Callable[[list[E]], None] = lambda _: None,
) -> dict[str, Any]:
    """Hand each event of an SQS batch to `use`; report those that shall come again.

    Events of other kinds than `kinds` are set aside: a rule sends them to the wrong function.
    `expect` is told before of all events that are going to be handed to `use`.
    """
    function = getattr(context, "function_name", None) or "local"
    read = {each["messageId"]: _read(each["body"], kinds) for each in batch["Records"]}
    expect([found.event for found in read.values() if isinstance(found, Delivery)])

    def carry_out(record: SQSRecord) -> None:
        try:
            delivery = read[record.message_id]
            if isinstance(delivery, UnreadableEvent):
                raise delivery
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

    processor = BatchProcessor(
        EventType.SQS, raise_on_entire_batch_failure=False, logger=cast("Logger", logger)
    )
    return dict(process_partial_response(batch, carry_out, processor))


def _read(body: str, kinds: tuple[type[E], ...]) -> Delivery[E] | UnreadableEvent:
    try:
        return read_envelope(body, kinds)
    except UnreadableEvent as unreadable:
        return unreadable


def _names(delivery: Delivery[Any]) -> dict[str, str]:
    """Return what names this event in the logs."""
    names = {"correlation_id": delivery.id, "order_id": getattr(delivery.event, "order_id", None)}
    return {name: value for name, value in names.items() if value is not None}
