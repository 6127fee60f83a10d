"""What differs from stage to stage: read from the context's `stages`, and checked before use."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
Url = Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+(/[^\s]*)?$")]


REGIONS_WITHOUT_POOLS = "cn-"
"""How regions begin in which nobody but an issuer of one's own can sign people in."""

RESERVED_WORDS = ("aws", "amazon", "cognito")
"""What the name of a stage must not hold: it stands in the domains where people sign in."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Issuer(_Strict):
    """An OpenID Connect issuer that signs people in, instead of Cognito user pools of our own.

    Its access tokens (RS256) name the member by `member_id`, or by their subject, and have the
    scopes `rebate/member` and `rebate/merchant`, or `rebate/operator` with a role among `groups`.
    """

    url: Url
    audience: tuple[str, ...] = Field(min_length=1)
    client_id: str | None = None
    """By which name the pages ask it for tokens; None: the first audience."""


class Throttle(_Strict):
    """How many requests a second the API takes, all callers together, and at once."""

    rate: int = Field(default=200, gt=0)
    burst: int = Field(default=400, gt=0)


class Stage(_Strict):
    """One deployment of the whole, with tables, bus and functions of its own."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,11}$")]
    account: AccountId | None = None
    """Where it may be deployed; None: wherever the caller's credentials lead."""
    region: str | None = None
    sweep_minutes: int = Field(default=5, ge=2, le=60)
    """How long a queue may wait whose ring was lost."""
    senders: tuple[AccountId, ...] = ()
    """Other accounts that may send the shop's events; our own always may."""
    alarm_emails: tuple[str, ...] = ()
    log_days: Literal[7, 14, 30, 90, 180, 365, 1827, 3653] = 30
    archive_days: int = Field(default=90, ge=1)
    """For how long the bus can send again what it got."""
    issuer: Issuer | None = None
    http_events: bool = False
    """Whether shops may send events over HTTP, signed with a secret from `secrets_name`."""
    connectors: bool = False
    """Whether shops on other platforms may send their webhooks; `accounts_name` holds how."""
    partner_buses: Mapping[str, str] = {}
    """Buses of EventBridge's partners by the keys of the connectors whose shops send there."""
    callbacks: tuple[Url, ...] = ("https://localhost:8443/",)
    """Where Cognito may send people back to who have signed in."""
    origins: tuple[Url, ...] = ()
    """Where the pages are served from, for browsers that ask the API."""
    invite_url: Url | None = None
    """Where links of invite codes lead: `?invite=CODE` is added. None: there are no links."""
    throttle: Throttle = Throttle()
    reserved: Mapping[str, Annotated[int, Field(ge=1)]] = {}
    """Functions with a share of the account's concurrency for themselves, at most this much."""

    @model_validator(mode="after")
    def _insist_signed_in(self) -> Self:
        """Refuse at synthesis what Cognito would refuse in the middle of a deployment."""
        if self.issuer is not None:
            return self
        if (self.region or "").startswith(REGIONS_WITHOUT_POOLS):
            message = f"region {self.region} has no Cognito user pools: name an `issuer`"
            raise ValueError(message)
        if any(word in self.name for word in RESERVED_WORDS):
            words = ", ".join(RESERVED_WORDS)
            message = f"Cognito takes no domain with any of {words}: choose another name"
            raise ValueError(message)
        return self

    @property
    def prefix(self) -> str:
        """Return what all names of this deployment begin with."""
        return f"rebate-{self.name}"

    @property
    def table_prefix(self) -> str:
        """Return what stands before a table's own name."""
        return f"{self.prefix}-"

    @property
    def secrets_name(self) -> str:
        """Return the name of the SSM parameter with the secrets of shops, one a line."""
        return f"/rebate/{self.name}/shop-secrets"

    @property
    def accounts_name(self) -> str:
        """Return the name of the SSM parameter with the accounts of connectors, as JSON."""
        return f"/rebate/{self.name}/connectors"


class InvalidContext(Exception):
    """The context does not describe a deployment; the message is one line a problem."""


def stages_of(context: Mapping[str, Any]) -> list[Stage]:
    """Return the stage that the context's `stage` chooses, or all of its `stages`.

    Raises:
        InvalidContext: there is no such stage, or a value is not what it should be.
    """
    described = context.get("stages")
    if not isinstance(described, Mapping) or not described:
        raise InvalidContext("context: `stages` must describe at least one stage")
    chosen = context.get("stage")
    if chosen is None:
        return [_parse(name, described[name]) for name in described]
    if chosen not in described:
        raise InvalidContext(f"context: no stage {chosen!r}; there are {', '.join(described)}")
    return [_parse(chosen, described[chosen])]


def _parse(name: str, values: Mapping[str, Any]) -> Stage:
    try:
        return Stage.model_validate({**values, "name": name})
    except ValidationError as error:
        lines = (
            f"stages.{'.'.join(map(str, (name, *each['loc'])))}: {each['msg']}"
            for each in error.errors(include_url=False)
        )
        raise InvalidContext("\n".join(lines)) from error
