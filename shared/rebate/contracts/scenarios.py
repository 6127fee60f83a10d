"""Scenarios: settings tried before they are switched on (contracts, section 4).

Reading a scenario checks all of it but what only playing can tell: the patch of a `set` step and
the detail of an `event` step are free, since a step may be there to be refused.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from rebate.contracts.documents import UnreadableDocument, read_document
from rebate.contracts.events_in import Channel, Supply
from rebate.contracts.problems import Invalid, Problem, one_of, shown
from rebate.contracts.scalars import (
    NOT_EMPTY,
    Amount,
    Count,
    Flag,
    Id,
    Instant,
    PositiveAmount,
    SignedAmount,
    Text,
)
from rebate.contracts.settings import InvalidSettings, Settings, parse_settings
from rebate.contracts.validation import Strict, error_at, problems_of

Asset = Literal["points", "love", "voucher"]
Run = Literal["clear", "average", "union", "dividend"]
RefusalCode = Literal[
    "unknown_entry",
    "entry_not_waiting",
    "already_paid",
    "already_drawn",
    "no_lottery",
    "exchange_off",
    "not_yours",
    "insufficient_balance",
    "below_minimum",
    "over_limit",
    "transfer_off",
    "refund_exceeds_paid",
    "conflicting_event",
    "invalid_settings",
    "needs_acknowledgement",
]
EntryStatus = Literal[
    "held", "waiting", "completed", "exchanged", "converted", "cleared", "refunded"
]
WalletAsset = Literal["cash", "pending", "held", "points", "love", "love_frozen", "voucher"]


class ScenarioMember(Strict):
    """A member who is there before the first step."""

    id: Id
    level: Id | None = None
    rank: Id | None = None
    referrer: Id | None = None


class BuyLine(Strict):
    """One line of a purchase; what it leaves out is as in a purchase of one line."""

    line: Id | None = None
    product: Id | None = None
    supply: Supply | None = None
    quantity: Count = 1
    paid: Amount
    deducted: Amount = 0
    profit: SignedAmount | None = None


class Buy(Strict):
    """A purchase: either one line with `paid`, or `lines`.

    `supply` None is the channel's default. `level` None is no level where it is written, and the
    member's own where it is left out: ask `level_given`.
    """

    order: Id
    member: Id
    paid: Amount | None = None
    product: Id | None = "p1"
    channel: Channel = "mall"
    store: Id | None = None
    supply: Supply | None = None
    level: Id | None = None
    quantity: Count = 1
    deducted: Amount = 0
    profit: SignedAmount | None = None
    lines: Annotated[tuple[BuyLine, ...] | None, NOT_EMPTY] = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.paid is None) == (self.lines is None):
            raise error_at("", "must have either paid or lines")
        for name in {"quantity", "deducted", "profit"} & self.model_fields_set:
            if self.lines is not None:
                raise error_at(name, "belongs to the lines where there are lines")
        if self.channel != "mall" and self.store is None:
            raise error_at("store", f"is required for the channel {self.channel}")
        return self

    @property
    def level_given(self) -> bool:
        """Whether the step says the level, null included."""
        return "level" in self.model_fields_set

    def event_detail(self, paid_at: str, level: str | None) -> dict[str, Any]:
        """Return the detail of the OrderPaid that this purchase is.

        `paid_at` is an instant in ISO 8601; `level` is the member's own, used where none is said.
        """
        return {
            "order_id": self.order,
            "member": {"id": self.member, "level": self.level if self.level_given else level},
            "channel": self.channel,
            "store_id": self.store,
            "paid_at": paid_at,
            "lines": self._line_details(),
        }

    def _line_details(self) -> list[dict[str, Any]]:
        lines = self.lines or (
            BuyLine(
                quantity=self.quantity,
                paid=self.paid or 0,
                deducted=self.deducted,
                profit=self.profit,
            ),
        )
        return [self._line_detail(number, line) for number, line in enumerate(lines, start=1)]

    def _line_detail(self, number: int, line: BuyLine) -> dict[str, Any]:
        product = line.product if "product" in line.model_fields_set else self.product
        return {
            "line_id": line.line or str(number),
            "product_id": product,
            "supply": line.supply or self.supply,
            "quantity": line.quantity,
            "paid": line.paid,
            "deducted": line.deducted,
            "profit": line.profit,
        }


class Refund(Strict):
    """A refund of a part of one line."""

    order: Id
    line: Id = "1"
    amount: PositiveAmount
    id: Id | None = None


class Draw(Strict):
    """A draw for an entry, by its holder unless `member` says by whom."""

    queue: Id
    entry: Text
    member: Id | None = None


class ExchangeStep(Strict):
    """An exchange of what an entry lacks, by its holder unless `member` says by whom."""

    queue: Id
    entry: Text
    into: Asset
    member: Id | None = None


class Withdraw(Strict):
    """A request for a withdrawal of cash."""

    member: Id
    amount: Amount
    id: Id


class Decide(Strict):
    """The decision on a withdrawal."""

    id: Id
    approve: Flag
    reason: Text | None = None


class Transfer(Strict):
    """Points or love value passed on to another member."""

    sender: Id = Field(alias="from")
    receiver: Id = Field(alias="to")
    asset: Asset
    amount: Amount


class EventStep(Strict):
    """An event as it arrives on the bus; its detail is read when the step is played."""

    detail_type: Text = Field(alias="detail-type")
    detail: Any
    source: Text | None = None
    time: Instant | None = None


class Step(Strict):
    """One step: exactly one of the actions, when it happens, and the refusal it must meet."""

    at: Instant | None = None
    refused: RefusalCode | None = None
    buy: Buy | None = None
    complete: Id | None = None
    refund: Refund | None = None
    draw: Draw | None = None
    exchange: ExchangeStep | None = None
    run: Run | None = None
    set: dict[str, Any] | None = None
    withdraw: Withdraw | None = None
    decide: Decide | None = None
    transfer: Transfer | None = None
    event: EventStep | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [name for name in ACTIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise error_at("", f"must have exactly one of {one_of(ACTIONS)}")
        return self

    @property
    def kind(self) -> str:
        """The name of the action: one of ACTIONS."""
        return next(name for name in ACTIONS if getattr(self, name) is not None)

    @property
    def action(self) -> Any:
        """What the step does: the value under `kind`."""
        return getattr(self, self.kind)


ACTIONS = (
    "buy",
    "complete",
    "refund",
    "draw",
    "exchange",
    "run",
    "set",
    "withdraw",
    "decide",
    "transfer",
    "event",
)


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


class Expected(Strict):
    """The part of the outcome that must come true."""

    queues: Mapping[Id, ExpectedQueue] | None = None
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
    expect: Expected | None = None

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
