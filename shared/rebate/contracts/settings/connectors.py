"""Settings of connectors: shops whose platform sends us its own webhooks (contracts, section 8)."""

from typing import Literal

from rebate.contracts.scalars import Id
from rebate.contracts.settings.fields import REQUIRED, setting
from rebate.contracts.validation import Strict


class Connector(Strict):
    """One shop of a platform, by the key that stands in its webhook's address."""

    sender: Id = setting(
        "Sender",
        "发送方",
        "0.13",
        example="shop-a",
        default=REQUIRED,
        note="The bus source that its orders come from.",
    )
    guests: Literal["leave_out", "contribute"] = setting(
        "Guests",
        "游客订单",
        "0.14",
        example="contribute",
        default="leave_out",
        note="Orders without a customer: left out, or they contribute and earn nothing.",
    )
    completed: Literal["fulfilled", "closed"] = setting(
        "Completed when",
        "完成时点",
        "0.12",
        example="closed",
        default="fulfilled",
        note="Shopify: when all is fulfilled, or when the order is closed.",
    )
