"""Settings that many tests start from."""

from typing import Any

MALL: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "enabled": True,
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000},
    },
}
"""The base plan in one queue: a tenth is given, and all that was paid may come back."""


def mall_with(**choices: Any) -> dict[str, Any]:
    """Return these settings with further choices of the plan."""
    return {**MALL, "queue_rebate": {**MALL["queue_rebate"], **choices}}
