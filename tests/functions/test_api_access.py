"""Who may do what over HTTP: each operation of the table, asked for by everybody."""

import re
from importlib import import_module
from typing import Any

import pytest

from functions.api import handler
from functions.api.access import listed
from functions.api.handler import resolver
from rebate import bootstrap
from rebate.contracts.routes import ROUTES, route_of
from rebate.contracts.routes.route import Audience, OperatorRole, Route
from rebate.domain.errors import Denied, Impossible, TooLarge
from tests.functions.cloud import OPERATOR, bought

SERVED = [route for route in ROUTES if route.function == "api"]
SIGNED_IN = [route for route in SERVED if route.audience.scope]
SHOPS = [route for route in SERVED if route.audience is Audience.SHOP]
ROLES = tuple(OperatorRole)

PEOPLE: dict[str, Any] = {
    "nobody": None,
    "no name": {"scope": "rebate/member rebate/merchant rebate/operator", "groups": "[admin]"},
    "no scope": {"sub": "A", "cognito:groups": "[admin]"},
    "another scope": {"sub": "A", "scope": "openid rebate/members x-rebate/member"},
    "member": {"sub": "A", "scope": "openid rebate/member", "cognito:groups": "[admin]"},
    "merchant": {"sub": "A", "scope": "openid rebate/merchant"},
    "no role": {"sub": "op", "scope": "rebate/operator"},
    "an unknown role": {"sub": "op", "scope": "rebate/operator", "cognito:groups": "[owner]"},
    **{role: {"sub": "op", "scope": "rebate/operator", "groups": [role]} for role in ROLES},
}


def asked(cloud, route: Route, claims):
    """Return status and code of an answer to a request for a route, with nothing in it."""
    path = re.sub(r"\{\w+\+?\}", "o1", route.path)
    query = "&".join(f"{each.name}=1" for each in route.query if each.required)
    body: Any = None if route.method == "GET" else {}
    if route.is_csv:
        try:
            status, said = cloud.request(route.method, path, body, query=query, claims=claims)
        except ValueError:  # a file was let out
            return 200, None
    else:
        status, said = cloud.request(route.method, path, body, query=query, claims=claims)
    return status, (said or {}).get("code")


def may(route: Route, who: str) -> bool:
    """Tell whether somebody of `PEOPLE` is to be let through."""
    match route.audience:
        case Audience.MEMBER | Audience.MERCHANT:
            return who == route.audience
        case Audience.OPERATOR:
            return who in ROLES and ROLES.index(OperatorRole(who)) >= ROLES.index(route.role)
        case _:
            return route.audience is Audience.ANYBODY


@pytest.mark.parametrize("who", PEOPLE)
def test_each_operation_lets_in_whom_it_is_for_and_nobody_else(cloud, who):
    """Pitfall 22."""
    claims = PEOPLE[who]
    let_in = {}
    for route in SERVED:
        status, code = asked(cloud, route, claims)
        refused = code in {"unauthenticated", "forbidden", "bad_signature"}
        # who is let in may still have no right in the store that they name
        assert refused == (status in {401, 403} and code != "not_yours"), route.key
        let_in[route.key] = not refused
    assert let_in == {route.key: may(route, who) for route in SERVED}


@pytest.mark.parametrize("who", ["nobody", "no name"])
@pytest.mark.parametrize("route", SIGNED_IN, ids=lambda route: route.key)
def test_who_has_no_name_is_told_to_sign_in(cloud, route, who):
    assert asked(cloud, route, PEOPLE[who]) == (401, "unauthenticated")


@pytest.mark.parametrize("route", SHOPS, ids=lambda route: route.key)
def test_what_shops_ask_is_signed(cloud, route):
    assert asked(cloud, route, OPERATOR) == (401, "bad_signature")


def test_a_refusal_names_the_scope_and_the_role_that_are_needed(cloud):
    said = cloud.request("GET", "/v1/me/entries", claims={"sub": "A"})[1]
    assert "rebate/member" in said["message"]
    said = cloud.request("PUT", "/v1/settings", {}, claims=PEOPLE["finance"])[1]
    assert "admin" in said["message"]


@pytest.mark.parametrize(
    ("claim", "groups"),
    [
        ("[finance admin]", ("finance", "admin")),
        ("[admin]", ("admin",)),
        ("admin", ("admin",)),
        (["viewer", "admin"], ("viewer", "admin")),
        ("[]", ()),
        ("", ()),
        (None, ()),
        ({"admin": 1}, ()),
    ],
)
def test_lists_in_tokens_are_read_in_every_form_that_gateways_give_them(claim, groups):
    """Pitfall 24: HTTP APIs hand lists on as text; what is absent allows nothing."""
    assert listed(claim) == groups


def test_a_member_is_who_the_token_says_in_member_id_else_its_subject(cloud):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    claims = {"sub": "s-1", "scope": "rebate/member", "member_id": "A"}
    entries = cloud.request("GET", "/v1/me/entries", claims=claims)[1]["entries"]
    assert [entry["member"] for entry in entries] == ["A"]
    assert cloud.request("GET", "/v1/me/wallet", claims=claims)[1]["member"] == "A"
    assert cloud.as_member("s-1", "GET", "/v1/me/entries")[1]["entries"] == []


# The table


def test_what_is_served_and_what_the_table_names_are_the_same():
    """A route that the table does not name, or that nothing serves, fails here."""
    handler.take_bodies()
    rules = [*resolver._static_routes, *resolver._dynamic_routes]
    found = {}
    for route in SERVED:
        path = re.sub(r"\{\w+\+?\}", "x", route.path)
        hits = [each for each in rules if each.method == route.method and each.rule.match(path)]
        assert len(hits) == 1, f"{route.key}: {len(hits)} handlers of functions/api serve it"
        found[id(hits[0])] = route.key
    forgotten = [f"{each.method} {each.path}" for each in rules if id(each) not in found]
    assert not forgotten, "name these in rebate.contracts.routes (docs/how-to/add-a-route.md)"


def test_a_row_says_all_that_is_needed():
    assert len({route.key for route in ROUTES}) == len(ROUTES)
    for route in ROUTES:
        assert (route.role is not None) == (route.audience is Audience.OPERATOR), route.key
        assert route.summary[0].isupper(), route.key
        assert not route.summary.endswith("."), route.key
        assert (route.takes is None) or route.method != "GET", route.key
        for name in filter(None, (route.takes, route.gives)):
            module, _, kind = name.rpartition(".")
            assert hasattr(import_module(f"rebate.contracts.{module}"), kind), route.key


def test_ids_that_callers_give_stand_in_no_path():
    """HTTP APIs decode paths: ids are parameters, or fields. What was there before stays."""
    ours = {
        "/v1/connect/{platform}/{key}",
        "/v1/orders/{order_id+}",
        "/v1/reports/{name}",
        "/v1/invites/{code}",
    }
    assert {route.path for route in ROUTES if "{" in route.path} <= ours


def test_the_table_is_read_as_the_gateway_reads_its_routes():
    assert route_of("GET", "/v1/orders/a/b").path == "/v1/orders/{order_id+}"
    assert route_of("POST", "/v1/connect/shopify/k1").function == "on_shop_webhook"
    for method, path in [
        ("GET", "/v1/orders/"),
        ("DELETE", "/v1/settings"),
        ("POST", "/v1/connect/shopify/k1/x"),
        ("GET", "/v1/health/"),
        ("PUT", "/v1/me"),
    ]:
        assert route_of(method, path) is None, path


def test_a_route_that_the_table_does_not_name_is_open_to_nobody(cloud, monkeypatch):
    """Also a route that somebody adds and forgets to think about."""
    monkeypatch.setattr(resolver, "_static_routes", [*resolver._static_routes])
    resolver.get("/v1/forgotten")(dict)
    for claims in PEOPLE.values():
        assert cloud.request("GET", "/v1/forgotten", claims=claims)[0] == 404


# Queries


@pytest.mark.parametrize(
    ("path", "query", "name", "near"),
    [
        ("/v1/me/entries", "afte=1", "afte", "after"),
        ("/v1/me/entries", "after=1&after=2", "after", None),
        ("/v1/me/entries", "sort=", "sort", None),
        ("/v1/me/wallet", f"after={'x' * 2000}", "after", None),
        ("/v1/me/statement", f"after={'x' * 2000}", "after", None),
        ("/v1/me/statement", f"order={'x' * 200}", "order", None),
        ("/v1/me/queue", f"id={'x' * 200}", "id", None),
        ("/v1/gifts", f"after={'x' * 2000}", "after", None),
        ("/v1/me/statement", f"kind={'x' * 257}", "kind", None),
        ("/v1/me/statement", "to=", "to", None),
    ],
)
def test_a_query_that_a_route_does_not_know_is_refused_by_name(cloud, path, query, name, near):
    status, said = cloud.as_member("A", "GET", path, query=query)
    assert (status, said["code"]) == (422, "invalid_request")
    assert [(each["path"], each["nearest"]) for each in said["problems"]] == [(name, near)]


# Refusals


def test_anyone_may_ask_whether_it_answers(cloud):
    assert cloud.request("GET", "/v1/health") == (200, {"status": "ok"})


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


def test_a_store_that_does_not_answer_is_unavailable(cloud, monkeypatch):
    monkeypatch.setenv("REBATE_TABLE_PREFIX", "not-there-")
    bootstrap.app.cache_clear()
    status, said = cloud.as_member("A", "GET", "/v1/me/wallet")
    assert (status, said["code"]) == (503, "unavailable")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Impossible("a key of nothing"), "this cannot be stored or read as it is"),
        (TooLarge("a sort key of 2 000 bytes"), "this is too large to be stored"),
        (Denied("AccessDeniedException"), "the service lacks a right that this needs"),
    ],
)
def test_what_the_store_will_never_do_is_no_fault_that_passes(cloud, monkeypatch, error, told):
    def refuse(*_):
        raise error

    monkeypatch.setattr(bootstrap.app().store, "get", refuse)
    status, said = cloud.as_member("A", "GET", "/v1/me/wallet")
    assert (status, said["code"]) == (500, "impossible")
    assert said["message"].startswith(told)
