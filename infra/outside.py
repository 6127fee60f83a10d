"""What stands outside the tables, so that who may write to them cannot change it: archive, keys."""

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.checks import acknowledge
from infra.rebate_function import RebateFunction
from infra.stage import Stage

YEARS = 10
"""How long nobody can remove or replace what was archived."""


class BooksArchive(Construct):
    """Signed heads of the books and commitments to draws, locked in a bucket; the keys of both.

    The keys never leave KMS. Only roles of the stage's functions may sign with them: those that an
    administrator adds to their policy are seen in the account's trail.
    """

    def __init__(self, scope: Construct, id_: str, *, stage: Stage) -> None:
        """Make them; they outlive the stack."""
        super().__init__(scope, id_)
        self._stage = stage
        self._name = f"{stage.prefix}-archive"
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=f"{self._name}-{Aws.ACCOUNT_ID}",
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=s3.ObjectLockRetention.compliance(
                Duration.days(365 * YEARS)
            ),
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        acknowledge(self.bucket, "S1", "what is archived cannot be changed, and is no secret")
        self.books_key = self._key("books")
        self.draws_key = self._key("draws")

    def signs_books(self, function: RebateFunction) -> None:
        """Let a function sign the books, and compare what it signed before."""
        self._archives(function, "books")
        function.function.add_environment("REBATE_BOOKS_KEY", self.books_key.key_arn)
        function.may(["kms:GenerateMac", "kms:VerifyMac"], self.books_key.key_arn, sid="SignBooks")

    def draws(self, function: RebateFunction) -> None:
        """Let a function know the seeds of draws."""
        function.function.add_environment("REBATE_DRAWS_KEY", self.draws_key.key_arn)
        function.may(["kms:GenerateMac"], self.draws_key.key_arn, sid="Draw")

    def publishes_draws(self, function: RebateFunction) -> None:
        """Let a function archive commitments, and mix in what the books were signed with."""
        self._archives(function, "draws")
        arn = f"arn:{Aws.PARTITION}:s3:::{self._name}-{Aws.ACCOUNT_ID}"
        function.may(["s3:GetObjectVersion"], f"{arn}/books/*", sid="ReadHeads")
        named = f"arn:<AWS::Partition>:s3:::{self._name}-<AWS::AccountId>/books/*"
        acknowledge(function.role, f"IAM5[Resource::{named}]", "heads have names of their own")

    def _archives(self, function: RebateFunction, what: str) -> None:
        bucket = f"{self._name}-{Aws.ACCOUNT_ID}"
        arn = f"arn:{Aws.PARTITION}:s3:::{bucket}"
        function.function.add_environment("REBATE_ARCHIVE", bucket)
        function.may(["s3:ListBucketVersions"], arn, sid="ListArchive")
        actions = ["s3:GetObjectVersion", "s3:PutObject"]
        function.may(actions, f"{arn}/{what}/*", sid="KeepInArchive")
        named = f"arn:<AWS::Partition>:s3:::{self._name}-<AWS::AccountId>/{what}/*"
        reason = "what is archived has names of its own"
        acknowledge(function.role, f"IAM5[Resource::{named}]", reason)

    def _key(self, name: str) -> kms.Key:
        key = kms.Key(
            self,
            f"{name}-key",
            alias=f"alias/{self._stage.prefix}-{name}",
            description=f"Signs the {name} of {self._stage.prefix}",
            key_spec=kms.KeySpec.HMAC_256,
            key_usage=kms.KeyUsage.GENERATE_VERIFY_MAC,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        roles = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/{self._stage.prefix}-*"
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyFunctionsSign",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["kms:GenerateMac"],
                resources=["*"],
                conditions={"ArnNotLike": {"aws:PrincipalArn": roles}},
            )
        )
        return key
