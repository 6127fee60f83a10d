"""No request of a member costs more than a handful of reads, whatever the member has or asks."""

from collections import Counter
from typing import Any

import pytest

from rebate.bootstrap import app
from rebate.contracts.routes import ROUTES
from rebate.contracts.routes.route import Audience, Kind, Route
from tests.functions.cloud import SETTINGS, Cloud, bought

READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"})
HANDFUL = 9
"""Requests that read, a batch of up to a hundred keys being one."""

SETTLING = 5
"""What is read besides where the answer is that of the queue, which is settled for it."""

SETTLED = ("POST /v1/me/entries/exchange", "POST /v1/me/entries/draw")

SLASHES = "o1" + "/" * 126
"""An entry's name that may be cut into an order and a line in 126 ways."""

VALUES = {
    Kind.QUEUE: ["product/p1"],
    Kind.ENTRY: ["o1/1", SLASHES],
    Kind.ORDER: ["o1"],
    Kind.DAY: ["2026-03-01"],
    Kind.MOMENT: ["2026-03-01"],
    Kind.NUMBER: ["1"],
    Kind.TEXT: ["queue"],
    Kind.ID: ["B"],
}
APPLICATION = {
    "name": "W",
    "contact": "c",
    "licence": "l",
    "address": "a",
    "category": "food",
    "concession_bps": 2000,
    "attachments": [],
}
BODIES: dict[str, list[dict[str, Any]]] = {
    "POST /v1/me/entries/exchange": [
        {"queue": "product/p1", "entry": entry, "into": "points"} for entry in ("o1/1", SLASHES)
    ],
    "POST /v1/me/entries/draw": [
        {"queue": "product/p1", "entry": entry} for entry in ("o1/1", SLASHES)
    ],
    "POST /v1/me/link": [{"code": "ABCDEFGH"}],
    "POST /v1/me/withdrawals": [
        {"id": "w1", "amount": 1, "account": {"label": "bank", "reference": "6222021234567890"}}
    ],
    "POST /v1/me/packets/collect": [{"id": "c1"}],
    "POST /v1/me/transfers": [{"id": "t1", "to": "B", "asset": "points", "amount": 1}],
    "POST /v1/me/redemptions": [{"id": "r1", "gift": "g", "quantity": 1}],
    "PUT /v1/me/invite": [{"show_nickname": True}],
    "PUT /v1/me/notices/seen": [{"until": "2026-03-02T10:00:00+08:00"}],
    "POST /v1/me/referrer": [{"code": "ABCDEFGH", "id": "x1"}],
    "PUT /v1/me/application": [APPLICATION],
    "POST /v1/me/application/submit": [{"id": "s1"}],
}
ASKED = [each for each in ROUTES if each.audience is Audience.MEMBER and each.function == "api"]
MALL = {**SETTINGS["queue_rebate"], "mall": "per_product"}


@pytest.fixture
def shop(cloud: Cloud) -> Cloud:
    """A member with thirty entries in ten queues, a referrer, and as many notices."""
    cloud.use({**SETTINGS, "queue_rebate": MALL, "wallet": {"transfer": ["points"]}})
    for number in range(30):
        lines = [{"line_id": "1", "paid": 10000, "product_id": f"p{number % 10}"}]
        envelope = bought(f"o{number}", "A")
        envelope["detail"]["lines"] = lines
        cloud.send(envelope)
    cloud.settle()
    return cloud


def queries(route: Route) -> list[str]:
    """Return a query with what is needed, and one for each further parameter and choice."""
    needed = [
        "&".join(f"{each.name}={VALUES[each.kind][at % len(VALUES[each.kind])]}" for each in must)
        for must in [[each for each in route.query if each.required]]
        for at in range(2)
    ]
    more = [
        f"{each.name}={value}"
        for each in route.query
        if not each.required and each.kind is not Kind.PAGE
        for value in (each.choices or VALUES[each.kind])
    ]
    return [*needed, *("&".join([needed[0], each]) for each in more)]


@pytest.mark.parametrize("route", ASKED, ids=lambda route: route.key)
def test_a_member_is_answered_after_a_handful_of_reads(shop: Cloud, route: Route) -> None:
    calls: Counter[str] = Counter()

    def count(model: Any, **_: Any) -> None:
        calls[model.name] += model.name in READS

    claims = {"sub": "A", "scope": "openid rebate/member"}
    bodies = BODIES[route.key] if route.takes else [None]
    store: Any = app().store
    events = store._connection.client.meta.events
    events.register("before-call.dynamodb.*", count, unique_id="reads")
    try:
        for query in queries(route):
            for body in bodies:
                calls.clear()
                try:
                    status, said = shop.request(
                        route.method, route.path, body, query=query, claims=claims
                    )
                    assert status < 500, said
                except ValueError:
                    assert "format=csv" in query, "only files are not JSON"
                most = HANDFUL + (SETTLING if route.key in SETTLED else 0)
                assert 0 < calls.total() <= most, (query, body, dict(calls))
    finally:
        events.unregister("before-call.dynamodb.*", unique_id="reads")
