"""The smallest settings and events that do something."""

from typing import Any

CALENDAR: dict[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai"}
QUEUE_REBATE: dict[str, Any] = {
    **CALENDAR,
    "queue_rebate": {
        "enabled": True,
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000},
        "clearing": {"every": "day", "at": "00:00"},
    },
}
MIDNIGHT = "2026-03-02T00:00:00+08:00"
"""A clearing by these settings."""


def paid(order: str, member: str, minute: int = 0) -> dict[str, Any]:
    """Return the detail of an OrderPaid over 100.00, on the day that ends at `MIDNIGHT`."""
    return {
        "order_id": order,
        "member": {"id": member},
        "channel": "mall",
        "paid_at": f"2026-03-01T10:{minute:02}:00+08:00",
        "lines": [{"line_id": "1", "paid": 10000}],
    }
