"""Queues for what nobody could carry out."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class DeadLetterQueues(Construct):
    """Keeps for two weeks what a function could not carry out.

    `scheduled_letters` takes it from there within a minute, and rings; so the queue has no alarm.
    """

    def __init__(self, scope: Construct, id_: str, *, full_name: str) -> None:
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
