"""Accepts orders that were paid: an SQS batch of EventBridge envelopes, in one transaction."""

from typing import Any

from rebate.adapters.deliveries import deliver
from rebate.adapters.telemetry import observed, tell_accepted
from rebate.bootstrap import app
from rebate.contracts.envelopes import Delivery
from rebate.contracts.events_in import OrderPaid
from rebate.usecases.accept_together import OrderBatch


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the messages that shall come again."""
    orders = OrderBatch(app().orders)

    def accept(delivery: Delivery[OrderPaid]) -> None:
        tell_accepted(orders.accept(delivery.event))

    dead_letters = app().outside.dead_letters
    return deliver(event, context, (OrderPaid,), accept, dead_letters, orders.expect)
