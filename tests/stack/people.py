"""People who ask the API: they sign in at the pools' own pages, as in a browser."""

import base64
import hashlib
import http.client
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from infra.stage import Stage
from rebate.contracts.routes.route import Audience, OperatorRole
from tests.stack.deployment import PREFIX, STAGE, Clients

_REDIRECT = Stage(name=STAGE).callbacks[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said."""

    status: int
    body: Any


class Api:
    """The HTTP API at its own name, which leads to the emulator."""

    def __init__(self, clients: Clients, endpoint: str) -> None:
        (api,) = (each for each in clients.api.get_apis()["Items"] if each["Name"] == PREFIX)
        self._name = urlsplit(api["ApiEndpoint"]).netloc
        self._address = urlsplit(endpoint).netloc

    def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: Any = None,
        more: Mapping[str, str] | None = None,
    ) -> Answer:
        headers = {"Host": self._name, "Content-Type": "application/json", **(more or {})}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = None if body is None else json.dumps(body)
        status, _, said = _request(self._address, method, path, headers, content)
        return Answer(status, json.loads(said))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account: `id` is what the token calls them."""

    id: str
    token: str
    api: Api
    again: Callable[[], str]
    """Signs in once more; returns the token of that."""

    def get(self, path: str, **query: str) -> Any:
        answer = self.api.ask("GET", f"{path}?{urlencode(query)}" if query else path, self.token)
        assert answer.status == 200, answer
        return answer.body

    def put(self, path: str, body: Any) -> Any:
        answer = self.api.ask("PUT", path, self.token, body)
        assert answer.status == 200, answer
        return answer.body


def sign_in(clients: Clients, endpoint: str, api: Api, audience: Audience, name: str) -> Person:
    """Open an account in the pool of an audience, and sign in with a code and its proof (PKCE)."""
    accounts = clients.accounts
    pool = _id_of(accounts.list_user_pools(MaxResults=60)["UserPools"], f"{PREFIX}-{audience}s")
    (client,) = accounts.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"]
    email, password = f"{name}@example.com", f"Aa1!{secrets.token_hex(12)}"
    made = accounts.admin_create_user(
        UserPoolId=pool,
        Username=email,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    known = {each["Name"]: each["Value"] for each in made["User"]["Attributes"]}
    accounts.admin_set_user_password(
        UserPoolId=pool, Username=email, Password=password, Permanent=True
    )
    if audience is Audience.OPERATOR:
        accounts.admin_add_user_to_group(
            UserPoolId=pool, Username=email, GroupName=OperatorRole.ADMIN
        )
    address = urlsplit(endpoint).netloc
    again = partial(_token, address, client["ClientId"], audience, email, password)
    return Person(known["sub"], again(), api, again)


def _id_of(pools: list[dict[str, str]], name: str) -> str:
    (found,) = (pool["Id"] for pool in pools if pool["Name"] == name)
    return found


def _token(address: str, client: str, audience: Audience, email: str, password: str) -> str:
    proof = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(proof.encode()).digest()).decode()
    asked = {
        "client_id": client,
        "redirect_uri": _REDIRECT,
        "response_type": "code",
        "scope": f"openid {audience.scope}",
        "code_challenge": challenge.rstrip("="),
        "code_challenge_method": "S256",
    }
    _, sent_to, _ = _submit(address, "/login", {**asked, "username": email, "password": password})
    (code,) = parse_qs(urlsplit(sent_to).query)["code"]
    given = {
        "grant_type": "authorization_code",
        "client_id": client,
        "redirect_uri": _REDIRECT,
        "code": code,
        "code_verifier": proof,
    }
    _, _, said = _submit(address, "/oauth2/token", given)
    token: str = json.loads(said)["access_token"]
    return token


def _submit(address: str, path: str, form: dict[str, str]) -> tuple[int, str, bytes]:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return _request(address, "POST", path, kind, urlencode(form))


def _request(
    address: str, method: str, path: str, headers: dict[str, str], body: str | None
) -> tuple[int, str, bytes]:
    """Return the status, where it leads to, and the body."""
    connection = http.client.HTTPConnection(address, timeout=60)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.getheader("Location", ""), response.read()
    finally:
        connection.close()
