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
_OPEN = frozenset({"/v1/health", "/v1/draws"})
_SIGNED = frozenset({"/v1/events", "/v1/spends", "/v1/give-backs", "/v1/balances"})
"""What shops ask: they sign instead of showing a token."""

_FOR_MEMBERS = frozenset({("GET", "/v1/gifts")})
"""What members may ask beside what is under `/v1/me/`."""


class Unauthenticated(Exception):
    """Nobody has said who asks."""


class Forbidden(Exception):
    """Who asks may not."""


def guard(
    app: ApiGatewayResolver, next_middleware: Callable[[ApiGatewayResolver], Response[Any]]
) -> Response[Any]:
    """Let a request through whose token has the scope that its route needs."""
    needed = scope_of(app.current_event.path, app.current_event.http_method)
    if needed is not None:
        claims = claims_of(app.current_event.raw_event)
        if needed not in str(claims.get("scope", "")).split():
            raise Forbidden(f"this needs the scope {needed}")
    answer = next_middleware(app)
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def scope_of(path: str, method: str) -> str | None:
    """Return the scope that a request needs; None: none."""
    if path in _OPEN | _SIGNED:
        return None
    for_members = path.startswith(_MEMBERS) or (method, path) in _FOR_MEMBERS
    return MEMBER if for_members else OPERATOR


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


def name_of(event: Mapping[str, Any]) -> str:
    """Return by which name it is remembered who asks."""
    claims = claims_of(event)
    return str(claims.get("username") or claims["sub"])


def own_members(event: Mapping[str, Any]) -> frozenset[MemberId]:
    """Return the members that an operator is: nobody decides on their own (rule 3.1)."""
    claims = claims_of(event)
    names = (claims.get("member_id"), claims["sub"])
    return frozenset(MemberId(str(name)) for name in names if name)
