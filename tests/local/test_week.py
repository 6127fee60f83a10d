"""A week of a shop over the HTTP API of `rebate demo`: people sign in, earn, and are paid out.

After each step the books are recomputed from the journal, as `rebate audit` does.
"""

import base64
import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest

from local.deployment import LocalDeployment, deployed
from local.http import served
from local.sign_in.issuer import PATH, LocalIssuer
from local.sign_in.tokens import SigningKey
from rebate.contracts.signatures import sign
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.identity.find_link import linked_member
from tests.books import check_books

SECRET = "a secret of this shop"
SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "enabled": True,
        "settle_on": "paid",
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 2000},
        "exchange": {"points_bps": 10_000},
        "bounds": {"extraction_bps": [500, 3000]},
    },
    "referral": {
        "enabled": True,
        "settle_on": "paid",
        "direct_bps": 1000,
        "merchant_bps": 100,
        "merchant_base": "turnover",
    },
    "wallet": {"withdraw_min": 100, "withdraw_fee_bps": 100, "two_approvals_above": 500},
    "guards": {"acknowledged": ["hold_days=0"]},
}
PROOF = "a-proof-of-at-least-forty-three-characters-as-is-asked"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(PROOF.encode()).digest()).decode().rstrip("=")


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


OPENER = urllib.request.build_opener(NoRedirects)


class Demo:
    """The demo's server, and what its loop does between two requests."""

    def __init__(self, deployment: LocalDeployment, address: str) -> None:
        self.deployment = deployment
        self.address = address

    def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, Mapping[str, str], str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = urllib.request.Request(f"{self.address}{path}", body, named, method=method)
        try:
            answer = OPENER.open(asked, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, answer.headers, answer.read().decode()

    def goes_on(self) -> None:
        """Deliver, settle and publish, and find the books in order."""
        self.deployment.bus.deliver_waiting()
        self.deployment.settle()
        self.deployment.publish()
        assert not self.deployment.dead_letters()
        check_books(self.deployment.app.store)
        found = audit_books(self.deployment.app.store).differences
        assert [str(each) for each in found] == []

    def visit(self, path: str) -> Any:
        """Ask without a token."""
        status, _, text = self.send("GET", path)
        assert status == 200, text
        return json.loads(text)

    def shop(self, method: str, path: str, body: Any = None, *, query: str = "") -> Any:
        """Ask as the shop, who signs."""
        text = "" if body is None else json.dumps(body)
        now = int(time.time())
        signature = sign(SECRET.encode(), now, (text or query).encode())
        status, _, answer = self.send(
            method,
            f"{path}?{query}" if query else path,
            text.encode() or None,
            X_Rebate_Timestamp=str(now),
            X_Rebate_Signature=signature,
        )
        assert status == 200, answer
        return json.loads(answer)

    def event(self, kind: str, **detail: Any) -> Any:
        """Tell of an event over HTTP; settle what follows from it."""
        told = self.shop("POST", "/v1/events", {"detail-type": kind, "detail": detail})
        self.goes_on()
        return told

    def bought(self, order: str, member: str, paid: int, **more: Any) -> None:
        line = {"line_id": "1", "product_id": "p-9", "paid": paid, **more.pop("line", {})}
        said = {"channel": "mall", "paid_at": datetime.now(UTC).isoformat(), **more}
        self.event("OrderPaid", order_id=order, member={"id": member}, lines=[line], **said)

    def refunded(self, order: str, amount: int) -> None:
        at = datetime.now(UTC).isoformat()
        lines = [{"line_id": "1", "amount": amount}]
        self.event("OrderRefunded", order_id=order, refund_id="r1", refunded_at=at, lines=lines)


class Person:
    """Somebody at a browser, signed in by OpenID Connect."""

    def __init__(self, demo: Demo, audience: str = "member", **who: str) -> None:
        self.demo, self.audience, self.who = demo, audience, who
        self.signs_in()

    def signs_in(self) -> None:
        """Get tokens as pages do: a code with its proof."""
        client = "operators" if self.audience == "operator" else "members"
        back = f"{self.demo.address}/member.html"
        wanted = {
            "client_id": client,
            "redirect_uri": back,
            "response_type": "code",
            "scope": f"openid rebate/{self.audience}",
            "state": "s",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **self.who,
        }
        status, headers, _ = self._form("authorize", wanted)
        assert status == 302
        code = parse_qs(urlsplit(headers["Location"]).query)["code"][0]
        asked = {"grant_type": "authorization_code", "client_id": client, "redirect_uri": back}
        asked |= {"code": code, "code_verifier": PROOF}
        status, _, text = self._form("token", asked)
        assert status == 200, text
        self.token = json.loads(text)["access_token"]

    def _form(self, path: str, form: Mapping[str, str]) -> tuple[int, Mapping[str, str], str]:
        body = urlencode(form).encode()
        kind = "application/x-www-form-urlencoded"
        return self.demo.send("POST", f"{PATH}{path}", body, Content_Type=kind)

    def tries(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        text = None if body is None else json.dumps(body).encode()
        bearer = f"Bearer {self.token}"
        status, _, said = self.demo.send(method, path, text, Authorization=bearer)
        return status, json.loads(said) if said else None

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """Ask, and find the books in order afterwards."""
        status, said = self.tries(method, path, body)
        assert status in {200, 204}, (path, said)
        self.demo.goes_on()
        return said

    def refused(self, method: str, path: str, body: Any = None) -> str:
        """Ask, and be refused; nothing changes."""
        status, said = self.tries(method, path, body)
        assert status >= 400, said
        self.demo.goes_on()
        return str(said.get("code", said.get("message")))


def linked(demo: Demo, who: str, member: str) -> Person:
    """Return somebody who signs in, and links the account to the shop's member."""
    person = Person(demo, who=who)
    code = demo.shop("POST", "/v1/links", {"id": f"link-{member}", "member_id": member})["code"]
    assert person("POST", "/v1/me/link", {"code": code})["member"] == member
    person.signs_in()
    return person


def operator(demo: Demo, name: str, role: str) -> Person:
    return Person(demo, "operator", who=name, role=role)


@pytest.fixture
def demo(clients: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    monkeypatch.setenv("REBATE_SHOP_SECRET", SECRET)
    monkeypatch.setenv("REBATE_INVITE_URL", "https://shop.example/m")
    key = SigningKey.kept_in(None)
    with deployed(clients, f"{uuid4().hex[:8]}-") as deployment:
        linked_by = partial(linked_member, deployment.app.store)

        def issuer_at(address: str) -> LocalIssuer:
            return LocalIssuer(address, key, linked_by, list)

        with served(deployment.functions, 0, None, issuer_at) as address:
            yield Demo(deployment, address)


def cash(person: Person) -> int:
    return int(person("GET", "/v1/me")["figures"]["available"])


def points(demo: Demo, member: str) -> int:
    found = demo.shop("GET", "/v1/balances", query=urlencode({"member": member}))
    return int(found["balances"].get("points", 0))


class Town:
    """The people of the week, as they come in."""

    ann: Person
    ben: Person
    code: str

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.boss = operator(demo, "boss", "admin")
        self.fin, self.otto = operator(demo, "fin", "finance"), operator(demo, "otto", "finance")
        self.sue = operator(demo, "sue", "support")
        self.boss("PUT", "/v1/settings", {"version": 0, "settings": SETTINGS, "id": "first"})


def monday(town: Town) -> None:
    """A buys at the shop, and signs in as the member of that order."""
    demo = town.demo
    demo.bought("o1", "A", 10_000)
    ann = town.ann = linked(demo, "ann", "A")
    (entry,) = ann("GET", "/v1/me/entries")["entries"]
    assert (entry["order_id"], entry["entitlement"]) == ("o1", 2000)


def tuesday(town: Town) -> None:
    """B follows A's link, signs in, and buys: a rebate and a commission for A."""
    demo, boss, ann = town.demo, town.boss, town.ann
    invite = ann("GET", "/v1/me")["invite"]
    (code,) = parse_qs(urlsplit(invite["link"]).query)["invite"]
    town.code = code
    assert demo.visit(f"/v1/invites/{code}")["code"] == invite["code"]
    ben = Person(demo, who="ben")
    assert ben("POST", "/v1/me/referrer", {"code": code, "id": "b1"})["bound"]
    assert ben.refused("POST", "/v1/me/referrer", {"code": "00000000", "id": "b2"})
    ben = town.ben = linked(demo, "ben", "B")
    assert boss("GET", "/v1/member?id=B")["member"]["referrer_id"] == "A"
    demo.event("MemberSaved", member_id="B", nickname="Ben of the shop")
    demo.bought("o2", "B", 10_000)
    assert cash(ann) == 1000 + 1000
    (person,) = ann("GET", "/v1/me/team")["members"]
    assert (person["nickname"], person["earned"]) == ("Ben of the shop", 1000)


def wednesday(town: Town) -> None:
    """A takes it out: asked, approved by two, paid."""
    demo, fin, otto, sue, ann = town.demo, town.fin, town.otto, town.sue, town.ann
    account = {"label": "Bank of Spring", "reference": "6222021234567890"}
    wish = {"id": "w1", "amount": 800, "account": account}
    assert ann("POST", "/v1/me/withdrawals", wish)["state"] == "asked"
    assert ann("POST", "/v1/me/withdrawals", wish)["state"] == "asked", "the same is one request"
    assert ann.refused("POST", "/v1/me/withdrawals", {**wish, "id": "w2", "amount": 1300})
    decided = {"id": "w1", "approve": True}
    assert sue.refused("POST", "/v1/withdrawals/decide", decided) == "forbidden"
    assert fin("POST", "/v1/withdrawals/decide", decided)["state"] == "asked"
    assert fin("POST", "/v1/withdrawals/decide", decided)["state"] == "asked", "one is not two"
    assert otto("POST", "/v1/withdrawals/decide", decided)["state"] == "approved"
    status, _, file = demo.send("GET", "/v1/withdrawals/file", Authorization=f"Bearer {fin.token}")
    assert status == 200
    assert account["reference"] in file
    paid = {"id": "w1", "reference": "bank-77"}
    assert fin("POST", "/v1/withdrawals/paid", paid)["state"] == "paid"
    assert cash(ann) == 1200


def thursday(town: Town) -> None:
    """Points for a gift, which is redeemed and cancelled."""
    demo, fin, sue, ann = town.demo, town.fin, town.sue, town.ann
    left = ann("GET", "/v1/me/entries?state=waiting&sort=newest")["entries"][0]
    into = {"queue": left["queue"], "entry": left["entry"], "into": "points"}
    ann.tries("POST", "/v1/me/entries/exchange", into)
    demo.goes_on()
    assert points(demo, "A") == 1000
    gift = {"id": "tea", "version": 0, "name": "Tea", "price": {"points": 400}, "stock": 1}
    fin("PUT", "/v1/gifts", gift)
    redeem = {"id": "g1", "gift": "tea", "quantity": 1}
    assert ann("POST", "/v1/me/redemptions", redeem)["state"] == "placed"
    assert points(demo, "A") == 600
    assert ann.refused("POST", "/v1/me/redemptions", {**redeem, "id": "g2"}) == "out_of_stock"
    sue("POST", "/v1/redemptions/state", {"id": "g1", "state": "cancelled", "reason": "broken"})
    assert points(demo, "A") == 1000
    assert ann("GET", "/v1/gifts")["gifts"][0]["stock"] == 1


def friday(town: Town) -> None:
    """Points spent on an order, and given back at its refund."""
    demo, ann = town.demo, town.ann
    spend = {"id": "s1", "member": "A", "asset": "points", "amount": 300, "order": "o3"}
    demo.shop("POST", "/v1/spends", spend)
    demo.bought("o3", "A", 700, line={"deducted": 300})
    assert points(demo, "A") == 700
    demo.refunded("o3", 700)
    assert points(demo, "A") == 700, "a refund alone moves no points"
    back = {"id": "gb1", "spend": "s1", "amount": 300}
    for _ in range(2):
        demo.shop("POST", "/v1/give-backs", back)
    demo.goes_on()
    assert points(demo, "A") == 1000
    states = {e["order_id"]: e["status"] for e in ann("GET", "/v1/me/entries")["entries"]}
    assert states == {"o1": "exchanged", "o3": "refunded"}


def saturday(town: Town) -> None:
    """A merchant comes in by A's QR code, is talked with, sells, and enters a bill."""
    demo, boss, sue, ann, ben = town.demo, town.boss, town.sue, town.ann, town.ben
    picture = ann("GET", "/v1/me/invite")["qr_svg"]
    assert picture.startswith("<svg")
    mia = Person(demo, who="mia")
    particulars = dict.fromkeys(("name", "contact", "licence", "address", "category"), "x")
    asked = {**particulars, "name": "Tea house", "concession_bps": 2000, "code": town.code}
    mia("PUT", "/v1/me/application", asked)
    name = mia("POST", "/v1/me/application/submit", {"id": "a1"})["id"]
    assert mia.refused("PUT", "/v1/me/application", {**asked, "name": "Other"})
    question = {"id": name, "note": "Which street?", "questions": True}
    assert sue("POST", "/v1/applications/negotiate", question)["asked"]
    mia("PUT", "/v1/me/application", {**asked, "address": "West Lake 1"})
    mia("POST", "/v1/me/application/submit", {"id": "a2"})
    agreed = {"id": name, "concession_bps": 1500, "merchant_bps": 200, "note": "by phone"}
    sue("POST", "/v1/applications/negotiate", agreed)
    approve = {"id": name, "store": "W"}
    assert sue.refused("POST", "/v1/applications/approve", approve) == "forbidden"
    assert boss("POST", "/v1/applications/approve", approve)["state"] == "approved"
    mia_at_work = Person(demo, "merchant", who="mia")
    assert [each["store"] for each in mia_at_work("GET", "/v1/stores")["rights"]] == ["W"]
    before = cash(ann)
    demo.bought("o4", "C", 10_000, channel="store", store_id="W", line={"product_id": None})
    assert cash(ann) == before + 200, "who brought the store in has what was negotiated"
    bens = ben("GET", "/v1/me/invite")["code"]
    bill = {"id": "b1", "store": "W", "amount": 5000, "code": bens}
    entered = mia_at_work("POST", "/v1/store/bills", bill)
    assert mia_at_work("POST", "/v1/store/bills", bill) == entered
    assert mia_at_work.refused("POST", "/v1/store/bills", {**bill, "store": "X"}) == "not_yours"
    orders = mia_at_work("GET", "/v1/store/orders?id=W")["orders"]
    assert [each["order"] for each in orders] == [entered["order"], "o4"]
    assert mia_at_work("GET", "/v1/store?id=W")["today"]["sales"] == 15_000
    assert cash(ann) == before + 200 + 500 + 100, "B's referrer, and the store's, is A"


def sunday(town: Town) -> None:
    """B asks to be forgotten."""
    boss, fin, ann = town.boss, town.fin, town.ann
    erasure = {"id": "e1", "member": "B", "reason": "asked by letter"}
    assert fin.refused("POST", "/v1/erasures", erasure) == "forbidden"
    boss("POST", "/v1/erasures", erasure)
    assert boss("GET", "/v1/members?query=Ben")["members"] == []
    (person,) = ann("GET", "/v1/me/team")["members"]
    assert (person["nickname"], person["earned"]) == (None, 1500)
    whole = boss("GET", "/v1/member?id=A")
    assert [each["id"] for each in whole["withdrawals"]["withdrawals"]] == ["w1"]
    assert [each["member"] for each in whole["team"]["members"]] == ["B"]
    done = [each["what"] for each in boss("GET", "/v1/audit")["acts"]]
    assert {"erasures", "applications/approve", "withdrawals/decide", "gifts"} <= {*done}


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_week_of_a_shop(demo: Demo) -> None:
    town = Town(demo)
    for day in (monday, tuesday, wednesday, thursday, friday, saturday, sunday):
        day(town)
