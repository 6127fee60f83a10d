"""A function with all that belongs to it: role, log group, dead-letter queue, alarms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import runtime
from infra.access import resources_by_action
from infra.alarms import MINUTES_5, Alarms
from infra.checks import acknowledge
from infra.dead_letters import DeadLetterQueues
from infra.stage import Stage

MEMORY_MB = 1024
"""This buys more than half of a vCPU, which a cold start and a settlement both need."""

RETENTION = {
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
    1827: logs.RetentionDays.FIVE_YEARS,
    3653: logs.RetentionDays.TEN_YEARS,
}


@dataclass(frozen=True, slots=True)
class Deployment:
    """What all functions of a stage share."""

    stage: Stage
    code: lambda_.Code
    layer: lambda_.ILayerVersion
    alarms: Alarms
    metrics: str
    """The namespace of their metrics."""


class RebateFunction(Construct):
    """One function of `functions/`; of the tables it may use what `infra.access` says."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        deployment: Deployment,
        timeout: Duration,
        environment: Mapping[str, str] | None = None,
        is_asked: bool = False,
        is_clocked: bool = False,
    ) -> None:
        """Make the function in `functions/{name}`.

        `is_clocked`: the clock starts it, mostly to find nothing to do, so it is not traced: that
        would be a tenth of what an idle stage costs. `is_asked`: its caller waits for the answer,
        so a failure is the caller's to see, and there is nothing to keep.
        """
        super().__init__(scope, name)
        stage = deployment.stage
        self.stage = stage
        self.name = name
        self.full_name = f"{stage.prefix}-{name.replace('_', '-')}"
        self.timeout = timeout
        self.alarms = deployment.alarms
        self._dead_letters = None if is_asked else self._make_dead_letters()
        log_group = self._make_log_group(stage)
        self.role = self._make_role(stage, log_group)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=self.full_name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler=f"functions.{name}.handler.handler",
            code=deployment.code,
            layers=[deployment.layer],
            memory_size=MEMORY_MB,
            timeout=timeout,
            tracing=lambda_.Tracing.PASS_THROUGH if is_clocked else lambda_.Tracing.ACTIVE,
            role=self.role,
            log_group=log_group,
            dead_letter_queue=self._dead_letters.queue if self._dead_letters else None,
            reserved_concurrent_executions=stage.reserved.get(name),
            environment={
                **runtime.ENVIRONMENT,
                "REBATE_TABLE_PREFIX": stage.table_prefix,
                "REBATE_METRICS": deployment.metrics,
                **(environment or {}),
            },
        )
        acknowledge(self.function, "L1", "the layer's wheels and bytecode are of this version")

    @property
    def keeps_letters(self) -> bool:
        """Whether there is a queue for what the function could not carry out."""
        return self._dead_letters is not None

    @property
    def dead_letters(self) -> DeadLetterQueues:
        """What the function could not carry out; a function that is asked has none."""
        assert self._dead_letters is not None, f"{self.name} keeps no dead letters"
        return self._dead_letters

    def sets_aside(self, letters: DeadLetterQueues) -> None:
        """Let the function keep there what it accepted and what cannot succeed."""
        self.function.add_environment("REBATE_DEAD_LETTER_QUEUE_URL", letters.queue.queue_url)
        if letters is not self._dead_letters:  # its own it may write to anyway
            self.may(["sqs:SendMessage"], letters.queue.queue_arn, sid="SetAside")

    def may(self, actions: Sequence[str], resource: str, *, sid: str) -> None:
        """Allow the function `actions` on one resource."""
        self.role.add_to_policy(
            iam.PolicyStatement(sid=sid, actions=list(actions), resources=[resource])
        )

    def _make_dead_letters(self) -> DeadLetterQueues:
        return DeadLetterQueues(
            self,
            "DeadLetters",
            full_name=self.full_name,
        )

    def _make_log_group(self, stage: Stage) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{self.full_name}",
            retention=RETENTION[stage.log_days],
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _make_role(self, stage: Stage, log_group: logs.LogGroup) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            description=f"What {self.full_name} may do",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        log_group.grant_write(role)
        acknowledge(role, "IAM5[Resource::*]", "X-Ray's traces are not resources of their own")
        for actions, resources in resources_by_action(self, self.name, stage.table_prefix):
            role.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))
        return role

    def ring_on_errors(self) -> None:
        """Ring when it fails with what it does not know, where no letter and no wait would tell."""
        self.alarms.ring(
            "errors",
            self.name,
            self.function.metric_errors(period=MINUTES_5),
            at_least=1,
            times=2,
            means=f"{self.name} keeps failing with an error that it does not know.",
        )
