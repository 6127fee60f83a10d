"""Telling other services what happened: the queue between who tells and who delivers."""

from collections.abc import Sequence

from constructs import Construct

from infra.intake import FunctionQueue
from infra.rebate_function import RebateFunction


class Webhooks(Construct):
    """A message for each endpoint and event; what is due later stands in the tables meanwhile."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        delivers: RebateFunction,
        queues: Sequence[RebateFunction],
    ) -> None:
        """Let `delivers` take from the queue, and it and `queues` send there."""
        super().__init__(scope, id_)
        self.queue = FunctionQueue(self, "Deliveries", function=delivers)
        for function in (delivers, *queues):
            self.open_to(function)

    def open_to(self, function: RebateFunction) -> None:
        """Let a function queue deliveries."""
        queue = self.queue.queue
        function.function.add_environment("REBATE_WEBHOOK_QUEUE_URL", queue.queue_url)
        function.may(["sqs:SendMessage"], queue.queue_arn, sid="QueueWebhooks")
