"""Orders to measure with: the same for the same seed, and like a shop's in size."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from rebate.contracts.events_in import OrderPaid, parse_event

T = TypeVar("T")

_FIRST = datetime(2026, 3, 1, tzinfo=UTC)


def one_line_orders(count: int, *, writer: int = 0, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield details of `OrderPaid` for the mall, one line each, from 10.00 to 500.00.

    There is a member for every five orders, so some get rebates of several entries.
    """
    random = Random(f"{seed}/{writer}")
    for number in range(count):
        yield {
            "order_id": f"w{writer}-{number:07d}",
            "member": {"id": f"m{writer}-{random.randrange(max(1, count // 5)):06d}"},
            "channel": "mall",
            "paid_at": (_FIRST + timedelta(milliseconds=10 * number)).isoformat(),
            "lines": [
                {
                    "line_id": "1",
                    "product_id": f"p{random.randrange(50)}",
                    "paid": random.randrange(1_000, 50_001),
                }
            ],
        }


def batched(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield `items` in pieces of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))


def paid(order: dict[str, Any]) -> OrderPaid:
    """Return an order as functions get it."""
    event = parse_event("OrderPaid", order)
    assert isinstance(event, OrderPaid)
    return event
