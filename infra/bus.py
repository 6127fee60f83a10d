"""The bus: the shop's events come in by it, and what they led to goes out."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.stage import Stage
from rebate.contracts.events_in import EVENTS_IN
from rebate.usecases.catalog.save_catalog import PERSONAL
from rebate.usecases.events.publish_events import SOURCE

_NAMES = "MemberSaved"
_ARCHIVED = {
    "$or": [
        {"detail-type": [kind for kind in EVENTS_IN if kind != _NAMES]},
        {
            "detail-type": [_NAMES],
            "detail": {name: [{"exists": False}] for name in sorted(PERSONAL)},
        },
    ]
}
"""What is archived: no names and pictures, which nobody could take out again (Rule 8.10)."""


class EventBusConstruct(Construct):
    """A bus with an archive of what came in, open to the accounts that the stage names.

    It stands with the tables: an archive can be replayed only to its own bus, and that is how what
    came in after a restored second comes in again.
    """

    def __init__(self, scope: Construct, id_: str, *, stage: Stage) -> None:
        """Make the bus of a stage."""
        super().__init__(scope, id_)
        self.bus = events.EventBus(
            self,
            "Bus",
            event_bus_name=stage.prefix,
            description="Orders, members and catalog in; what became of them out",
        )
        archive = events.CfnArchive(
            self,
            "Archive",
            archive_name=f"{stage.prefix}-in",
            description="What senders sent, to be sent again; a repeated event changes nothing",
            source_arn=self.bus.event_bus_arn,
            event_pattern=_ARCHIVED,
            retention_days=stage.archive_days,
        )
        for kept in (self.bus, archive):
            kept.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        for account in stage.senders:
            self._open_to(account)

    def _open_to(self, account: str) -> None:
        self.bus.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"SenderOf{account}",
                principals=[iam.AccountPrincipal(account)],
                actions=["events:PutEvents"],
                resources=[
                    Stack.of(self).format_arn(
                        service="events",
                        resource="event-bus",
                        resource_name=self.bus.event_bus_name,
                    )
                ],
                conditions={
                    "StringEquals": {"events:detail-type": list(EVENTS_IN)},
                    "ForAllValues:StringNotEquals": {"events:source": SOURCE},
                },
            )
        )


class NamedBus(Construct):
    """The bus of a stage, by its name, for who works on it: the other stack exports nothing."""

    def __init__(self, scope: Construct, id_: str, *, stage: Stage) -> None:
        """Refer to it."""
        super().__init__(scope, id_)
        self.bus = events.EventBus.from_event_bus_name(self, "Named", stage.prefix)

    def rule(self, name: str, detail_types: Sequence[str]) -> events.Rule:
        """Return a rule, without targets yet, for the events of some types."""
        return events.Rule(
            self,
            name,
            rule_name=name,
            event_bus=self.bus,
            event_pattern=events.EventPattern(detail_type=list(detail_types)),
        )
