"""The HTTP API: an event of API Gateway's HTTP API, payload version 2.0.

One process answers one request at a time: the resolver keeps the request that it is at.
"""

from functools import cache
from typing import Any, cast

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.api import (
    access,
    draws,
    errors,
    letters,
    members,
    merchants,
    notices,
    office,
    operators,
    people,
    queries,
    reports,
    wallets,
    webhooks,
)
from functions.api.errors import answer
from functions.api.trail import trail
from rebate.adapters.telemetry import observed
from rebate.contracts.api import HealthShown, OpenApiShown

resolver = APIGatewayHttpResolver()
resolver.use([access.guard, queries.insist_known_parameters, trail])
_LOOKING = (
    *(members, operators, notices, draws, wallets, reports, office),
    *(people, merchants, webhooks, letters),
)
for _looking in _LOOKING:
    resolver.include_router(_looking.router)
errors.install(resolver)


@resolver.get("/v1/health")
def health() -> Response[str]:
    """Tell that the API answers."""
    return answer(200, HealthShown())


@resolver.get("/v1/openapi.json")
def openapi_document() -> Response[str]:
    """Tell what this API is; the same for everybody until the next release."""
    from rebate.contracts.openapi import openapi  # noqa: PLC0415 - rarely asked for, and large

    return answer(200, OpenApiShown(**openapi()), {"Cache-Control": "public, max-age=300"})


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request."""
    if event["requestContext"]["http"]["method"] != "GET":
        take_bodies()
    return resolver.resolve(event, cast("LambdaContext", context))


@cache
def take_bodies() -> None:
    """Add the routes that take bodies; what checks them is loaded here, with the first of them."""
    from functions.api import (  # noqa: PLC0415
        changes,
        letter_changes,
        links,
        merchant_changes,
        office_changes,
        people_changes,
        shops,
        wallet_changes,
        webhook_changes,
    )

    for changing in (
        *(changes, links, shops, wallet_changes, office_changes),
        *(people_changes, merchant_changes, webhook_changes, letter_changes),
    ):
        resolver.include_router(changing.router)
