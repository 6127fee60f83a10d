"""Random requests of all audiences, through the handler of the API: the books hold."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from local.deployment import LocalDeployment
from local.memory import deployed_in_memory
from rebate.contracts.signatures import sign
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.office import Act

SECRET = "a secret of a shop"
SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "enabled": True,
        "extraction_bps": 3000,
        "entitlement": {"fixed_bps": 10000},
        "exchange": {"points_bps": 5000},
    },
    "referral": {"settle_on": "paid", "direct_bps": 500, "merchant_bps": 100},
    "wallet": {
        "withdraw_min": 10,
        "transfer": ["points", "love"],
        "two_approvals_above": 500,
        "adjust_two_above": 5000,
    },
}

MEMBERS = st.sampled_from(["A", "B", "A", "B", "C", "nobody"])
NAMES = st.sampled_from(["1", "2", "3"])
ORDERS = st.sampled_from(["o1", "o2", "o3", "o4"])
STORES = st.sampled_from(["W", "W", "X"])
GOOD = [1, 10, 100.0, 499, 501]
AMOUNTS = st.sampled_from([*GOOD, *GOOD, *GOOD, 0, -5, 10_000, 10.5, "10", None, 2**60])
ASSETS = st.sampled_from(["points", "points", "love", "cash", "love_frozen", "voucher", "gold"])
OPERATORS = st.sampled_from(["olga", "otto", "A"])
ROLES = st.sampled_from(["[admin]"] * 6 + ["[viewer]", "[support]", "[finance]", ""])


class Everybody(RuleBasedStateMachine):
    """Members, operators and shops at once, in any order, with ids that come again."""

    @initialize()
    def open_the_shop(self) -> None:
        self._scope = deployed_in_memory()
        self.shop: LocalDeployment = self._scope.__enter__()
        app = self.shop.app
        save_settings(app.store, app.clock, SETTINGS, expects=0, by="test")
        self.at = datetime(2026, 3, 1, 10, tzinfo=UTC)
        self.acts = 0
        for name, above in (("A", None), ("B", "A"), ("C", "B")):
            self._event("MemberSaved", {"member_id": name, "referrer_id": above})
            for asset in ("cash", "points", "love", "love_frozen"):
                body = {"member": name, "asset": asset, "amount": 2000, "reason": "start"}
                body["id"] = f"{name} {asset}"
                self._operator("otto", "[admin]", "POST", "adjustments", body)
        gift = {"id": "g", "version": 0, "name": "tea", "price": {"points": 90}, "stock": 5}
        self._operator("otto", "[admin]", "PUT", "gifts", gift)

    @rule(order=ORDERS, member=MEMBERS, amount=AMOUNTS)
    def buys(self, order: str, member: str, amount: Any) -> None:
        self.at += timedelta(minutes=1)
        lines = [{"line_id": "1", "paid": amount}]
        detail = {"order_id": order, "member": {"id": member}, "channel": "mall", "lines": lines}
        self._event("OrderPaid", {**detail, "paid_at": self.at.isoformat()})

    @rule(order=ORDERS, name=NAMES, amount=AMOUNTS)
    def gives_back(self, order: str, name: str, amount: Any) -> None:
        detail = {"order_id": order, "refund_id": name, "refunded_at": self.at.isoformat()}
        self._event("OrderRefunded", {**detail, "lines": [{"line_id": "1", "amount": amount}]})

    @rule(order=ORDERS)
    def completes(self, order: str) -> None:
        self._event("OrderCompleted", {"order_id": order, "completed_at": self.at.isoformat()})

    @rule(member=MEMBERS, name=NAMES, amount=AMOUNTS)
    def withdraws(self, member: str, name: str, amount: Any) -> None:
        account = {"label": "bank", "reference": "6222021234567890"}
        self._member(member, "withdrawals", {"id": name, "amount": amount, "account": account})

    @rule(member=MEMBERS, to=MEMBERS, name=NAMES, asset=ASSETS, amount=AMOUNTS)
    def passes_on(self, member: str, to: str, name: str, asset: str, amount: Any) -> None:
        body = {"id": name, "to": to, "asset": asset, "amount": amount}
        self._member(member, "transfers", body)

    @rule(member=MEMBERS, name=NAMES, quantity=st.sampled_from([1, 2, 3, 0, -1, 9, 1.5]))
    def redeems(self, member: str, name: str, quantity: Any) -> None:
        self._member(member, "redemptions", {"id": name, "gift": "g", "quantity": quantity})

    @rule(member=MEMBERS, order=ORDERS)
    def exchanges(self, member: str, order: str) -> None:
        body = {"queue": "mall", "entry": f"{order}/1", "into": "points"}
        self._member(member, "entries/exchange", body)

    @rule(who=OPERATORS, role=ROLES, member=MEMBERS, name=NAMES, asset=ASSETS, amount=AMOUNTS)
    def adjusts(self, who: str, role: str, member: str, name: str, asset: str, amount: Any) -> None:
        body = {"id": name, "member": member, "asset": asset, "amount": amount, "reason": "why"}
        self._operator(who, role, "POST", "adjustments", body)

    @rule(who=OPERATORS, role=ROLES, member=MEMBERS, name=NAMES, approve=st.booleans())
    def decides(self, who: str, role: str, member: str, name: str, *, approve: bool) -> None:
        body = {"id": name, "member": member, "approve": approve}
        self._operator(who, role, "POST", "withdrawals/decide", body)

    @rule(who=OPERATORS, member=MEMBERS, name=NAMES, reference=NAMES, failed=st.booleans())
    def tells_of_a_payout(
        self, who: str, member: str, name: str, reference: str, *, failed: bool
    ) -> None:
        body = {"id": name, "member": member, "reference": reference, "failed": failed}
        self._operator(who, "[finance]", "POST", "withdrawals/paid", body)

    @rule(who=OPERATORS, role=ROLES, stock=AMOUNTS, price=AMOUNTS, version=st.integers(0, 2))
    def offers_a_gift(self, who: str, role: str, stock: Any, price: Any, version: int) -> None:
        body = {"id": "g", "version": version, "name": "tea", "price": {"points": price}}
        self._operator(who, role, "PUT", "gifts", {**body, "stock": stock})

    @rule(who=OPERATORS, member=MEMBERS, name=NAMES, state=st.sampled_from(["sent", "cancelled"]))
    def follows_a_redemption(self, who: str, member: str, name: str, state: str) -> None:
        body = {"id": name, "member": member, "state": state}
        self._operator(who, "[support]", "POST", "redemptions/state", body)

    @rule(who=OPERATORS, role=ROLES, member=MEMBERS, name=NAMES)
    def writes_down_and_erases(self, who: str, role: str, member: str, name: str) -> None:
        self._operator(who, role, "POST", "notes", {"id": name, "member": member, "text": "x"})
        self._operator(who, role, "POST", "erasures", {"id": name, "member": member})

    @rule(member=MEMBERS, name=NAMES, asset=ASSETS, amount=AMOUNTS, order=ORDERS)
    def spends(self, member: str, name: str, asset: str, amount: Any, order: str) -> None:
        body = {"id": name, "member": member, "asset": asset, "amount": amount, "order": order}
        self._shop("spends", body)

    @rule(spend=NAMES, name=NAMES, amount=AMOUNTS)
    def returns_what_was_spent(self, spend: str, name: str, amount: Any) -> None:
        self._shop("give-backs", {"id": name, "spend": spend, "amount": amount})

    @rule(member=MEMBERS, friend=MEMBERS)
    def follows_an_invitation(self, member: str, friend: str) -> None:
        self._member(member, "referrer", {"id": "1", "code": self._code(friend)})

    @rule(member=MEMBERS, account=st.sampled_from(["account 1", "account 2"]), name=NAMES)
    def links_an_account(self, member: str, account: str, name: str) -> None:
        status, text = self._shop("links", {"id": name, "member_id": member})
        code = json.loads(text)["code"] if status == 200 else "none"
        self._member(account, "link", {"code": code})

    @rule(member=MEMBERS, friend=MEMBERS, concession=st.sampled_from([0, 2000, -1, 10_001]))
    def applies(self, member: str, friend: str, concession: int) -> None:
        names = ("name", "contact", "licence", "address", "category")
        body = {**dict.fromkeys(names, "x"), "concession_bps": concession}
        self._member(member, "application", {**body, "code": self._code(friend)}, method="PUT")
        self._member(member, "application/submit", {"id": "1"})

    @rule(who=OPERATORS, role=ROLES, store=STORES, agreed=st.sampled_from([None, 0, 300, -1]))
    def decides_on_an_application(self, who: str, role: str, store: str, agreed: Any) -> None:
        claims = {**self._claims("otto", "rebate/operator"), "cognito:groups": "[viewer]"}
        found = json.loads(self._ask("GET", "/v1/applications", claims)[1])["applications"]
        name = found[0]["id"] if found else "none"
        terms = {"id": name, "merchant_bps": agreed, "note": "x"}
        self._operator(who, role, "POST", "applications/negotiate", terms)
        self._operator(who, role, "POST", "applications/approve", {"id": name, "store": store})

    @rule(who=MEMBERS, store=STORES, name=NAMES, amount=AMOUNTS, buyer=MEMBERS)
    def enters_a_bill(self, who: str, store: str, name: str, amount: Any, buyer: str) -> None:
        body = {"id": name, "store": store, "amount": amount, "code": self._code(buyer)}
        self._merchant(who, "POST", "bills", body)

    @rule(who=MEMBERS, store=STORES, bill=NAMES, name=NAMES, amount=AMOUNTS)
    def gives_a_bill_back(self, who: str, store: str, bill: str, name: str, amount: Any) -> None:
        body = {"id": name, "store": store, "bill": bill, "amount": amount}
        self._merchant(who, "POST", "bills/refund", body)

    @rule(who=MEMBERS, store=STORES, other=MEMBERS, role=st.sampled_from(["cashier", None]))
    def hires(self, who: str, store: str, other: str, role: str | None) -> None:
        self._merchant(who, "PUT", "staff", {"store": store, "member": other, "role": role})

    @rule(who=MEMBERS)
    def asks_what_is_not_theirs(self, who: str) -> None:
        for path in ("/v1/orders", "/v1/members", "/v1/audit", "/v1/settings"):
            assert self._ask("GET", path, self._claims(who, "rebate/member"))[0] == 403

    def teardown(self) -> None:
        if not hasattr(self, "shop"):
            return
        try:
            self.shop.settle()
            audit = audit_books(self.shop.app.store)
            assert not audit.differences, audit.differences[:3]
        finally:
            self._scope.__exit__(None, None, None)

    def _event(self, kind: str, detail: dict[str, Any]) -> None:
        self._shop("events", {"detail-type": kind, "detail": detail})
        self.shop.settle()

    def _code(self, member: str) -> str:
        """Return a member's invite code, as they are shown it."""
        claims = self._claims(member, "rebate/member")
        status, text = self._ask("GET", "/v1/me", claims)
        assert status == 200, text
        return str(json.loads(text)["invite"]["code"])

    def _merchant(self, who: str, method: str, path: str, body: dict[str, Any]) -> None:
        claims = self._claims(who, "rebate/merchant")
        self._settled(*self._ask(method, f"/v1/store/{path}", claims, json.dumps(body)))
        self.acts = sum(1 for _ in self.shop.app.store.scan(Act))

    def _shop(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        text, now = json.dumps(body), self.shop.app.clock.now() // 1_000_000
        signature = sign(SECRET.encode(), now, text.encode())
        headers = {"x-rebate-timestamp": str(now), "x-rebate-signature": signature}
        status, answer = self._ask("POST", f"/v1/{path}", {}, text, headers)
        self._settled(status, answer)
        return status, answer

    def _member(
        self, member: str, path: str, body: dict[str, Any], *, method: str = "POST"
    ) -> None:
        claims = self._claims(member, "rebate/member")
        self._settled(*self._ask(method, f"/v1/me/{path}", claims, json.dumps(body)))

    def _operator(self, who: str, role: str, method: str, path: str, body: dict[str, Any]) -> None:
        """Ask, and insist that a change leaves one act, and that a refusal leaves none."""
        claims = {**self._claims(who, "rebate/operator"), "cognito:groups": role}
        status, answer = self._ask(method, f"/v1/{path}", claims, json.dumps(body))
        self._settled(status, answer)
        acts = sum(1 for _ in self.shop.app.store.scan(Act))
        assert acts - self.acts in ({0, 1} if status == 200 else {0}), (path, body, answer)
        self.acts = acts

    def _settled(self, status: int, answer: Any) -> None:
        assert status in {200, 202, 204, 400, 401, 403, 404, 409, 422}, (status, answer)
        self.shop.settle()

    def _claims(self, who: str, scope: str) -> dict[str, str]:
        return {"sub": who, "username": who, "scope": scope}

    def _ask(
        self,
        method: str,
        path: str,
        claims: dict[str, str],
        body: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": urlencode({}),
            "headers": headers or {},
            "requestContext": {
                "http": {"method": method, "path": path},
                "stage": "$default",
                "authorizer": {"jwt": {"claims": claims}} if claims else {},
            },
            "body": body,
            "isBase64Encoded": False,
        }
        answer = self.shop.functions.call("api", event)
        return answer["statusCode"], answer.get("body")


def test_whatever_everybody_asks_the_books_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REBATE_SHOP_SECRET", SECRET)
    bounded = settings(
        max_examples=25,
        stateful_step_count=60,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Everybody, settings=bounded)
