"""What operators change of webhooks out.

PUT  /v1/webhooks             save an endpoint; a secret made for it is in this answer alone
POST /v1/webhooks/redeliver   send deliveries once more
"""

import secrets

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import name_of
from functions.api.bodies import body_of
from functions.api.current import current_event
from functions.api.errors import InvalidRequest, answer
from rebate.adapters.telemetry import logger
from rebate.bootstrap import app
from rebate.contracts import webhook_requests as requests
from rebate.contracts import webhooks as shown
from rebate.contracts.problems import Problem
from rebate.domain.times import instant_of
from rebate.usecases.webhooks.redeliver_webhooks import RedeliveryWish, redeliver
from rebate.usecases.webhooks.save_endpoint import EndpointWish, save_endpoint
from rebate.usecases.webhooks.show_webhooks import endpoint_shown

router = Router()  # type: ignore[no-untyped-call]


@router.put("/v1/webhooks")
def save() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.SaveWebhook)
    if not app().outside.webhook_rules.allows(said.address):
        message = "must begin with https:// and be an address of the public internet"
        raise InvalidRequest([Problem("address", message)])
    wish = EndpointWish(said.id, said.version, said.address, said.types, said.on, said.secret)
    saved, secret = save_endpoint(
        app().store, app().clock, wish, by=name_of(event), random=secrets.token_bytes
    )
    return answer(200, endpoint_shown(saved, secret=secret))


@router.post("/v1/webhooks/redeliver")
def tell_again() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.Redeliver)
    since = None if said.since is None else instant_of(said.since)
    wish = RedeliveryWish(said.id, said.webhook, said.deliveries, since, said.after, all=said.all)
    done = redeliver(app().store, app().clock, app().outside.webhook_queue, wish)
    logger.info("webhooks queued again", extra={"by": name_of(event), "queued": done.queued})
    return answer(200, shown.RedeliveryShown(done.queued, done.next))
