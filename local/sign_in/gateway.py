"""What API Gateway does before a function sees a request: routes by the table, and checks tokens.

HTTP APIs check signature, issuer, audience, time and scopes, and hand all claims on as text. A
request that fails is answered as theirs is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from local.sign_in.issuer import CLIENTS, LocalIssuer
from local.sign_in.tokens import BadToken
from rebate.contracts.routes import route_of
from rebate.contracts.routes.route import Audience, OperatorRole, Route

MEMBER_HEADER = "x-dev-member"
MERCHANT_HEADER = "x-dev-merchant"
OPERATOR_HEADER = "x-dev-operator"
ROLE_HEADER = "x-dev-role"

_BEARER = "bearer "


@dataclass(frozen=True)
class TurnedAway(Exception):
    """A request that the gateway answers itself."""

    status: int
    message: str


@dataclass(frozen=True)
class LocalGateway:
    """Checks requests as the HTTP API of a stage with this issuer; None: nobody has tokens."""

    issuer: LocalIssuer | None = None

    def admit(self, method: str, path: str, headers: Mapping[str, str]) -> tuple[Route, Any]:
        """Return what a request asks for, and what is known of who asks.

        Raises:
            TurnedAway: there is no such route, or the token is not for it.
        """
        route = route_of(method, path)
        if route is None:
            raise TurnedAway(404, "Not Found")
        if route.audience.scope is None:
            return route, None
        claims = self._claims(route, headers)
        if claims is None:
            raise TurnedAway(401, "Unauthorized")
        if route.audience.scope not in str(claims.get("scope", "")).split():
            raise TurnedAway(403, "Forbidden")
        return route, {"jwt": {"claims": _as_text(claims), "scopes": None}}

    def _claims(self, route: Route, headers: Mapping[str, str]) -> Mapping[str, Any] | None:
        said = headers.get("authorization")
        if said is None:
            return developers_claims(headers)
        if self.issuer is None or not said.lower().startswith(_BEARER):
            return None
        clients = [name for name, each in CLIENTS.items() if route.audience in each.audiences]
        try:
            return self.issuer.key.read(
                said[len(_BEARER) :].strip(), issuer=self.issuer.url, audience=clients
            )
        except BadToken:
            return None


def developers_claims(headers: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return who a developer says they are, in headers; None: nobody."""
    if operator := unquote(headers.get(OPERATOR_HEADER, "")):
        role = headers.get(ROLE_HEADER, OperatorRole.ADMIN)
        return {**_dev(operator, Audience.OPERATOR), "cognito:groups": [role]}
    if merchant := unquote(headers.get(MERCHANT_HEADER, "")):
        return _dev(merchant, Audience.MERCHANT)
    if member := unquote(headers.get(MEMBER_HEADER, "")):
        return _dev(member, Audience.MEMBER)
    return None


def _dev(name: str, audience: Audience) -> Mapping[str, Any]:
    return {"sub": name, "username": name, "scope": audience.scope}


def _as_text(claims: Mapping[str, Any]) -> Mapping[str, str]:
    """Return claims as HTTP APIs hand them on: all are text, a list is `[a b]`."""
    return {name: _text(value) for name, value in claims.items()}


def _text(value: object) -> str:
    if isinstance(value, list):
        return f"[{' '.join(map(_text, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
