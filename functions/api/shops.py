"""What shops send.

    POST /v1/events                   an event of a shop without EventBridge, signed

The body of an event is `{"detail-type": …, "detail": …}`, as on the bus; `time`, when it was sent,
is welcome. It is signed as `rebate.contracts.signatures` says, and answered once it is stored.
"""

from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.bodies import raw_body
from functions.api.errors import answer
from rebate.adapters.deliveries import set_aside_early
from rebate.adapters.telemetry import record_accepted, record_saved
from rebate.bootstrap import app
from rebate.contracts.api import EventTaken
from rebate.contracts.envelopes import Delivery, read_envelope
from rebate.contracts.events_in import (
    EVENTS_IN,
    Event,
    OrderCompleted,
    OrderPaid,
    OrderRefunded,
)
from rebate.contracts.signatures import (
    KEY_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    BadSignature,
    insist_signed,
)
from rebate.domain.senders import SHARED_KEY
from rebate.domain.times import SECOND, Instant

router = Router()  # type: ignore[no-untyped-call]

_KINDS: tuple[type[Event], ...] = tuple(EVENTS_IN.values())


@router.post("/v1/events")
def take_event() -> Response[str]:
    request: dict[str, Any] = router.current_event.raw_event
    headers = {name.lower(): value for name, value in request["headers"].items()}
    body = raw_body(request)
    door, key = app().door.open(), headers.get(KEY_HEADER, SHARED_KEY)
    if not door.terms.senders.has_key(key):
        raise BadSignature(f"{KEY_HEADER}: no sender has this key")
    signed_at = insist_signed(
        app().outside.shop_secrets(key),
        headers.get(TIMESTAMP_HEADER),
        headers.get(SIGNATURE_HEADER),
        body,
        app().clock.now() // SECOND,
    )
    delivery = read_envelope(body, _KINDS).signed(key, Instant(signed_at * SECOND))
    return answer(200, _take(door.admit(delivery)))


def _take(delivery: Delivery[Event]) -> EventTaken:
    match delivery.event:
        case (OrderPaid() | OrderCompleted() | OrderRefunded()) as event:
            accepted = app().orders.accept(event, delivery.sender)
            record_accepted(accepted)
            set_aside_early(accepted, app())
            return EventTaken(outcome=accepted.outcome, queues=accepted.queues)
        case event:
            saved = app().catalog.save(event, delivery.at, delivery.sender, signed=True)
            record_saved(saved)
            return EventTaken(outcome=saved.outcome)
