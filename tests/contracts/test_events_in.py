"""Events in, to the letter of contracts, section 1."""

import copy
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.contracts.events_in import (
    EVENTS_IN,
    LINES_MAX,
    MemberSaved,
    OrderPaid,
    ProductSaved,
    StoreSaved,
    UnreadableEvent,
    digest,
    parse_event,
)
from rebate.contracts.scalars import AMOUNT_MAX
from tests.contracts.strategies import readable

LEAST_PAID = {
    "order_id": "o1",
    "member": {"id": "A"},
    "channel": "mall",
    "paid_at": "2026-03-01T10:00:00+08:00",
    "lines": [{"line_id": "1", "paid": 16800}],
}
COMPLETED = {"order_id": "o1", "completed_at": "2026-03-05T09:00:00+08:00"}
REFUNDED = {
    "order_id": "o1",
    "refund_id": "r1",
    "refunded_at": "2026-03-05T09:00:00+08:00",
    "lines": [{"line_id": "1", "amount": 16800}],
}
LEAST: dict[str, dict[str, Any]] = {
    "OrderPaid": LEAST_PAID,
    "OrderCompleted": COMPLETED,
    "OrderRefunded": REFUNDED,
    "MemberSaved": {"member_id": "A"},
    "ProductSaved": {"product_id": "p-9"},
    "StoreSaved": {"store_id": "W"},
    "StoreVisited": {"store_id": "W", "visited_at": "2026-03-05T09:00:00+08:00", "visit_id": "v"},
    "StoreRated": {
        "store_id": "W",
        "stars": 5,
        "rated_at": "2026-03-05T09:00:00+08:00",
        "rating_id": "s",
    },
}
REQUIRED = [
    (name, field)
    for name, detail in LEAST.items()
    for field in detail
    if (name, field) != ("OrderRefunded", "lines")
]


def unreadable(detail_type, detail) -> dict[str, str]:
    with pytest.raises(UnreadableEvent) as refusal:
        parse_event(detail_type, detail)
    assert all(len(str(problem).splitlines()) == 1 for problem in refusal.value.problems)
    return {problem.path: str(problem) for problem in refusal.value.problems}


def paid(**changes) -> OrderPaid:
    event = parse_event("OrderPaid", {**LEAST_PAID, **changes})
    assert isinstance(event, OrderPaid)
    return event


def line(**changes) -> dict:
    return {"lines": [{"line_id": "1", "paid": 16800, **changes}]}


@pytest.mark.parametrize("name", EVENTS_IN)
def test_the_required_fields_are_enough(name):
    assert type(parse_event(name, LEAST[name])).__name__ == name


@pytest.mark.parametrize(("name", "field"), REQUIRED)
def test_a_required_field_that_is_missing_is_named(name, field):
    detail = {key: value for key, value in LEAST[name].items() if key != field}
    assert unreadable(name, detail)[field] == f"{field}: is required"


@pytest.mark.parametrize("stars", [0, 6, 4.5, "5", None])
def test_stars_are_from_one_to_five(stars):
    assert "stars" in unreadable("StoreRated", {**LEAST["StoreRated"], "stars": stars})


@pytest.mark.parametrize("field", ["line_id", "paid"])
def test_a_line_needs_its_id_and_what_was_paid(field):
    detail = copy.deepcopy(LEAST_PAID)
    del detail["lines"][0][field]
    assert f"lines[0].{field}" in unreadable("OrderPaid", detail)


def test_what_a_line_leaves_out_has_its_default():
    (found,) = paid().lines
    assert (found.product_id, found.quantity, found.deducted, found.profit) == (None, 1, 0, None)
    assert paid().member.level is None
    assert paid().store_id is None


@pytest.mark.parametrize(
    ("channel", "supply"), [("mall", "self"), ("store", "store"), ("cashier", "store")]
)
@pytest.mark.parametrize("left_out", [{}, {"supply": None}])
def test_supply_defaults_to_self_for_the_mall_and_store_otherwise(channel, supply, left_out):
    assert paid(channel=channel, store_id="W", **line(**left_out)).lines[0].supply == supply


def test_a_supply_that_is_named_stays():
    assert paid(channel="store", store_id="W", **line(supply="self")).lines[0].supply == "self"


@pytest.mark.parametrize("channel", ["store", "cashier"])
def test_orders_of_a_store_and_of_a_desk_name_the_store(channel):
    found = unreadable("OrderPaid", {**LEAST_PAID, "channel": channel})
    assert found["store_id"] == f"store_id: is required for the channel {channel}"


def test_unknown_fields_are_ignored_at_every_depth():
    detail = {**LEAST_PAID, "x": 1, "member": {"id": "A", "x": 1}, **line(x=[])}
    assert parse_event("OrderPaid", detail) == paid()


@pytest.mark.parametrize("amount", [-1, 1.5, "100", True, None, AMOUNT_MAX + 1, [], {}])
def test_amounts_are_whole_numbers_from_zero(amount):
    assert "lines[0].paid" in unreadable("OrderPaid", {**LEAST_PAID, **line(paid=amount)})


def test_a_whole_number_may_be_written_as_a_fraction():
    found = paid(**line(paid=100.0)).lines[0].paid
    assert (found, type(found)) == (100, int)
    assert digest(paid(**line(paid=100.0))) == digest(paid(**line(paid=100)))
    assert paid(**line(paid=AMOUNT_MAX)).paid == AMOUNT_MAX


@pytest.mark.parametrize("quantity", [0.5, 2, 2.0, 0])
def test_a_quantity_may_have_decimals(quantity):
    assert paid(**line(quantity=quantity)).lines[0].quantity == quantity


def test_an_order_has_at_most_two_thousand_lines():
    lines = [{"line_id": str(number), "paid": 1} for number in range(LINES_MAX + 1)]
    assert len(paid(lines=lines[:-1]).lines) == LINES_MAX
    found = unreadable("OrderPaid", {**LEAST_PAID, "lines": lines})
    assert found["lines"] == "lines: must be at most 2000, not 2001"


def test_goods_of_a_store_are_not_bought_in_the_mall():
    assert "lines[0].supply" in unreadable("OrderPaid", {**LEAST_PAID, **line(supply="store")})


@pytest.mark.parametrize("order", ["o1-r1", "-r0", "a-r123"])
def test_no_order_is_called_as_a_repurchase(order):
    assert "order_id" in unreadable("OrderPaid", {**LEAST_PAID, "order_id": order})
    assert parse_event("OrderCompleted", {**LEAST["OrderCompleted"], "order_id": order})


def test_a_guest_is_null_and_not_left_out():
    assert paid(member=None).member is None
    assert digest(paid(member=None)) != digest(paid())


def test_no_level_is_not_a_level_that_is_left_out():
    said = paid(member={"id": "A", "level": None})
    assert said.member.level_given
    assert not paid().member.level_given
    assert digest(said) != digest(paid())


def test_a_line_may_have_cost_nothing():
    assert paid(**line(paid=0)).paid == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [*product(["deducted", "quantity"], [-1, "1", True]), ("deducted", 0.5), ("quantity", "x")],
)
def test_other_counts_of_a_line_are_whole_numbers_from_zero(field, value):
    assert f"lines[0].{field}" in unreadable("OrderPaid", {**LEAST_PAID, **line(**{field: value})})


def test_a_profit_may_be_a_loss():
    assert paid(**line(profit=-5)).lines[0].profit == -5
    assert unreadable("OrderPaid", {**LEAST_PAID, **line(profit=0.5)})


@pytest.mark.parametrize("amount", [-1, 1.5, "1", True])
def test_a_refund_is_not_below_zero(amount):
    detail = {**REFUNDED, "lines": [{"line_id": "1", "amount": amount}]}
    assert "lines[0].amount" in unreadable("OrderRefunded", detail)


@pytest.mark.parametrize(
    ("name", "detail"), [("OrderPaid", LEAST_PAID), ("OrderRefunded", REFUNDED)]
)
def test_a_list_of_lines_has_some(name, detail):
    assert unreadable(name, {**detail, "lines": []}) == {"lines": "lines: must not be empty"}


def test_an_order_has_each_line_once():
    twice = [LEAST_PAID["lines"][0], LEAST_PAID["lines"][0]]
    assert "lines[1].line_id" in unreadable("OrderPaid", {**LEAST_PAID, "lines": twice})


def test_a_refund_adds_up_lines_and_passes_over_zeros():
    """Rule 1.6.6: as shops send them."""
    lines = [{"line_id": name, "amount": amount} for name, amount in (("1", 2), ("2", 0), ("1", 3))]
    assert parse_event("OrderRefunded", {**REFUNDED, "lines": lines}).amounts == {"1": 5}


def test_a_refund_names_lines_or_an_amount():
    without = {name: value for name, value in REFUNDED.items() if name != "lines"}
    assert parse_event("OrderRefunded", {**without, "amount": 5}).amount == 5
    assert "lines" in unreadable("OrderRefunded", without)
    assert "lines" in unreadable("OrderRefunded", {**REFUNDED, "amount": 5})


@pytest.mark.parametrize("id_", ["a/b", "a#b", "a b", "a.b", "é", "中文", "👩", "x" * 128, "0"])
def test_an_id_is_whatever_its_sender_writes(id_):
    assert paid(order_id=id_).order_id == id_


@pytest.mark.parametrize(
    "id_", ["", "a\x00b", "\n", "a\tb", "\x7f", "x" * 129, "\ud800", "中" * 86, 1, None]
)
def test_an_id_is_text_without_control_characters(id_):
    assert "order_id" in unreadable("OrderPaid", {**LEAST_PAID, "order_id": id_})
    assert "member.id" in unreadable("OrderPaid", {**LEAST_PAID, "member": {"id": id_}})


@pytest.mark.parametrize(
    "instant",
    [
        "2026-03-01T10:00:00",
        "2026-03-01",
        "10:00",
        "yesterday",
        "",
        1772330400,
        None,
        "2026-13-01T10:00:00Z",
        "2026-03-01T10:00:00+25:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_an_instant_without_an_offset_is_refused(instant):
    assert "paid_at" in unreadable("OrderPaid", {**LEAST_PAID, "paid_at": instant})


@pytest.mark.parametrize(
    "instant",
    ["2026-03-01T10:00:00+08:00", "2026-03-01T02:00:00Z", "2026-03-01T02:00:00.000+00:00"],
)
def test_instants_are_kept_in_utc(instant):
    assert paid(paid_at=instant).paid_at == datetime(2026, 3, 1, 2, tzinfo=UTC)
    assert paid(paid_at=instant).paid_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("field", "value", "nearest"),
    [("channel", "mal", "mall"), ("channel", "Store", "store"), ("channel", "cash", "cashier")],
)
def test_a_choice_that_is_none_names_the_nearest(field, value, nearest):
    found = unreadable("OrderPaid", {**LEAST_PAID, field: value})
    assert "must be mall, store or cashier" in found[field]
    assert f'the nearest is "{nearest}"' in found[field]


def test_an_unknown_supply_names_the_choices():
    found = unreadable("OrderPaid", {**LEAST_PAID, **line(supply="selfs")})
    assert 'the nearest is "self"' in found["lines[0].supply"]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("OrderPayed", "OrderPaid"),
        ("orderrefunded", "OrderRefunded"),
        ("memberSave", "MemberSaved"),
    ],
)
def test_an_unknown_detail_type_names_the_nearest(name, nearest):
    assert f'the nearest is "{nearest}"' in unreadable(name, {})["detail-type"]


@pytest.mark.parametrize("name", [None, 3, "", "EntryJoined", []])
def test_what_is_no_detail_type_names_the_choices(name):
    assert "OrderPaid, OrderCompleted" in unreadable(name, {})["detail-type"]


@pytest.mark.parametrize("detail", [None, [], "text", 3])
def test_a_detail_is_an_object(detail):
    assert "must be an object" in unreadable("OrderPaid", detail)["detail"]


def test_all_that_is_wrong_is_told_at_once():
    assert len(unreadable("OrderPaid", {"channel": "x", "lines": [{"paid": -1}]})) == 6


def test_an_order_sums_its_lines_and_is_deducted_by_any():
    lines = [{"line_id": "1", "paid": 10}, {"line_id": "2", "paid": 5, "deducted": 1}]
    assert paid(lines=lines).paid == 15
    assert paid(lines=lines).deducted
    assert not paid().deducted


def test_catalog_events_have_the_defaults_of_the_contract():
    assert parse_event("MemberSaved", LEAST["MemberSaved"]) == MemberSaved(member_id="A")
    saved = parse_event("ProductSaved", LEAST["ProductSaved"])
    assert saved == ProductSaved(product_id="p-9")
    assert saved.model_fields_set == {"product_id"}, "what is left out is unchanged"
    assert parse_event("StoreSaved", LEAST["StoreSaved"]) == StoreSaved(store_id="W")


@given(readable)
def test_an_event_that_is_readable_has_the_same_digest_each_time(event):
    name, detail = event
    assert digest(parse_event(name, detail)) == digest(parse_event(name, copy.deepcopy(detail)))


@given(readable, st.text(), st.integers())
def test_neither_unknown_fields_nor_the_order_of_keys_change_the_digest(event, key, value):
    name, detail = event
    turned = {f"unknown {key}": value, **dict(reversed(detail.items()))}
    assert digest(parse_event(name, turned)) == digest(parse_event(name, detail))


@given(readable)
def test_the_digest_is_that_of_what_was_read(event):
    name, detail = event
    found = parse_event(name, detail)
    said = found.model_dump(mode="json", exclude_unset=True)
    assert digest(parse_event(name, said)) == digest(found)


@given(readable, readable)
def test_events_that_differ_have_digests_that_differ(one, other):
    first, second = parse_event(*one), parse_event(*other)
    assert (digest(first) == digest(second)) == (_content(first) == _content(second))


def _content(event):
    """Return what an event says: a default that is written out is the same, null is not absent."""
    absent = isinstance(event, OrderPaid) and event.member and not event.member.level_given
    return event, absent, isinstance(event, MemberSaved) and event.model_fields_set


def test_equal_instants_in_other_offsets_have_one_digest():
    assert digest(paid(paid_at="2026-03-01T02:00:00Z")) == digest(paid())


def test_a_default_that_is_written_out_does_not_change_the_digest():
    written = line(supply="self", quantity=1, deducted=0, profit=None, product_id=None)
    assert digest(paid(store_id=None, **written)) == digest(paid())


@pytest.mark.parametrize(
    "change",
    [
        {"order_id": "o2"},
        {"member": {"id": "A", "level": "gold"}},
        line(paid=16801),
        line(profit=0),
    ],
)
def test_other_content_has_another_digest(change):
    assert digest(paid(**change)) != digest(paid())


def test_the_order_of_lines_is_content():
    lines = [{"line_id": "1", "paid": 1}, {"line_id": "2", "paid": 2}]
    assert digest(paid(lines=lines)) != digest(paid(lines=lines[::-1]))
