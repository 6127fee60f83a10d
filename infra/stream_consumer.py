"""From a table's stream to a function."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from infra.alarms import MINUTES_5
from infra.rebate_function import RebateFunction

BEHIND_MS_MAX = 5 * 60 * 1000


class StreamConsumer(Construct):
    """Brings every row that is added to a table to a function, in order, at least once.

    A batch that fails is brought again, its halves apart from each other, until `patience` is over
    or it was tried `tries` times; then the place in the stream is kept with the dead letters. So
    many batches of a shard as are `at_once` are under way; rows of one partition keep their order.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stream_arn: str,
        function: RebateFunction,
        batch: int,
        tries: int,
        patience: Duration,
        at_once: int = 1,
    ) -> None:
        """Let the function follow the stream."""
        super().__init__(scope, id_)
        function.may(
            [
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
                "dynamodb:ListStreams",
            ],
            stream_arn,
            sid="FollowStream",
        )
        lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=function.function,
            event_source_arn=stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=batch,
            bisect_batch_on_error=True,
            retry_attempts=tries,
            parallelization_factor=at_once,
            max_record_age=patience,
            on_failure=sources.SqsDlq(function.dead_letters.queue),
            report_batch_item_failures=True,
            filters=[{"pattern": '{"eventName":["INSERT"]}'}],
        )
        function.alarms.ring(
            "behind",
            function.name,
            _age(function),
            at_least=BEHIND_MS_MAX,
            means=f"{function.name} is five minutes behind its stream.",
        )


def _age(function: RebateFunction) -> cloudwatch.Metric:
    return function.function.metric("IteratorAge", period=MINUTES_5, statistic="Maximum")
