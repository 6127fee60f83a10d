"""Signing in on one machine: as pages do it, and what the gateway takes of it."""

import base64
import hashlib
import json
import re
import time
import urllib.error
import urllib.request
from functools import partial
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from local.http import served
from local.sign_in.issuer import GRACE_SECONDS, PATH, LocalIssuer
from local.sign_in.tokens import SigningKey

KEY = SigningKey.kept_in(None)
PROOF = "a-proof-of-at-least-forty-three-characters-as-is-asked"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(PROOF.encode()).digest()).decode().rstrip("=")
LINKED = {"s-1": "A"}


class Api:
    """Functions that answer with the claims of who asks."""

    def call(self, name, event):
        claims = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims")
        return {"statusCode": 200, "headers": {}, "body": json.dumps([name, claims])}


class Clock:
    """Tells a time that tests move."""

    def __init__(self):
        self.ahead = 0.0

    def __call__(self):
        return time.time() + self.ahead


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirects)


class Browser:
    """What pages do, in plain HTTP."""

    def __init__(self, address, clock):
        self.address = address
        self.clock = clock
        self.back = f"{address}/member.html"

    def send(self, method, path, form=None, **headers):
        data = None if form is None else urlencode(form).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = urllib.request.Request(f"{self.address}{path}", data, named, method=method)
        try:
            answer = OPENER.open(asked, timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, answer.headers, answer.read()

    def asks(self, audience="member", **changes):
        wanted = {
            "client_id": f"{audience}s",
            "redirect_uri": self.back,
            "response_type": "code",
            "scope": f"openid rebate/{audience}",
            "state": "x&y",
            "nonce": "n1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (wanted | changes).items() if value is not None}

    def chooses(self, audience="member", **who):
        status, headers, _ = self.send("POST", f"{PATH}authorize", {**self.asks(audience), **who})
        assert status == 302
        back, query = headers["Location"].split("?")
        assert back == self.back
        return {name: values[0] for name, values in parse_qs(query).items()}

    def exchanges(self, audience="member", **form):
        wanted = {
            "grant_type": "authorization_code",
            "client_id": f"{audience}s",
            "redirect_uri": self.back,
            "code_verifier": PROOF,
        }
        status, _, body = self.send("POST", f"{PATH}token", wanted | form)
        return status, json.loads(body)

    def signs_in(self, audience="member", **who):
        status, given = self.exchanges(audience, code=self.chooses(audience, **who)["code"])
        assert status == 200, given
        return given

    def refreshes(self, token, audience="member"):
        form = {"grant_type": "refresh_token", "client_id": f"{audience}s", "refresh_token": token}
        status, _, body = self.send("POST", f"{PATH}token", form)
        return status, json.loads(body)

    def calls(self, path, token, method="GET"):
        status, _, body = self.send(method, path, Authorization=f"Bearer {token}")
        return status, json.loads(body)


@pytest.fixture(scope="module")
def browser():
    clock = Clock()

    def issuer_at(address):
        people = ["A", "<B>"]
        shops = partial(dict.get, SHOPS)
        return LocalIssuer(
            address, KEY, LINKED.get, lambda: people, now=clock, shops=lambda k: shops(k) or ()
        )

    with served(Api(), 0, None, issuer_at) as address:
        yield Browser(address, clock)


SHOPS = {"k1": (b"old one", b"one"), "k2": (b"two",)}


@pytest.fixture(autouse=True)
def on_time(browser):
    yield
    browser.clock.ahead = 0.0


def test_discovery_leads_to_keys_that_check_the_tokens(browser):
    """What any library of OpenID Connect does, with nothing known but the address."""
    configuration = json.loads(browser.send("GET", f"{PATH}.well-known/openid-configuration")[2])
    assert configuration["issuer"] == f"{browser.address}/issuer"
    token = browser.signs_in(member="A")["access_token"]
    keys = json.loads(browser.send("GET", urlsplit(configuration["jwks_uri"]).path)[2])["keys"]
    key = next(k for k in keys if k["kid"] == jwt.get_unverified_header(token)["kid"])
    issuer = configuration["issuer"]
    claims = jwt.decode(
        token, jwt.PyJWK(key), algorithms=["RS256"], audience="members", issuer=issuer
    )
    assert claims["token_use"] == "access"
    assert claims["scope"] == "openid rebate/member"


def test_the_page_offers_members_and_takes_names_as_text(browser):
    status, headers, body = browser.send("GET", f"{PATH}authorize?{urlencode(browser.asks())}")
    page = body.decode()
    assert status == 200
    assert "&lt;B&gt;" in page
    assert "<B>" not in page
    assert 'name="state" value="x&amp;y"' in page
    style = re.search(r"<style>(.*)</style>", page)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("languages", "locale"), [("zh-CN,zh;q=0.9", "zh-CN"), ("en", "en"), ("de", "en")]
)
def test_the_page_speaks_the_readers_language(browser, languages, locale):
    path = f"{PATH}authorize?{urlencode(browser.asks())}"
    page = browser.send("GET", path, Accept_Language=languages)[2].decode()
    assert f'lang="{locale}"' in page


@pytest.mark.parametrize(
    ("who", "subject", "member"),
    [({"member": "A"}, "demo-A", "A"), ({"who": "s-1"}, "s-1", "A"), ({"who": "s-2"}, "s-2", None)],
)
def test_who_is_linked_is_their_member(browser, who, subject, member):
    token = browser.signs_in(**who)["access_token"]
    status, (function, claims) = browser.calls("/v1/me/entries", token)
    assert (status, function, claims["sub"], claims.get("member_id")) == (
        200,
        "api",
        subject,
        member,
    )


def test_claims_reach_functions_as_text(browser):
    """As HTTP APIs hand them on: numbers, and lists as `[a b]`."""
    token = browser.signs_in("operator", who="olga", role="finance")["access_token"]
    _, (_, claims) = browser.calls("/v1/queues", token)
    assert claims["cognito:groups"] == "[finance]"
    assert claims["aud"] == "[operators]"
    assert claims["exp"].isdigit()
    assert (claims["username"], claims["scope"]) == ("olga", "openid rebate/operator")


def test_a_token_is_for_its_own_audience_and_time(browser):
    member = browser.signs_in(member="A")
    assert browser.calls("/v1/queues", member["access_token"]) == (401, {"message": "Unauthorized"})
    assert browser.calls("/v1/me/entries", member["id_token"])[0] == 403
    only = browser.chooses(member="A", scope="openid")
    token = browser.exchanges(code=only["code"])[1]["access_token"]
    assert browser.calls("/v1/me/entries", token) == (403, {"message": "Forbidden"})
    browser.clock.ahead = -7200
    old = browser.signs_in(member="A")["access_token"]
    assert browser.calls("/v1/me/entries", old)[0] == 401


def test_a_token_that_somebody_else_signed_is_none(browser):
    token = browser.signs_in(member="A")["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    for forged in (
        SigningKey.kept_in(None).sign(claims),
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode(claims, "a secret of more than thirty-two bytes", algorithm="HS256"),
        KEY.sign({**claims, "iss": "http://127.0.0.1:1/issuer"}),
        KEY.sign({name: value for name, value in claims.items() if name != "exp"}),
        token[:-4],
        "",
    ):
        assert browser.calls("/v1/me/entries", forged)[0] == 401


def test_headers_of_developers_do_not_help_a_bad_token(browser):
    status, _, _ = browser.send("GET", "/v1/me/entries", Authorization="Bearer x", X_Dev_Member="A")
    assert status == 401
    assert browser.send("GET", "/v1/me/entries", X_Dev_Member="A")[0] == 200
    assert browser.send("GET", "/v1/me/entries")[0] == 401
    assert browser.send("GET", "/v1/nothing", X_Dev_Operator="a")[0] == 404
    assert browser.send("GET", "/v1/health")[0] == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": "others"}, "invalid_request"),
        ({"redirect_uri": "https://example.com/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "rebate/member"}, "invalid_scope"),
        ({"scope": "openid rebate/operator"}, "invalid_scope"),
    ],
)
def test_a_request_that_is_not_of_our_pages_is_refused_and_led_nowhere(browser, changes, code):
    asked = browser.asks(**changes)
    for method, target, form in [
        ("GET", f"{PATH}authorize?{urlencode(asked)}", None),
        ("POST", f"{PATH}authorize", {**asked, "member": "A"}),
    ]:
        status, headers, body = browser.send(method, target, form)
        assert (status, json.loads(body)["error"]) == (400, code)
        assert "Location" not in headers


@pytest.mark.parametrize(
    "form",
    [
        {"code_verifier": "another"},
        {"redirect_uri": "http://localhost/"},
        {"client_id": "operators"},
        {"code": "none"},
    ],
)
def test_a_code_is_worth_nothing_without_its_proof(browser, form):
    code = browser.chooses(member="A")["code"]
    status, said = browser.exchanges(**{"code": code, **form})
    assert (status, said["error"]) == (400, "invalid_grant")


def test_a_code_is_used_once_and_soon(browser):
    code = browser.chooses(member="A")["code"]
    assert browser.exchanges(code=code)[0] == 200
    assert browser.exchanges(code=code)[0] == 400
    late = browser.chooses(member="A")["code"]
    browser.clock.ahead = 61
    assert browser.exchanges(code=late)[0] == 400


def test_refresh_tokens_rotate_and_two_tabs_at_once_both_go_on(browser):
    """Pitfall 26."""
    first = browser.signs_in(member="A")["refresh_token"]
    one, other = browser.refreshes(first)[1], browser.refreshes(first)[1]
    assert len({first, one["refresh_token"], other["refresh_token"]}) == 3
    assert browser.calls("/v1/me/entries", other["access_token"])[0] == 200
    assert browser.refreshes(one["refresh_token"])[0] == 200


def test_a_refresh_token_used_again_later_ends_the_whole_sign_in(browser):
    """Whoever uses it again may have stolen it."""
    first = browser.signs_in(member="A")["refresh_token"]
    second = browser.refreshes(first)[1]["refresh_token"]
    browser.clock.ahead = GRACE_SECONDS + 1
    assert browser.refreshes(first)[1]["error"] == "invalid_grant"
    assert browser.refreshes(second)[1]["error"] == "invalid_grant"


def test_a_link_made_meanwhile_counts_from_the_next_refresh_on(browser):
    given = browser.signs_in(who="s-9")
    LINKED["s-9"] = "B"
    again = browser.refreshes(given["refresh_token"])[1]
    _, (_, claims) = browser.calls("/v1/me/entries", again["access_token"])
    assert claims["member_id"] == "B"


def test_signing_out_leads_back_to_our_pages_only(browser):
    path = f"{PATH}logout?{urlencode({'post_logout_redirect_uri': browser.back})}"
    assert browser.send("GET", path)[1]["Location"] == browser.back
    assert (
        browser.send("GET", f"{PATH}logout?post_logout_redirect_uri=https://example.com/")[0] == 400
    )


def test_the_key_outlives_a_restart_and_is_nobody_elses(tmp_path):
    make = partial(SigningKey.kept_in, tmp_path / "key.pem")
    assert make().public == make().public
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0


def credentials(browser, **form):
    wanted = {"grant_type": "client_credentials", "client_id": "k1", "client_secret": "one"}
    status, _, body = browser.send("POST", f"{PATH}token", wanted | form)
    return status, json.loads(body)


@pytest.mark.parametrize("secret", ["one", "old one"])
def test_a_shop_gets_a_token_for_the_secret_of_its_key(browser, secret):
    status, given = credentials(browser, client_secret=secret, scope="rebate/shop")
    assert (status, given["token_type"]) == (200, "Bearer")
    key = jwt.PyJWK(KEY.public, "RS256")
    url = f"{browser.address}{PATH}".rstrip("/")
    said = jwt.decode(given["access_token"], key, algorithms=["RS256"], issuer=url)
    assert (said["client_id"], said["scope"], said["token_use"]) == ("k1", "rebate/shop", "access")
    assert "refresh_token" not in given
    status, _ = browser.calls("/v1/me/entries", given["access_token"])
    assert status in {401, 403}, "it reaches nothing of members"


@pytest.mark.parametrize(
    "form",
    [
        {"client_secret": "two"},
        {"client_secret": ""},
        {"client_id": "k3"},
        {"client_id": "members"},
        {"scope": "rebate/operator"},
    ],
)
def test_a_wrong_secret_or_another_scope_gets_nothing(browser, form):
    status, said = credentials(browser, **form)
    assert (status, "access_token" in said) == (400, False) or status == 401
