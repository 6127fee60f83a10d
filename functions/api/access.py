"""Who may do what: the one place where scopes and roles are looked at.

API Gateway has checked the token; what it says stands in the request. Which audience a route is
for stands in `rebate.contracts.routes`; what is not named there is let through to nobody. Shops
sign instead: see `signatures`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from rebate.bootstrap import app
from rebate.contracts.identifiers import BadIdentifier, identifier
from rebate.contracts.routes import route_of
from rebate.contracts.routes.route import OperatorRole, Route
from rebate.domain.names import MemberId
from rebate.usecases.identity.find_link import linked_member

GROUPS_CLAIMS = ("cognito:groups", "groups")
"""Where a token says in which groups somebody is: Cognito's name, and that of most others."""

VERIFIED_CLAIMS = ("contact_verified", "email_verified", "phone_number_verified")
"""Where a token says whether email or telephone number were verified."""


class Unauthenticated(Exception):
    """Nobody has said who asks."""


class Forbidden(Exception):
    """Who asks may not."""


def guard(
    app: ApiGatewayResolver, next_middleware: Callable[[ApiGatewayResolver], Response[Any]]
) -> Response[Any]:
    """Let a request through whose token has the scope, and the role, that its route needs."""
    route = route_of(app.current_event.http_method, app.current_event.path)
    if route is None:
        raise NotFoundError
    admit(route, app.current_event.raw_event)
    answer = next_middleware(app)
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def admit(route: Route, event: Mapping[str, Any]) -> None:
    """Let a request through to a route.

    Raises:
        Unauthenticated: it needs a token, and there is none.
        Forbidden: the token is not for this.
    """
    needed = route.audience.scope
    if needed is None:
        return
    claims = claims_of(event)
    if needed not in {*listed(claims.get("scope")), *listed(claims.get("scp"))}:
        raise Forbidden(f"this needs the scope {needed}")
    if route.role is not None and route.role.rank > _rank(claims):
        raise Forbidden(f"this needs an operator of the role {route.role} or above")


def _rank(claims: Mapping[str, Any]) -> int:
    """Return how far up the highest role of an operator stands; -1: they have none."""
    groups = {group for name in GROUPS_CLAIMS for group in listed(claims.get(name))}
    return max((role.rank for role in OperatorRole if role in groups), default=-1)


def role_of(event: Mapping[str, Any]) -> str:
    """Return an operator's highest role."""
    rank = _rank(claims_of(event))
    return list(OperatorRole)[rank].value if rank >= 0 else ""


def listed(claim: object) -> tuple[str, ...]:
    """Return the words of a claim that is a list.

    HTTP APIs hand lists on as the text `[a b]`; issuers write a list as such, or as words.
    """
    if isinstance(claim, str):
        return tuple(claim.removeprefix("[").removesuffix("]").replace(",", " ").split())
    return tuple(map(str, claim)) if isinstance(claim, list | tuple) else ()


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
    """Return the member who asks: by the token's `member_id`, else its subject.

    A subject that is linked is its member also under a token that does not say so: one that was
    made before the link, or by an issuer that knows nothing of links.
    """
    claims = claims_of(event)
    subject = str(claims["sub"])
    linked = claims.get("member_id") or (
        linked_member(app().store, subject) if is_verified(event) else None
    )
    name = str(linked or subject)
    try:
        return MemberId(identifier(name))
    except BadIdentifier as bad:
        raise Unauthenticated(f"the name that the token bears {bad}") from None


def subject_of(event: Mapping[str, Any]) -> str:
    """Return as whom somebody signed in, whichever member they are."""
    return str(claims_of(event)["sub"])


def is_verified(event: Mapping[str, Any]) -> bool:
    """Tell whether the token leaves open that email or telephone number are somebody else's.

    Our own pools say so in one claim, others in those of OpenID Connect; an issuer that says
    nothing vouches for its people.
    """
    claims = claims_of(event)
    said = [str(claims[name]).lower() for name in VERIFIED_CLAIMS if name in claims]
    return not said or "true" in said


def name_of(event: Mapping[str, Any]) -> str:
    """Return by which name it is remembered who asks."""
    claims = claims_of(event)
    return str(claims.get("username") or claims["sub"])


def own_members(event: Mapping[str, Any]) -> frozenset[MemberId]:
    """Return the members that an operator is: nobody decides on their own (rule 3.1)."""
    claims = claims_of(event)
    names = (claims.get("member_id"), claims["sub"])
    return frozenset(MemberId(str(name)) for name in names if name)
