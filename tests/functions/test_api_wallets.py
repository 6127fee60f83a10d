"""Wallets over HTTP: what members, operators and shops ask, and how it is refused (Rule 3)."""

import json

import pytest

from rebate import bootstrap
from rebate.contracts.signatures import sign
from tests.functions.cloud import OPERATOR, SETTINGS

WALLET = {"withdraw_min": 10, "transfer": ["points"], "two_approvals_above": 5000}


@pytest.fixture
def shop(cloud):
    """A and B have 100.00 in cash and points."""
    cloud.use({**SETTINGS, "wallet": WALLET})
    for member in "AB":
        cloud.send(_saved(member))
        for asset in ("cash", "points"):
            wish = {"member": member, "asset": asset, "amount": 10000, "reason": "start"}
            assert _post(cloud, "adjustments", {"id": f"{member}{asset}", **wish})[0] == 200
    return cloud


def _saved(member):
    return {"detail-type": "MemberSaved", "detail": {"member_id": member}}


def _post(cloud, path, body, **more):
    return cloud.as_operator("POST", f"/v1/{path}", body, **more)


def _ask(cloud, path, body, member="A"):
    return cloud.as_member(member, "POST", f"/v1/me/{path}", body)


def _signed(cloud, method, path, body="", query="", key=None, secret=b"new secret"):
    now = cloud.now()
    signature = sign(secret, now, (body or query).encode())
    headers = {"X-Rebate-Timestamp": str(now), "X-Rebate-Signature": signature}
    headers |= {} if key is None else {"X-Rebate-Key": key}
    return cloud.request(method, path, body or None, query=query, headers=headers)


def _withdraw(cloud, name="w1", amount=1000, **more):
    account = {"label": "工商银行", "reference": "6222021234567890"}
    return _ask(cloud, "withdrawals", {"id": name, "amount": amount, "account": account, **more})


def test_a_withdrawal_goes_from_asked_to_paid(shop):
    status, asked = _withdraw(shop)
    assert (status, asked["state"], asked["payout"]) == (200, "asked", 1000)
    (waiting,) = shop.as_operator("GET", "/v1/withdrawals")[1]["withdrawals"]
    assert (waiting["id"], waiting["member"]) == ("w1", "A")
    assert _post(shop, "withdrawals/decide", {"id": "w1", "approve": True})[1]["approvals"] == [
        "olga"
    ]
    paid = _post(shop, "withdrawals/paid", {"id": "w1", "reference": "b1"})[1]
    assert (paid["state"], paid["payment"]) == ("paid", "b1")
    (mine,) = shop.as_member("A", "GET", "/v1/me/withdrawals")[1]["withdrawals"]
    assert (mine["state"], mine["approvals"]) == ("paid", None)
    assert (asked["decided_at"], waiting["settled_at"]) == (None, None)
    assert mine["at"] < mine["decided_at"] < mine["settled_at"]
    assert shop.as_operator("GET", "/v1/withdrawals")[1]["withdrawals"] == []
    query = "state=paid"
    assert len(shop.as_operator("GET", "/v1/withdrawals", query=query)[1]["withdrawals"]) == 1


def test_a_member_is_told_what_holds_for_withdrawals_now(shop):
    wallet = {"withdraw_min": 10, "withdraw_fee_bps": 50, "withdraw_per_day": 2}
    shop.use({**SETTINGS, "wallet": wallet})
    _withdraw(shop)
    seen = shop.as_member("A", "GET", "/v1/me/withdrawals")[1]
    assert seen["terms"] == {"least": 10, "fee_bps": 50, "per_day": 2, "left_today": 1}
    shop.use({**SETTINGS, "wallet": WALLET})
    seen = shop.as_member("A", "GET", "/v1/me/withdrawals")[1]
    assert (seen["terms"]["per_day"], seen["terms"]["left_today"]) == (None, None)


def test_a_payout_reference_is_never_shown_whole_again(shop):
    """Rule 3.1: but in the file for the bank."""
    answers = [_withdraw(shop)[1], shop.as_member("A", "GET", "/v1/me/withdrawals")[1]]
    answers.append(shop.as_operator("GET", "/v1/withdrawals")[1])
    answers.append(_post(shop, "withdrawals/decide", {"id": "w1", "approve": True})[1])
    told = json.dumps(answers, ensure_ascii=False)
    assert "****7890" in told
    assert "6222" not in told
    file = shop.text("/v1/withdrawals/file")
    assert file.startswith("\ufeffwithdrawal,member,label,reference,amount,currency")
    assert "w1,A,工商银行,6222021234567890,10.00,CNY" in file


def test_two_operators_decide_above_the_limit(shop):
    _withdraw(shop, amount=6000)
    decision = {"id": "w1", "approve": True}
    assert _post(shop, "withdrawals/decide", decision)[1]["state"] == "asked"
    assert _post(shop, "withdrawals/decide", decision)[1]["state"] == "asked"
    other = {**OPERATOR, "sub": "op-2", "username": "oleg"}
    status, said = shop.request("POST", "/v1/withdrawals/decide", decision, claims=other)
    assert (status, said["state"], said["approvals"]) == (200, "approved", ["olga", "oleg"])


@pytest.mark.parametrize("claims", [{"sub": "A"}, {"sub": "op-1", "member_id": "A"}])
def test_nobody_decides_on_their_own(shop, claims):
    """Pitfall 13."""
    _withdraw(shop)
    claims = {**OPERATOR, **claims}
    decision = {"id": "w1", "approve": True}
    status, said = shop.request("POST", "/v1/withdrawals/decide", decision, claims=claims)
    assert (status, said["code"]) == (403, "not_yours")
    adjusted = {"id": "x", "member": "A", "asset": "cash", "amount": 5, "reason": "me"}
    shop.as_operator("POST", "/v1/withdrawals/decide", decision)
    shop.as_operator("PUT", "/v1/gifts", GIFT)
    _ask(shop, "redemptions", {"id": "r1", "gift": GIFT["id"]})
    for path, body in [
        ("adjustments", adjusted),
        ("thaws", {"id": "t", "member": "A"}),
        ("withdrawals/paid", {"id": "w1", "failed": True}),
        ("withdrawals/paid", {"id": "w1", "reference": "bank-1"}),
        ("redemptions/state", {"id": "r1", "state": "cancelled"}),
    ]:
        status, said = shop.request("POST", f"/v1/{path}", body, claims=claims)
        assert (path, status, said["code"]) == (path, 403, "not_yours")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"amount": 10.5}, "amount"),
        ({"amount": "10"}, "amount"),
        ({"amount": 2**53}, "amount"),
        ({"amount": True}, "amount"),
        ({"id": None}, "id"),
        ({"id": ""}, "id"),
        ({"id": "a\tb"}, "id"),
        ({"account": {"label": "x"}}, "account.reference"),
        ({"amuont": 1}, "amuont"),
    ],
)
def test_a_bad_request_names_the_field_and_changes_nothing(shop, body, field):
    asked = {"id": "w1", "amount": 1000} | body
    status, said = _ask(shop, "withdrawals", asked)
    assert (status, said["code"]) == (422, "invalid_request")
    assert [problem["path"] for problem in said["problems"]] == [field]
    assert shop.wallets()["A"]["cash"] == 10000


def test_an_amount_with_a_point_and_no_fraction_is_taken(shop):
    """Pitfall 40: JSON has one kind of number."""
    assert _ask(shop, "withdrawals", '{"id": "w1", "amount": 100.0}')[1]["amount"] == 100


def test_every_post_is_known_by_its_id_for_ever(shop):
    """Pitfall 4: a second one is answered as the first; another content is refused."""
    wish = {"id": "t1", "to": "B", "asset": "points", "amount": 100}
    first = _ask(shop, "transfers", wish)
    assert first[0] == 200
    assert _ask(shop, "transfers", wish) == first
    status, said = _ask(shop, "transfers", {**wish, "amount": 101})
    assert (status, said["code"]) == (409, "conflicting_event")
    assert shop.wallets()["B"]["points"] == 10100
    status, said = _ask(shop, "transfers", {name: wish[name] for name in ("to", "asset", "amount")})
    assert (status, said["problems"][0]["path"]) == (422, "id")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("transfers", {"to": "Z", "asset": "points", "amount": 1}, 404, "unknown_member"),
        ("transfers", {"to": "A", "asset": "points", "amount": 1}, 422, "invalid_request"),
        ("transfers", {"to": "B", "asset": "love", "amount": 1}, 422, "transfer_off"),
        ("transfers", {"to": "B", "asset": "points", "amount": 10001}, 422, "insufficient_balance"),
        ("withdrawals", {"amount": 9}, 422, "below_minimum"),
        ("withdrawals", {"amount": 10001}, 422, "insufficient_balance"),
        ("redemptions", {"gift": "g9"}, 404, "unknown_entry"),
    ],
)
def test_refusals_have_the_codes_of_the_contract(shop, path, body, status, code):
    answer, said = _ask(shop, path, {"id": "x", **body})
    assert (answer, said["code"]) == (status, code)


GIFT = {"id": "g1", "version": 0, "name": "茶", "price": {"points": 4000}, "stock": 1}


def test_a_gift_is_offered_redeemed_sent_and_done(shop):
    assert shop.as_operator("PUT", "/v1/gifts", GIFT)[1]["version"] == 1
    (seen,) = shop.as_member("A", "GET", "/v1/gifts")[1]["gifts"]
    assert (seen["name"], seen["open"], seen["stock"]) == ("茶", True, 1)
    assert _ask(shop, "redemptions", {"id": "r1", "gift": "g1"})[1]["price"] == 4000
    status, said = _ask(shop, "redemptions", {"id": "r1", "gift": "g1"}, "B")
    assert (status, said["code"]) == (409, "out_of_stock")
    (waiting,) = shop.as_operator("GET", "/v1/redemptions")[1]["redemptions"]
    sent = {"id": waiting["id"], "state": "sent", "tracking": "SF 1"}
    assert _post(shop, "redemptions/state", sent)[1]["tracking"] == "SF 1"
    assert _post(shop, "redemptions/state", {"id": "r1", "state": "done"})[0] == 200
    (mine,) = shop.as_member("A", "GET", "/v1/me/redemptions")[1]["redemptions"]
    assert (mine["state"], mine["tracking"]) == ("done", "SF 1")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": {}}, "price"),
        ({"price": {"points": 1, "love": 1}}, "price"),
        ({"price": {"cash": 1}}, "price.cash"),
        ({"price": {"points": 0}}, "price.points"),
        ({"stock": -1}, "stock"),
        ({"stock_change": 1}, "stock_change"),
        ({"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, "to"),
    ],
)
def test_a_gift_that_cannot_be_is_refused(shop, change, field):
    status, said = shop.as_operator("PUT", "/v1/gifts", {**GIFT, **change})
    assert (status, said["problems"][0]["path"]) == (422, field)


def test_a_gift_is_changed_only_at_the_version_that_was_read(shop):
    shop.as_operator("PUT", "/v1/gifts", GIFT)
    _ask(shop, "redemptions", {"id": "r1", "gift": "g1"})
    status, said = shop.as_operator("PUT", "/v1/gifts", {**GIFT, "version": 1})
    assert (status, said["code"]) == (409, "conflict")
    more = {**GIFT, "version": 2, "stock": None, "stock_change": 5}
    assert shop.as_operator("PUT", "/v1/gifts", more)[1]["stock"] == 5


def test_what_is_not_on_offer_only_operators_see(shop):
    shop.as_operator("PUT", "/v1/gifts", {**GIFT, "on": False})
    assert shop.as_member("A", "GET", "/v1/gifts")[1]["gifts"] == []
    assert len(shop.as_operator("GET", "/v1/gifts/all")[1]["gifts"]) == 1


def test_a_shop_spends_gives_back_and_looks(shop):
    spent = {"id": "s1", "member": "A", "asset": "points", "amount": 4000, "order": "o1"}
    status, said = _signed(shop, "POST", "/v1/spends", json.dumps(spent))
    assert (status, said["left"]) == (200, 4000)
    back = {"id": "b1", "spend": "s1", "amount": 1500}
    assert _signed(shop, "POST", "/v1/give-backs", json.dumps(back))[0] == 200
    status, said = _signed(shop, "GET", "/v1/balances", query="member=A")
    assert (status, said["balances"]) == (200, {"cash": 10000, "points": 7500})
    status, said = _signed(
        shop, "POST", "/v1/give-backs", json.dumps({**back, "id": "b2", "amount": 2501})
    )
    assert (status, said["code"]) == (422, "refund_exceeds_paid")


def test_a_signature_of_another_query_is_none(shop):
    now = shop.now()
    signature = sign(b"new secret", now, b"member=B")
    headers = {"X-Rebate-Timestamp": str(now), "X-Rebate-Signature": signature}
    assert shop.request("GET", "/v1/balances", query="member=A", headers=headers)[0] == 401


SENDERS = {
    "a": {"keys": ["k1"], "prefix": "a-"},
    "b": {"keys": ["k2"], "prefix": "b-", "members": "shared"},
}


@pytest.fixture
def senders(shop, monkeypatch):
    """Two shops with keys of their own: of a the members are `a-…`, of b they are everybody's."""
    monkeypatch.setenv("REBATE_SHOP_KEYS", "k1:one\nk2:two")
    bootstrap.app.cache_clear()
    shop.use({**SETTINGS, "wallet": WALLET, "senders": SENDERS})
    for member in ("a-A", "C"):
        shop.send(_saved(member))
        wish = {"member": member, "asset": "points", "amount": 9000, "reason": "start"}
        assert _post(shop, "adjustments", {"id": member, **wish})[0] == 200
    return shop


SPENT = {"id": "s1", "member": "A", "asset": "points", "amount": 4000, "order": "o1"}
OF_A, OF_B = {"key": "k1", "secret": b"one"}, {"key": "k2", "secret": b"two"}


def test_a_shop_spends_as_the_sender_of_its_key(senders):
    """Rule 0.13: with its prefix before members and orders, and ids of its own."""
    for key, member, order in ((OF_A, "a-A", "a-o1"), (OF_B, "A", "b-o1")):
        status, said = _signed(senders, "POST", "/v1/spends", json.dumps(SPENT), **key)
        assert (status, said["member"], said["subject"]) == (200, member, order)
    for key, points in ((OF_A, 5000), (OF_B, 6000)):
        status, said = _signed(senders, "GET", "/v1/balances", query="member=A", **key)
        assert (status, said["balances"]["points"]) == (200, points)


def test_nobody_gives_back_what_another_sender_has_spent(senders):
    assert _signed(senders, "POST", "/v1/spends", json.dumps(SPENT), **OF_A)[0] == 200
    back = json.dumps({"id": "b1", "spend": "s1", "amount": 4000})
    status, said = _signed(senders, "POST", "/v1/give-backs", back, **OF_B)
    assert (status, said["code"]) == (404, "unknown_entry")
    assert _signed(senders, "POST", "/v1/give-backs", back)[0] == 404
    assert _signed(senders, "POST", "/v1/give-backs", back, **OF_A)[0] == 200


@pytest.mark.parametrize(("key", "secret"), [("k1", b"two"), ("k1", b"new secret"), ("k3", b"one")])
def test_a_spend_with_the_secret_of_another_key_is_refused(senders, key, secret):
    answer = _signed(senders, "POST", "/v1/spends", json.dumps(SPENT), key=key, secret=secret)
    assert (answer[0], answer[1]["code"]) == (401, "bad_signature")


def test_a_member_who_is_too_long_with_the_prefix_is_refused(senders):
    spent = json.dumps({**SPENT, "member": "A" * 128})
    status, said = _signed(senders, "POST", "/v1/spends", spent, **OF_A)
    assert (status, said["problems"][0]["path"]) == (422, "member")


def test_a_statement_is_paged_chosen_and_written_as_csv(shop):
    _ask(shop, "transfers", {"id": "t1", "to": "B", "asset": "points", "amount": 100})
    (line,) = shop.as_member("A", "GET", "/v1/me/statement", query="kind=transfer")[1]["lines"]
    assert (line["amount"], line["balance"], line["counterpart"]) == (-100, 9900, "B")
    query = "asset=points&from=2020-01-01&to=2020-01-02"
    assert shop.as_member("A", "GET", "/v1/me/statement", query=query)[1]["lines"] == []
    text = shop.text("/v1/me/statement", query="format=csv", member="A")
    assert "transfer,points,-1.00,99.00" in text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("asset=gold", "asset"),
        ("from=yesterday", "from"),
        ("to=2026-03-01T00:00:00", "to"),
        ("after=x", "after"),
        ("format=xml", "format"),
    ],
)
def test_a_question_that_cannot_be_names_its_parameter(shop, query, field):
    status, said = shop.as_member("A", "GET", "/v1/me/statement", query=query)
    assert (status, said["problems"][0]["path"]) == (422, field)


def test_a_second_operator_finds_what_waits_and_approves_it(shop):
    shop.use({**SETTINGS, "wallet": {**WALLET, "adjust_two_above": 100}})
    wish = {"id": "a1", "member": "A", "asset": "cash", "amount": 500, "reason": "sorry"}
    assert _post(shop, "adjustments", wish)[1]["state"] == "asked"
    (waiting,) = shop.as_operator("GET", "/v1/adjustments")[1]["adjustments"]
    assert (waiting["id"], waiting["approvals"]) == ("a1", ["olga"])
    other = {**OPERATOR, "sub": "op-2", "username": "oleg"}
    status, said = shop.request("POST", "/v1/adjustments", wish, claims=other)
    assert (status, said["state"]) == (200, "done")
    assert shop.as_operator("GET", "/v1/adjustments")[1]["adjustments"] == []


def test_frozen_love_is_thawed(shop):
    wish = {"id": "a1", "member": "A", "asset": "love_frozen", "amount": 500, "reason": "start"}
    _post(shop, "adjustments", wish)
    assert _post(shop, "thaws", {"id": "x", "member": "A", "amount": 200})[1]["amount"] == 200
    assert shop.wallets()["A"]["love"] == 200


@pytest.mark.parametrize(
    ("acknowledged", "status"), [([], 422), (["hold_days"], 200), (["margin"], 422)]
)
def test_withdrawals_before_a_refund_could_come_are_acknowledged(shop, acknowledged, status):
    """Rule 3.6."""
    settings = {**SETTINGS, "wallet": WALLET, "guards": {"acknowledged": acknowledged}}
    answer, said = shop.as_operator("PUT", "/v1/settings", {"version": 2, "settings": settings})
    assert answer == status
    assert status == 200 or said["code"] == "needs_acknowledgement"
