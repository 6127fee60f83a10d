"""Scenarios: settings tried before they are switched on (contracts, section 4).

Reading a scenario checks all of it but what only playing can tell: the patch of a `set` step and
the detail of an `event` step are free, since a step may be there to be refused.
"""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import ValidationError, model_validator

from rebate.contracts.documents import UnreadableDocument, read_document
from rebate.contracts.problems import Invalid, Problem, shown
from rebate.contracts.scalars import Amount, Id, QueueName, SignedAmount, Text
from rebate.contracts.scenario_steps import ACTIONS, BuyStep, RefusalCode, Step
from rebate.contracts.settings import InvalidSettings, Settings, parse_settings
from rebate.contracts.validation import Strict, error_at, problems_of

__all__ = [
    "ACTIONS",
    "BuyStep",
    "ExpectedOutcome",
    "InvalidScenario",
    "RefusalCode",
    "Scenario",
    "ScenarioMember",
    "Step",
    "load_scenario_text",
    "parse_scenario",
]

EntryStatus = Literal[
    "held", "waiting", "completed", "exchanged", "converted", "cleared", "refunded", "merged"
]
WalletAsset = Literal["cash", "pending", "held", "points", "love", "love_frozen", "voucher"]


class ScenarioMember(Strict):
    """A member who is there before the first step."""

    id: Id
    level: Id | None = None
    rank: Id | None = None
    referrer: Id | None = None


class ExpectedEntry(Strict):
    """What an entry must be, in the fields that are named."""

    entry: Text | None = None
    member: Id | None = None
    status: EntryStatus | None = None
    entitlement: Amount | None = None
    paid: Amount | None = None


class ExpectedQueue(Strict):
    """What a queue must be; entries match in number and order."""

    pool: Amount | None = None
    entries: tuple[ExpectedEntry, ...] | None = None


class ExpectedPlatform(Strict):
    """What the platform's accounts must be, in minor units."""

    contributed: SignedAmount | None = None
    retained: SignedAmount | None = None
    borne: SignedAmount | None = None
    clawed_back: SignedAmount | None = None
    repurchased: SignedAmount | None = None
    commissions: SignedAmount | None = None
    withdrawn: SignedAmount | None = None
    fees: SignedAmount | None = None
    adjusted: SignedAmount | None = None


class ExpectedOutcome(Strict):
    """The part of the outcome that must come true."""

    queues: Mapping[QueueName, ExpectedQueue] | None = None
    wallets: Mapping[Id, Mapping[WalletAsset, SignedAmount]] | None = None
    platform: ExpectedPlatform | None = None

    def document(self) -> dict[str, Any]:
        """Return only what was written, as JSON values: what the outcome is compared with."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Scenario(Strict):
    """A scenario whose settings are valid.

    `settings` is the document as it was written, which `set` steps patch; `parsed_settings` is
    what it says.
    """

    title: Text | None = None
    settings: dict[str, Any]
    draw_seed: Text | None = None
    members: tuple[ScenarioMember, ...] = ()
    steps: tuple[Step, ...]
    expect: ExpectedOutcome | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        seen: set[str] = set()
        for number, member in enumerate(self.members):
            if member.id in seen:
                raise error_at(f"members[{number}].id", f"stands twice: {shown(member.id)}")
            seen.add(member.id)
        return self

    @property
    def parsed_settings(self) -> Settings:
        """The settings before the first step."""
        return parse_settings(self.settings)


class InvalidScenario(Invalid):
    """A file that is not a valid scenario (exit 2)."""


def parse_scenario(document: object) -> Scenario:
    """Return the scenario that the JSON-like document says; raises InvalidScenario."""
    if not isinstance(document, Mapping):
        problem = Problem("", f"a scenario must be an object, not {shown(document)}")
        raise InvalidScenario([problem])
    problems = _settings_problems(document)
    try:
        scenario = Scenario.model_validate(document)
    except ValidationError as error:
        problems = [*problems, *problems_of(error, Scenario)]
    if problems:
        raise InvalidScenario(problems)
    return scenario


def load_scenario_text(text: str, name: str) -> Scenario:
    """Return the scenario in the text of the file called `name` (JSON, or YAML by its ending).

    Raises InvalidScenario.
    """
    try:
        return parse_scenario(read_document(text, name))
    except UnreadableDocument as error:
        raise InvalidScenario(error.problems) from None


def _settings_problems(document: Mapping[str, Any]) -> list[Problem]:
    settings = document.get("settings")
    if not isinstance(settings, Mapping):
        return []
    try:
        parse_settings(settings)
    except InvalidSettings as error:
        return [problem.under("settings") for problem in error.problems]
    return []
