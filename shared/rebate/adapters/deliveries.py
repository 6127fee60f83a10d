"""What the bus delivers by way of a queue: each event is carried out, set aside or handed back.

An event that no repetition can mend (unreadable, conflicting, refused, or nothing that the store
takes) is set aside at once with its reason; one that others stand in the way of is handed back, and
the platform brings it again.

A bug is not caught: it fails the call, which alarms, and all messages of the call come again.
Powertools then takes them one by one, so that what trips the bug holds up no other; it is not
loaded before, since that would be a fifth of a cold start.
"""

from collections.abc import Callable
from logging import Logger
from typing import Any, TypeVar, cast

from rebate.adapters.dead_letters import DeadLetters
from rebate.adapters.streams import failures
from rebate.adapters.telemetry import Metric, count, logger, tell_handed_back
from rebate.contracts.envelopes import Delivery, read_envelope
from rebate.contracts.events_in import Event, UnreadableEvent
from rebate.domain.errors import Conflict, Impossible, NotYet, Rejected, Unavailable
from rebate.domain.records import dataclass

E = TypeVar("E", bound=Event)

IMPOSSIBLE = "impossible"
"""The code of letters that hold what the store refuses for ever."""

_TRY_AGAIN = (Conflict, NotYet, Unavailable)


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
    `expect` is told of all events that are going to be handed to `use`, unless any of them failed
    before: then each is for itself.
    """
    function = getattr(context, "function_name", None) or "local"
    desk = _Desk(use, dead_letters, function)
    messages = batch["Records"]
    if any(_came_before(each) for each in messages):
        return _one_by_one(batch, lambda message: desk.carry_out(message, _read(message, kinds)))
    read = [(each, _read(each, kinds)) for each in messages]
    expect([found.event for _, found in read if isinstance(found, Delivery)])
    return failures(each["messageId"] for each, found in read if not desk.done(each, found))


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the messages of a batch are carried out; `function` is whose batch it is."""

    use: Callable[[Delivery[Any]], None]
    dead_letters: DeadLetters
    function: str

    def done(self, message: dict[str, Any], found: Delivery[Any] | UnreadableEvent) -> bool:
        """Carry out or set aside what was found in a message; tell whether that went well."""
        try:
            self.carry_out(message, found)
        except _TRY_AGAIN:
            return False
        return True

    def carry_out(self, message: dict[str, Any], found: Delivery[Any] | UnreadableEvent) -> None:
        """Carry out or set aside what was found in a message.

        Raises:
            Conflict, NotYet, Unavailable: it has to come again.
        """
        try:
            self._use_or_set_aside(message, found)
        except _TRY_AGAIN as error:
            tell_handed_back(f"message {message['messageId']}", error)
            raise

    def _use_or_set_aside(
        self, message: dict[str, Any], found: Delivery[Any] | UnreadableEvent
    ) -> None:
        if isinstance(found, UnreadableEvent):
            self._set_aside(message, str(found), found.code)
            return
        try:
            with logger.append_context_keys(**_names(found)):
                self.use(found)
        except Rejected as rejected:
            self._set_aside(message, str(rejected), rejected.code)
        except Impossible as impossible:
            self._set_aside(message, str(impossible), IMPOSSIBLE)

    def _set_aside(self, message: dict[str, Any], reason: str, code: str) -> None:
        self.dead_letters.put(message["body"], reason=reason, code=code, function=self.function)
        count(Metric.DEAD_LETTERS)
        logger.error("event set aside", extra={"reason": reason, "code": code})


def _came_before(message: dict[str, Any]) -> bool:
    return int(message["attributes"]["ApproximateReceiveCount"]) > 1


def _one_by_one(
    batch: dict[str, Any], carry_out: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """Carry out each message whatever becomes of the others; see the module's text."""
    from aws_lambda_powertools.utilities.batch import (  # noqa: PLC0415
        BatchProcessor,
        EventType,
        process_partial_response,
    )

    processor = BatchProcessor(
        EventType.SQS, raise_on_entire_batch_failure=False, logger=cast("Logger", logger)
    )
    return dict(
        process_partial_response(batch, lambda record: carry_out(record.raw_event), processor)
    )


def _read(message: dict[str, Any], kinds: tuple[type[E], ...]) -> Delivery[E] | UnreadableEvent:
    try:
        return read_envelope(message["body"], kinds)
    except UnreadableEvent as unreadable:
        return unreadable


def _names(delivery: Delivery[Any]) -> dict[str, str]:
    """Return what names this event in the logs."""
    names = {"correlation_id": delivery.id, "order_id": getattr(delivery.event, "order_id", None)}
    return {name: value for name, value in names.items() if value is not None}
