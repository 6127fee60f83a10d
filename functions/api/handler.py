"""The HTTP API: an event of API Gateway's HTTP API, payload version 2.0.

One process answers one request at a time: the resolver keeps the request that it is at.
"""

from typing import Any, cast

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.api import access, catalog, draws, errors, members, notices, operators, shops
from rebate.adapters.telemetry import observed

resolver = APIGatewayHttpResolver()
resolver.use([access.guard])
for _audience in (members, operators, shops, notices, draws, catalog):
    resolver.include_router(_audience.router)
errors.install(resolver)


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request."""
    return resolver.resolve(event, cast("LambdaContext", context))
