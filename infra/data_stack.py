"""What outlives everything else: the tables, and the accounts of those who sign in."""

from aws_cdk import Environment, Stack
from constructs import Construct

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
            description=f"Queue rebate, {stage.name}: tables and accounts",
            termination_protection=True,
        )
        self.tables = Tables(self, "Tables", prefix=stage.table_prefix)
        self.archive = BooksArchive(self, "Archive", stage=stage)
        self.sign_in = None if stage.issuer else SignIn(self, "SignIn", stage=stage)
