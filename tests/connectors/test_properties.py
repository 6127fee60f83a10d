"""What holds for any order of any platform."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rebate.connectors import PlatformDelivery
from rebate.connectors.amounts import divide, divide_within
from tests.connectors.sent import (
    back,
    backs_of,
    item,
    moved,
    order,
    paid_of,
    refund,
    shopify,
    told,
    wc_back,
    wc_line,
    wc_order,
    wc_refund,
    woocommerce,
)

cents = st.integers(0, 99_999)


def text(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


@st.composite
def shopify_orders(draw: st.DrawFn) -> list[dict[str, Any]]:
    lines = []
    for name in range(1, draw(st.integers(1, 5)) + 1):
        price, quantity = draw(cents), draw(st.integers(1, 9))
        off = draw(st.integers(0, price * quantity))
        lines.append(
            item(name, text(price), quantity=quantity, off=text(off), tax=text(draw(cents)))
        )
    return lines


@st.composite
def shopify_lives(draw: st.DrawFn) -> tuple[list[PlatformDelivery], list[dict[str, Any]]]:
    """All that Shopify sends of an order that is paid, shipped, partly refunded and cancelled."""
    lines, refunds = draw(shopify_orders()), []
    for name in range(1, draw(st.integers(0, 4)) + 1):
        some = draw(st.lists(st.sampled_from([line["id"] for line in lines]), max_size=3))
        money = draw(cents)
        at = f"2026-03-05T10:{name:02d}:00-05:00"
        backs = [back(line, text(draw(cents)), text(draw(cents))) for line in some]
        refunds.append(refund(name, backs, moved(text(money)), processed_at=at))
    made = [{"status": "success", "created_at": "2026-03-04T10:00:00-05:00"}]
    shipped = order(
        *lines,
        fulfillment_status="fulfilled",
        fulfillments=made,
        updated_at="2026-03-04T10:00:00-05:00",
    )
    ended = {
        **shipped,
        "cancelled_at": "2026-03-06T10:00:00-05:00",
        "updated_at": "2026-03-06T10:00:00-05:00",
        "financial_status": "refunded",
        "refunds": refunds,
    }
    deliveries = [
        shopify("orders/create", order(*lines)),
        shopify("orders/paid", order(*lines)),
        shopify("orders/fulfilled", shipped),
        *(shopify("refunds/create", each) for each in refunds),
        shopify("orders/cancelled", ended),
    ]
    return deliveries, refunds


@st.composite
def woocommerce_lives(draw: st.DrawFn) -> list[PlatformDelivery]:
    """All that WooCommerce sends of an order, with its refunds as they were fetched each time."""
    names = range(1, draw(st.integers(1, 5)) + 1)
    lines = [wc_line(name, text(draw(cents)), text(draw(cents))) for name in names]
    fees = [{"total": f"-{text(draw(cents))}"} for _ in range(draw(st.integers(0, 2)))]
    refunds: list[dict[str, Any]] = []
    deliveries = [woocommerce(wc_order(*lines, fee_lines=fees))]
    for name in range(1, draw(st.integers(0, 4)) + 1):
        some = draw(st.lists(st.sampled_from([*names, None]), max_size=3))
        backs = [wc_back(line, f"-{text(draw(cents))}") for line in some]
        refunds = [*refunds, wc_refund(name, text(draw(cents)), *backs)]
        seen = f"2026-03-05T10:{name:02d}:01"
        now = wc_order(*lines, fee_lines=fees, date_modified_gmt=seen)
        deliveries.append(woocommerce(now, *refunds))
    if draw(st.booleans()):
        ended = wc_order(
            *lines,
            fee_lines=fees,
            status="refunded",
            date_modified_gmt="2026-03-06T10:00:00",
        )
        deliveries.append(woocommerce(ended, *refunds))
    return deliveries


def outcome(platform: str, deliveries: list[PlatformDelivery]) -> dict[str, Any]:
    return {event.key: event.detail for event in told(platform, *deliveries).events}


@given(shopify_orders())
def test_lines_of_shopify_add_up_to_goods_less_discounts_plus_tax(lines):
    expected = sum(
        round(float(line["price"]) * 100) * line["quantity"]
        - sum(round(float(d["amount"]) * 100) for d in line["discount_allocations"])
        + sum(round(float(t["price"]) * 100) for t in line["tax_lines"])
        for line in lines
    )
    converted = told("shopify", shopify("orders/paid", order(*lines)))
    assert sum(paid_of(converted).values()) == expected


@given(st.lists(cents, min_size=1, max_size=6), cents)
def test_lines_of_woocommerce_add_up_to_totals_less_negative_fees(totals, off):
    lines = [wc_line(name, text(total)) for name, total in enumerate(totals, 1)]
    sent = wc_order(*lines, fee_lines=[{"total": f"-{text(off)}"}])
    paid = paid_of(told("woocommerce", woocommerce(sent)))
    assert sum(paid.values()) == max(0, sum(totals) - off)
    assert min(paid.values()) >= 0


@given(shopify_lives(), st.randoms(use_true_random=False))
def test_any_order_of_delivery_each_twice_comes_to_one_outcome_of_shopify(life, chance):
    deliveries, refunds = life
    shuffled = [*deliveries, *deliveries]
    chance.shuffle(shuffled)
    assert outcome("shopify", shuffled) == outcome("shopify", deliveries)
    converted = told("shopify", *deliveries)
    given_back = sum(sum(lines.values()) for lines in backs_of(converted).values())
    sent_back = sum(round(float(each["transactions"][0]["amount"]) * 100) for each in refunds)
    assert given_back == min(sent_back, sum(paid_of(converted).values()))


@given(woocommerce_lives(), st.randoms(use_true_random=False))
def test_any_order_of_delivery_each_twice_comes_to_one_outcome_of_woocommerce(deliveries, chance):
    shuffled = [*deliveries, *deliveries]
    chance.shuffle(shuffled)
    assert outcome("woocommerce", shuffled) == outcome("woocommerce", deliveries)


@given(woocommerce_lives())
def test_no_line_gives_back_more_than_was_paid_and_refunded_orders_all(deliveries):
    converted = told("woocommerce", *deliveries)
    left = paid_of(converted)
    for lines in backs_of(converted).values():
        for line, amount in lines.items():
            left[line] -= amount
    assert min(left.values()) >= 0
    if deliveries[-1].payload["status"] == "refunded":
        assert not any(left.values())


amounts = st.dictionaries(st.text(max_size=2), st.integers(0, 10**9), min_size=1, max_size=6)


@given(st.integers(0, 10**12), amounts)
def test_parts_sum_to_the_whole_and_lie_within_one_of_their_share(amount, weights):
    if not any(weights.values()):
        return
    parts, total = divide(amount, weights), sum(weights.values())
    assert sum(parts.values()) == amount
    for name, part in parts.items():
        assert 0 <= part - amount * weights[name] // total <= 1


@given(st.integers(0, 10**10), amounts, amounts)
def test_no_part_is_above_its_limit_and_all_that_fits_is_divided(amount, weights, limits):
    parts = divide_within(amount, weights, limits)
    assert sum(parts.values()) == min(amount, sum(limits.values()))
    assert all(0 <= part <= limits[name] for name, part in parts.items())
