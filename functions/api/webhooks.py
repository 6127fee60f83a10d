"""What operators see of webhooks out.

GET /v1/webhooks                           all endpoints; never a secret
GET /v1/webhooks/deliveries?id=&state=&after=   a page of what an endpoint was told, newest first
"""

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.current import current_event
from functions.api.errors import answer
from functions.api.queries import choice_of, needed_id, page_parameter
from rebate.bootstrap import app
from rebate.contracts.routes.webhooks import ANY_STATE
from rebate.domain.webhooks import DeliveryState
from rebate.usecases.webhooks.show_webhooks import show_deliveries, show_endpoints

router = Router()  # type: ignore[no-untyped-call]


@router.get("/v1/webhooks")
def webhooks() -> Response[str]:
    return answer(200, show_endpoints(app().store))


@router.get("/v1/webhooks/deliveries")
def deliveries() -> Response[str]:
    event = current_event()
    state = choice_of(event, "state", (ANY_STATE, *DeliveryState))
    page = show_deliveries(
        app().store,
        needed_id(event, "id"),
        state=None if state == ANY_STATE else state,
        after=page_parameter(event),
    )
    return answer(200, page)
