"""The HTTP API: who may ask what is decided at the gateway, and once more in the function."""

import json
from collections.abc import Sequence
from typing import cast

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.alarms import MINUTES_5
from infra.checks import acknowledge
from infra.rebate_function import RETENTION, RebateFunction
from infra.sign_in import MEMBER, OPERATOR, Pool, SignIn, scope_name
from infra.stage import Stage

GET, POST, PUT = gateway.HttpMethod.GET, gateway.HttpMethod.POST, gateway.HttpMethod.PUT
OPEN = ("/v1/health", "/v1/draws")
"""What anybody may ask; everything else needs a token, or a shop's signature."""

SIGNED = ("/v1/events", "/v1/spends", "/v1/give-backs")
"""What shops post, signed."""

SLOW_MS = 3000

_LOGGED = {
    "at": "$context.requestTime",
    "request_id": "$context.requestId",
    "route": "$context.routeKey",
    "path": "$context.path",
    "status": "$context.status",
    "ms": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "subject": "$context.authorizer.claims.sub",
    "refused": "$context.authorizer.error",
    "error": "$context.integrationErrorMessage",
    "ip": "$context.identity.sourceIp",
}


class Api(Construct):
    """Routes for members, for operators, and for those who need no token."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stage: Stage,
        function: RebateFunction,
        hears: RebateFunction,
        sign_in: SignIn | None,
    ) -> None:
        """Make the API of a stage; without `sign_in` the stage's own issuer signs people in.

        `hears` takes the webhooks of shops on other platforms.
        """
        super().__init__(scope, id_)
        self._integration = integrations.HttpLambdaIntegration(
            "Integration", function.function, scope_permission_to_route=False
        )
        self.api = gateway.HttpApi(
            self,
            "Api",
            api_name=stage.prefix,
            create_default_stage=False,
            cors_preflight=_cors(stage.origins),
        )
        self._throttle = stage.throttle
        self._stage(stage)
        members, operators = _authorizers(stage, sign_in)
        for path in OPEN:
            self._route(path, [GET])
        if stage.http_events:
            for path in SIGNED:
                self._route(path, [POST])
            self._route("/v1/balances", [GET])
            self._share_secrets(stage, function)
        if stage.connectors:
            self._take_webhooks(hears)
        self._route("/v1/me/{proxy+}", [GET, POST], members, scope_name(MEMBER))
        self._route("/v1/gifts", [GET], members, scope_name(MEMBER))
        self._route("/v1/{proxy+}", [GET, POST, PUT], operators, scope_name(OPERATOR))
        acknowledge(
            self.api, "APIG4", "what is open is for everybody to know; shops sign their events"
        )
        self._ring_on_trouble(function)
        CfnOutput(self, "Url", value=self.api.api_endpoint)

    def _route(
        self,
        path: str,
        methods: Sequence[gateway.HttpMethod],
        authorizer: gateway.IHttpRouteAuthorizer | None = None,
        scope: str | None = None,
    ) -> None:
        """Routes name their methods: ANY would ask a browser's preflight for a token, too."""
        self.api.add_routes(
            path=path,
            methods=list(methods),
            integration=self._integration,
            authorizer=authorizer or gateway.HttpNoneAuthorizer(),
            authorization_scopes=[scope] if scope else None,
        )

    def _take_webhooks(self, function: RebateFunction) -> None:
        """Platforms cannot show a token: they sign, and the function checks."""
        integration = integrations.HttpLambdaIntegration(
            "Webhooks", function.function, scope_permission_to_route=False
        )
        (route,) = self.api.add_routes(
            path="/v1/connect/{platform}/{key}",
            methods=[POST],
            integration=integration,
            authorizer=gateway.HttpNoneAuthorizer(),
        )
        self._limit(route)

    def _limit(self, route: gateway.HttpRoute) -> None:
        """Leave half of what the API takes to the others, whatever floods a route."""
        made = cast("gateway.CfnRoute", route.node.default_child)
        made_stage = cast("gateway.CfnStage", self._made_stage.node.default_child)
        limits = {
            "ThrottlingRateLimit": self._throttle.rate / 2,
            "ThrottlingBurstLimit": self._throttle.burst // 2,
        }
        made_stage.route_settings = {made.route_key: limits}
        made_stage.add_dependency(made)

    def _stage(self, stage: Stage) -> None:
        log_group = logs.LogGroup(
            self,
            "AccessLogs",
            log_group_name=f"/aws/apigateway/{stage.prefix}",
            retention=RETENTION[stage.log_days],
            removal_policy=RemovalPolicy.DESTROY,
        )
        made = self._made_stage = self.api.add_stage(
            "Stage",
            stage_name="$default",
            auto_deploy=True,
            detailed_metrics_enabled=True,
            throttle=gateway.ThrottleSettings(
                rate_limit=stage.throttle.rate, burst_limit=stage.throttle.burst
            ),
        )
        resource = cast("gateway.CfnStage", made.node.default_child)
        resource.access_log_settings = gateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=log_group.log_group_arn, format=json.dumps(_LOGGED)
        )

    def _share_secrets(self, stage: Stage, function: RebateFunction) -> None:
        """Let the function read the secrets; CloudFormation cannot make such a parameter."""
        function.function.add_environment("REBATE_SHOP_SECRET_PARAMETER", stage.secrets_name)
        arn = Stack.of(self).format_arn(
            service="ssm", resource="parameter", resource_name=stage.secrets_name.lstrip("/")
        )
        function.may(["ssm:GetParameter"], arn, sid="ReadShopSecrets")
        function.may(["ssm:GetParameter"], f"{arn}/*", sid="ReadSecretsOfKeys")
        parameters = (
            f"<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter{stage.secrets_name}"
        )
        reason = "each key of a sender has a parameter of its own, which operators make"
        acknowledge(function.role, f"IAM5[Resource::arn:{parameters}/*]", reason)

    def _ring_on_trouble(self, function: RebateFunction) -> None:
        function.alarms.ring(
            "api-errors",
            "api",
            self.api.metric_server_error(period=MINUTES_5, statistic="Sum"),
            at_least=5,
            means="The API answered with a server error five times in five minutes.",
        )
        function.alarms.ring(
            "api-slow",
            "api",
            self.api.metric_latency(period=MINUTES_5, statistic="p95"),
            at_least=SLOW_MS,
            times=3,
            means="One in twenty answers of the API takes longer than three seconds.",
        )


def _cors(origins: Sequence[str]) -> gateway.CorsPreflightOptions | None:
    if not origins:
        return None
    return gateway.CorsPreflightOptions(
        allow_origins=[origin.rstrip("/") for origin in origins],
        allow_methods=[
            gateway.CorsHttpMethod.GET,
            gateway.CorsHttpMethod.POST,
            gateway.CorsHttpMethod.PUT,
        ],
        allow_headers=["authorization", "content-type"],
    )


def _authorizers(
    stage: Stage, sign_in: SignIn | None
) -> tuple[gateway.IHttpRouteAuthorizer, gateway.IHttpRouteAuthorizer]:
    """Return who checks the tokens of members, and of operators."""
    if stage.issuer:
        one = authorizers.HttpJwtAuthorizer(
            "Issuer", stage.issuer.url, jwt_audience=list(stage.issuer.audience)
        )
        return one, one
    assert sign_in is not None, "somebody has to sign people in"
    return _pool_authorizer(MEMBER, sign_in.members), _pool_authorizer(OPERATOR, sign_in.operators)


def _pool_authorizer(name: str, pool: Pool) -> gateway.IHttpRouteAuthorizer:
    return authorizers.HttpJwtAuthorizer(
        name,
        pool.pool.user_pool_provider_url,
        jwt_audience=[pool.client.user_pool_client_id],
    )
