"""Who may ask the API: Cognito user pools, unless the stage names an issuer of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import ArnFormat, Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.checks import acknowledge
from infra.stage import Stage
from rebate.contracts.routes.route import Audience, OperatorRole

SERVER = "rebate"
TOKEN_FUNCTION = "sign_in_token"  # noqa: S105 - the name of a function


class SignIn(Construct):
    """One pool for members and one for operators.

    Whoever is in a pool can get any scope of its client. So operators have a pool of their own:
    in a shared one, every member could sign in as an operator.
    """

    def __init__(self, scope: Construct, id_: str, *, stage: Stage) -> None:
        """Make both pools; they outlive the stack, as the accounts in them should."""
        super().__init__(scope, id_)
        asked = _token_function(self, stage)
        self.members = Pool(self, "Members", stage=stage, is_guarded=False, asked=asked)
        people = (Audience.MEMBER, Audience.MERCHANT)
        self.members.add_client(stage, people, others=(Audience.SHOP,), writes=_OF_MEMBERS)
        acknowledge(self.members, "COG2", "a member may do without a second factor, as in the shop")
        acknowledge(self.members, "COG8", "Plus is priced by the member, of whom there are many")
        acknowledge(self.members, "IAM5[Resource::*]", "a text message is no resource")
        self.operators = Pool(self, "Operators", stage=stage, is_guarded=True, asked=asked)
        self.operators.add_client(stage, (Audience.OPERATOR,), writes=_OF_OPERATORS)
        for role in OperatorRole:
            self.operators.pool.add_group(f"Role-{role}", group_name=role)


_OF_MEMBERS = cognito.ClientAttributes().with_standard_attributes(
    email=True, phone_number=True, nickname=True, locale=True
)
_OF_OPERATORS = cognito.ClientAttributes().with_standard_attributes(locale=True)
"""What people may write of their own accounts; a client that lists nothing lets them write all."""

_READ = _OF_MEMBERS.with_standard_attributes(email_verified=True, phone_number_verified=True)


def _token_function(scope: Construct, stage: Stage) -> lambda_.IFunction:
    """Return what is asked before tokens are made; it is of the stack that comes and goes."""
    name = f"{stage.prefix}-{TOKEN_FUNCTION.replace('_', '-')}"
    arn = Stack.of(scope).format_arn(
        service="lambda",
        resource="function",
        resource_name=name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return lambda_.Function.from_function_attributes(
        scope, "TokenFunction", function_arn=arn, same_environment=False, skip_permissions=True
    )


class Pool(Construct):
    """Accounts of people, and the client with which their pages sign them in."""

    client: cognito.UserPoolClient

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stage: Stage,
        is_guarded: bool,
        asked: lambda_.IFunction,
    ) -> None:
        """Make a pool; `is_guarded`: for operators, whom nobody but an administrator makes.

        They need a second factor, and odd sign-ins are stopped. `asked` adds claims to tokens.
        """
        super().__init__(scope, id_)
        name = f"{stage.prefix}-{id_.lower()}"
        self.pool = self._operators(name) if is_guarded else self._members(name)
        self.pool.add_trigger(
            cognito.UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
            asked,
            cognito.LambdaVersion.V2_0,
        )
        self.pool.add_domain(
            "Domain",
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=f"{name}-{Aws.ACCOUNT_ID}"),
        )

    def _members(self, name: str) -> cognito.UserPool:
        """Members sign themselves up by email or telephone number, which they verify."""
        both = {"email": True, "phone": True}
        return cognito.UserPool(
            self,
            "Pool",
            user_pool_name=name,
            self_sign_up_enabled=True,
            sign_in_aliases=cognito.SignInAliases(**both),
            auto_verify=cognito.AutoVerifiedAttrs(**both),
            keep_original=cognito.KeepOriginalAttrs(**both),
            account_recovery=cognito.AccountRecovery.PHONE_WITHOUT_MFA_AND_EMAIL,
            mfa=cognito.Mfa.OPTIONAL,
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            **_KEPT,
        )

    def _operators(self, name: str) -> cognito.UserPool:
        """`custom:member_id` says which member an operator is; only administrators write it."""
        return cognito.UserPool(
            self,
            "Pool",
            user_pool_name=name,
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            mfa=cognito.Mfa.REQUIRED,
            feature_plan=cognito.FeaturePlan.PLUS,
            standard_threat_protection_mode=cognito.StandardThreatProtectionMode.FULL_FUNCTION,
            custom_attributes={"member_id": cognito.StringAttribute(mutable=True, max_len=128)},
            **_KEPT,
        )

    def add_client(
        self,
        stage: Stage,
        audiences: Sequence[Audience],
        *,
        others: Sequence[Audience] = (),
        writes: cognito.ClientAttributes,
    ) -> None:
        """Let pages sign people in for these audiences, who may write `writes` of their own.

        `others` are scopes of which operators make clients: shops that get tokens by themselves.
        """
        allowed = [
            cognito.ResourceServerScope(
                scope_name=audience, scope_description=f"What a {audience} may ask"
            )
            for audience in (*audiences, *others)
        ]
        server = self.pool.add_resource_server("Server", identifier=SERVER, scopes=allowed)
        of_people = allowed[: len(audiences)]
        scopes = [cognito.OAuthScope.resource_server(server, each) for each in of_people]
        self.client = self.pool.add_client(
            "Client",
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_srp=True),
            prevent_user_existence_errors=True,
            access_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(30),
            refresh_token_rotation_grace_period=Duration.seconds(10),
            read_attributes=_READ,
            write_attributes=writes,
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, *scopes],
                callback_urls=list(stage.callbacks),
                logout_urls=list(stage.callbacks),
            ),
        )


_KEPT: Mapping[str, Any] = {
    "password_policy": cognito.PasswordPolicy(
        min_length=12,
        require_lowercase=True,
        require_uppercase=True,
        require_digits=True,
        require_symbols=True,
    ),
    "mfa_second_factor": cognito.MfaSecondFactor(otp=True, sms=False),
    "deletion_protection": True,
    "removal_policy": RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
}
"""What both pools have: good passwords, and that they stay when their stack goes."""
