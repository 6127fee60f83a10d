"""The HTTP API: who may ask what is decided at the gateway, and once more in the function."""

import json
from collections.abc import Mapping, Sequence
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
from infra.sign_in import Pool, SignIn
from infra.stage import Stage, Throttle
from rebate.contracts.routes import ROUTES
from rebate.contracts.routes.route import Audience, Route

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
        self.api = gateway.HttpApi(
            self,
            "Api",
            api_name=stage.prefix,
            create_default_stage=False,
            cors_preflight=_cors(stage.origins),
        )
        self._stage(stage)
        self._routes(stage, {"api": function, "on_shop_webhook": hears}, sign_in)
        if stage.invite_url:
            function.function.add_environment("REBATE_INVITE_URL", stage.invite_url)
        if stage.http_events:
            self._share_secrets(stage, function)
            for name, value in _issuer_of_shops(stage, sign_in).items():
                function.function.add_environment(name, value)
        acknowledge(
            self.api, "APIG4", "what is open is for everybody to know; shops sign their events"
        )
        self._ring_on_trouble(function)
        CfnOutput(self, "Url", value=self.api.api_endpoint)

    def _routes(
        self, stage: Stage, functions: Mapping[str, RebateFunction], sign_in: SignIn | None
    ) -> None:
        """Serve what the table names and the stage turns on; no route may flood the others."""
        checks = _authorizers(stage, sign_in)
        targets = {
            name: integrations.HttpLambdaIntegration(
                f"Ask-{name}", function.function, scope_permission_to_route=False
            )
            for name, function in functions.items()
        }
        limits = {}
        made_stage = cast("gateway.CfnStage", self._made_stage.node.default_child)
        for route in served(stage):
            made = self._route(route, targets[route.function], checks.get(route.audience))
            limits[made.route_key] = _limits(route, stage.throttle)
            made_stage.add_dependency(made)
        made_stage.route_settings = limits

    def _route(
        self,
        route: Route,
        target: integrations.HttpLambdaIntegration,
        check: gateway.IHttpRouteAuthorizer | None,
    ) -> gateway.CfnRoute:
        """Routes name their methods: ANY would ask a browser's preflight for a token, too."""
        scope = route.audience.scope
        (made,) = self.api.add_routes(
            path=route.path,
            methods=[gateway.HttpMethod(route.method)],
            integration=target,
            authorizer=check or gateway.HttpNoneAuthorizer(),
            authorization_scopes=[scope] if scope else None,
        )
        return cast("gateway.CfnRoute", made.node.default_child)

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


def served(stage: Stage) -> tuple[Route, ...]:
    """Return what the API of a stage serves: shops and their platforms only where they may."""
    may = {Audience.SHOP: stage.http_events, Audience.PLATFORM: stage.connectors}
    return tuple(route for route in ROUTES if may.get(route.audience, True))


def _limits(route: Route, whole: Throttle) -> Mapping[str, float]:
    share = route.share_percent or route.audience.share_percent
    return {
        "ThrottlingRateLimit": max(1, whole.rate * share // 100),
        "ThrottlingBurstLimit": max(1, whole.burst * share // 100),
    }


def _cors(origins: Sequence[str]) -> gateway.CorsPreflightOptions | None:
    if not origins:
        return None
    methods = sorted({route.method for route in ROUTES})
    return gateway.CorsPreflightOptions(
        allow_origins=[origin.rstrip("/") for origin in origins],
        allow_methods=[gateway.CorsHttpMethod(method) for method in methods],
        allow_headers=["authorization", "content-type"],
    )


def _authorizers(
    stage: Stage, sign_in: SignIn | None
) -> Mapping[Audience, gateway.IHttpRouteAuthorizer]:
    """Return who checks the tokens of each audience that shows one."""
    if stage.issuer:
        one = authorizers.HttpJwtAuthorizer(
            "Issuer", stage.issuer.url, jwt_audience=list(stage.issuer.audience)
        )
        return dict.fromkeys((Audience.MEMBER, Audience.MERCHANT, Audience.OPERATOR), one)
    assert sign_in is not None, "somebody has to sign people in"
    people = _pool_authorizer(Audience.MEMBER, sign_in.members)
    operators = _pool_authorizer(Audience.OPERATOR, sign_in.operators)
    return {
        Audience.MEMBER: people,
        Audience.MERCHANT: people,
        Audience.OPERATOR: operators,
    }


def _issuer_of_shops(stage: Stage, sign_in: SignIn | None) -> Mapping[str, str]:
    """Return whose tokens shops may show, which the function checks: they may sign as well."""
    if stage.issuer:
        audience = " ".join(stage.issuer.audience)
        return {"REBATE_SHOP_ISSUER": stage.issuer.url, "REBATE_SHOP_AUDIENCE": audience}
    assert sign_in is not None, "somebody has to sign people in"
    return {"REBATE_SHOP_ISSUER": sign_in.members.pool.user_pool_provider_url}


def _pool_authorizer(name: str, pool: Pool) -> gateway.IHttpRouteAuthorizer:
    return authorizers.HttpJwtAuthorizer(
        name,
        pool.pool.user_pool_provider_url,
        jwt_audience=[pool.client.user_pool_client_id],
    )
