"""What differs from stage to stage: read from the context's `stages`, and checked before use."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from infra.packages import ROOT
from rebate.contracts.problems import nearest, shown
from rebate.contracts.validation import Strict, error_at, problems_of


def _like(pattern: str, meaning: str) -> AfterValidator:
    """Return a check that a text has the form of `pattern`, which `meaning` says in words."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise error_at("", meaning)
        return value

    return AfterValidator(check)


AccountId = Annotated[str, _like(r"[0-9]{12}", "must be an account's twelve digits")]
Url = Annotated[str, _like(r"https://[^\s/]+(/[^\s]*)?", "must be an address with https://")]
Email = Annotated[str, _like(r"[^\s@]+@[^\s@]+\.[^\s@]+", "must be an address of mail")]
Region = Annotated[str, _like(r"[a-z]{2,4}(-[a-z]+)+-[0-9]", "must be a region, as eu-west-1 is")]


FUNCTIONS = tuple(sorted(each.parent.name for each in (ROOT / "functions").glob("*/handler.py")))

REGIONS_WITHOUT_POOLS = "cn-"
"""How regions begin in which nobody but an issuer of one's own can sign people in."""

RESERVED_WORDS = ("aws", "amazon", "cognito")
"""What the name of a stage must not hold: it stands in the domains where people sign in."""


class Issuer(Strict):
    """An OpenID Connect issuer that signs people in, instead of Cognito user pools of our own.

    Its access tokens (RS256) name the member by `member_id`, or by their subject, and have the
    scopes `rebate/member` and `rebate/merchant`, or `rebate/operator` with a role among `groups`.
    """

    url: Url
    audience: tuple[str, ...] = Field(min_length=1)
    client_id: str | None = None
    """By which name the pages ask it for tokens; None: the first audience."""


class Throttle(Strict):
    """How many requests a second the API takes, all callers together, and at once."""

    rate: int = Field(default=200, gt=0)
    burst: int = Field(default=400, gt=0)


class Stage(Strict):
    """One deployment of the whole, with tables, bus and functions of its own."""

    name: Annotated[
        str,
        _like(r"[a-z][a-z0-9]{1,11}", "must be 2 to 12 small letters and digits, a letter first"),
    ]
    account: AccountId | None = None
    """Where it may be deployed; None: wherever the caller's credentials lead."""
    region: Region | None = None
    sweep_minutes: int = Field(default=5, ge=2, le=60)
    """How long a queue may wait whose ring was lost."""
    senders: tuple[AccountId, ...] = ()
    """Other accounts that may send the shop's events; our own always may."""
    alarm_emails: tuple[Email, ...] = ()
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
    restored: (
        Annotated[
            str,
            _like(r"[a-z][a-z0-9]{0,7}", "must be 1 to 8 small letters and digits, a letter first"),
        ]
        | None
    ) = None
    """Which restored tables are in use, `rebate-STAGE-RESTORED-…`; None: those that were made."""
    account_concurrency: int = Field(default=1000, ge=10)
    """How many functions may run at a time in the account; a new one has ten until it asks."""
    quiet_minutes: int | None = Field(default=None, ge=5, le=1440)
    """After how long without an order somebody is told; None: a shop may be quiet."""
    monthly_dollars: int | None = Field(default=None, ge=1)
    """What the account's bill may come to in a month before `alarm_emails` are told."""
    reserved: Mapping[str, Annotated[int, Field(ge=1)]] = {}
    """Functions with a share of the account's concurrency for themselves, at most this much."""

    @model_validator(mode="after")
    def _insist_reserved_for_functions(self) -> Self:
        for name in self.reserved:
            if name not in FUNCTIONS:
                close = nearest(name, FUNCTIONS, 0)
                raise error_at(f"reserved.{name}", f"is no function; the nearest is {close}")
        return self

    @model_validator(mode="after")
    def _insist_told(self) -> Self:
        if self.monthly_dollars and not self.alarm_emails:
            raise error_at("monthly_dollars", "needs `alarm_emails`, who are told")
        return self

    @model_validator(mode="after")
    def _insist_signed_in(self) -> Self:
        """Refuse at synthesis what Cognito would refuse in the middle of a deployment."""
        if self.issuer is not None:
            return self
        if (self.region or "").startswith(REGIONS_WITHOUT_POOLS):
            message = f"{self.region} has no Cognito user pools: name an `issuer`"
            raise error_at("region", message)
        if any(word in self.name for word in RESERVED_WORDS):
            words = ", ".join(RESERVED_WORDS)
            message = f"Cognito takes no domain with any of {words}: choose another name"
            raise error_at("name", message)
        return self

    @property
    def prefix(self) -> str:
        """Return what all names of this deployment begin with."""
        return f"rebate-{self.name}"

    @property
    def first_prefix(self) -> str:
        """Return what stands before the names of the tables that the stage began with."""
        return f"{self.prefix}-"

    @property
    def table_prefix(self) -> str:
        """Return what stands before the names of the tables that are in use."""
        return f"{self.first_prefix}{self.restored}-" if self.restored else self.first_prefix

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
        close = nearest(chosen, described, 0)
        there = ", ".join(described)
        raise InvalidContext(f"context: no stage {chosen!r}; there are {there}; nearest: {close}")
    return [_parse(chosen, described[chosen])]


def _parse(name: str, values: object) -> Stage:
    if not isinstance(values, Mapping):
        raise InvalidContext(f"stages.{name}: must be an object, not {shown(values)}")
    try:
        return Stage.model_validate({**values, "name": name})
    except ValidationError as error:
        found = (problem.under(f"stages.{name}") for problem in problems_of(error, Stage))
        raise InvalidContext("\n".join(map(str, found))) from None
