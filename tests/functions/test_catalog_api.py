"""What operators do about products and stalled queues, and who changed which settings."""

import pytest

from tests.functions.cloud import SETTINGS, bought, envelope

QUEUE = "product/p-9"


@pytest.fixture
def stalled(cloud):
    """A product with its own queue, in which an entry waits, taken off sale."""
    cloud.use({**SETTINGS, "queue_rebate": {**SETTINGS["queue_rebate"], "mall": "per_product"}})
    lines = [{"line_id": "1", "paid": 10000, "product_id": "p-9"}]
    order = bought("o1", "A")
    order["detail"]["lines"] = lines
    cloud.send(order)
    cloud.settle()
    cloud.send(envelope("product_saved", product_id="p-9", on_sale=False))


def test_a_stalled_queue_is_listed_and_exchanged(cloud, stalled):
    _, seen = cloud.as_operator("GET", "/v1/queues/stalled")
    assert [(q["queue"], q["waiting"], q["owed"]) for q in seen["queues"]] == [(QUEUE, 1, 10000)]
    asked = {"queue": QUEUE, "into": "points"}
    status, done = cloud.as_operator("POST", "/v1/queues/stalled/exchange", asked)
    assert (status, done["exchanged"], done["next"]) == (200, 1, None)
    assert cloud.wallets() == {"A": {"points": 5000}}
    assert cloud.as_operator("GET", "/v1/queues/stalled")[1]["queues"] == []


def test_a_stalled_queue_is_cleared(cloud, stalled):
    assert cloud.as_operator("POST", "/v1/queues/stalled/clear", {"queue": QUEUE})[0] == 204
    assert cloud.outcome()["queues"][QUEUE]["entries"][0]["status"] == "cleared"


def test_a_stalled_queue_is_merged_into_the_mall_queue(cloud, stalled):
    path, asked = "/v1/queues/stalled/merge", {"queue": QUEUE}
    assert cloud.as_operator("POST", path, asked) == (200, {"moved": 1, "waiting": 0})
    queues = cloud.outcome()["queues"]
    assert [queues[name]["entries"][0]["status"] for name in (QUEUE, "mall")] == [
        "merged",
        "waiting",
    ]
    assert cloud.as_operator("GET", "/v1/queues/stalled")[1]["queues"] == []
    assert cloud.as_operator("POST", path, {"queue": "mall"}) == (200, {"moved": 0, "waiting": 1})
    assert cloud.as_member("A", "POST", path, asked)[0] == 403


def test_a_queue_that_is_not_stalled_is_left_alone(cloud, stalled):
    cloud.send(envelope("product_saved", product_id="p-9", on_sale=True))
    before = cloud.outcome()
    asked = {"queue": QUEUE}
    assert cloud.as_operator("POST", "/v1/queues/stalled/clear", asked)[0] == 409
    asked = {"queue": "product/none"}
    assert cloud.as_operator("POST", "/v1/queues/stalled/clear", asked)[0] == 404
    assert cloud.outcome() == before


def test_products_are_enabled(cloud):
    cloud.use({**SETTINGS, "queue_rebate": {**SETTINGS["queue_rebate"], "new_products": False}})
    cloud.send(envelope("product_saved", product_id="p-9", supply="self"))
    asked = {"supplies": ["self", "supplier"]}
    assert cloud.as_operator("POST", "/v1/products/enable", asked) == (
        200,
        {"enabled": 1, "more": False, "next": None},
    )
    bad = cloud.as_operator("POST", "/v1/products/enable", {"supplies": ["shelf"]})
    assert (bad[0], bad[1]["problems"][0]["nearest"]) == (422, "self")


def test_the_history_of_the_settings_is_told(cloud):
    cloud.use({**SETTINGS, "queue_rebate": {**SETTINGS["queue_rebate"], "title": "排队"}})
    _, seen = cloud.as_operator("GET", "/v1/settings/versions")
    newest = seen["versions"][0]
    assert (newest["version"], newest["saved_by"]) == (2, "test")
    assert newest["changed"] == [{"path": "queue_rebate.title", "before": None, "after": "排队"}]
    _, older = cloud.as_operator("GET", "/v1/settings/versions", query="after=2")
    assert [each["version"] for each in older["versions"]] == [1]
    status, first = cloud.as_operator("GET", "/v1/settings", query="version=1")
    assert (status, first["version"]) == (200, 1)
    assert "title" not in first["settings"]["queue_rebate"]
    now = cloud.as_operator("GET", "/v1/settings")[1]
    assert cloud.as_operator("GET", "/v1/settings", query="version=2") == (200, now)
    assert cloud.as_operator("GET", "/v1/settings", query="version=3")[0] == 404
    assert cloud.as_operator("GET", "/v1/settings", query="version=0")[0] == 422


def test_members_steer_nothing(cloud):
    assert cloud.as_member("A", "GET", "/v1/queues/stalled")[0] == 403
    assert cloud.as_member("A", "GET", "/v1/settings/versions")[0] == 403
