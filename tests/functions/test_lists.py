"""Lists are read by keys and indexes: no request reads a whole table but what is named here."""

import re

import pytest

from rebate.adapters.dynamodb import DynamoStore
from rebate.contracts.routes import ROUTES
from rebate.contracts.routes.route import Audience, Kind, Route
from tests.functions.cloud import OPERATOR, bought
from tests.functions.test_api_merchants import as_merchant, opened
from tests.functions.test_api_merchants import shop as shop_of_merchants  # noqa: F401 - a fixture

LOOKS = [each for each in ROUTES if each.method == "GET" and each.function == "api"]

WHOLE = {
    "GET /v1/liability": {"Wallet"},
    "GET /v1/reports/{name}": {"Product"},
    "GET /v1/queue/law": {"Product"},
}
"""What is about all wallets or margins. Of wallets no more are read than `WALLETS_MAX`
(`test_all_sums`), and as many margins as there are products, however many orders."""

SIGNED = {Audience.SHOP, Audience.PLATFORM}
VALUES = {
    Kind.ID: "W",
    Kind.QUEUE: "cashier/W",
    Kind.ENTRY: "bill/W/b1/1",
    Kind.ORDER: "bill/W/b1",
    Kind.DAY: "2026-03-01",
    Kind.MOMENT: "2026-03-01",
    Kind.NUMBER: "1",
    Kind.TEXT: "A",
}


@pytest.fixture
def shop(shop_of_merchants):  # noqa: F811 - it is that of merchants
    """A shop with an order, a store and a bill."""
    opened(shop_of_merchants)
    code = shop_of_merchants.as_member("A", "GET", "/v1/me/invite")[1]["code"]
    bill = {"id": "b1", "store": "W", "amount": 100, "code": code}
    as_merchant(shop_of_merchants, "M", "POST", "/v1/store/bills", bill)
    shop_of_merchants.send(bought("o1", "A"))
    shop_of_merchants.settle()
    return shop_of_merchants


def queries(route: Route) -> list[str]:
    """Return a query with what is needed, and one for each further parameter and choice."""
    needed = [f"{each.name}={VALUES[each.kind]}" for each in route.query if each.required]
    more = [
        f"{each.name}={value}"
        for each in route.query
        if not each.required and each.kind is not Kind.PAGE
        for value in (each.choices or (VALUES[each.kind],))
    ]
    return ["&".join([*needed, each]) for each in ("", *more)]


@pytest.mark.parametrize("route", LOOKS, ids=lambda route: route.key)
def test_no_list_reads_a_whole_table(shop, route, monkeypatch):
    if route.audience in SIGNED:
        pytest.skip("shops sign what they ask")
    read: set[str] = set()
    whole = DynamoStore.scan

    def scan(store, kind, **more):
        read.add(kind.__name__)
        return whole(store, kind, **more)

    monkeypatch.setattr(DynamoStore, "scan", scan)
    name = "promises" if route.path.endswith("{name}") else "bill"
    path = re.sub(r"\{\w+\+?\}", name, route.path)
    who = {"sub": "M" if route.audience is Audience.MERCHANT else "A"}
    claims = {**who, "scope": f"rebate/{route.audience}"}
    claims = OPERATOR if route.audience is Audience.OPERATOR else claims
    for query in queries(route):
        try:
            shop.request(route.method, path, query=query, claims=claims)
        except ValueError:
            assert route.is_csv, "only files are not JSON"
    assert read == WHOLE.get(route.key, set())
