"""Whatever an operator or a merchant changes leaves its act, said here alone (rule 8.9)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver, Response

from functions.api.access import name_of, role_of
from functions.api.signatures import raw_body
from rebate.bootstrap import app
from rebate.contracts.routes import route_of
from rebate.contracts.routes.route import Audience, Route
from rebate.usecases.office.acts import Acting, acting

TEXT_CHARS_MAX = 500

_ACT = (Audience.OPERATOR, Audience.MERCHANT)
"""Those whose changes are acts: what members and shops ask for is its own record."""


def trail(
    resolver: ApiGatewayResolver, next_middleware: Callable[[ApiGatewayResolver], Response[Any]]
) -> Response[Any]:
    """Carry a request out as an act, if somebody who is not a member may change something by it."""
    request = resolver.current_event
    route = route_of(request.http_method, request.path)
    if route is None or request.http_method == "GET" or route.audience not in _ACT:
        return next_middleware(resolver)
    with acting(_act(request.raw_event, route)):
        return next_middleware(resolver)


def _act(event: Mapping[str, Any], route: Route) -> Acting:
    said, is_operator = _said(event), route.audience is Audience.OPERATOR
    return Acting(
        name_of(event),
        role_of(event) if is_operator else route.audience.value,
        route.path.removeprefix("/v1/"),
        app().clock.now(),
        _text(said.get("reason")),
        _text(said.get("id")),
    )


def _said(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a body as far as it can be read: what is wrong with it the route says."""
    try:
        document = json.loads(raw_body(event))
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, Mapping) else {}


def _text(said: object) -> str | None:
    return said[:TEXT_CHARS_MAX] if isinstance(said, str) and said else None
