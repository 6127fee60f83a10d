"""Where files of exports lie for a day."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.checks import acknowledge
from infra.rebate_function import RebateFunction


class Exports(Construct):
    """A bucket that forgets: files end after a day, uploads that were cut off as well."""

    def __init__(self, scope: Construct, id_: str) -> None:
        """Make it; nothing in it is of any use without the stack."""
        super().__init__(scope, id_)
        self._bucket = s3.Bucket(
            self,
            "Files",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(1),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(self._bucket, "S1", "the trail of acts says who asked for which export")

    def kept_by(self, function: RebateFunction) -> None:
        """Let a function write files."""
        self._named_to(function)
        actions = ["s3:PutObject", "s3:AbortMultipartUpload"]
        self._allow(function, actions, sid="KeepExports")

    def shown_by(self, function: RebateFunction) -> None:
        """Let a function sign links to files: who follows one reads by that function's right."""
        self._named_to(function)
        self._allow(function, ["s3:GetObject"], sid="ShowExports")

    def _named_to(self, function: RebateFunction) -> None:
        function.function.add_environment("REBATE_EXPORTS", self._bucket.bucket_name)

    def _allow(self, function: RebateFunction, actions: list[str], *, sid: str) -> None:
        function.may(actions, self._bucket.arn_for_objects("*"), sid=sid)
        bucket = self._bucket.node.default_child
        assert isinstance(bucket, s3.CfnBucket), "a bucket has a resource"
        named = f"<{self._bucket.stack.get_logical_id(bucket)}.Arn>/*"
        acknowledge(function.role, f"IAM5[Resource::{named}]", "exports have names of their own")
