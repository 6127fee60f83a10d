"""Who may ask the API: Cognito user pools, unless the stage names an issuer of its own."""

from collections.abc import Sequence

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.checks import acknowledge
from infra.stage import Stage
from rebate.contracts.routes.route import OperatorRole

SERVER = "rebate"
MEMBER = "member"
OPERATOR = "operator"


def scope_name(audience: str) -> str:
    """Return the scope of access tokens that an audience gets."""
    return f"{SERVER}/{audience}"


class SignIn(Construct):
    """One pool for members and one for operators.

    Whoever is in a pool can get any scope of its client. So operators have a pool of their own:
    in a shared one, every member could sign in as an operator.
    """

    def __init__(self, scope: Construct, id_: str, *, stage: Stage) -> None:
        """Make both pools; they outlive the stack, as the accounts in them should."""
        super().__init__(scope, id_)
        self.members = Pool(self, "Members", stage=stage, audience=MEMBER, is_guarded=False)
        acknowledge(self.members, "COG2", "a member may do without a second factor, as in the shop")
        acknowledge(self.members, "COG8", "Plus is priced by the member, of whom there are many")
        self.operators = Pool(self, "Operators", stage=stage, audience=OPERATOR, is_guarded=True)
        for role in OperatorRole:
            self.operators.pool.add_group(f"Role-{role}", group_name=role)


class Pool(Construct):
    """Accounts of one audience, and the client with which its pages sign people in."""

    def __init__(
        self, scope: Construct, id_: str, *, stage: Stage, audience: str, is_guarded: bool
    ) -> None:
        """Make a pool; `is_guarded`: a second factor is needed, and odd sign-ins are stopped."""
        super().__init__(scope, id_)
        self.pool = self._pool(f"{stage.prefix}-{audience}s", is_guarded=is_guarded)
        self.pool.add_domain(
            "Domain",
            cognito_domain=cognito.CognitoDomainOptions(
                domain_prefix=f"{stage.prefix}-{audience}s-{Aws.ACCOUNT_ID}"
            ),
        )
        self.client = self._client(audience, stage.callbacks)

    def _pool(self, name: str, *, is_guarded: bool) -> cognito.UserPool:
        plus, essentials = cognito.FeaturePlan.PLUS, cognito.FeaturePlan.ESSENTIALS
        enforced = cognito.StandardThreatProtectionMode.FULL_FUNCTION
        return cognito.UserPool(
            self,
            "Pool",
            user_pool_name=name,
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
            ),
            mfa=cognito.Mfa.REQUIRED if is_guarded else cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            feature_plan=plus if is_guarded else essentials,
            standard_threat_protection_mode=enforced if is_guarded else None,
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _client(self, audience: str, callbacks: Sequence[str]) -> cognito.UserPoolClient:
        allowed = cognito.ResourceServerScope(
            scope_name=audience, scope_description=f"What {audience}s may ask"
        )
        server = self.pool.add_resource_server("Server", identifier=SERVER, scopes=[allowed])
        return self.pool.add_client(
            "Client",
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_srp=True),
            prevent_user_existence_errors=True,
            access_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(30),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[
                    cognito.OAuthScope.OPENID,
                    cognito.OAuthScope.resource_server(server, allowed),
                ],
                callback_urls=list(callbacks),
                logout_urls=list(callbacks),
            ),
        )
