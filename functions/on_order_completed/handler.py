"""Accepts orders that were completed: an SQS batch of EventBridge envelopes, in one transaction."""

from typing import Any

from rebate.adapters.deliveries import deliver
from rebate.adapters.telemetry import observed, record_accepted
from rebate.bootstrap import app
from rebate.contracts.envelopes import Delivery
from rebate.contracts.events_in import OrderCompleted
from rebate.usecases.orders.accept_together import OrderBatch, ToldOrder


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the messages that shall come again."""
    orders = OrderBatch(app().orders)

    def accept(delivery: Delivery[OrderCompleted]) -> None:
        record_accepted(orders.accept(delivery.event, delivery.sender))

    def expect(deliveries: list[Delivery[OrderCompleted]]) -> None:
        orders.expect(ToldOrder(each.event, each.sender) for each in deliveries)

    return deliver(event, context, (OrderCompleted,), accept, app(), expect)
