"""Members collect what waits of red packets (Rule 6.2)."""

import pytest

from tests.functions.cloud import bought

PACKETS = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "red_packet": {
        "collect": "by_member",
        "place_by": "paid",
        "stores": {"W": {"concession_bps": 2000}},
        "shares_bps": {"own": 5000, "queue": 5000},
        "entitlement_bps": 10000,
    },
}
PATH = "/v1/me/packets/collect"


@pytest.fixture
def shop(cloud):
    """A bought: a tenth of that waits to be collected."""
    cloud.use(PACKETS)
    cloud.send(bought("o1", "A", 1000, channel="store", store_id="W"))
    cloud.settle()
    assert cloud.wallets() == {"A": {"pending": 100}}
    return cloud


def test_what_waits_is_collected_once_under_an_id(shop):
    assert shop.as_member("A", "GET", "/v1/me/wallet")[1]["collectable"] == 100
    first = shop.as_member("A", "POST", PATH, {"id": "c1"})
    assert first == (200, {"id": "c1", "collected": 100})
    assert shop.wallets() == {"A": {"cash": 100}}
    shop.send(bought("o2", "A", 1000, channel="store", store_id="W"))
    shop.settle()
    assert shop.as_member("A", "POST", PATH, {"id": "c1"}) == first
    assert shop.as_member("A", "POST", PATH, {"id": "c2"})[1]["collected"] == 200


def test_an_id_is_each_members_own(shop):
    assert shop.as_member("B", "POST", PATH, {"id": "c1"}) == (200, {"id": "c1", "collected": 0})
    assert shop.as_member("A", "POST", PATH, {"id": "c1"})[1]["collected"] == 100


@pytest.mark.parametrize("body", [{}, {"id": ""}, {"id": "x" * 200}, {"id": "c", "amount": 5}])
def test_a_request_that_says_something_else_is_refused(shop, body):
    status, refused = shop.as_member("A", "POST", PATH, body)
    assert (status, refused["code"]) == (422, "invalid_request")
    assert shop.wallets() == {"A": {"pending": 100}}
