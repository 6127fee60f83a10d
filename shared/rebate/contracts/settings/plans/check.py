"""What a plan still lacks: asked of every plan by a test, and of a new one by its author.

Each part is tried by what it does, on settings made of the examples that the plan's own fields
carry, so a part that is there and says nothing counts as missing, too.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rebate.contracts.settings.document import InvalidSettings, parse_settings
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.plans import NoSettings, settings_of
from rebate.contracts.settings.plans.plan_settings import CHANNELS, PlanSettings
from rebate.domain.commissions import Above, Merchant
from rebate.domain.draws import Luck, luck_of
from rebate.domain.money import WHOLE, Amount, Bps
from rebate.domain.names import EntryId, LineId, MemberId, OrderId, ProductId, QueueId, StoreId
from rebate.domain.orders import Order, OrderLine
from rebate.domain.plans.facts import Spending
from rebate.domain.plans.plan_type import DisplayTerms, PlanType
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import dataclass
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant

Texts = Mapping[str, Mapping[str, str]]
"""By locale, the texts of the pages by their keys."""

_NOON = Instant(1_772_337_600_000_000)
_SHOP = {"currency": "CNY", "timezone": "UTC"}


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that a plan lacks, the step of docs/how-to/add-a-plan.md that adds it, and why."""

    part: str
    step: int
    why: str

    def __str__(self) -> str:
        """Tell it on one line."""
        return f"{self.part}: {self.why} (docs/how-to/add-a-plan.md, step {self.step})"


def check_plan(plan: PlanType[Any], texts: Texts) -> list[Missing]:
    """Return what a plan lacks, the first that has to be added first; nothing: it is whole."""
    return list(_missing(plan, texts))


def _missing(plan: PlanType[Any], texts: Texts) -> Iterator[Missing]:
    if plan not in PLANS:
        yield Missing("registry", 6, f"{plan.name} does not stand in PLANS")
        return
    yield from _queues(plan)
    yield from _texts(plan, texts)
    try:
        described = settings_of(plan)
    except NoSettings as none:
        yield Missing("settings", 4, str(none))
        return
    try:
        settings = parse_settings({**_SHOP, plan.name: _by_examples(described)})
    except InvalidSettings as invalid:
        yield Missing("settings", 4, f"the examples of the fields are refused: {invalid}")
        return
    yield from _settings(described, settings)
    terms = described.terms_of(settings)
    if not isinstance(terms, plan.terms):
        yield Missing("terms", 4, f"are {type(terms).__name__}, not the plan's {plan.terms}")
        return
    yield from _engine(plan, terms)


def _queues(plan: PlanType[Any]) -> Iterator[Missing]:
    if not plan.kinds:
        yield Missing("kinds", 1, "no queue belongs to the plan")
    if any(kind.has_line for kind in plan.kinds) and plan.settlement is None:
        yield Missing("settlement", 3, "there are queues with a line, and nothing settles them")


def _texts(plan: PlanType[Any], texts: Texts) -> Iterator[Missing]:
    wanted = (f"plan.{plan.name}", *(f"kind.{kind.name}" for kind in plan.kinds))
    for locale, known in texts.items():
        for key in wanted:
            if key not in known:
                yield Missing("texts", 5, f"{locale}.json has no {key}")


def _by_examples(described: PlanSettings[Any]) -> dict[str, Any]:
    """Return the plan's part of a document, with every field as in its example."""
    fields = described.model.model_fields
    return {
        field.alias or name: field.examples[0] for name, field in fields.items() if field.examples
    }


def _settings(described: PlanSettings[Any], settings: Settings) -> Iterator[Missing]:
    plan, name = described.of(settings), described.plan.name
    try:
        parse_settings({**_SHOP, name: dict(described.refused)})
    except InvalidSettings as invalid:
        if not all(problem.path.startswith(name) for problem in invalid.problems):
            yield Missing("problems", 4, "they name fields of other parts of the document")
    else:
        yield Missing("problems", 4, f"they let {dict(described.refused)} pass")
    costs = (each for channel in CHANNELS for each in described.costs(plan, channel, WHOLE))
    if not any(bps for _, bps in costs):
        yield Missing("costs", 4, "the plan gives, and no margin is held against it (rule 8.4)")
    if not list(described.words(plan, settings.currency)):
        yield Missing("words", 4, "`rebate settings check` says nothing about it")


def _engine(plan: PlanType[Any], terms: object) -> Iterator[Missing]:
    if plan.settlement is not None and not plan.settlement(terms).parts:
        yield Missing("settlement", 3, "no part of a contribution goes anywhere")
    if not isinstance(plan.display(terms), DisplayTerms):
        yield Missing("display", 3, "does not say what members see")
    orders = [_order(channel) for channel in CHANNELS]
    priced = [plan.price(terms, order, _Nothing()) for order in orders]
    queues = {queue for each in priced for queue in each.queues}
    queues |= {ticket.queue for each in priced for ticket in each.tickets}
    if not queues:
        yield Missing("price", 2, "no order takes part, by whatever channel")
    for queue in sorted(queues):
        name = PLANS.queue(queue)
        if name is None or name.plan != plan:
            yield Missing("kinds", 1, f"orders go to {queue}, which is none of the plan's queues")


def _order(channel: str) -> Order:
    line = OrderLine(
        LineId("1"),
        Amount(100_000),
        product=ProductId("p-9"),
        profit=Amount(50_000),
        margin_bps=WHOLE,
    )
    store = None if channel == "mall" else StoreId("W")
    return Order(
        OrderId("o"),
        member=MemberId("A"),
        channel=channel,
        store=store,
        paid_at=_NOON,
        lines=(line,),
    )


class _Nothing:
    """What is known of an order of somebody new, of products and stores of which nothing is."""

    absent: frozenset[ProductId] = frozenset()
    off_sale: frozenset[ProductId] = frozenset()
    concession_bps: Bps | None = None
    merchant: Merchant | None = None
    spending: tuple[Spending, ...] = ()

    def above(self, _depth: int) -> tuple[Above, ...]:
        return ()

    def tickets(self, _queue: QueueId | None = None) -> tuple[Ticket, ...]:
        return ()

    def luck(self, _day: date, entry: EntryId) -> Luck:
        return luck_of(b"", entry)
