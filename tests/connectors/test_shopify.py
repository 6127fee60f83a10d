"""What is made of Shopify's webhooks (contracts, section 8)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from rebate.connectors import PlatformDelivery, UnreadableDelivery
from tests.connectors.sent import (
    USD,
    back,
    backs_of,
    bag,
    item,
    moved,
    order,
    paid_of,
    reasons_of,
    refund,
    shopify,
    told,
    types_of,
)

TWO = (item(1, "60.00", tax="6.00"), item(2, "40.00", tax="4.00"))


def paid(*items, **rest):
    return shopify("orders/paid", order(*items, **rest))


def test_a_line_is_price_times_quantity_less_discounts_plus_tax():
    converted = told("shopify", paid(item(1, "19.99", quantity=3, off="6.00", tax="4.45")))
    assert paid_of(converted) == {"1": 5842}


def test_taxes_that_prices_include_are_not_added_again():
    assert paid_of(told("shopify", paid(*TWO, taxes_included=True))) == {"1": 6000, "2": 4000}


def test_what_the_buyer_was_shown_never_counts():
    shown = item(1, "1.00", price_set=bag("120.00", "USD", ("102.00", "GBP")))
    assert paid_of(told("shopify", paid(shown))) == {"1": 12000}


def test_gift_cards_sold_and_tips_are_no_lines_and_a_line_of_nothing_is():
    lines = (
        item(1, "25.00", off="25.00"),
        item(2, "50.00", gift_card=True),
        item(3, "3.00", tip={"payment_method": "card"}),
    )
    assert paid_of(told("shopify", paid(*lines))) == {"1": 0}


def test_an_order_of_gift_cards_alone_is_not_converted():
    converted = told("shopify", paid(item(2, "50.00", gift_card=True)))
    assert (converted.events, reasons_of(converted)) == ((), ["no line of goods in it"])


def test_a_line_without_a_product_names_none():
    (event,) = told("shopify", paid(item(1, "9.00", product_id=None))).events
    assert event.detail["lines"] == [{"line_id": "1", "quantity": 1, "paid": 900}]


@pytest.mark.parametrize("state", ["pending", "authorized", "partially_paid", "expired", None])
def test_an_order_that_is_not_paid_in_full_is_told_with_its_state(state):
    converted = told("shopify", shopify("orders/create", order(financial_status=state)))
    assert converted.events == ()
    assert reasons_of(converted) == [f"not paid: {state or 'pending'}"]


def test_an_order_that_is_paid_later_in_the_file_is_not_listed():
    unpaid = order(financial_status="pending", updated_at="2026-03-02T09:00:00-05:00")
    converted = told("shopify", shopify("orders/create", unpaid), paid())
    assert (types_of(converted), reasons_of(converted)) == (["OrderPaid"], [])


def test_guests_contribute_where_the_connector_says_so():
    guest = paid(customer=None)
    assert reasons_of(told("shopify", guest)) == ["guest: no customer"]
    (event,) = told("shopify", guest, rules=replace(USD, guests="contribute")).events
    assert event.detail["member"] is None


def test_a_customer_without_an_id_is_a_guest():
    assert reasons_of(told("shopify", paid(customer={"id": None}))) == ["guest: no customer"]


def test_a_notification_that_only_tries_the_address_is_told():
    tried = PlatformDelivery({"X-Shopify-Topic": "orders/paid", "X-Shopify-Test": "true"}, order())
    assert reasons_of(told("shopify", tried)) == ["test notification"]


def test_what_comes_of_orders_left_out_is_left_out():
    test = paid(test=True)
    given = shopify("refunds/create", refund(1, [back(1, "10.00")], moved("10.00")))
    assert reasons_of(told("shopify", given, test)) == ["test order"]
    alone = shopify("refunds/create", refund(1, [back(1, "10.00")], moved("10.00", test=True)))
    assert reasons_of(told("shopify", alone)) == ["test order"]


def test_an_order_is_completed_with_its_last_successful_fulfilment():
    made = [
        {"status": "success", "created_at": "2026-03-06T15:30:00-05:00"},
        {"status": "success", "created_at": "2026-03-04T10:00:00-05:00"},
        {"status": "cancelled", "created_at": "2026-03-07T10:00:00-05:00"},
    ]
    done = shopify("orders/fulfilled", order(fulfillment_status="fulfilled", fulfillments=made))
    part = shopify("orders/partially_fulfilled", order(fulfillment_status="partial"))
    converted = told("shopify", part, done, done)
    assert [event.detail for event in converted.events] == [
        {"order_id": "55", "completed_at": "2026-03-06T15:30:00-05:00"}
    ]


def test_an_order_is_completed_when_closed_where_the_connector_says_so():
    rules = replace(USD, completed="closed")
    made = [{"status": "success", "created_at": "2026-03-04T10:00:00-05:00"}]
    shipped = order(fulfillment_status="fulfilled", fulfillments=made)
    closed = {**shipped, "closed_at": "2026-03-10T10:00:00-05:00"}
    assert told("shopify", shopify("orders/fulfilled", shipped), rules=rules).events == ()
    events = told("shopify", shopify("orders/updated", closed), rules=rules).events
    assert events[1].detail["completed_at"] == "2026-03-10T10:00:00-05:00"


def test_a_refund_adds_its_lines_up_with_their_tax():
    given = refund(
        1, [back(1, "10.00", "1.00"), back(1, "10.00", "1.00"), back(2, "5.00")], moved("27.00")
    )
    converted = told("shopify", paid(*TWO), shopify("refunds/create", given))
    assert backs_of(converted) == {"1": {"1": 2200, "2": 500}}
    assert converted.events[1].detail["refunded_at"] == "2026-03-05T10:00:00-05:00"


def test_a_refund_of_prices_with_tax_does_not_add_it():
    given = refund(1, [back(1, "10.00", "1.67")], moved("10.00"))
    converted = told("shopify", paid(*TWO, taxes_included=True), shopify("refunds/create", given))
    assert backs_of(converted) == {"1": {"1": 1000}}
    assert backs_of(told("shopify", shopify("refunds/create", given))) == {"1": {"1": 1000}}


def test_the_money_that_moved_beats_the_lines():
    given = refund(1, [back(1, "60.00", "6.00"), back(2, "40.00", "4.00")], moved("55.01"))
    converted = told("shopify", paid(*TWO), shopify("refunds/create", given))
    assert backs_of(converted) == {"1": {"1": 3301, "2": 2200}}


@pytest.mark.parametrize(
    "shipping",
    [
        {
            "order_adjustments": [
                {"kind": "shipping_refund", "amount": "-5.00", "tax_amount": "-0.50"}
            ]
        },
        {
            "refund_shipping_lines": [
                {"subtotal_amount_set": bag("5.00"), "tax_amount_set": bag("0.50")}
            ]
        },
    ],
)
def test_shipping_that_went_back_is_of_no_line(shipping):
    given = refund(1, [back(1, "60.00", "6.00")], moved("71.50"), **shipping)
    converted = told("shopify", paid(*TWO), shopify("refunds/create", given))
    assert backs_of(converted) == {"1": {"1": 6600}}
    alone = refund(2, [], moved("5.50"), **shipping)
    assert reasons_of(told("shopify", paid(*TWO), shopify("refunds/create", alone))) == [
        "refund 2: no money of the goods went back"
    ]


def test_a_refund_without_lines_is_divided_over_what_is_left():
    first = refund(1, [back(1, "60.00", "6.00")], moved("66.00"))
    second = refund(2, [], moved("10.00"), processed_at="2026-03-06T10:00:00-05:00")
    deliveries = [shopify("refunds/create", each) for each in (second, first)]
    assert backs_of(told("shopify", paid(*TWO), *deliveries)) == {
        "1": {"1": 6600},
        "2": {"2": 1000},
    }


def test_a_refund_without_lines_of_an_order_not_known_is_told_as_an_amount():
    (event,) = told("shopify", shopify("refunds/create", refund(1, [], moved("10.00")))).events
    assert event.detail["amount"] == 1000
    assert "lines" not in event.detail


def test_no_more_goes_back_than_was_paid():
    given = refund(1, [], moved("500.00"))
    converted = told("shopify", paid(*TWO), shopify("refunds/create", given))
    assert backs_of(converted) == {"1": {"1": 6600, "2": 4400}}


def test_money_for_a_gift_card_is_of_no_line():
    lines = (item(1, "60.00"), item(2, "40.00", gift_card=True))
    given = refund(1, [back(1, "60.00"), back(2, "40.00")], moved("100.00"))
    converted = told("shopify", paid(*lines), shopify("refunds/create", given))
    assert backs_of(converted) == {"1": {"1": 6000}}


@pytest.mark.parametrize("status", ["pending", "failure", "error"])
def test_money_that_has_not_moved_gives_nothing_back(status):
    given = refund(1, [back(1, "60.00")], moved("60.00", status))
    converted = told("shopify", paid(*TWO), shopify("refunds/create", given))
    assert backs_of(converted) == {}
    assert reasons_of(converted) == [f"refund 1: its transaction is not successful: {status}"]


def test_a_failed_try_beside_a_successful_one_does_not_count():
    given = refund(1, [back(1, "60.00")], moved("60.00", "failure"), moved("60.00"))
    converted = told("shopify", paid(*TWO), shopify("refunds/create", given))
    assert backs_of(converted) == {"1": {"1": 6000}}


def test_money_that_moves_later_is_told_then():
    pending = refund(1, [back(1, "60.00")], moved("60.00", "pending"))
    done = refund(1, [back(1, "60.00")], moved("60.00"))
    deliveries = [
        shopify("refunds/create", pending),
        shopify("orders/updated", order(*TWO, refunds=[done])),
    ]
    converted = told("shopify", paid(*TWO), *deliveries)
    assert (backs_of(converted), reasons_of(converted)) == ({"1": {"1": 6000}}, [])


def test_goods_taken_back_without_money_give_nothing_back():
    converted = told(
        "shopify", paid(*TWO), shopify("refunds/create", refund(1, [back(1, "60.00")]))
    )
    assert reasons_of(converted) == ["refund 1: no money went back"]


def test_money_in_the_buyers_currency_is_reckoned_by_the_refunds_own_figures():
    line = {**back(1, "0"), "subtotal_set": bag("60.00", "USD", ("48.00", "GBP"))}
    given = refund(1, [line], moved("24.00", currency="GBP"))
    converted = told("shopify", paid(*TWO), shopify("refunds/create", given))
    assert backs_of(converted) == {"1": {"1": 3000}}


def test_a_refund_inside_a_cancellation_and_its_own_webhook_are_one():
    given = refund(1, [back(1, "60.00", "6.00"), back(2, "40.00", "4.00")], moved("110.00"))
    inside = {name: value for name, value in given.items() if name != "order_id"}
    ended = order(
        *TWO,
        financial_status="refunded",
        cancelled_at="2026-03-05T10:00:00-05:00",
        refunds=[inside],
    )
    deliveries = [
        paid(*TWO),
        shopify("orders/cancelled", ended),
        shopify("refunds/create", given),
    ]
    for told_so in (told("shopify", *deliveries), told("shopify", *reversed(deliveries))):
        assert backs_of(told_so) == {"1": {"1": 6600, "2": 4400}}
        assert sorted(types_of(told_so)) == ["OrderPaid", "OrderRefunded"]


def test_a_cancellation_that_moved_no_money_is_told():
    ended = order(cancelled_at="2026-03-05T10:00:00-05:00")
    assert reasons_of(told("shopify", shopify("orders/cancelled", ended))) == [
        "cancelled, but no money was refunded"
    ]


def test_an_edited_order_stays_as_it_was_paid():
    edited = order(*TWO, item(3, "9.00"), updated_at="2026-03-04T09:00:00-05:00")
    converted = told("shopify", shopify("orders/updated", edited), paid(*TWO))
    assert paid_of(converted) == {"1": 6600, "2": 4400}


@pytest.mark.parametrize("topic", ["fulfillments/create", "customers/update", "app/uninstalled"])
def test_other_topics_are_told(topic):
    converted = told("shopify", shopify(topic, {"id": 1, "order_id": 55}))
    assert [each.order for each in converted.not_converted] == ["55"]


def test_an_order_above_our_limits_is_listed_with_its_reason():
    lines = [item(number, "1.00") for number in range(1, 2002)]
    assert reasons_of(told("shopify", paid(*lines))) == [
        "OrderPaid has 2001 lines, at most 2000 are accepted"
    ]
    most = [item(number, "1.00") for number in range(1, 2001)]
    assert len(paid_of(told("shopify", paid(*most)))) == 2000


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        ({}, "payload.id"),
        ([], "payload"),
        (order({"id": 1, "price": "x"}), "payload.line_items[0].price"),
        (order({"id": 1, "price": 1.5}), "payload.line_items[0].price"),
        (order(processed_at="yesterday"), "payload.processed_at"),
        (order(processed_at="2026-03-02T09:58:10"), "payload.processed_at"),
        (order(customer={"id": True}), "payload.customer.id"),
        (order(line_items={}), "payload.line_items"),
    ],
)
def test_what_has_another_shape_is_refused_naming_the_field(payload, path):
    with pytest.raises(UnreadableDelivery) as refused:
        told("shopify", shopify("orders/paid", payload))
    assert path in {problem.path for problem in refused.value.problems}


def test_numbers_are_read_exactly():
    exact = item(1, "0", price_set=None)
    exact["price"] = Decimal("0.1")
    assert paid_of(told("shopify", paid({**exact, "quantity": 3}))) == {"1": 30}
