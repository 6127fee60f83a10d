"""Who may do what: the one place where scopes are looked at.

API Gateway has checked the token; what it says stands in the request. A route that is not named
here is for operators, so a new one is never open by oversight. Shops sign instead: see `shops`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver, Response

from rebate.domain.names import MemberId

MEMBER = "rebate/member"
OPERATOR = "rebate/operator"

_MEMBERS = "/v1/me/"
_OPEN = frozenset({"/v1/health", "/v1/events", "/v1/draws"})


class Unauthenticated(Exception):
    """Nobody has said who asks."""


class Forbidden(Exception):
    """Who asks may not."""


def guard(
    app: ApiGatewayResolver, next_middleware: Callable[[ApiGatewayResolver], Response[Any]]
) -> Response[Any]:
    """Let a request through whose token has the scope that its route needs."""
    needed = scope_of(app.current_event.path)
    if needed is not None:
        claims = claims_of(app.current_event.raw_event)
        if needed not in str(claims.get("scope", "")).split():
            raise Forbidden(f"this needs the scope {needed}")
    answer = next_middleware(app)
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def scope_of(path: str) -> str | None:
    """Return the scope that a path needs; None: none."""
    if path in _OPEN:
        return None
    return MEMBER if path.startswith(_MEMBERS) else OPERATOR


def claims_of(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the token says.

    Raises:
        Unauthenticated: there is none, or it names nobody.
    """
    authorizer = event["requestContext"].get("authorizer") or {}
    claims: Mapping[str, Any] = authorizer.get("jwt", {}).get("claims", {})
    if not claims.get("sub"):
        raise Unauthenticated("a token is required")
    return claims


def member_of(event: Mapping[str, Any]) -> MemberId:
    """Return the member who asks: the token's subject."""
    return MemberId(str(claims_of(event)["sub"]))
