"""The pages: a private bucket behind CloudFront, with the API beside them at the same address."""

from pathlib import Path
from typing import Any, cast

from aws_cdk import (
    Aws,
    CfnOutput,
    DefaultStackSynthesizer,
    Duration,
    Environment,
    RemovalPolicy,
    Stack,
)
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from infra.api import Api
from infra.checks import acknowledge
from infra.sign_in import SignIn
from infra.stage import Stage
from rebate.contracts.pages import (
    ASK_AGAIN,
    CONFIG_FILE,
    IMMUTABLE,
    REWRITE,
    SIGNED_IN,
    page_config,
    policy,
)
from rebate.contracts.routes.route import Audience

ROLES = ("member", "operator")
_SCOPES = {"member": (Audience.MEMBER, Audience.MERCHANT), "operator": (Audience.OPERATOR,)}
"""What who signs in may ask: members are merchants, too, where our records say so."""
YEAR = Duration.days(365)

_COPIES = ("Abort", "DeleteObject", "GetBucket", "GetObject", "List")


class PagesStack(Stack):
    """The pages of a stage, apart from what answers them: they come and go by themselves."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        api: Api,
        sign_in: SignIn | None,
        built: Path,
        env: Environment,
    ) -> None:
        """Compose the stack of a stage; `built` is the folder that `make` has built them into."""
        super().__init__(
            scope,
            f"{stage.prefix}-pages",
            env=env,
            description=f"Queue rebate, {stage.name}: pages",
        )
        self._stage = stage
        bucket = self._bucket()
        self._distribution = self._distribute(bucket, api, _issuers(stage))
        self._fill(bucket, built, page_config(_sign_in(stage, sign_in)))
        address = f"https://{self._distribution.distribution_domain_name}"
        CfnOutput(self, "MembersAddress", value=f"{address}/")
        CfnOutput(self, "DeskAddress", value=f"{address}/desk")
        CfnOutput(self, "ApiPageAddress", value=f"{address}/api")
        callbacks = ", ".join(f"{address}{SIGNED_IN}/{role}" for role in ROLES)
        CfnOutput(self, "Callbacks", value=callbacks)

    def _bucket(self) -> s3.Bucket:
        made = s3.Bucket(
            self,
            "Files",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(made, "S1", "what stands in it is public, and CloudFront alone reads it")
        return made

    def _distribute(
        self, bucket: s3.Bucket, api: Api, issuers: list[str]
    ) -> cloudfront.Distribution:
        host = f"{api.api.api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}"
        made = cloudfront.Distribution(
            self,
            "Distribution",
            comment=self.stack_name,
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                response_headers_policy=self._headers(issuers),
                function_associations=[self._rewrite()],
            ),
            additional_behaviors={
                "/v1/*": cloudfront.BehaviorOptions(
                    origin=origins.HttpOrigin(host),
                    viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                    allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                    cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                    origin_request_policy=(
                        cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER
                    ),
                )
            },
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
        )
        acknowledge(made, "CFR1", "members may be anywhere")
        acknowledge(made, "CFR2", "the API has its own limits; a firewall is the account's choice")
        acknowledge(made, "CFR3", "pages are the same for all, and the API keeps its own log")
        acknowledge(made, "CFR4", "a certificate comes with a domain, which a stage may not have")
        return made

    def _headers(self, issuers: list[str]) -> cloudfront.ResponseHeadersPolicy:
        return cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=policy(issuers), override=True
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=YEAR, include_subdomains=False, override=True
                ),
            ),
        )

    def _rewrite(self) -> cloudfront.FunctionAssociation:
        function = cloudfront.Function(
            self,
            "Rewrite",
            code=cloudfront.FunctionCode.from_inline(REWRITE),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        )
        return cloudfront.FunctionAssociation(
            function=function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
        )

    def _fill(self, bucket: s3.Bucket, built: Path, config: dict[str, Any]) -> None:
        """Files that never change come first, then the pages that name them; nothing is removed.

        A page that was opened before goes on finding its parts.
        """
        assets = deployment.BucketDeployment(
            self,
            "Assets",
            sources=[deployment.Source.asset(str(built), exclude=["*", "!assets/**"])],
            destination_bucket=bucket,
            cache_control=[deployment.CacheControl.from_string(IMMUTABLE)],
            prune=False,
        )
        pages = deployment.BucketDeployment(
            self,
            "Pages",
            sources=[
                deployment.Source.asset(str(built), exclude=["assets"]),
                deployment.Source.json_data(CONFIG_FILE, config),
            ],
            destination_bucket=bucket,
            cache_control=[deployment.CacheControl.from_string(ASK_AGAIN)],
            prune=False,
            distribution=self._distribution,
            distribution_paths=["/*"],
        )
        pages.node.add_dependency(assets)
        self._accept_how_cdk_copies(bucket)

    def _accept_how_cdk_copies(self, bucket: s3.Bucket) -> None:
        """CDK's own function copies the files, with rights and a runtime that CDK chose."""
        account = self._stage.account or "<AWS::AccountId>"
        region = self._stage.region or "<AWS::Region>"
        staged = f"cdk-{DefaultStackSynthesizer.DEFAULT_QUALIFIER}-assets-{account}-{region}"
        files = self.get_logical_id(cast("s3.CfnBucket", bucket.node.default_child))
        basic = "service-role/AWSLambdaBasicExecutionRole"
        for rule in (
            "L1",
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{basic}]",
            *(f"IAM5[Action::s3:{action}*]" for action in _COPIES),
            "IAM5[Resource::*]",
            f"IAM5[Resource::<{files}.Arn>/*]",
            f"IAM5[Resource::arn:<AWS::Partition>:s3:::{staged}/*]",
        ):
            acknowledge(self, rule, "CDK's function that copies the pages, and nothing else")


def _sign_in(stage: Stage, sign_in: SignIn | None) -> dict[str, dict[str, str]]:
    """Return who signs people in, by role, as the pages' library is told."""
    if stage.issuer:
        client = stage.issuer.client_id or stage.issuer.audience[0]
        return {role: _issuer(stage.issuer.url, client, role) for role in ROLES}
    assert sign_in is not None, "somebody has to sign people in"
    pools = {"member": sign_in.members, "operator": sign_in.operators}
    return {
        role: _issuer(pool.pool.user_pool_provider_url, pool.client.user_pool_client_id, role)
        for role, pool in pools.items()
    }


def _issuer(authority: str, client: str, role: str) -> dict[str, str]:
    scopes = (str(audience.scope) for audience in _SCOPES[role])
    return {"authority": authority, "client_id": client, "scope": " ".join(("openid", *scopes))}


def _issuers(stage: Stage) -> list[str]:
    """Return the origins at which pages ask for tokens."""
    if stage.issuer:
        return ["/".join(stage.issuer.url.split("/")[:3])]
    region, suffix = Aws.REGION, "amazoncognito.com"
    return [f"https://cognito-idp.{region}.amazonaws.com", f"https://*.auth.{region}.{suffix}"]
