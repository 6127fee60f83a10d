"""Accepts orders that were paid: an SQS batch of EventBridge envelopes, in one transaction."""

from typing import Any

from rebate.adapters.deliveries import deliver, set_aside_early
from rebate.adapters.telemetry import observed, record_accepted
from rebate.bootstrap import app
from rebate.contracts.envelopes import Delivery
from rebate.contracts.events_in import OrderPaid
from rebate.usecases.orders.accept_together import OrderBatch, ToldOrder


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the messages that shall come again."""
    orders = OrderBatch(app().orders)

    def accept(delivery: Delivery[OrderPaid]) -> None:
        event, sender = delivery.event, delivery.sender
        accepted = orders.accept(event, sender, is_replay=delivery.is_replay)
        record_accepted(accepted)
        set_aside_early(accepted, app())

    def expect(deliveries: list[Delivery[OrderPaid]]) -> None:
        orders.expect(ToldOrder(each.event, each.sender, each.is_replay) for each in deliveries)

    return deliver(event, context, (OrderPaid,), accept, app(), expect)
