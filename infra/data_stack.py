"""What outlives everything else: tables, bus, and the accounts of those who sign in."""

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from infra.bus import EventBusConstruct
from infra.outside import BooksArchive
from infra.sign_in import SignIn
from infra.stage import Stage
from infra.tables import Tables


class DataStack(Stack):
    """What a stage keeps, apart from what works on it, so that this can go and come again."""

    def __init__(self, scope: Construct, *, stage: Stage, env: Environment) -> None:
        """Compose the stack of a stage."""
        super().__init__(
            scope,
            f"{stage.prefix}-data",
            env=env,
            description=f"Queue rebate, {stage.name}: tables, bus and accounts",
            termination_protection=True,
        )
        self.tables = Tables(self, "Tables", prefix=stage.first_prefix)
        self.bus = EventBusConstruct(self, "Bus", stage=stage)
        self.archive = BooksArchive(self, "Archive", stage=stage)
        self.sign_in = None if stage.issuer else SignIn(self, "SignIn", stage=stage)
        CfnOutput(self, "BusArn", value=self.bus.bus.event_bus_arn)


class RestoredStack(Stack):
    """Tables of an earlier second, which take the place of those of the data stack.

    They exist before the stack does, so it is imported, not created: docs/operations.md.
    """

    def __init__(self, scope: Construct, *, stage: Stage, env: Environment) -> None:
        """Compose the stack of a stage that names what was restored."""
        super().__init__(
            scope,
            f"{stage.prefix}-restored-{stage.restored}",
            env=env,
            description=f"Queue rebate, {stage.name}: restored tables",
            termination_protection=True,
        )
        self.tables = Tables(self, "Tables", prefix=stage.table_prefix)
