"""Shops that show a token of client credentials instead of signing (contracts, section 6)."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
import pytest

from local.sign_in.tokens import SigningKey
from rebate import bootstrap
from rebate.adapters import shop_tokens
from tests.functions.cloud import SETTINGS, bought

KEY, OTHER = SigningKey.kept_in(None), SigningKey.kept_in(None)
SENDERS = {"a": {"keys": ["client-a"], "prefix": "a-"}, "b": {"keys": ["client-b"]}}


class Issuer:
    """An issuer of OpenID Connect: two documents over HTTP, and how often each was read."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.keys = [{**KEY.public, "use": "sig"}]
        self.reads: list[str] = []
        self.is_down = False

    def document(self, path: str) -> Any:
        self.reads.append(path)
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.address, "jwks_uri": f"{self.address}/jwks"}
        return {"keys": self.keys}

    def token(self, key: SigningKey = KEY, **changes: Any) -> str:
        """Return a token as Cognito makes them for programs."""
        now = int(time.time())
        claims = {
            "iss": self.address,
            "sub": "client-a",
            "client_id": "client-a",
            "token_use": "access",
            "scope": "rebate/shop",
            "iat": now,
            "exp": now + 3600,
            **changes,
        }
        return key.sign({name: value for name, value in claims.items() if value is not None})


@contextmanager
def serving() -> Iterator[Issuer]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(made.document(self.path)).encode()
            self.send_response(500 if made.is_down else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made = Issuer(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def issuer(cloud, monkeypatch):
    with serving() as issuer:
        monkeypatch.setenv("REBATE_SHOP_ISSUER", issuer.address)
        bootstrap.app.cache_clear()
        cloud.use({**SETTINGS, "senders": SENDERS})
        yield issuer


def post(cloud, token, event=None, scheme="Bearer"):
    body = json.dumps(event or bought("o1", "A"))
    headers = {"authorization": f"{scheme} {token}"}
    return cloud.request("POST", "/v1/events", body, headers=headers)


def test_a_token_speaks_for_the_sender_whose_key_its_client_is(cloud, issuer):
    assert post(cloud, issuer.token())[1] == {"outcome": "accepted", "queues": ["mall"]}
    assert post(cloud, issuer.token(), scheme="bearer")[1]["outcome"] == "duplicate"
    cloud.settle()
    (entry,) = cloud.outcome()["queues"]["mall"]["entries"]
    assert (entry["entry"], entry["member"]) == ("a-o1/1", "a-A")
    other = issuer.token(sub="client-b", client_id="client-b")
    assert post(cloud, other)[1]["outcome"] == "accepted", "it is an order of its own"


def test_every_route_of_shops_takes_a_token(cloud, issuer):
    post(cloud, issuer.token())
    headers = {"authorization": f"Bearer {issuer.token()}"}

    def ask(method, path, body=None, query=""):
        return cloud.request(method, path, body, query=query, headers=headers)

    wish = {"member": "a-A", "asset": "points", "amount": 50, "reason": "test", "id": "p1"}
    assert cloud.as_operator("POST", "/v1/adjustments", wish)[0] == 200
    assert ask("GET", "/v1/balances", query="member=A")[1]["balances"] == {"points": 50}
    spend = {"id": "s1", "member": "A", "asset": "points", "amount": 20, "order": "o1"}
    assert ask("POST", "/v1/spends", spend)[0] == 200
    assert ask("POST", "/v1/give-backs", {"id": "g1", "spend": "s1", "amount": 20})[0] == 200
    assert ask("POST", "/v1/links", {"id": "l1", "member_id": "A"})[0] == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"exp": 1}, 401),
        ({"exp": None}, 401),
        ({"iss": "https://elsewhere.example"}, 401),
        ({"token_use": "id"}, 401),
        ({"scope": "rebate/member"}, 403),
        ({"scope": "rebate/shopping"}, 403),
        ({"scope": None}, 403),
        ({"client_id": "client-c"}, 403),
        ({"client_id": "default"}, 403),
        ({"scope": None, "scp": ["rebate/shop"]}, 200),
        ({"scope": "openid rebate/shop"}, 200),
        ({"client_id": None, "azp": "client-a"}, 200),
        ({"client_id": None}, 200),
    ],
)
def test_a_token_is_checked_in_all_that_it_says(cloud, issuer, changes, status):
    """Its signature, issuer, time, use, scope and client; only what a sender names may speak."""
    assert post(cloud, issuer.token(**changes))[0] == status
    cloud.settle()
    assert bool(cloud.outcome()["queues"]) is (status == 200)


def test_what_others_signed_or_nobody_is_refused(cloud, issuer):
    good = issuer.token()
    head, claims, _ = good.split(".")
    for token in ("", "nonsense", f"{head}.{claims}.", issuer.token(OTHER), good[:-4] + "AAAA"):
        status, said = post(cloud, token)
        assert (status, said["code"]) == (401, "unauthenticated"), token
    unsigned = jwt.encode({"sub": "client-a", "scope": "rebate/shop"}, None, algorithm="none")
    assert post(cloud, unsigned)[0] == 401
    shared = jwt.encode(
        {"iss": issuer.address, "sub": "client-a", "scope": "rebate/shop", "exp": 2**33},
        json.dumps(KEY.public) * 2,
        algorithm="HS256",
        headers={"kid": KEY.public["kid"]},
    )
    assert post(cloud, shared)[0] == 401, "a public key is no secret to sign with"


def test_an_audience_is_insisted_on_where_the_stage_has_one(cloud, issuer, monkeypatch):
    monkeypatch.setenv("REBATE_SHOP_AUDIENCE", "rebate other")
    bootstrap.app.cache_clear()
    assert post(cloud, issuer.token())[0] == 401
    assert post(cloud, issuer.token(aud="elsewhere"))[0] == 401
    assert post(cloud, issuer.token(aud=["other"]))[0] == 200


def test_keys_are_read_once_and_again_when_they_are_changed(cloud, issuer, monkeypatch):
    for number in range(3):
        assert post(cloud, issuer.token(), bought(f"o{number}", "A"))[0] == 200
    assert issuer.reads.count("/jwks") == 1
    for _ in range(3):
        assert post(cloud, issuer.token(OTHER))[0] == 401
    assert issuer.reads.count("/jwks") == 1, "nobody makes them be read again and again"
    issuer.keys.append({**OTHER.public, "use": "sig"})
    monkeypatch.setattr(shop_tokens, "READ_AGAIN_SECONDS", 0)
    assert post(cloud, issuer.token(OTHER), bought("o9", "A"))[0] == 200
    assert issuer.reads.count("/jwks") == 2


def test_an_issuer_that_does_not_answer_is_asked_again(cloud, issuer):
    issuer.is_down = True
    status, said = post(cloud, issuer.token())
    assert (status, said["code"]) == (503, "unavailable")
    issuer.is_down = False
    assert post(cloud, issuer.token())[0] == 200


def test_without_an_issuer_no_token_is_taken(cloud):
    with serving() as issuer:
        status, said = post(cloud, issuer.token())
    assert (status, said["code"]) == (401, "unauthenticated")
    assert "sign instead" in said["message"]
