"""Deliveries as the platforms' documents word them, and the events that were worked out by hand.

Each case stands for a kind: a sentence of contracts, section 8, or of a platform's document. What
is worked out stands beside it. `test_cases` converts them, `tests/local/test_connect` delivers them
to a deployment, in every order and twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rebate.connectors import PlatformDelivery
from tests.connectors.sent import (
    back,
    bag,
    item,
    moved,
    order,
    refund,
    shopify,
    wc_back,
    wc_line,
    wc_order,
    wc_refund,
    woocommerce,
)

Event = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Deliveries of one platform, what they come to, and why nothing else does.

    `setting` are those of the connector, beside its sender. `in_order`: what is told depends on
    which delivery is heard first, since each is told at once.
    """

    name: str
    deliveries: Sequence[PlatformDelivery]
    events: Sequence[Event] = ()
    reasons: Sequence[str] = ()
    currency: str = "USD"
    setting: tuple[tuple[str, Any], ...] = ()
    platform: str = "shopify"
    in_order: bool = False


def paid(amounts: dict[str, int], at: str = "2026-03-02T09:58:10-05:00", **rest: Any) -> Event:
    """Return an OrderPaid with what is paid of each line; of one unit of product 9000 + line."""
    sold = [
        {"line_id": line, "product_id": str(9000 + int(line)), "quantity": 1, "paid": amount}
        for line, amount in amounts.items()
    ]
    detail = {"order_id": "55", "member": {"id": "7"}, "channel": "mall", "paid_at": at}
    return {"detail-type": "OrderPaid", "detail": {**detail, "lines": sold, **rest}}


def done(at: str, order_id: str = "55") -> Event:
    return {"detail-type": "OrderCompleted", "detail": {"order_id": order_id, "completed_at": at}}


def gone(
    name: str, amounts: dict[str, int], at: str = "2026-03-05T10:00:00-05:00", order_id: str = "55"
) -> Event:
    lines = [{"line_id": line, "amount": amount} for line, amount in amounts.items()]
    detail = {"order_id": order_id, "refund_id": name, "refunded_at": at, "lines": lines}
    return {"detail-type": "OrderRefunded", "detail": detail}


def bought(*items: Any, **rest: Any) -> PlatformDelivery:
    return shopify("orders/paid", order(*items, **rest))


def refunded(given: Any) -> PlatformDelivery:
    return shopify("refunds/create", given)


TWO = (item(1, "60.00", tax="6.00"), item(2, "40.00", tax="4.00"))
TWO_PAID = paid({"1": 6600, "2": 4400})
SENT = [{"status": "success", "created_at": "2026-03-04T10:00:00-05:00"}]
LATER = "2026-03-06T10:00:00-05:00"
GBP_LINE = item(1, "0", price_set=bag("120.00", "USD", ("96.00", "GBP")))

SHOPIFY = [
    Case(
        # 3 x 12.00 - 3.60 + 2.67 = 35.07; 2 x 8.05 - 1.61 + 1.20 = 15.69.
        "a discount over several lines, quantities and two taxes of a line",
        [
            bought(
                {
                    **item(1, "12.00", quantity=3, off="3.60"),
                    "tax_lines": [{"price": "2.22"}, {"price": "0.45"}],
                },
                item(2, "8.05", quantity=2, off="1.61", tax="1.20"),
            )
        ],
        [
            paid(
                {},
                lines=[
                    {"line_id": "1", "product_id": "9001", "quantity": 3, "paid": 3507},
                    {"line_id": "2", "product_id": "9002", "quantity": 2, "paid": 1569},
                ],
            )
        ],
    ),
    Case(
        "two discounts of one line, which leave nothing of it",
        [
            bought(
                {
                    **item(1, "10.00", tax="0.00"),
                    "discount_allocations": [{"amount": "4.00"}, {"amount": "6.00"}],
                },
                item(2, "40.00"),
            )
        ],
        [paid({"1": 0, "2": 4000})],
    ),
    Case(
        "taxes that prices include, in an order and in its refund",
        [
            bought(*TWO, taxes_included=True),
            refunded(refund(1, [back(1, "60.00", "5.45")], moved("60.00"))),
        ],
        [paid({"1": 6000, "2": 4000}), gone("1", {"1": 6000})],
    ),
    Case(
        # The shop's 120.00 count, not the 96.00 GBP that the buyer saw. Of the refund 24.00 GBP
        # moved of 48.00 that its line says in GBP and 60.00 in USD: 24 x 60 / 48 = 30.00.
        "another currency shown to the buyer, also in the money that went back",
        [
            bought(GBP_LINE, presentment_currency="GBP"),
            refunded(
                refund(
                    1,
                    [{**back(1, "0"), "subtotal_set": bag("60.00", "USD", ("48.00", "GBP"))}],
                    moved("24.00", currency="GBP"),
                )
            ),
        ],
        [paid({"1": 12000}), gone("1", {"1": 3000})],
    ),
    Case(
        "a gift card sold and a tip beside goods",
        [
            bought(
                item(1, "60.00"),
                item(2, "50.00", gift_card=True),
                item(3, "5.00", tip={"payment_gateway": "shopify_payments"}),
            )
        ],
        [paid({"1": 6000})],
    ),
    Case(
        # 110.00 of goods and the card went back together: 66.00 of them are of line 1.
        "money that went back of goods and of a gift card",
        [
            bought(item(1, "60.00", tax="6.00"), item(2, "44.00", gift_card=True)),
            refunded(refund(1, [back(1, "60.00", "6.00"), back(2, "44.00")], moved("110.00"))),
        ],
        [paid({"1": 6600}), gone("1", {"1": 6600})],
    ),
    Case(
        "yen, which have no decimals",
        [
            bought(
                item(1, "5800", price_set=bag("5800", "JPY"), off="0"),
                currency="JPY",
                taxes_included=True,
            ),
            refunded(
                refund(
                    1,
                    [{**back(1, "0"), "subtotal_set": bag("800", "JPY"), "total_tax_set": None}],
                    {"kind": "refund", "status": "success", "amount": "800", "currency": "JPY"},
                )
            ),
        ],
        [paid({"1": 5800}), gone("1", {"1": 800})],
        currency="JPY",
    ),
    Case(
        "dinars, which have three",
        [bought(item(1, "12.345", price_set=bag("12.345", "KWD")), currency="KWD")],
        [paid({"1": 12345})],
        currency="KWD",
    ),
    Case(
        # 10.00 + 1.00 of line 1, twice.
        "two refunds of parts of a line, the later of which came first",
        [
            bought(*TWO),
            refunded(refund(2, [back(1, "10.00", "1.00")], moved("11.00"), processed_at=LATER)),
            refunded(refund(1, [back(1, "10.00", "1.00")], moved("11.00"))),
        ],
        [TWO_PAID, gone("2", {"1": 1100}, LATER), gone("1", {"1": 1100})],
    ),
    Case(
        "a refund of shipping alone",
        [
            bought(*TWO),
            refunded(
                refund(
                    1,
                    [],
                    moved("5.50"),
                    refund_shipping_lines=[
                        {"subtotal_amount_set": bag("5.00"), "tax_amount_set": bag("0.50")}
                    ],
                )
            ),
        ],
        [TWO_PAID],
        ["refund 1: no money of the goods went back"],
    ),
    Case(
        # 30.00 - 5.00 of shipping = 25.00 of goods, for lines that say 66.00 and 44.00:
        # 25 x 66 / 110 = 15.00 and 10.00.
        "less money than the lines say, part of it for shipping",
        [
            bought(*TWO),
            refunded(
                refund(
                    1,
                    [back(1, "60.00", "6.00"), back(2, "40.00", "4.00")],
                    moved("30.00"),
                    refund_shipping_lines=[{"subtotal_amount_set": bag("5.00")}],
                )
            ),
        ],
        [TWO_PAID, gone("1", {"1": 1500, "2": 1000})],
    ),
    Case(
        # 10.01 over 66.00 and 44.00: 6.006 and 4.004; the cent over goes to the first.
        "money without lines, a cent of which does not divide",
        [bought(*TWO), refunded(refund(1, [], moved("10.01")))],
        [TWO_PAID, gone("1", {"1": 601, "2": 400})],
    ),
    Case(
        "two transactions of one refund, and one that failed",
        [
            bought(*TWO),
            refunded(
                refund(
                    1,
                    [back(1, "60.00", "6.00")],
                    moved("40.00"),
                    moved("26.00"),
                    moved("26.00", "failure"),
                )
            ),
        ],
        [TWO_PAID, gone("1", {"1": 6600})],
    ),
    Case(
        "goods that came back without money",
        [bought(*TWO), refunded(refund(1, [back(2, "40.00", "4.00")]))],
        [TWO_PAID],
        ["refund 1: no money went back"],
    ),
    Case(
        "an order that is cancelled after it was paid and shipped",
        [
            bought(*TWO),
            shopify(
                "orders/fulfilled", order(*TWO, fulfillment_status="fulfilled", fulfillments=SENT)
            ),
            shopify(
                "orders/cancelled",
                order(
                    *TWO,
                    financial_status="refunded",
                    fulfillment_status="fulfilled",
                    fulfillments=SENT,
                    cancelled_at=LATER,
                    updated_at=LATER,
                    refunds=[
                        refund(
                            9,
                            [back(1, "60.00", "6.00"), back(2, "40.00", "4.00")],
                            moved("110.00"),
                            processed_at=LATER,
                        )
                    ],
                ),
            ),
        ],
        [
            TWO_PAID,
            done("2026-03-04T10:00:00-05:00"),
            gone("9", {"1": 6600, "2": 4400}, LATER),
        ],
    ),
    Case(
        "a refund of a part, which stands in a cancellation as well",
        [
            bought(*TWO),
            refunded(refund(1, [back(1, "10.00", "1.00")], moved("11.00"))),
            shopify(
                "orders/cancelled",
                order(
                    *TWO,
                    financial_status="partially_refunded",
                    cancelled_at=LATER,
                    updated_at=LATER,
                    refunds=[refund(1, [back(1, "10.00", "1.00")], moved("11.00"))],
                ),
            ),
        ],
        [TWO_PAID, gone("1", {"1": 1100})],
    ),
    Case(
        "an order that is cancelled before it was paid",
        [shopify("orders/cancelled", order(*TWO, financial_status="voided", cancelled_at=LATER))],
        reasons=["cancelled before it was paid: nothing to refund"],
    ),
    Case(
        "an order that is shipped and not paid",
        [
            shopify(
                "orders/fulfilled",
                order(
                    *TWO,
                    financial_status="pending",
                    fulfillment_status="fulfilled",
                    fulfillments=SENT,
                ),
            )
        ],
        reasons=["not paid: pending"],
    ),
    Case(
        "an order that is shipped first and paid at the door",
        [
            shopify(
                "orders/fulfilled",
                order(
                    *TWO,
                    financial_status="pending",
                    fulfillment_status="fulfilled",
                    fulfillments=SENT,
                ),
            ),
            bought(*TWO, updated_at=LATER),
        ],
        [done("2026-03-04T10:00:00-05:00"), TWO_PAID],
    ),
    Case(
        "an order that was edited after it was paid, with a line more and a line taken out",
        [
            bought(*TWO),
            shopify("orders/edited", {"order_edit": {"id": 1, "order_id": 55}}),
            shopify(
                "orders/updated",
                order(
                    item(1, "60.00", quantity=1, tax="6.00", current_quantity=0),
                    TWO[1],
                    item(3, "9.00"),
                    updated_at=LATER,
                ),
            ),
        ],
        [TWO_PAID],
        ["orders/edited: what an order gives is fixed when it is paid"],
        in_order=True,
    ),
    Case(
        "a guest",
        [bought(*TWO, customer=None)],
        reasons=["guest: no customer"],
    ),
    Case(
        "a guest where the connector takes them",
        [bought(*TWO, customer={"id": None})],
        [paid({"1": 6600, "2": 4400}, member=None)],
        setting=(("guests", "contribute"),),
    ),
    Case(
        "an order that is completed when it is closed",
        [
            bought(*TWO),
            shopify(
                "orders/fulfilled", order(*TWO, fulfillment_status="fulfilled", fulfillments=SENT)
            ),
            shopify(
                "orders/updated",
                order(
                    *TWO,
                    fulfillment_status="fulfilled",
                    fulfillments=SENT,
                    closed_at=LATER,
                    updated_at=LATER,
                ),
            ),
        ],
        [TWO_PAID, done(LATER)],
        setting=(("completed", "closed"),),
    ),
    Case(
        "a test order and its refund",
        [
            bought(*TWO, test=True),
            refunded(refund(1, [back(1, "60.00", "6.00")], moved("66.00", test=True))),
        ],
        reasons=["test order"],
    ),
    Case(
        "another currency than the deployment's",
        [bought(item(1, "60.00", price_set=bag("60.00", "CAD")), currency="CAD")],
        reasons=["currency CAD, the deployment has USD"],
    ),
    Case(
        "ids as text, and null where a field may be absent",
        [
            bought(
                {
                    **item(1, "60.00"),
                    "id": "1",
                    "product_id": "9001",
                    "price": None,
                    "gift_card": None,
                    "tax_lines": None,
                    "discount_allocations": None,
                },
                id="55",
                customer={"id": "7"},
                test=None,
                taxes_included=None,
                refunds=None,
                fulfillments=None,
            )
        ],
        [paid({"1": 6000})],
    ),
    Case(
        "a line without a product, and one of a fraction",
        [
            bought(
                item(1, "60.00", product_id=None),
                {**item(2, "10.00", price_set=None), "quantity": "2.5"},
            )
        ],
        [
            paid(
                {},
                lines=[
                    {"line_id": "1", "quantity": 1, "paid": 6000},
                    {"line_id": "2", "product_id": "9002", "quantity": 2.5, "paid": 2500},
                ],
            )
        ],
    ),
]

GMT = "2026-03-02T14:58:11+00:00"
WC_TWO = (wc_line(1, "54.00", "4.46"), wc_line(2, "40.00"))


def wc_paid(amounts: dict[str, int], **rest: Any) -> Event:
    """Return an OrderPaid of WooCommerce's; of one unit of product 500 + line."""
    sold = [
        {"line_id": line, "product_id": str(500 + int(line)), "quantity": 1, "paid": amount}
        for line, amount in amounts.items()
    ]
    detail = {"order_id": "11", "member": {"id": "213"}, "channel": "mall", "paid_at": GMT}
    return {"detail-type": "OrderPaid", "detail": {**detail, "lines": sold, **rest}}


def wc_gone(name: str, lines: dict[str, int], at: str) -> Event:
    return gone(name, lines, at, "11")


def at_five(name: int) -> str:
    """Return when `wc_refund` says that a refund was made."""
    return f"2026-03-05T10:{name:02d}:00+00:00"


def woo(
    name: str, *deliveries: PlatformDelivery, events: Sequence[Event] = (), **rest: Any
) -> Case:
    return Case(name, deliveries, events, platform="woocommerce", **rest)


FIRST = wc_refund(1, "25.30", wc_back(1, "-20.00", "-0.30"), wc_back(2, "-5.00"))
SECOND = wc_refund(2, "10.00")

WOOCOMMERCE = [
    woo(
        "totals without tax, whatever prices include",
        woocommerce(wc_order(*WC_TWO, prices_include_tax=True)),
        events=[wc_paid({"1": 5846, "2": 4000})],
    ),
    woo(
        # 10.00 over 58.46 and 40.00: 5.937 and 4.062; the cent over goes to the first.
        "a negative fee with tax, beside a positive one",
        woocommerce(
            wc_order(
                *WC_TWO,
                fee_lines=[{"total": "-8.00", "total_tax": "-2.00"}, {"total": "3.50"}],
            )
        ),
        events=[wc_paid({"1": 5846 - 594, "2": 4000 - 406})],
    ),
    woo(
        "an order that is updated, completed, opened again and completed once more",
        woocommerce(wc_order(*WC_TWO), topic="order.created"),
        woocommerce(
            wc_order(
                *WC_TWO,
                status="completed",
                date_completed_gmt="2026-03-06T10:00:00",
                date_modified_gmt="2026-03-06T10:00:00",
            )
        ),
        woocommerce(wc_order(*WC_TWO, date_modified_gmt="2026-03-07T10:00:00")),
        events=[
            wc_paid({"1": 5846, "2": 4000}),
            done("2026-03-06T10:00:00+00:00", "11"),
        ],
    ),
    woo(
        # What is left is 38.16 and 35.00: 10.00 of it are 5.215 and 4.784.
        "a refund by lines, and one without",
        woocommerce(wc_order(*WC_TWO, refunds=[{"id": 1}, {"id": 2}]), FIRST, SECOND),
        events=[
            wc_paid({"1": 5846, "2": 4000}),
            wc_gone("1", {"1": 2030, "2": 500}, at_five(1)),
            wc_gone("2", {"1": 522, "2": 478}, at_five(2)),
        ],
    ),
    woo(
        "all that is left, by status",
        woocommerce(
            wc_order(
                *WC_TWO,
                status="refunded",
                refunds=[{"id": 1}],
                date_modified_gmt="2026-03-06T10:00:00",
            ),
            FIRST,
        ),
        events=[
            wc_paid({"1": 5846, "2": 4000}),
            wc_gone("1", {"1": 2030, "2": 500}, at_five(1)),
            wc_gone("refunded", {"1": 3816, "2": 3500}, "2026-03-06T10:00:00+00:00"),
        ],
    ),
    woo(
        "a refund of shipping and a fee alone",
        woocommerce(
            wc_order(*WC_TWO, refunds=[{"id": 3}]),
            wc_refund(
                3,
                "8.00",
                shipping_lines=[{"total": "-5.00"}],
                fee_lines=[{"total": "-3.00"}],
            ),
        ),
        events=[wc_paid({"1": 5846, "2": 4000})],
        reasons=["refund 3: no money of the goods went back"],
    ),
    woo(
        "yen whose totals say decimals",
        woocommerce(wc_order(wc_line(1, "5273.00", "527.00"), currency="JPY")),
        events=[wc_paid({"1": 5800})],
        currency="JPY",
    ),
    woo(
        "more decimals than the currency has, from halves away from zero",
        woocommerce(wc_order(wc_line(1, "10.004", "0.001"), wc_line(2, "3.3333", "0"))),
        events=[wc_paid({"1": 1001, "2": 333})],
    ),
    woo("a guest", woocommerce(wc_order(customer_id=0)), reasons=["guest: no customer"]),
    woo(
        "an order on hold, and one that failed",
        woocommerce(wc_order(status="on-hold", date_paid_gmt=None)),
        woocommerce(wc_order(id=12, status="failed", date_paid_gmt="")),
        reasons=["not paid", "not paid"],
    ),
    woo(
        "an order that is cancelled before it was paid",
        woocommerce(wc_order(status="cancelled", date_paid_gmt=None)),
        reasons=["cancelled before it was paid"],
    ),
    woo(
        "an order that is paid after it was on hold",
        woocommerce(
            wc_order(
                *WC_TWO,
                status="on-hold",
                date_paid_gmt=None,
                date_modified_gmt="2026-03-02T14:00:00",
            ),
            topic="order.created",
        ),
        woocommerce(wc_order(*WC_TWO)),
        events=[wc_paid({"1": 5846, "2": 4000})],
    ),
    woo(
        "ids as text, null and empty fields, a line that the product of which is gone",
        woocommerce(
            wc_order(
                {**wc_line(1, "54.00"), "id": "1", "product_id": 0, "meta_data": None},
                id="11",
                customer_id="213",
                fee_lines=None,
                refunds=None,
                date_completed_gmt="",
            )
        ),
        events=[wc_paid({}, lines=[{"line_id": "1", "quantity": 1, "paid": 5400}])],
    ),
    woo(
        "a ping, a deletion and a topic of other things",
        woocommerce("webhook_id=5", topic=""),
        woocommerce({"id": 11}, topic="order.deleted"),
        woocommerce({"id": 7}, topic="product.updated"),
        reasons=[
            "ping",
            "deleted order: nothing in it",
            "product.updated tells nothing that counts",
        ],
    ),
]

CASES = [*SHOPIFY, *WOOCOMMERCE]
