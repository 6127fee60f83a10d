"""From the bus to a function: a rule, a queue that waits and repeats, the function's batches."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.alarms import MINUTES_5
from infra.bus import NamedBus
from infra.rebate_function import RebateFunction

TRIES = 100
"""How often a message is brought before it is set aside: five hours of a function that fails, and
most of a day of a store that does not answer, since functions put messages off for longer then."""

WAITING_SECONDS_MAX = 900
CONCURRENCY_MAX = 50
SHARE_OF_ACCOUNT = 20
"""Batches that a queue hands out at a time, so that a flood leaves concurrency to the others: at
most a twentieth of what the account may run, since what is throttled counts as a try."""

BATCH = 10
"""Messages that a function gets at a time, as soon as there are any."""

WAIT = Duration.seconds(1)
"""How long the platform gathers messages at least, where a function shall get more at a time."""


class FunctionQueue(Construct):
    """A queue whose messages are brought to a function, at least once each."""

    def __init__(
        self, scope: Construct, id_: str, *, function: RebateFunction, batch: int = BATCH
    ) -> None:
        """Put a queue before the function, which gets up to `batch` messages."""
        super().__init__(scope, id_)
        self.name = function.name
        wait = WAIT if batch > BATCH else Duration.seconds(0)
        dead = self._dead = function.dead_letters.queue
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=function.full_name,
            retention_period=Duration.days(4),
            visibility_timeout=Duration.seconds(6 * function.timeout.to_seconds()).plus(wait),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=TRIES),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        function.function.add_environment("REBATE_DEAD_LETTER_QUEUE_URL", dead.queue_url)
        function.function.add_environment("REBATE_INTAKE_QUEUE_URL", self.queue.queue_url)
        self._connect(function, batch, wait)
        function.alarms.ring(
            "waiting",
            function.name,
            self.queue.metric_approximate_age_of_oldest_message(
                period=MINUTES_5, statistic="Maximum"
            ),
            at_least=WAITING_SECONDS_MAX,
            means=f"Events for {function.name} have waited for a quarter of an hour.",
        )

    def add_rule(self, rule: events.Rule, message: events.RuleTargetInput | None = None) -> None:
        """Let a rule send here: the event, or what `message` makes of it."""
        target = targets.SqsQueue(self.queue, message=message, dead_letter_queue=self._dead)
        rule.add_target(target)

    @property
    def waiting(self) -> cloudwatch.IMetric:
        """How many events wait."""
        return self.queue.metric_approximate_number_of_messages_visible(
            period=MINUTES_5, statistic="Maximum", label=self.name
        )

    def _connect(self, function: RebateFunction, batch: int, wait: Duration) -> None:
        function.may(
            [
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
            ],
            self.queue.queue_arn,
            sid="TakeEvents",
        )
        lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=function.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=batch,
            max_batching_window=wait,
            max_concurrency=at_a_time(function.stage.account_concurrency),
            report_batch_item_failures=True,
        )


class Intake(FunctionQueue):
    """Brings the events of some types from the bus to a function."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        bus: NamedBus,
        function: RebateFunction,
        detail_types: Sequence[str],
        batch: int = BATCH,
    ) -> None:
        """Put a queue between the bus and the function, which gets up to `batch` messages."""
        super().__init__(scope, id_, function=function, batch=batch)
        self.add_rule(bus.rule(function.full_name, detail_types))


def at_a_time(account_concurrency: int) -> int:
    """Return how many batches a queue hands out at a time; the platform takes no less than two."""
    return max(2, min(CONCURRENCY_MAX, account_concurrency // SHARE_OF_ACCOUNT))
