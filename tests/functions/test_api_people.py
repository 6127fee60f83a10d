"""Invitations, bindings and teams over HTTP (Rules 2.5.1 and 2.8)."""

import json
from xml.etree import ElementTree as ET

import pytest

from rebate.usecases.people.invite import TRIES_AN_HOUR
from tests.functions.cloud import SETTINGS, bought

LINK = "https://shop.example/join"


@pytest.fixture
def shop(cloud, monkeypatch):
    monkeypatch.setenv("REBATE_INVITE_URL", LINK)
    referral = {"enabled": True, "settle_on": "paid", "direct_bps": 1000}
    cloud.use({**SETTINGS, "referral": referral})
    cloud.send(_saved("A", nickname="小明"), _saved("C"))
    return cloud


def _saved(member, **more):
    return {"detail-type": "MemberSaved", "detail": {"member_id": member, **more}}


def _code(cloud, member="A"):
    return cloud.as_member(member, "GET", "/v1/me/invite")[1]["code"]


def _bind(cloud, member, code, **more):
    return cloud.as_member(member, "POST", "/v1/me/referrer", {"code": code, **more})


def _correct(cloud, **wish):
    body = {"id": "c1", "member": "B", "referrer": "C", "reason": "wrong code", **wish}
    return cloud.as_operator("POST", "/v1/bindings", body)


def test_from_a_link_to_a_commission(shop):
    mine = shop.as_member("A", "GET", "/v1/me/invite")[1]
    assert mine["link"] == f"{LINK}?invite={mine['code']}"
    picture = ET.fromstring(mine["qr_svg"])
    assert picture.tag.endswith("svg")
    status, seen = shop.request("GET", f"/v1/invites/{mine['code'].lower()}")
    assert (status, seen["code"], seen["nickname"]) == (200, mine["code"], None)
    shop.as_member("A", "PUT", "/v1/me/invite", {"show_nickname": True})
    query = "locale=en"
    seen = shop.request("GET", f"/v1/invites/{mine['code']}", query=query)[1]
    assert (seen["nickname"], seen["what"].split()[0]) == ("小明", "An")
    assert _bind(shop, "B", mine["code"])[1] == {"bound": True, "nickname": "小明"}
    assert _bind(shop, "B", mine["code"], id="again")[0] == 200
    shop.send(bought("o1", "B"))
    shop.settle()
    team = shop.as_member("A", "GET", "/v1/me/team")[1]
    (b,) = team["members"]
    assert (b["earned"], b["orders"], team["currency"]) == (1000, 1, "CNY")
    assert "B" not in json.dumps(b).replace("bought", "")
    assert shop.wallets()["A"]["cash"] == 1000


def test_the_pages_of_members_have_the_code_in_their_path(shop, monkeypatch):
    monkeypatch.setenv("REBATE_INVITE_URL", "https://pages.example/i/")
    mine = shop.as_member("A", "GET", "/v1/me/invite")[1]
    assert mine["link"] == f"https://pages.example/i/{mine['code']}"


def test_without_an_address_there_is_a_code_and_no_link(shop, monkeypatch):
    monkeypatch.delenv("REBATE_INVITE_URL")
    mine = shop.as_member("A", "GET", "/v1/me/invite")[1]
    assert (len(mine["code"]), mine["link"], mine["qr_svg"]) == (8, None, None)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"code": "0000-0000"}, 404, "unknown_member"),
        ({"code": "ABC"}, 422, "invalid_request"),
        ({"code": ""}, 422, "invalid_request"),
        ({"code": 12345678}, 422, "invalid_request"),
        ({}, 422, "invalid_request"),
        ({"code": "00000000", "referrer": "A"}, 422, "invalid_request"),
    ],
)
def test_bad_codes_are_said_and_bind_nobody(shop, body, status, code):
    found = shop.as_member("B", "POST", "/v1/me/referrer", body)
    assert (found[0], found[1]["code"]) == (status, code)
    assert shop.as_member("A", "GET", "/v1/me/team")[1]["members"] == []


def test_who_is_bound_has_bought_or_invited_themselves_is_refused(shop):
    shop.send(bought("o1", "D"))
    for member, code in (("A", _code(shop)), ("D", _code(shop))):
        found = _bind(shop, member, code)
        assert (found[0], found[1]["code"]) == (409, "referrer_bound")
    assert _bind(shop, "B", _code(shop))[0] == 200
    assert _bind(shop, "B", _code(shop, "C"))[1]["code"] == "referrer_bound"
    assert _bind(shop, "A", _code(shop, "B"))[1]["code"] == "referrer_bound"


def test_who_tries_many_codes_waits_and_others_do_not(shop):
    """Pitfall 20."""
    for number in range(TRIES_AN_HOUR):
        assert shop.request("GET", f"/v1/invites/0000{number:04d}")[0] == 404
    assert shop.request("GET", f"/v1/invites/{_code(shop)}")[1]["code"] == "over_limit"
    assert _bind(shop, "B", _code(shop))[0] == 200


def test_support_corrects_a_binding_once_and_it_is_listed_with_who(shop):
    _bind(shop, "B", _code(shop))
    status, done = _correct(shop)
    assert (status, done["before"], done["referrer"], done["by"]) == (200, "A", "C", "olga")
    assert _correct(shop) == (200, done)
    assert _correct(shop, reason="another")[1]["code"] == "conflicting_event"
    assert shop.as_operator("GET", "/v1/bindings", query="member=B")[1]["bindings"] == [done]
    assert shop.as_operator("GET", "/v1/bindings", query="member=A")[1]["bindings"] == []
    assert shop.as_member("A", "GET", "/v1/me/team")[1]["members"] == []


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"reason": ""}, "invalid_request"),
        ({"reason": "  "}, "invalid_request"),
        ({"id": None}, "invalid_request"),
        ({"member": "nobody"}, "unknown_member"),
        ({"referrer": "nobody"}, "unknown_member"),
        ({"referrer": "B"}, "referrer_bound"),
        ({"member": "A", "referrer": "B"}, "referrer_bound"),
        ({"member": "op-1"}, "unknown_member"),
    ],
)
def test_a_correction_that_cannot_be_made_changes_nothing(shop, wish, code):
    _bind(shop, "B", _code(shop))
    assert _correct(shop, **wish)[1]["code"] == code
    assert shop.as_operator("GET", "/v1/bindings")[1]["bindings"] == []


def test_who_withdraws_where_the_referrer_does_is_shown_to_operators(shop):
    """Pitfall 18; the reference itself is not shown."""
    _bind(shop, "B", _code(shop))
    for number, member in enumerate("ABC"):
        gift = {"member": member, "asset": "cash", "amount": 1000, "reason": "start"}
        shop.as_operator("POST", "/v1/adjustments", {"id": f"x{number}", **gift})
        account = {"label": "bank", "reference": "6222021234567890"}
        asked = {"id": f"w{number}", "amount": 100, "account": account}
        assert shop.as_member(member, "POST", "/v1/me/withdrawals", asked)[0] == 200
    found = shop.as_operator("GET", "/v1/bindings/shared")[1]
    assert [(each["member"], each["referrer"]) for each in found["shared"]] == [("B", "A")]
    assert "6222" not in json.dumps(found)
