"""Queues for what nobody could carry out."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.alarms import MINUTES_5, Alarms


class DeadLetterQueues(Construct):
    """Keeps for two weeks what a function could not carry out, and rings at the first of it."""

    def __init__(
        self, scope: Construct, id_: str, *, function: str, full_name: str, alarms: Alarms
    ) -> None:
        """Make the queue of a function; `full_name` has the stage in it."""
        super().__init__(scope, id_)
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=f"{full_name}-dead",
            retention_period=Duration.days(14),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        alarms.ring(
            "dead-letters",
            function,
            self.queue.metric_approximate_number_of_messages_visible(
                period=MINUTES_5, statistic="Maximum"
            ),
            at_least=1,
            means=f"{function} could not carry something out; it is kept for two weeks.",
        )
