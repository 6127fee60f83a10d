"""Shops on other platforms: who hears them, who carries on, and who looks what was missed."""

from aws_cdk import Stack
from aws_cdk import aws_events as events
from constructs import Construct

from infra.bus import NamedBus
from infra.intake import FunctionQueue
from infra.rebate_function import RebateFunction
from infra.stage import Stage

PARTNER = "aws.partner/"
"""What the sources of EventBridge's partners begin with."""


ONE = 1
"""Orders at a time: a shop that does not answer holds up no other."""


class Connect(Construct):
    """The queue between hearing and telling, and what each function needs for its part."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stage: Stage,
        bus: NamedBus,
        hears: RebateFunction,
        carries_on: RebateFunction,
        looks: RebateFunction,
    ) -> None:
        """Let `hears` and `looks` remember orders, of which `carries_on` tells the bus."""
        super().__init__(scope, id_)
        self.queue = FunctionQueue(self, "Orders", function=carries_on, batch=ONE)
        for function in (hears, carries_on, looks):
            self._may_remember(function)
            if stage.connectors:
                self._may_read_accounts(function, stage)
        for function in (hears, looks):
            function.sets_aside(carries_on.dead_letters)
        carries_on.function.add_environment("REBATE_BUS", bus.bus.event_bus_name)
        carries_on.may(["events:PutEvents"], bus.bus.event_bus_arn, sid="Tell")
        for key, name in stage.partner_buses.items():
            self._hear_partner(stage, key, name)

    def _may_remember(self, function: RebateFunction) -> None:
        queue = self.queue.queue
        function.function.add_environment("REBATE_CONNECT_QUEUE_URL", queue.queue_url)
        function.may(["sqs:SendMessage"], queue.queue_arn, sid="Remember")

    def _may_read_accounts(self, function: RebateFunction, stage: Stage) -> None:
        """Let a function read the accounts; CloudFormation cannot make such a parameter."""
        function.function.add_environment("REBATE_CONNECTORS_PARAMETER", stage.accounts_name)
        arn = Stack.of(self).format_arn(
            service="ssm", resource="parameter", resource_name=stage.accounts_name.lstrip("/")
        )
        function.may(["ssm:GetParameter"], arn, sid="ReadAccounts")

    def _hear_partner(self, stage: Stage, key: str, name: str) -> None:
        """Take what a partner's bus brings of a connector's shop, as if it were a webhook."""
        rule = events.Rule(
            self,
            f"Partner-{key}",
            rule_name=f"{stage.prefix}-connect-{key}",
            event_bus=events.EventBus.from_event_bus_name(self, f"Bus-{key}", name),
            event_pattern=events.EventPattern(source=events.Match.prefix(PARTNER)),
        )
        message = {"connector": key, "detail": events.EventField.from_path("$.detail")}
        self.queue.add_rule(rule, events.RuleTargetInput.from_object(message))
