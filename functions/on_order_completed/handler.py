"""Accepts orders that were completed: an SQS batch of EventBridge envelopes."""

from typing import Any

from rebate.adapters.deliveries import deliver
from rebate.adapters.telemetry import observed, record_accepted
from rebate.bootstrap import app
from rebate.contracts.envelopes import Delivery
from rebate.contracts.events_in import OrderCompleted


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the messages that shall come again."""
    return deliver(event, context, (OrderCompleted,), _accept, app())


def _accept(delivery: Delivery[OrderCompleted]) -> None:
    record_accepted(app().orders.accept(delivery.event, delivery.sender))
