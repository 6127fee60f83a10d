"""What shops send.

    POST /v1/events                   an event of a shop without EventBridge, signed

The body of an event is `{"detail-type": …, "detail": …}`, as on the bus; `time`, when it was sent,
is welcome. It is signed as `rebate.contracts.signatures` says, and answered once it is stored.
"""

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.current import current_event
from functions.api.errors import answer
from functions.api.signatures import raw_body, signed_by_shop
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
    StoreRated,
    StoreVisited,
)

router = Router()  # type: ignore[no-untyped-call]

_KINDS: tuple[type[Event], ...] = tuple(EVENTS_IN.values())


@router.post("/v1/events")
def take_event() -> Response[str]:
    request = current_event()
    signed = signed_by_shop(request)
    delivery = read_envelope(raw_body(request), _KINDS).signed(signed.key, signed.at)
    return answer(200, _take(signed.door.admit(delivery)))


def _take(delivery: Delivery[Event]) -> EventTaken:
    match delivery.event:
        case (OrderPaid() | OrderCompleted() | OrderRefunded()) as event:
            accepted = app().orders.accept(event, delivery.sender)
            record_accepted(accepted)
            set_aside_early(accepted, app())
            return EventTaken(outcome=accepted.outcome, queues=accepted.queues)
        case (StoreVisited() | StoreRated()) as event:
            counted = app().visits.count(event)
            record_saved(counted)
            return EventTaken(outcome=counted.outcome)
        case event:
            saved = app().catalog.save(event, delivery.at, delivery.sender, signed=True)
            record_saved(saved)
            return EventTaken(outcome=saved.outcome)
