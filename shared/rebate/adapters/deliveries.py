"""What the bus delivers by way of a queue: each event is carried out, set aside or handed back.

An event that no repetition can mend (unreadable, conflicting, refused, or nothing that the store
takes) is set aside at once with its reason; one that others stand in the way of is handed back, and
comes again after a while that grows (`rebate.adapters.put_off`).

A bug is not caught: it fails the call, which alarms, and all messages of the call come again.
Powertools then takes them one by one, so that what trips the bug holds up no other; it is not
loaded before, since that would be a fifth of a cold start.
"""

from collections.abc import Callable
from functools import cached_property
from logging import Logger
from os import environ
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, cast

from rebate.adapters.dead_letters import DeadLetters
from rebate.adapters.put_off import MessageQueue
from rebate.adapters.streams import failures
from rebate.adapters.telemetry import Metric, count, logger, record_retry
from rebate.contracts.envelopes import Delivery, read_envelope
from rebate.contracts.events_in import Event, UnreadableEvent
from rebate.domain.errors import Conflict, Impossible, NotYet, Rejected, Unavailable
from rebate.domain.records import dataclass

if TYPE_CHECKING:
    from rebate.usecases.orders.accept_order import Accepted, OrderAcceptance
    from rebate.usecases.orders.admit_event import Door, OpenDoor
    from rebate.usecases.orders.early_events import ExpiredEvent

E = TypeVar("E", bound=Event)

IMPOSSIBLE = "impossible"
"""The code of letters that hold what the store refuses for ever."""


class DeliveryOutside(Protocol):
    """What a deployment reaches beside its store, as far as events need it."""

    @property
    def dead_letters(self) -> DeadLetters:
        """Where is kept what can never succeed."""

    @property
    def messages(self) -> MessageQueue:
        """Where messages come from, and may be put off."""


class DeliveryUseCases(Protocol):
    """The use cases of a deployment, as far as events need them."""

    @property
    def door(self) -> "Door":
        """Tells who sends."""

    @property
    def orders(self) -> "OrderAcceptance":
        """Accepts order events."""

    @property
    def outside(self) -> DeliveryOutside:
        """What the deployment reaches."""


_TRY_AGAIN = (Conflict, NotYet, Unavailable)


def deliver(
    batch: dict[str, Any],
    context: object,
    kinds: tuple[type[E], ...],
    use: Callable[[Delivery[E]], None],
    app: DeliveryUseCases,
    expect: Callable[[list[Delivery[E]]], None] = lambda _: None,
) -> dict[str, Any]:
    """Hand each event of an SQS batch to `use`; report those that shall come again.

    Events of other kinds than `kinds` are set aside: a rule sends them to the wrong function.
    `expect` is told of all events that are going to be handed to `use`, unless any of them failed
    before: then each is for itself.
    """
    function = getattr(context, "function_name", None) or "local"
    queue = app.outside.messages
    desk = _Desk(use, app.outside.dead_letters, queue, function)
    read = _Reader(kinds, app.door)
    messages = batch["Records"]
    if any(_came_before(each) for each in messages):
        return _one_by_one(batch, lambda message: desk.carry_out(message, read(message)))
    try:
        found = [(each, read(each)) for each in messages]
    except _TRY_AGAIN as error:
        record_retry("a batch of messages", error)
        return queue.hand_back(messages)
    expect([each for _, each in found if isinstance(each, Delivery)])
    return failures(message["messageId"] for message, each in found if not desk.done(message, each))


Found: TypeAlias = Delivery[Any] | UnreadableEvent | Rejected
"""What is in a message: an event, or why it cannot be one."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the messages of a batch are carried out; `function` is whose batch it is."""

    use: Callable[[Delivery[Any]], None]
    dead_letters: DeadLetters
    queue: MessageQueue
    function: str

    def done(self, message: dict[str, Any], found: Found) -> bool:
        """Carry out or set aside what was found in a message; tell whether that went well."""
        try:
            self.carry_out(message, found)
        except _TRY_AGAIN:
            return False
        return True

    def carry_out(self, message: dict[str, Any], found: Found) -> None:
        """Carry out or set aside what was found in a message.

        Raises:
            Conflict, NotYet, Unavailable: it has to come again.
        """
        try:
            self._use_or_set_aside(message, found)
        except _TRY_AGAIN as error:
            record_retry(f"message {message['messageId']}", error)
            self.queue.put_off(message)
            raise

    def _use_or_set_aside(self, message: dict[str, Any], found: Found) -> None:
        if not isinstance(found, Delivery):
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


class _Reader:
    """Reads messages, and tells whose word each is; the settings are read with the first."""

    def __init__(self, kinds: tuple[type[Any], ...], door: "Door") -> None:
        self._kinds = kinds
        self._door = door

    @cached_property
    def _open(self) -> "OpenDoor":
        return self._door.open()

    def __call__(self, message: dict[str, Any]) -> Found:
        """Return the event of a message, or why it is set aside.

        Raises:
            Unavailable: the settings cannot be read.
        """
        try:
            return self._open.admit(read_envelope(message["body"], self._kinds))
        except (UnreadableEvent, Rejected) as error:
            return error


def _names(delivery: Delivery[Any]) -> dict[str, str]:
    """Return what names this event in the logs."""
    names = {"correlation_id": delivery.id, "order_id": getattr(delivery.event, "order_id", None)}
    return {name: value for name, value in names.items() if value is not None}


def set_aside_early(accepted: "Accepted", app: DeliveryUseCases) -> None:
    """Set aside what came before an order was paid and does not fit it; then it is forgotten.

    Raises:
        Unavailable: it could not be; it is kept, and told with the next delivery of the order.
    """
    for letter in accepted.set_aside:
        keep_letter(letter, app)
    if accepted.set_aside:
        app.orders.told(accepted.order)


def keep_letter(letter: "ExpiredEvent", app: DeliveryUseCases) -> None:
    """Keep an event that was accepted and cannot succeed, with its reason."""
    letters = app.outside.dead_letters
    function = environ.get("AWS_LAMBDA_FUNCTION_NAME", "local")
    letters.put(letter.body, reason=letter.reason, code=letter.code, function=function)
    count(Metric.DEAD_LETTERS)
    logger.error("event set aside", extra={"reason": letter.reason, "code": letter.code})
