"""An expectation is a part of the outcome: what it names must be there and equal."""

import pytest

from local.compare import differences

OUTCOME = {
    "queues": {"mall": {"pool": 0, "entries": [{"entry": "o1/1", "paid": 2000}, {"paid": 0}]}},
    "wallets": {"A": {"cash": 2000}},
}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"wallets": {}},
        {"queues": {"mall": {"pool": 0}}},
        {"queues": {"mall": {"entries": [{"paid": 2000}, {}]}}},
        OUTCOME,
    ],
)
def test_what_is_not_named_may_be_anything(expected):
    assert list(differences(expected, OUTCOME)) == []


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        (
            {"queues": {"mall": {"entries": [{"paid": 3000}, {}]}}},
            ["queues.mall.entries[0].paid: expected 3000, was 2000"],
        ),
        ({"wallets": {"B": {"cash": 1}}}, ['wallets.B: expected {"cash": 1}, is not there']),
        ({"wallets": {"A": {"points": 0}}}, ["wallets.A.points: expected 0, is not there"]),
        (
            {"queues": {"mall": {"entries": [{"paid": 2000}]}}},
            ["queues.mall.entries: expected 1 items, was 2"],
        ),
        (
            {"queues": {"mall": {"entries": [{"paid": 1}, {}, {}]}}},
            [
                "queues.mall.entries: expected 3 items, was 2",
                "queues.mall.entries[0].paid: expected 1, was 2000",
            ],
        ),
        ({"queues": {"mall": {"pool": False}}}, ["queues.mall.pool: expected false, was 0"]),
        ({"queues": {"mall": {"pool": None}}}, ["queues.mall.pool: expected null, was 0"]),
        ({"queues": {"mall": []}}, None),
    ],
)
def test_each_difference_is_one_line_with_its_path(expected, told):
    found = list(differences(expected, OUTCOME))
    assert found if told is None else found == told
