"""An OpenID Connect issuer: a code with its proof (PKCE), and refresh tokens that rotate.

It asks nobody for a password: whoever sits at this machine chooses who they are. All else is as in
the cloud, so that pages know only the protocol. The endpoints stand below `PATH`:

    GET  .well-known/openid-configuration      where the others are
    GET  jwks                                  the public key
    GET  authorize, POST authorize             choose who you are; leads back with a code
    POST token                                 a code, a refresh token, a shop's secret for tokens
    GET  logout                                leads back to where one may sign in again
"""

import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

from local.sign_in.tokens import ALGORITHM, SigningKey
from rebate.contracts.routes.route import SHOP_SCOPE, Audience, OperatorRole

PATH = "/issuer/"
CODE_SECONDS = 60
ACCESS_SECONDS = 3600
REFRESH_SECONDS = 30 * 24 * 3600
GRACE_SECONDS = 10
"""For how long a refresh token may be used once more: another tab may have asked at once."""

Form = Mapping[str, str]


@dataclass(frozen=True)
class Client:
    """Pages that sign people in; they may ask for these scopes."""

    name: str
    audiences: tuple[Audience, ...]

    @property
    def scopes(self) -> tuple[str, ...]:
        """All that may be asked for."""
        return ("openid", *(str(audience.scope) for audience in self.audiences))


CLIENTS: Mapping[str, Client] = {
    "members": Client("members", (Audience.MEMBER, Audience.MERCHANT)),
    "operators": Client("operators", (Audience.OPERATOR,)),
}


@dataclass(frozen=True)
class Account:
    """Who somebody chose to be: a member is linked to `member`, an operator has a `role`."""

    subject: str
    member: str | None = None
    role: OperatorRole | None = None


@dataclass(frozen=True)
class Grant:
    """What a code or a refresh token stands for; `family` are all refresh tokens of a sign-in."""

    client: Client
    account: Account
    scope: str
    family: str
    ends_at: float
    challenge: str = ""
    redirect: str = ""
    nonce: str | None = None
    used_at: float | None = None


class SignInRefused(Exception):
    """A request that the protocol refuses; `code` says why to programs, as `invalid_grant`."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class LocalIssuer:
    """The issuer at an address.

    `linked` tells which member a subject is, `shops` the secrets of a shop's client.
    """

    def __init__(
        self,
        address: str,
        key: SigningKey,
        linked: Callable[[str], str | None],
        members: Callable[[], Sequence[str]],
        now: Callable[[], float] = time.time,
        shops: Callable[[str], Sequence[bytes]] = lambda _: (),
    ) -> None:
        self._shops = shops
        self.url = f"{address}{PATH}".rstrip("/")
        self.key = key
        self.members = members
        self._origins = {address, address.replace("127.0.0.1", "localhost")}
        self._linked = linked
        self._now = now
        self._lock = Lock()
        self._codes: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}

    def configuration(self) -> Mapping[str, Any]:
        """Return the discovery document."""
        scopes = {scope: None for client in CLIENTS.values() for scope in client.scopes}
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/logout",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": [
                "authorization_code",
                "refresh_token",
                "client_credentials",
            ],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": [*scopes, SHOP_SCOPE],
        }

    def for_pages(self) -> dict[str, dict[str, str]]:
        """Return what pages are told of the issuer, by the role that they sign in."""
        return {
            client.audiences[0].value: {
                "authority": self.url,
                "client_id": client.name,
                "scope": " ".join(client.scopes),
            }
            for client in CLIENTS.values()
        }

    def jwks(self) -> Mapping[str, Any]:
        """Return the public keys."""
        return {"keys": [{**self.key.public, "use": "sig"}]}

    def asked(self, form: Form) -> Client:
        """Return whose pages ask to sign somebody in.

        Raises:
            SignInRefused: the request is not one of our pages', or lacks the proof.
        """
        client = CLIENTS.get(form.get("client_id", ""))
        if client is None:
            raise SignInRefused("invalid_request", f"client_id must be one of {', '.join(CLIENTS)}")
        self._insist_ours(form.get("redirect_uri", ""), "redirect_uri")
        if form.get("response_type") != "code":
            raise SignInRefused("unsupported_response_type", "response_type must be code")
        if form.get("code_challenge_method") != "S256" or not form.get("code_challenge"):
            raise SignInRefused("invalid_request", "a code_challenge of the method S256 is needed")
        wanted = form.get("scope", "").split()
        if "openid" not in wanted or not {*wanted} <= {*client.scopes}:
            raise SignInRefused("invalid_scope", f"scope must be openid and of {client.scopes}")
        return client

    def sign_in(self, form: Form) -> str:
        """Return where to lead somebody who chose who they are: back, with a code.

        Raises:
            SignInRefused: as of `asked`, or nobody was chosen.
        """
        client = self.asked(form)
        grant = Grant(
            client,
            _chosen(client, form),
            form["scope"],
            secrets.token_hex(8),
            self._now() + CODE_SECONDS,
            form["code_challenge"],
            form["redirect_uri"],
            form.get("nonce"),
        )
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[code] = grant
        return _with(form["redirect_uri"], {"code": code, "state": form.get("state")})

    def tokens(self, form: Form) -> Mapping[str, Any]:
        """Return tokens for a code, or for a refresh token, which is used up by that.

        Raises:
            SignInRefused: it is none, was used, or is over; or the client's secret is wrong.
        """
        if form.get("grant_type") == "client_credentials":
            return self._of_shop(form)
        client = CLIENTS.get(form.get("client_id", ""))
        if client is None:
            raise SignInRefused("invalid_client", f"client_id must be one of {', '.join(CLIENTS)}")
        match form.get("grant_type"):
            case "authorization_code":
                grant = self._of_code(form)
            case "refresh_token":
                grant = self._of_refresh(form.get("refresh_token", ""))
            case _:
                raise SignInRefused("unsupported_grant_type", "a code or a refresh token is needed")
        if grant.client != client:
            raise SignInRefused("invalid_grant", "it was given to another client")
        return self._given(grant)

    def signed_out(self, form: Form) -> str:
        """Return where to lead somebody who signed out; their refresh tokens are worth nothing.

        Raises:
            SignInRefused: that is no page of ours.
        """
        back = form.get("post_logout_redirect_uri") or self.url.removesuffix(PATH.rstrip("/"))
        self._insist_ours(back, "post_logout_redirect_uri")
        return _with(back, {"state": form.get("state")})

    def _of_shop(self, form: Form) -> Mapping[str, Any]:
        """Return a token for a shop's own programs, who is known by its secret."""
        name, secret = form.get("client_id", ""), form.get("client_secret", "").encode()
        if not any(secrets.compare_digest(secret, known) for known in self._shops(name)):
            raise SignInRefused("invalid_client", "there is no such client, or its secret is wrong")
        if form.get("scope", SHOP_SCOPE) != SHOP_SCOPE:
            raise SignInRefused("invalid_scope", f"scope must be {SHOP_SCOPE}")
        now = int(self._now())
        claims = {"iss": self.url, "sub": name, "client_id": name, "iat": now}
        claims |= {"exp": now + ACCESS_SECONDS, "jti": secrets.token_hex(16)}
        token = self.key.sign({**claims, "token_use": "access", "scope": SHOP_SCOPE})
        return {"access_token": token, "token_type": "Bearer", "expires_in": ACCESS_SECONDS}

    def _of_code(self, form: Form) -> Grant:
        with self._lock:
            grant = self._codes.pop(form.get("code", ""), None)
        proof = sha256(form.get("code_verifier", "").encode()).digest()
        shown = urlsafe_b64encode(proof).decode().rstrip("=")
        if grant is None or grant.ends_at < self._now():
            raise SignInRefused("invalid_grant", "the code is none, was used, or is over")
        if not secrets.compare_digest(shown, grant.challenge):
            raise SignInRefused("invalid_grant", "code_verifier does not prove the code_challenge")
        if form.get("redirect_uri") != grant.redirect:
            raise SignInRefused("invalid_grant", "redirect_uri is not where the code was sent")
        return grant

    def _of_refresh(self, token: str) -> Grant:
        """Use a refresh token up; one that was used before betrays its whole family."""
        now = self._now()
        with self._lock:
            grant = self._refresh.get(token)
            if grant is None or grant.ends_at < now:
                raise SignInRefused("invalid_grant", "the refresh token is none, or is over")
            if grant.used_at is not None and grant.used_at + GRACE_SECONDS < now:
                family = grant.family
                kept = {n: g for n, g in self._refresh.items() if g.family != family}
                self._refresh = kept
                raise SignInRefused("invalid_grant", "the refresh token was used before")
            self._refresh[token] = replace(grant, used_at=grant.used_at or now)
        return replace(grant, used_at=None)

    def _given(self, grant: Grant) -> Mapping[str, Any]:
        refresh = secrets.token_urlsafe(32)
        with self._lock:
            ends_at = self._now() + REFRESH_SECONDS
            self._refresh[refresh] = replace(grant, ends_at=ends_at, challenge="", redirect="")
        return {
            "access_token": self.key.sign(self._access(grant)),
            "id_token": self.key.sign(self._identity(grant)),
            "refresh_token": refresh,
            "token_type": "Bearer",
            "expires_in": ACCESS_SECONDS,
            "scope": grant.scope,
        }

    def _access(self, grant: Grant) -> Mapping[str, Any]:
        account = grant.account
        member = account.member or self._linked(account.subject)
        return {
            **self._claims(grant),
            "token_use": "access",
            "client_id": grant.client.name,
            "username": account.subject,
            "scope": grant.scope,
            **({"member_id": member} if member else {}),
            **({"cognito:groups": [account.role]} if account.role else {}),
        }

    def _identity(self, grant: Grant) -> Mapping[str, Any]:
        account = grant.account
        nonce = {"nonce": grant.nonce} if grant.nonce else {}
        name = account.member or account.subject
        return {**self._claims(grant), "token_use": "id", "name": name, **nonce}

    def _claims(self, grant: Grant) -> Mapping[str, Any]:
        now = int(self._now())
        return {
            "iss": self.url,
            "sub": grant.account.subject,
            "aud": [grant.client.name],
            "iat": now,
            "exp": now + ACCESS_SECONDS,
            "jti": secrets.token_hex(16),
        }

    def _insist_ours(self, uri: str, name: str) -> None:
        parts = urlsplit(uri)
        if f"{parts.scheme}://{parts.netloc}" not in self._origins or parts.fragment:
            raise SignInRefused(
                "invalid_request", f"{name} must lead to this server, without a fragment"
            )


def _chosen(client: Client, form: Form) -> Account:
    """Return who somebody chose to be."""
    member, who = form.get("member", "").strip(), form.get("who", "").strip()
    if Audience.OPERATOR in client.audiences:
        if not who or form.get("role") not in set(OperatorRole):
            raise SignInRefused("invalid_request", "a name and a role are needed")
        return Account(who, role=OperatorRole(form["role"]))
    if not member and not who:
        raise SignInRefused("invalid_request", "a member or a name is needed")
    return Account(f"demo-{member}", member=member) if member else Account(who)


def _with(uri: str, more: Mapping[str, str | None]) -> str:
    query = urlencode({name: value for name, value in more.items() if value is not None})
    between = "&" if urlsplit(uri).query else "?"
    return f"{uri}{between}{query}" if query else uri
