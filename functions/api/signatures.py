"""Which shop asks, and as which sender it speaks (rule 0.13): by a signature, or by a token."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.api.access import Forbidden, Unauthenticated
from functions.api.errors import InvalidRequest
from rebate.bootstrap import app
from rebate.contracts.identifiers import BadIdentifier, identifier
from rebate.contracts.problems import Problem
from rebate.contracts.signatures import (
    KEY_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    BadSignature,
    insist_signed,
)
from rebate.domain.names import MemberId, OrderId
from rebate.domain.senders import SHARED_KEY, SenderTerms
from rebate.domain.times import SECOND, Instant

if TYPE_CHECKING:
    from rebate.usecases.orders.admit_event import OpenDoor


@dataclass(frozen=True, slots=True)
class Signed:
    """By which key a request is signed, and when; what comes in by `door` is the same settings'.

    The key of a token is its client, and it is as good as signed when it comes in.
    """

    door: "OpenDoor"
    key: str
    at: Instant

    @property
    def sender(self) -> SenderTerms:
        """Whose key it is."""
        return self.door.terms.senders.of_key(self.key)

    def member(self, name: str) -> MemberId:
        """Return a member as they are kept: with the sender's prefix, unless they are shared."""
        sender = self.sender
        return MemberId(_kept("member", "" if sender.members_shared else sender.prefix, name))

    def order(self, name: str) -> OrderId:
        """Return an order as it is kept: with the sender's prefix."""
        return OrderId(_kept("order", self.sender.prefix, name))


def raw_body(event: Mapping[str, Any]) -> bytes:
    """Return the body byte for byte, as it is signed."""
    body: str = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()


def signed_by_shop(request: Mapping[str, Any]) -> Signed:
    """Return who signed a request, or shows a token; of one without a body, the query is signed.

    Raises:
        BadSignature: nobody who knows the secret of the key signed it just now.
        Unauthenticated, Forbidden: the token is no good, or its client is no sender's.
    """
    headers = {name.lower(): value for name, value in request["headers"].items()}
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _by_token(token.strip())
    door, key = app().door.open(), headers.get(KEY_HEADER, SHARED_KEY)
    if not door.terms.senders.has_key(key):
        raise BadSignature(f"{KEY_HEADER}: no sender has this key")
    signed_at = insist_signed(
        app().outside.shop_secrets(key),
        headers.get(TIMESTAMP_HEADER),
        headers.get(SIGNATURE_HEADER),
        raw_body(request) or str(request.get("rawQueryString", "")).encode(),
        app().clock.now() // SECOND,
    )
    return Signed(door, key, Instant(signed_at * SECOND))


def _by_token(token: str) -> Signed:
    # What checks it takes a while to load.
    from rebate.adapters.shop_tokens import BadShopToken, MissingScope  # noqa: PLC0415

    try:
        client = app().outside.shop_tokens.client_of(token)
    except BadShopToken as bad:
        raise Unauthenticated(f"the token is no good: {bad}") from None
    except MissingScope as missing:
        raise Forbidden(str(missing)) from None
    door = app().door.open()
    if client == SHARED_KEY or not door.terms.senders.has_key(client):
        raise Forbidden(f"no sender has the client {client} among its keys")
    return Signed(door, client, app().clock.now())


def _kept(field: str, prefix: str, name: str) -> str:
    try:
        return identifier(f"{prefix}{name}")
    except BadIdentifier as bad:
        raise InvalidRequest([Problem(field, f"{bad}, with the prefix {prefix}")]) from None
