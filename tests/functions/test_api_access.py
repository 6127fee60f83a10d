"""Who may do what over HTTP."""

import pytest

from functions.api.handler import resolver
from rebate import bootstrap
from rebate.domain.errors import Impossible
from tests.functions.cloud import bought

MEMBERS = [
    ("GET", "/v1/me/entries"),
    ("GET", "/v1/me/wallet"),
    ("POST", "/v1/me/entries/exchange"),
    ("POST", "/v1/me/withdrawals"),
    ("GET", "/v1/me/statement"),
    ("GET", "/v1/gifts"),
]
OPERATORS = [
    ("PUT", "/v1/gifts"),
    ("GET", "/v1/gifts/all"),
    ("GET", "/v1/withdrawals"),
    ("GET", "/v1/withdrawals/file"),
    ("POST", "/v1/withdrawals/decide"),
    ("POST", "/v1/withdrawals/paid"),
    ("POST", "/v1/adjustments"),
    ("POST", "/v1/redemptions/state"),
    ("GET", "/v1/queues"),
    ("GET", "/v1/queue"),
    ("GET", "/v1/settings"),
    ("PUT", "/v1/settings"),
    ("GET", "/v1/orders/o1"),
]


def test_anyone_may_ask_whether_it_answers(cloud):
    assert cloud.request("GET", "/v1/health") == (200, {"status": "ok"})


@pytest.mark.parametrize(("method", "path"), MEMBERS + OPERATORS)
@pytest.mark.parametrize("claims", [None, {}, {"scope": "rebate/member rebate/operator"}])
def test_who_has_no_name_is_let_in_nowhere(cloud, method, path, claims):
    status, said = cloud.request(method, path, {}, claims=claims)
    assert (status, said["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(("method", "path"), MEMBERS)
@pytest.mark.parametrize("scope", ["", "rebate/operator", "rebate/members", "x-rebate/member"])
def test_what_is_for_members_needs_their_scope(cloud, method, path, scope):
    status, said = cloud.request(method, path, {}, claims={"sub": "A", "scope": scope})
    assert (status, said["code"]) == (403, "forbidden")
    assert "rebate/member" in said["message"]


@pytest.mark.parametrize(("method", "path"), OPERATORS)
@pytest.mark.parametrize("scope", ["", "rebate/member", "openid profile"])
def test_what_is_for_operators_needs_their_scope(cloud, method, path, scope):
    status, said = cloud.request(method, path, {}, claims={"sub": "A", "scope": scope})
    assert (status, said["code"]) == (403, "forbidden")


def test_a_refused_change_changes_nothing(cloud):
    claims = {"sub": "A", "scope": "rebate/member"}
    cloud.request("PUT", "/v1/settings", {"version": 1, "settings": {}}, claims=claims)
    assert cloud.as_operator("GET", "/v1/settings")[1]["version"] == 1


def test_a_member_sees_nobody_elses_entries_and_wallet(cloud):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    assert cloud.as_member("B", "GET", "/v1/me/wallet")[1]["balances"] == {}
    entries = cloud.as_member("B", "GET", "/v1/me/entries")[1]["entries"]
    assert {entry["member"] for entry in entries} == {"B"}


def test_a_route_that_is_not_named_open_needs_a_scope(cloud, monkeypatch):
    """Also a route that somebody adds and forgets to think about."""
    monkeypatch.setattr(resolver, "_static_routes", [*resolver._static_routes])
    resolver.get("/v1/forgotten")(dict)
    assert cloud.request("GET", "/v1/forgotten")[0] == 401
    assert cloud.as_member("A", "GET", "/v1/forgotten")[0] == 403


def test_a_store_that_does_not_answer_is_unavailable(cloud, monkeypatch):
    monkeypatch.setenv("REBATE_TABLE_PREFIX", "not-there-")
    bootstrap.app.cache_clear()
    status, said = cloud.as_member("A", "GET", "/v1/me/wallet")
    assert (status, said["code"]) == (503, "unavailable")


def test_what_the_store_will_never_do_is_no_fault_that_passes(cloud, monkeypatch):
    def refuse(*_):
        raise Impossible("a sort key of 2 000 bytes")

    monkeypatch.setattr(bootstrap.app().store, "get", refuse)
    status, said = cloud.as_member("A", "GET", "/v1/me/wallet")
    assert (status, said["code"]) == (500, "impossible")
