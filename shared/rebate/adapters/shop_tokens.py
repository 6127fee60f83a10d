"""Tokens by which shops ask: OAuth 2.0 client credentials, instead of a signature.

API Gateway checks a route's tokens only where it asks every caller for one, and shops may sign; so
theirs are checked here, by what their issuer says of itself (OpenID Connect Discovery) and RS256.
"""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import jwt
import urllib3

from rebate.contracts.routes.route import SHOP_SCOPE
from rebate.domain.errors import Unavailable

ALGORITHM = "RS256"

KEYS_KEPT_SECONDS = 3600
"""How long an issuer's keys are used before they are read again."""
READ_AGAIN_SECONDS = 60
"""How long nobody who names a key that there is not makes them be read again."""
_TIMEOUT = urllib3.Timeout(connect=2, read=3)


class BadShopToken(Exception):
    """A token that is not its issuer's, not for this, or over."""


class MissingScope(Exception):
    """A good token that is for something else."""


class ShopTokens:
    """Reads the tokens of one issuer; without an issuer it takes none."""

    def __init__(self, issuer: str | None, audience: Sequence[str] = ()) -> None:
        """Take what `issuer` signed, for one of `audience` where its tokens name any."""
        self._issuer = issuer
        self._audience = list(audience)
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._read_at = -float(KEYS_KEPT_SECONDS)

    def client_of(self, token: str) -> str:
        """Return the client whose token it is.

        Raises:
            BadShopToken: it is none of this issuer's, or is over.
            MissingScope: it is not for shops.
            Unavailable: the issuer did not answer.
        """
        if self._issuer is None:
            raise BadShopToken("tokens of shops are not taken here: sign instead")
        claims = self._claims(token, self._issuer)
        if claims.get("token_use", "access") != "access":
            raise BadShopToken("it is no access token")
        scopes = claims.get("scope", claims.get("scp", ()))
        if SHOP_SCOPE not in (scopes.split() if isinstance(scopes, str) else scopes):
            raise MissingScope(f"this needs the scope {SHOP_SCOPE}")
        return str(claims.get("client_id") or claims.get("azp") or claims["sub"])

    def _claims(self, token: str, issuer: str) -> Mapping[str, Any]:
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                self._key(str(jwt.get_unverified_header(token).get("kid")), issuer),
                algorithms=[ALGORITHM],
                issuer=issuer,
                audience=self._audience or None,
                options={"require": ["exp", "iss", "sub"], "verify_aud": bool(self._audience)},
            )
        except jwt.InvalidTokenError as error:
            raise BadShopToken(str(error)) from None
        return claims

    def _key(self, name: str, issuer: str) -> jwt.PyJWK:
        age = time.monotonic() - self._read_at
        if age > KEYS_KEPT_SECONDS or (name not in self._keys and age > READ_AGAIN_SECONDS):
            self._keys = _keys_of(issuer)
            self._read_at = time.monotonic()
        if name not in self._keys:
            raise BadShopToken("the issuer has no such key")
        return self._keys[name]


def _keys_of(issuer: str) -> Mapping[str, jwt.PyJWK]:
    """Return an issuer's public keys for tokens, by name."""
    with urllib3.PoolManager(retries=False, timeout=_TIMEOUT) as web:
        where = _document(web, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        found = _document(web, str(where.get("jwks_uri", "")))
    keys = [each for each in found.get("keys", ()) if each.get("kty") == "RSA"]
    return {str(each.get("kid")): jwt.PyJWK(each, ALGORITHM) for each in keys}


def _document(web: urllib3.PoolManager, address: str) -> Mapping[str, Any]:
    try:
        answer = web.request("GET", address)
        document = json.loads(answer.data)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise Unavailable(f"the issuer of shops' tokens: {error}") from error
    if answer.status != 200 or not isinstance(document, dict):  # noqa: PLR2004 - of HTTP
        raise Unavailable(f"the issuer of shops' tokens: {address} answers {answer.status}")
    return document
