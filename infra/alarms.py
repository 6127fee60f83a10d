"""Alarms: all of a stage go to one topic, and each says what to do in docs/operations.md."""

from typing import Any

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.stage import Stage

MINUTES_5 = Duration.minutes(5)


class Alarms(Construct):
    """The topic of a stage, and the alarms that ring on it."""

    def __init__(self, scope: Construct, id_: str, *, stage: Stage) -> None:
        """Make the topic; the addresses that the stage names have to confirm once."""
        super().__init__(scope, id_)
        self.all: list[cloudwatch.IAlarm] = []
        self._prefix = stage.prefix
        self.topic = sns.Topic(self, "Topic", topic_name=f"{stage.prefix}-alarms", enforce_ssl=True)
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        for address in stage.alarm_emails:
            self.topic.add_subscription(subscriptions.EmailSubscription(address))

    def ring(
        self,
        kind: str,
        subject: str,
        metric: cloudwatch.IMetric,
        *,
        at_least: float,
        means: str,
        times: int = 1,
    ) -> None:
        """Ring when `metric` reaches a value in `times` periods in a row; no data is no trouble.

        `kind` is the heading in docs/operations.md that says what to do.
        """
        self._add(
            kind,
            subject,
            means,
            metric=metric,
            threshold=at_least,
            evaluation_periods=times,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def ring_without(
        self, kind: str, subject: str, metric: cloudwatch.IMetric, *, means: str, times: int = 1
    ) -> None:
        """Ring when nothing was counted in `times` periods in a row; no data is nothing."""
        self._add(
            kind,
            subject,
            means,
            metric=metric,
            threshold=1,
            evaluation_periods=times,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )

    def _add(self, kind: str, subject: str, means: str, **watched: Any) -> None:  # noqa: ANN401
        alarm = cloudwatch.Alarm(
            self,
            f"{kind}-{subject}",
            alarm_name=f"{self._prefix}-{kind}-{subject}",
            alarm_description=f"{means} What to do: docs/operations.md, {kind}.",
            **watched,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        alarm.add_ok_action(actions.SnsAction(self.topic))
        self.all.append(alarm)
