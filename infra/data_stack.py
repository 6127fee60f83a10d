"""What outlives everything else: the tables."""

from aws_cdk import Environment, Stack
from constructs import Construct

from infra.stage import Stage
from infra.tables import Tables


class DataStack(Stack):
    """The tables of a stage, apart from what works on them, so that this can go and come."""

    def __init__(self, scope: Construct, *, stage: Stage, env: Environment) -> None:
        """Compose the stack of a stage."""
        super().__init__(
            scope,
            f"{stage.prefix}-data",
            env=env,
            description=f"Queue rebate, {stage.name}: tables",
            termination_protection=True,
        )
        self.tables = Tables(self, "Tables", prefix=stage.table_prefix)
