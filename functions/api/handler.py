"""The HTTP API: an event of API Gateway's HTTP API, payload version 2.0.

One process answers one request at a time: the resolver keeps the request that it is at.
"""

from functools import cache
from typing import Any, cast

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.api import access, draws, errors, members, notices, operators, wallets
from rebate.adapters.telemetry import observed

resolver = APIGatewayHttpResolver()
resolver.use([access.guard])
for _looking in (members, operators, notices, draws, wallets):
    resolver.include_router(_looking.router)
errors.install(resolver)


@resolver.get("/v1/health")
def health() -> dict[str, str]:
    """Tell that the API answers."""
    return {"status": "ok"}


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request."""
    if event["requestContext"]["http"]["method"] != "GET":
        take_bodies()
    return resolver.resolve(event, cast("LambdaContext", context))


@cache
def take_bodies() -> None:
    """Add the routes that take bodies; what checks them is loaded here, with the first of them."""
    from functions.api import changes, shops, wallet_changes  # noqa: PLC0415

    for changing in (changes, shops, wallet_changes):
        resolver.include_router(changing.router)
