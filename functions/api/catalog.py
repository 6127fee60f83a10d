"""What operators steer about products, and the history of the settings.

POST /v1/products/enable             let existing products take part; ask again while there are more
GET  /v1/queues/stalled              queues of products that are off sale
POST /v1/queues/stalled/clear        end what waits in one
POST /v1/queues/stalled/exchange     exchange a page of what waits in one
POST /v1/queues/stalled/merge        let what waits in one join the mall queue
GET  /v1/settings/versions?after=    who changed which settings when, from what to what
"""

from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.errors import answer
from functions.api.requests import body_of, whole_number
from rebate.adapters.telemetry import logger
from rebate.bootstrap import app
from rebate.contracts.catalog import (
    ClearStalled,
    EnableProducts,
    ExchangeStalled,
    MergeStalled,
)
from rebate.domain.names import QueueId
from rebate.usecases.manage_catalog import enable_products, stalled_queues
from rebate.usecases.show_history import show_history

router = Router()  # type: ignore[no-untyped-call]


@router.post("/v1/products/enable")
def enable() -> Response[str]:
    asked = body_of(_event(), EnableProducts)
    done = enable_products(app().store, asked.supplies)
    logger.info("products enabled", extra={"supplies": asked.supplies, "enabled": done.enabled})
    return answer(200, done)


@router.get("/v1/queues/stalled")
def stalled() -> Response[str]:
    return answer(200, stalled_queues(app().store))


@router.post("/v1/queues/stalled/clear")
def clear_stalled() -> Response[str]:
    app().stalls.clear(QueueId(body_of(_event(), ClearStalled).queue))
    return Response(204)


@router.post("/v1/queues/stalled/exchange")
def exchange_stalled() -> Response[str]:
    asked = body_of(_event(), ExchangeStalled)
    return answer(200, app().stalls.exchange(QueueId(asked.queue), asked.into, asked.after))


@router.post("/v1/queues/stalled/merge")
def merge_stalled() -> Response[str]:
    return answer(200, app().stalls.merge(QueueId(body_of(_event(), MergeStalled).queue)))


@router.get("/v1/settings/versions")
def settings_versions() -> Response[str]:
    return answer(200, show_history(app().store, whole_number(_event(), "after")))


def _event() -> dict[str, Any]:
    return router.current_event.raw_event
