"""From the clock to a function."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.rebate_function import RebateFunction
from infra.stage import Stage
from rebate.contracts.schedules import LEVELS, RELEASE
from rebate.domain.plans.plan_type import Run
from rebate.domain.plans.registry import PLANS

SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
"""What EventBridge Scheduler replaces by the instant for which it starts."""

_EVERY_MINUTE = "* * * * ? *"


@dataclass(frozen=True, slots=True)
class Start:
    """A start of a function: when (six fields of cron, in UTC), and what it says to it."""

    name: str
    function: str
    cron: str
    says: Mapping[str, object]


def starts_of(stage: Stage) -> list[Start]:
    """Return what the clock starts in a stage.

    Runs tick every minute, and the functions know from the settings in force whether one is due.
    So the shop's timezone and times stand in one place, the settings, and change with them.
    """
    sweep = f"0/{stage.sweep_minutes} * * * ? *"
    return [
        *(_start_of(run) for _, run in PLANS.runs()),
        Start(LEVELS, "scheduled_payouts", _EVERY_MINUTE, {"run": LEVELS, "if_due": True}),
        Start(RELEASE, "scheduled_payouts", "5 * * * ? *", {"run": RELEASE}),
        Start("sweep", "scheduled_sweep", sweep, {}),
        Start("draws", "scheduled_draws", "20 * * * ? *", {}),
        Start("audit", "scheduled_audit", "0/15 * * * ? *", {}),
        Start("connect", "scheduled_connect", "35 * * * ? *", {}),
        Start("webhooks", "scheduled_webhooks", _EVERY_MINUTE, {}),
        Start("letters", "scheduled_letters", _EVERY_MINUTE, {}),
        Start("exports", "scheduled_exports", _EVERY_MINUTE, {}),
    ]


def _start_of(run: Run) -> Start:
    function = "scheduled_payouts" if run.pays else "scheduled_clear"
    return Start(run.name, function, _EVERY_MINUTE, {"run": run.name, "if_due": True})


class Schedules(Construct):
    """The schedules of a stage, all in one group."""

    def __init__(self, scope: Construct, id_: str, *, name: str) -> None:
        """Make the group."""
        super().__init__(scope, id_)
        self._group = scheduler.CfnScheduleGroup(self, "Group", name=name)
        self._name = name

    def add(self, start: Start, function: RebateFunction) -> None:
        """Start a function as `start` says, and tell it the instant.

        A start that fails is repeated for an hour, for the same instant, and then set aside.
        """
        dead = function.dead_letters.queue
        scheduler.CfnSchedule(
            self,
            start.name,
            name=f"{self._name}-{start.name}",
            group_name=self._group.ref,
            schedule_expression=f"cron({start.cron})",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function.function_arn,
                role_arn=self._role_for(function, start.name).role_arn,
                input=json.dumps({"at": SCHEDULED_TIME, **start.says}),
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
