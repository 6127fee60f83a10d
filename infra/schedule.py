"""From the clock to a function."""

import json
from collections.abc import Mapping

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.rebate_function import RebateFunction

SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
"""What EventBridge Scheduler replaces by the instant for which it starts."""


class Schedules(Construct):
    """The schedules of a stage, all in one group."""

    def __init__(self, scope: Construct, id_: str, *, name: str) -> None:
        """Make the group."""
        super().__init__(scope, id_)
        self._group = scheduler.CfnScheduleGroup(self, "Group", name=name)
        self._name = name

    def start(
        self, name: str, function: RebateFunction, *, cron: str, says: Mapping[str, object]
    ) -> None:
        """Start a function when `cron` says: with `says`, and that instant.

        A start that fails is repeated for an hour, for the same instant, and then set aside.
        """
        dead = function.dead_letters.queue
        scheduler.CfnSchedule(
            self,
            name,
            name=f"{self._name}-{name}",
            group_name=self._group.ref,
            schedule_expression=f"cron({cron})",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function.function_arn,
                role_arn=self._role_for(function, name).role_arn,
                input=json.dumps({"at": SCHEDULED_TIME, **says}),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=dead.queue_arn
                ),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=3600, maximum_retry_attempts=60
                ),
            ),
        )

    def _role_for(self, function: RebateFunction, name: str) -> iam.Role:
        role = iam.Role(
            self,
            f"{name}-role",
            description=f"Starts {function.full_name}",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            ),
        )
        role.add_to_policy(
            iam.PolicyStatement(
                sid="Start",
                actions=["lambda:InvokeFunction"],
                resources=[function.function.function_arn],
            )
        )
        role.add_to_policy(
            iam.PolicyStatement(
                sid="SetAside",
                actions=["sqs:SendMessage"],
                resources=[function.dead_letters.queue.queue_arn],
            )
        )
        return role
