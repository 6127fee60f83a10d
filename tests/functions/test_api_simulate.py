"""`POST /v1/simulate`: settings over made-up orders, within what a request may take."""

import pytest

from tests.functions.cloud import bought

SETTINGS = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10_000}},
}


def ask(cloud, **body):
    return cloud.as_operator("POST", "/v1/simulate", {"settings": SETTINGS, **body})


def test_operators_see_what_settings_would_come_to(cloud):
    status, said = ask(cloud, orders=300, growth_percent=5)
    assert status == 200
    (case,) = said["cases"]
    assert case["differs"] == {}
    assert case["report"]["orders"] == 300
    assert 890 <= case["report"]["never_bps"] / 10 <= 910
    assert said["notes"] == []


def test_a_sweep_is_a_case_for_each_value_over_the_same_orders(cloud):
    path = "queue_rebate.extraction_bps"
    status, said = ask(cloud, orders=100, sweep={path: [500, 1000]})
    assert status == 200
    assert [case["differs"] for case in said["cases"]] == [{path: 500}, {path: 1000}]
    assert len({case["report"]["sales"] for case in said["cases"]}) == 1


def test_recent_orders_are_the_shops_own(cloud):
    cloud.send(bought("o1", "m1", paid_at="2026-03-01T10:00:00+08:00"))
    cloud.settle()
    status, said = ask(cloud, source="recent", days=3660, orders=100)
    assert status == 200
    assert said["cases"][0]["report"]["orders"] == 1
    assert said["notes"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"source": "recent", "orders": 5_001}, "orders"),
        ({"source": "past"}, "source"),
        ({"orders": 0}, "orders"),
        ({"orders": 20_001}, "orders"),
        ({"orders": 9000, "sweep": {"queue_rebate.extraction_bps": [1, 2, 3]}}, "sweep"),
        ({"sweep": {"queue_rebate.extraction_bps": []}}, "sweep"),
        ({"sweep": {"order_queue.reward_bps": [1]}}, "order_queue.reward_bps"),
        ({"settings": {**SETTINGS, "queue": {}}}, "queue"),
        ({"growth": 5}, "growth"),
    ],
)
def test_what_cannot_be_simulated_names_its_path(cloud, body, path):
    status, said = ask(cloud, **body)
    assert status == 422
    assert said["problems"][0]["path"] == path


def test_members_may_not_simulate(cloud):
    assert cloud.as_member("A", "POST", "/v1/simulate", {"settings": SETTINGS})[0] == 403
