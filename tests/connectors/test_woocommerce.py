"""What is made of WooCommerce's webhooks (contracts, section 8)."""

from dataclasses import replace

import pytest

from rebate.connectors import ConnectorRules, UnreadableDelivery
from tests.connectors.sent import (
    USD,
    backs_of,
    paid_of,
    reasons_of,
    told,
    types_of,
    wc_back,
    wc_line,
    wc_order,
    wc_refund,
    woocommerce,
)

TWO = (wc_line(1, "54.00", "4.46"), wc_line(2, "40.00"))


def test_a_line_is_total_and_tax_of_the_product_not_the_variation():
    (event,) = told("woocommerce", woocommerce(wc_order(TWO[0]))).events
    assert event.detail == {
        "order_id": "11",
        "member": {"id": "213"},
        "channel": "mall",
        "paid_at": "2026-03-02T14:58:11+00:00",
        "lines": [{"line_id": "1", "product_id": "501", "quantity": 1, "paid": 5846}],
    }


def test_negative_fees_are_discounts_over_the_lines_and_positive_ones_are_no_lines():
    fees = [{"total": "-9.00", "total_tax": "-1.00"}, {"total": "3.00", "total_tax": "0.00"}]
    lines = (wc_line(1, "10.00"), wc_line(2, "10.00"), wc_line(3, "10.00"), wc_line(4, "0.00"))
    converted = told("woocommerce", woocommerce(wc_order(*lines, fee_lines=fees)))
    assert paid_of(converted) == {"1": 666, "2": 667, "3": 667, "4": 0}


def test_a_discount_above_all_lines_leaves_nothing_of_them():
    fees = [{"total": "-500.00"}]
    converted = told("woocommerce", woocommerce(wc_order(*TWO, fee_lines=fees)))
    assert paid_of(converted) == {"1": 0, "2": 0}


@pytest.mark.parametrize(
    ("currency", "total", "tax", "paid"),
    [("KWD", "12.345", "0.617", 12962), ("JPY", "5273.00", "527", 5800), ("CLF", "1", "0", 10000)],
)
def test_amounts_have_the_decimals_of_their_currency(currency, total, tax, paid):
    sent = wc_order(wc_line(1, total, tax), currency=currency)
    assert paid_of(told("woocommerce", woocommerce(sent), rules=ConnectorRules(currency))) == {
        "1": paid
    }


def test_other_currencies_and_none_of_iso_4217_are_left_out():
    other = woocommerce(wc_order(currency="CAD"))
    assert reasons_of(told("woocommerce", other)) == ["currency CAD, the deployment has USD"]
    unknown = woocommerce(wc_order(currency="BTC"))
    for rules in (ConnectorRules(), ConnectorRules("BTC")):
        assert reasons_of(told("woocommerce", unknown, rules=rules)) == [
            "currency BTC is not in ISO 4217"
        ]


def test_updates_that_say_the_same_are_told_once():
    done = wc_order(
        status="completed",
        date_completed_gmt="2026-03-06T10:00:00",
        date_modified_gmt="2026-03-06T10:00:00",
    )
    again = {
        **done,
        "date_completed_gmt": "2026-03-09T10:00:00",
        "date_modified_gmt": "2026-03-09T10:00:00",
    }
    converted = told("woocommerce", *map(woocommerce, (wc_order(), done, again, done)))
    assert types_of(converted) == ["OrderPaid", "OrderCompleted"]
    assert converted.events[1].detail["completed_at"] == "2026-03-06T10:00:00+00:00"


def test_refunds_name_their_lines_without_a_sign():
    given = wc_refund(1, "25.30", wc_back(1, "-20.00", "-0.30"), wc_back(2, "-5.00"))
    converted = told("woocommerce", woocommerce(wc_order(*TWO), given))
    assert backs_of(converted) == {"1": {"1": 2030, "2": 500}}
    assert converted.events[1].detail["refunded_at"] == "2026-03-05T10:01:00+00:00"


def test_lines_of_nothing_are_passed_over_and_one_named_twice_is_added_up():
    lines = (wc_back(1, "-2.00"), wc_back(1, "-1.00"), wc_back(2, "0.00"))
    converted = told("woocommerce", woocommerce(wc_order(*TWO), wc_refund(1, "3.00", *lines)))
    assert backs_of(converted) == {"1": {"1": 300}}


def test_a_refund_without_lines_is_divided_over_what_is_left():
    first = wc_refund(1, "58.46", wc_back(1, "-54.00", "-4.46"))
    second = wc_refund(2, "10.00")
    converted = told("woocommerce", woocommerce(wc_order(*TWO), second, first))
    assert backs_of(converted) == {"1": {"1": 5846}, "2": {"2": 1000}}


def test_shipping_and_fees_that_went_back_are_of_no_line():
    given = wc_refund(
        1, "18.00", shipping_lines=[{"total": "-5.00"}], fee_lines=[{"total": "-3.00"}]
    )
    converted = told("woocommerce", woocommerce(wc_order(wc_line(1, "50.00")), given))
    assert backs_of(converted) == {"1": {"1": 1000}}


def test_what_names_no_line_is_divided_over_what_the_others_leave():
    given = wc_refund(1, "30.00", wc_back(1, "-54.00", "-4.46"), wc_back(None, "-6.00"))
    converted = told("woocommerce", woocommerce(wc_order(*TWO), given))
    assert backs_of(converted) == {"1": {"1": 5846, "2": 600}}


def test_a_line_gives_back_no_more_than_was_paid_after_discounts():
    fees = [{"total": "-10.00"}]
    given = wc_refund(1, "88.46", wc_back(1, "-54.00", "-4.46"), wc_back(2, "-40.00"))
    converted = told("woocommerce", woocommerce(wc_order(*TWO, fee_lines=fees), given))
    assert backs_of(converted)["1"] == paid_of(converted)


@pytest.mark.parametrize("amount", ["98.46", "1.00"])
def test_the_status_refunded_gives_back_what_is_left(amount):
    first = wc_refund(1, "20.00", wc_back(1, "-20.00"))
    rest = wc_refund(2, amount)
    sent = wc_order(*TWO, status="refunded")
    converted = told("woocommerce", woocommerce(sent, first, rest))
    assert backs_of(converted) == {"1": {"1": 2000}, "2": {"1": 3846, "2": 4000}}


def test_the_status_refunded_gives_back_what_refunds_that_were_not_fetched_do_not_say():
    named = [{"id": 7, "total": "-98.46"}]
    sent = wc_order(*TWO, status="refunded", refunds=named)
    assert backs_of(told("woocommerce", woocommerce(sent))) == {"7": {"1": 5846, "2": 4000}}
    none = wc_order(*TWO, status="refunded")
    assert backs_of(told("woocommerce", woocommerce(none))) == {"refunded": {"1": 5846, "2": 4000}}


def test_a_refund_that_was_not_fetched_is_told():
    sent = woocommerce(wc_order(*TWO, refunds=[{"id": 7, "total": "-9.00"}]))
    assert reasons_of(told("woocommerce", sent)) == ["refund 7: it was not fetched"]
    fetched = woocommerce(sent.payload, wc_refund(7, "9.00"))
    assert reasons_of(told("woocommerce", sent, fetched)) == []


def test_a_refund_that_is_fetched_later_waits_for_that():
    sent = woocommerce(wc_order(*TWO, status="refunded", refunds=[{"id": 7, "total": "-9.00"}]))
    converted = told("woocommerce", sent, rules=replace(USD, waits=True, fetches=True))
    assert (types_of(converted), reasons_of(converted)) == (["OrderPaid"], [])


def test_an_order_cancelled_when_it_was_paid_gives_nothing_back_by_itself():
    converted = told("woocommerce", woocommerce(wc_order(status="cancelled")))
    assert types_of(converted) == ["OrderPaid"]


@pytest.mark.parametrize("payload", ["webhook_id=5", {"webhook_id": 5}])
def test_a_ping_is_told_whatever_its_headers(payload):
    converted = told("woocommerce", woocommerce(payload, topic=""))
    assert reasons_of(converted) == ["ping"]


@pytest.mark.parametrize("topic", ["product.updated", "customer.created", "action.anything"])
def test_other_topics_are_told(topic):
    assert types_of(told("woocommerce", woocommerce({"id": 1}, topic=topic))) == []


def test_a_guest_contributes_where_the_connector_says_so():
    guest = woocommerce(wc_order(customer_id=0))
    assert reasons_of(told("woocommerce", guest)) == ["guest: no customer"]
    rules = replace(USD, guests="contribute")
    (event,) = told("woocommerce", guest, rules=rules).events
    assert event.detail["member"] is None


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (woocommerce({"id": 1}), "payload.status"),
        (woocommerce(wc_order(wc_line(1, "ten"))), "payload.line_items[0].total"),
        (woocommerce(wc_order(date_paid_gmt="soon")), "payload.date_paid_gmt"),
        (woocommerce(wc_order(), {"id": 1}), "refunds[0].date_created_gmt"),
        (woocommerce(wc_order(), topic=""), "headers.X-WC-Webhook-Topic"),
    ],
)
def test_what_has_another_shape_is_refused_naming_the_field(sent, path):
    with pytest.raises(UnreadableDelivery) as refused:
        told("woocommerce", sent)
    assert path in {problem.path for problem in refused.value.problems}
