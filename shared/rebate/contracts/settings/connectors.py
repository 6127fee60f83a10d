"""Settings of connectors: shops whose platform sends us its own webhooks (contracts, section 8)."""

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from rebate.contracts.problems import shown
from rebate.contracts.scalars import Id
from rebate.contracts.settings.fields import REQUIRED, setting
from rebate.contracts.validation import Strict

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_OWN_SOURCE = "rebate"


def _check_key(key: str) -> str:
    """Return the key if it can stand in an address."""
    if _KEY.fullmatch(key):
        return key
    message = "must be at most 64 letters, digits, dots, dashes or underscores, not {given}"
    raise PydanticCustomError("connector_key", message, {"given": shown(key)})


def _check_sender(sender: str) -> str:
    """Return the sender if it is not the source of our own events."""
    if sender == _OWN_SOURCE:
        message = f'must not be "{_OWN_SOURCE}": our own events come from there'
        raise PydanticCustomError("connector_sender", message)
    return sender


ConnectorKey: TypeAlias = Annotated[Id, AfterValidator(_check_key)]
"""The name of a connector, which stands in the address of its webhooks."""


class Connector(Strict):
    """One shop of a platform, by the key that stands in its webhook's address."""

    sender: Annotated[Id, AfterValidator(_check_sender)] = setting(
        "Sender",
        "发送方",
        "0.13",
        example="shop-a",
        default=REQUIRED,
        note="Whose its orders are: one of the senders, else the bus source that they come from.",
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
