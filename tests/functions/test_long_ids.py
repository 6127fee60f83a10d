"""What is too long to be stored is refused at every route, and is no fault of the store (422)."""

import re
from importlib import import_module
from typing import Any

import pytest

from rebate.contracts.routes import ROUTES
from rebate.contracts.routes.route import Audience, Kind, Route
from tests.functions.cloud import OPERATOR

LONG = "x" * 5000
MEMBER = {"sub": "A", "scope": "openid rebate/member"}
CLAIMS: dict[Audience, Any] = {
    Audience.ANYBODY: None,
    Audience.MEMBER: MEMBER,
    Audience.OPERATOR: OPERATOR,
}
FREE = {Kind.TEXT}
"""What people type to look for something may be found nowhere."""

SERVED = [route for route in ROUTES if route.function == "api" and route.audience in CLAIMS]
ASKED = [
    (route, parameter.name)
    for route in SERVED
    for parameter in route.query
    if parameter.kind not in FREE
]
TAKING = [route for route in SERVED if route.takes]
BY_PATH = [route for route in SERVED if "{" in route.path]


def asked(cloud, route: Route, path: str, body: Any = None, query: str = "", claims: Any = None):
    who = claims or CLAIMS[route.audience]
    return cloud.request(route.method, path, body, query=query, claims=who)


@pytest.mark.parametrize(("route", "name"), ASKED, ids=lambda part: getattr(part, "key", part))
def test_a_parameter_that_is_too_long_is_refused(cloud, route, name):
    others = (each.name for each in route.query if each.required and each.name != name)
    query = "&".join([f"{name}={LONG}", *(f"{other}=1" for other in others)])
    status, said = asked(cloud, route, route.path, query=query)
    assert (status, said["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("route", BY_PATH, ids=lambda route: route.key)
def test_a_path_that_is_too_long_is_refused(cloud, route):
    status, _ = asked(cloud, route, re.sub(r"\{\w+\+?\}", LONG, route.path))
    assert status in {404, 422}


@pytest.mark.parametrize("route", TAKING, ids=lambda route: route.key)
def test_a_body_that_is_too_long_is_refused(cloud, route):
    module, _, name = route.takes.partition(".")
    model = getattr(import_module(f"rebate.contracts.{module}"), name)
    status, said = asked(cloud, route, route.path, dict.fromkeys(model.model_fields, LONG))
    assert status == 422, said


@pytest.mark.parametrize(
    "route",
    [each for each in SERVED if each.audience is Audience.MEMBER and each.method == "GET"],
    ids=lambda route: route.key,
)
def test_a_token_whose_name_cannot_be_a_members_is_refused(cloud, route):
    query = "&".join(f"{each.name}=1" for each in route.query if each.required)
    status, _ = asked(cloud, route, route.path, query=query, claims={**MEMBER, "sub": LONG})
    assert status in {200, 401, 404, 422}
