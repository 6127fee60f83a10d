"""What operators find, write down and erase, and what they did, over HTTP (contracts, 6)."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from functions.api import office
from rebate.bootstrap import app
from rebate.contracts.routes import ROUTES
from rebate.contracts.routes.route import Audience
from rebate.usecases.storage.office import Act
from tests.functions.cloud import SETTINGS, bought

ACCOUNT = {"label": "工商银行", "reference": "6222021234567890"}


@pytest.fixture
def shop(cloud):
    """A, whose name is known, bought twice; B bought and has cash."""
    cloud.use({**SETTINGS, "wallet": {"withdraw_min": 10}})
    saved = {"member_id": "A", "nickname": "张小美"}
    cloud.send({"detail-type": "MemberSaved", "detail": saved})
    lines = [{"line_id": "1", "paid": 16800, "product_id": "p9"}]
    cloud.send(bought("o1", "A"), bought("o2", "B", 5000), bought("o3", "A") | {})
    cloud.send({**bought("o4", "B"), "detail": {**bought("o4", "B")["detail"], "lines": lines}})
    cloud.settle()
    return cloud


def _get(cloud, path, **query):
    said = "&".join(f"{name}={quote(str(value))}" for name, value in query.items())
    return cloud.as_operator("GET", f"/v1/{path}", query=said)


def _found(cloud, **query):
    status, page = _get(cloud, "orders", **query)
    assert status == 200, page
    return sorted(order["order_id"] for order in page["orders"])


def test_orders_are_found(shop):
    assert _found(shop) == ["o1", "o2", "o3", "o4"]
    assert _found(shop, query="张小") == ["o1", "o3"]
    assert _found(shop, query="p9") == ["o4"]
    assert _found(shop, query="50.00") == ["o2"]
    assert _found(shop, member="B", state="paid") == ["o2", "o4"]
    assert _found(shop, member="B", state="completed") == []
    order = _get(shop, "orders", query="o1")[1]["orders"][0]
    day = order["paid_at"][:10]
    assert _found(shop, to="2000-01-01") == []
    assert _found(shop, **{"from": day}) == ["o1", "o2", "o3", "o4"]
    assert (order["nickname"], order["state"], order["paid"]) == ("张小美", "paid", 10000)


def test_a_member_and_their_orders_are_found_by_the_code_on_their_phone(shop):
    code = shop.as_member("A", "GET", "/v1/me/invite")[1]["code"]
    typed = f"{code[:4].lower()} {code[4:]}"
    assert [m["id"] for m in _get(shop, "members", query=typed)[1]["members"]] == ["A"]
    assert _found(shop, query=typed) == ["o1", "o3"]
    assert _get(shop, "members", query="ZZZZZZZZ")[1]["members"] == []


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("orders", {"state": "gone"}, "state"),
        ("orders", {"from": "yesterday"}, "from"),
        ("orders", {"member": "a\u200bb"}, "member"),
        ("orders", {"query": "x" * 201}, "query"),
        ("member", {}, "id"),
        ("member", {"id": "A", "part": "all of it"}, "part"),
        ("member", {"id": "A", "after": "x"}, "after"),
        ("audit", {"from": "0"}, "from"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_field(shop, path, query, field):
    status, refusal = _get(shop, path, **query)
    assert (status, refusal["problems"][0]["path"]) == (422, field)


def test_members_are_found_and_shown_whole(shop):
    assert [m["id"] for m in _get(shop, "members", query="张")[1]["members"]] == ["A"]
    assert {m["id"] for m in _get(shop, "members")[1]["members"]} == {"A", "B"}
    note = {"id": "n1", "member": "A", "text": "prefers mail"}
    assert shop.as_operator("POST", "/v1/notes", note)[0] == 200
    assert shop.as_operator("POST", "/v1/notes", note)[0] == 200
    assert shop.as_operator("POST", "/v1/notes", {**note, "text": "other"})[0] == 409
    status, seen = _get(shop, "member", id="A")
    assert status == 200
    assert seen["member"]["nickname"] == "张小美"
    assert len(seen["entries"]["entries"]) == 2
    assert [order["order_id"] for order in seen["orders"]["orders"]] == ["o3", "o1"]
    assert [each["text"] for each in seen["notes"]["notes"]] == ["prefers mail"]
    assert seen["statement"]["lines"][0]["balance"] == seen["member"]["balances"]["cash"]
    part = _get(shop, "member", id="A", part="notes")[1]
    assert (part["entries"], len(part["notes"]["notes"])) == (None, 1)
    assert _get(shop, "member", id="nobody")[0] == 404


def test_a_member_is_erased(shop):
    body = {"id": "e1", "member": "A", "reason": "asked by letter"}
    status, done = shop.as_operator("POST", "/v1/erasures", body)
    assert (status, done["member"]) == (200, "A")
    assert shop.as_operator("POST", "/v1/erasures", body) == (200, done)
    assert shop.as_operator("POST", "/v1/erasures", {**body, "member": "B"})[0] == 409
    assert shop.as_operator("POST", "/v1/erasures", {"id": "e2", "member": "nobody"})[0] == 404
    assert _get(shop, "member", id="A")[1]["member"]["nickname"] is None
    (act,) = _get(shop, "audit", what="member/A")[1]["acts"]
    assert (act["who"], act["role"], act["reason"]) == ("olga", "admin", "asked by letter")
    assert "张小美" not in json.dumps([_get(shop, "audit")[1], _get(shop, "orders")[1]])


def _asked(shop, name, member="B", amount=100):
    body = {"id": name, "amount": amount, "account": ACCOUNT}
    assert shop.as_member(member, "POST", "/v1/me/withdrawals", body)[0] == 200


PREPARED = {
    "/v1/settings/check",
    "/v1/simulate",
    "/v1/parked/release",
    "/v1/parked/drop",
    "/v1/webhooks/redeliver",
    "/v1/dead-letters/replay",
}
"""Operators ask the first two by a body, and they change nothing; the others need a command, a
delivery or an event that failed."""


def test_every_route_by_which_an_operator_changes_something_leaves_its_act(shop):
    """Rule 8.9: also those that will be added, for it is done where requests come in."""
    product = {"product_id": "q1", "supply": "aggregated"}
    shop.send({"detail-type": "ProductSaved", "detail": product})
    adjust = {"member": "B", "amount": 10_000, "reason": "start"}
    changes = changing(shop, adjust)
    wanted = {
        route.path
        for route in ROUTES
        if route.audience is Audience.OPERATOR and route.method != "GET"
    } - PREPARED
    for path, method, body in changes:
        before = len(list(app().store.scan(Act)))
        status, answer = shop.as_operator(method, path, body)
        assert status in {200, 202, 204}, (path, answer)
        acts = sorted(app().store.scan(Act), key=lambda act: act.at)[before:]
        assert [act.what for act in acts] == [path.removeprefix("/v1/")], path
        assert acts[0].changes, path
        wanted.discard(path)
    assert not wanted, "say in this test how each of these is asked for"


def changing(shop, adjust):
    """Yield (path, method, body) for each of them, in an order in which they go."""
    yield "/v1/adjustments", "POST", {**adjust, "id": "a1", "asset": "points"}
    yield "/v1/adjustments", "POST", {**adjust, "id": "a2", "asset": "love_frozen"}
    yield "/v1/adjustments", "POST", {**adjust, "id": "a3", "asset": "cash"}
    yield "/v1/thaws", "POST", {"id": "t1", "member": "B"}
    _asked(shop, "w1")
    yield "/v1/withdrawals/decide", "POST", {"id": "w1", "approve": True}
    yield "/v1/withdrawals/paid", "POST", {"id": "w1", "reference": "bank-1"}
    gift = {"id": "g", "version": 0, "name": "tea", "price": {"points": 10}, "stock": 9}
    yield "/v1/gifts", "PUT", gift
    assert shop.as_member("B", "POST", "/v1/me/redemptions", {"id": "r1", "gift": "g"})[0] == 200
    yield "/v1/redemptions/state", "POST", {"id": "r1", "state": "sent"}
    words = {"locale": "en", "kind": "joined", "text": "You are in line.", "version": 0}
    yield "/v1/notices/wordings", "PUT", words
    yield "/v1/products/enable", "POST", {"supplies": ["aggregated"]}
    yield "/v1/exports", "POST", {"id": "e1", "what": "orders"}
    yield "/v1/notes", "POST", {"id": "n1", "member": "B", "text": "prefers mail"}
    version = app().settings.in_force().version
    per_product = {**SETTINGS["queue_rebate"], "mall": "per_product"}
    apart = {**SETTINGS, "queue_rebate": per_product}
    apart["guards"] = {"acknowledged": ["queue_rebate.mall=per_product"]}
    yield "/v1/settings", "PUT", {"version": version, "settings": apart}
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    planned = {"version": version + 1, "settings": apart, "at": later}
    status, shown = shop.as_operator("PUT", "/v1/settings", planned)
    assert status == 200, shown
    dropped = {"version": shown["planned"]["version"]}
    yield "/v1/settings/planned/drop", "POST", dropped
    for order, product in (("x1", "p1"), ("x2", "p2"), ("x3", "p3")):
        lines = [{"line_id": "1", "paid": 100, "product_id": product}]
        envelope = bought(order, "A")
        shop.send({**envelope, "detail": {**envelope["detail"], "lines": lines}})
        gone = {"product_id": product, "on_sale": False}
        shop.send({"detail-type": "ProductSaved", "detail": gone})
    shop.settle()
    exchange = {"queue": "product/p1", "into": "points"}
    yield "/v1/queues/stalled/exchange", "POST", exchange
    yield "/v1/queues/stalled/clear", "POST", {"queue": "product/p2"}
    yield "/v1/queues/stalled/merge", "POST", {"queue": "product/p3"}
    binding = {"id": "c1", "member": "B", "referrer": "A", "reason": "came with A"}
    yield "/v1/bindings", "POST", binding
    one, other = (_applied(shop, who) for who in ("M", "N"))
    yield "/v1/applications/negotiate", "POST", {"id": one, "note": "20 % is agreed"}
    yield "/v1/applications/approve", "POST", {"id": one, "store": "T"}
    yield "/v1/applications/reject", "POST", {"id": other, "reason": "no licence"}
    hook = {"id": "hook", "version": 0, "address": "https://shop.example.test/hooks"}
    yield "/v1/webhooks", "PUT", hook
    yield "/v1/erasures", "POST", {"id": "e1", "member": "A"}


def _applied(shop, member):
    body = {"name": f"store of {member}", "contact": "x", "licence": "1", "address": "y"}
    body |= {"category": "tea", "concession_bps": 2000}
    status, answer = shop.as_member(member, "PUT", "/v1/me/application", body)
    assert status == 200, answer
    sent = shop.as_member(member, "POST", "/v1/me/application/submit", {})
    assert sent[0] == 200, sent
    found = _get(shop, "applications", state="submitted")[1]["applications"]
    return next(each["id"] for each in found if each["member"] == member)


def test_an_act_never_tells_a_secret(shop):
    """Rule 8.9: it says that a secret was made, never which."""
    hook = {"id": "hook", "version": 0, "address": "https://shop.example.test/hooks"}
    status, answer = shop.as_operator("PUT", "/v1/webhooks", hook)
    assert status == 200
    secret = next(value for value in _texts(answer) if value.startswith("whsec_"))
    acts = json.dumps(_get(shop, "audit")[1])
    assert "webhooks" in acts
    assert secret not in acts
    assert secret.removeprefix("whsec_") not in acts


def _texts(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []


def test_acts_are_found_by_who_and_what(shop):
    body = {"id": "a1", "member": "B", "asset": "cash", "amount": 100, "reason": "late parcel"}
    shop.as_operator("POST", "/v1/adjustments", body)
    for query in ({"who": "olga"}, {"what": "adjustments"}, {"what": "member/B"}):
        (act,) = _get(shop, "audit", **query)[1]["acts"]
        assert (act["request"], act["reason"]) == ("a1", "late parcel")
        assert act["changes"][0]["after"]["amount"] == 100
    assert _get(shop, "audit", who="otto")[1]["acts"] == []
    assert _get(shop, "audit", to="2000-01-01")[1]["acts"] == []


def test_a_refused_change_leaves_no_act(shop):
    body = {"id": "a1", "member": "nobody", "asset": "cash", "amount": 100, "reason": "x"}
    assert shop.as_operator("POST", "/v1/adjustments", body)[0] == 404
    assert shop.as_operator("POST", "/v1/adjustments", "not json")[0] == 400
    assert _get(shop, "audit")[1]["acts"] == []


def test_the_overview_says_what_waits_and_what_each_day_came_to(shop):
    body = {"id": "a1", "member": "B", "asset": "cash", "amount": 500, "reason": "start"}
    shop.as_operator("POST", "/v1/adjustments", body)
    _asked(shop, "w1", amount=300)
    status, seen = _get(shop, "overview")
    assert status == 200
    (waits,) = seen["waiting"]
    assert (waits["what"], waits["count"], waits["amount"]) == ("withdrawals_to_decide", 1, 300)
    assert len(seen["days"]) == 30
    today = seen["days"][-1]
    assert today["day"] == max(day["day"] for day in seen["days"])
    assert sum(day["orders"] for day in seen["days"]) in {0, 4}


def test_withdrawals_of_a_state_are_told_with_their_totals(shop):
    body = {"id": "a1", "member": "B", "asset": "cash", "amount": 500, "reason": "start"}
    shop.as_operator("POST", "/v1/adjustments", body)
    _asked(shop, "w1", amount=300)
    _asked(shop, "w2", amount=50)
    totals = {"count": 2, "amount": 350, "fee": 0, "payout": 350}
    assert _get(shop, "withdrawals", state="asked")[1]["totals"] == totals
    assert _get(shop, "withdrawals", state="paid")[1]["totals"]["count"] == 0


def test_an_act_that_ended_an_entry_is_shown_with_its_order(shop):
    """Rule 8.9."""
    apart = {**SETTINGS["queue_rebate"], "mall": "per_product"}
    told = {"acknowledged": ["queue_rebate.mall=per_product"]}
    shop.use({**SETTINGS, "queue_rebate": apart, "guards": told})
    lines = [{"line_id": "1", "paid": 100, "product_id": "p1"}]
    shop.send({**bought("x1", "A"), "detail": {**bought("x1", "A")["detail"], "lines": lines}})
    gone = {"product_id": "p1", "on_sale": False}
    shop.send({"detail-type": "ProductSaved", "detail": gone})
    shop.settle()
    assert _get(shop, "order", id="x1")[1]["acts"] == []
    assert shop.as_operator("POST", "/v1/queues/stalled/clear", {"queue": "product/p1"})[0] == 204
    trace = _get(shop, "order", id="x1")[1]
    assert trace["tickets"][0]["entries"][0]["status"] == "cleared"
    assert [(act["who"], act["what"]) for act in trace["acts"]] == [
        ("olga", "queues/stalled/clear")
    ]


def test_orders_of_some_days_are_taken_out_as_a_file(shop, monkeypatch):
    """Contracts, section 6; pitfall 39: what one answer does not hold is refused."""
    text = shop.text("/v1/exports", query="what=orders&from=2000-01-01")
    assert text.startswith("\ufefforder,line,member")
    assert "o1,1,A,mall" in text
    assert len(text.splitlines()) == 5
    assert len(shop.text("/v1/exports", query="to=2000-01-01").splitlines()) == 1
    assert "mall,o1/1,A" in shop.text("/v1/exports", query="what=entries")
    monkeypatch.setattr(office, "EXPORT_BYTES_MAX", 200)
    status, refusal = _get(shop, "exports")
    assert (status, refusal["code"]) == (422, "over_limit")
    assert _get(shop, "exports", what="secrets")[1]["problems"][0]["path"] == "what"
