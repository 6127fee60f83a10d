"""All operations of the HTTP API, by one table: see docs/how-to/add-a-route.md.

From it come the routes, scopes and limits of the gateway (`infra/api.py`), what the function lets
in (`functions/api/access.py`), and the tests that try each operation as each audience and role.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from rebate.contracts.routes import (
    anybody,
    letters,
    members,
    merchants,
    office,
    operators,
    shops,
    webhooks,
)
from rebate.contracts.routes.route import Route

ROUTES: tuple[Route, ...] = (
    *anybody.ROUTES,
    *members.ROUTES,
    *merchants.ROUTES,
    *shops.ROUTES,
    *operators.ROUTES,
    *office.ROUTES,
    *webhooks.ROUTES,
    *letters.ROUTES,
)

_BY_KEY: Mapping[str, Route] = {route.key: route for route in ROUTES}

_PART = re.compile(r"\{\w+(\+?)\}")
"""A part of a path that differs from call to call; with a plus it may hold slashes."""


def route_of(method: str, path: str) -> Route | None:
    """Return what a request asks for, as the gateway finds it: a whole path before parts of one."""
    found = _BY_KEY.get(f"{method} {path}")
    if found is not None:
        return found
    for route, pattern in _patterns():
        if route.method == method and pattern.fullmatch(path):
            return route
    return None


@cache
def _patterns() -> tuple[tuple[Route, re.Pattern[str]], ...]:
    """Return the routes whose paths have parts, those with fewer slashes in a part first."""
    with_parts = sorted((r for r in ROUTES if "{" in r.path), key=lambda r: "+}" in r.path)
    return tuple((route, re.compile("".join(_pattern(route.path)))) for route in with_parts)


def _pattern(path: str) -> Iterator[str]:
    end = 0
    for part in _PART.finditer(path):
        yield re.escape(path[end : part.start()])
        yield ".+" if part.group(1) else "[^/]+"
        end = part.end()
    yield re.escape(path[end:])
