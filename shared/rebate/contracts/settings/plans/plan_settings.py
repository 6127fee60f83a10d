"""What an operator can set of a plan, and what follows from it: one module a plan.

Such a module has the name of its plan and holds a `PlanSettings` called `SETTINGS`: the model of
the plan's part of the document, what its fields must be together, what an order may give back, the
terms that follow, and what all that means in words.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, Literal, TypeVar, get_args

from rebate.contracts.events_in import Channel
from rebate.contracts.problems import Problem, join_paths
from rebate.contracts.settings.fields import setting
from rebate.contracts.settings.model import Settings
from rebate.contracts.validation import Strict
from rebate.domain.money import Bps
from rebate.domain.plans.plan_type import PlanType
from rebate.domain.queue_law import QueueLaw
from rebate.domain.records import dataclass

Moment = Literal["paid", "completed"]
Period = Literal["day", "week", "month"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
WHEN_ON = "Required in a plan that is on."

Model = TypeVar("Model", bound=Strict)
Cost = tuple[str, Bps]
"""A setting, by its path in the document, and basis points of an order's paid amount."""


@dataclass(frozen=True)
class PlanSettings(Generic[Model]):
    """The part of the settings document that is a plan's, which stands there by the plan's name.

    `title`, `title_zh`, `rule` and `example` describe it as a field of the document; `refused` is
    an example of what `problems` refuse. `costs` get the channel and the profit of an order, in
    basis points of what was paid. `default_margin_bps` is that of products of which none is known.
    `laws` get an order's profit likewise, and say what each kind of queue gives and promises.
    """

    plan: PlanType[Any]
    model: type[Model]
    title: str
    title_zh: str
    rule: str
    example: Mapping[str, Any]
    refused: Mapping[str, Any]
    problems: Callable[[Model, Settings], Iterator[Problem]]
    costs: Callable[[Model, Channel, Bps], Iterator[Cost]]
    terms: Callable[[Model, Settings], Any]
    words: Callable[[Model, str], Iterator[str]]
    default_margin_bps: Callable[[Model], Bps | None] = lambda _plan: None
    laws: Callable[[Model, Bps | None], Iterator[QueueLaw]] = lambda _plan, _margin_bps: iter(())

    @property
    def field(self) -> Any:
        """The plan as a field of the document; a plan that is absent is off."""
        example = dict(self.example)
        return setting(self.title, self.title_zh, self.rule, example=example)

    def of(self, settings: Settings) -> Model | None:
        """Return what settings say of the plan, None where they say nothing."""
        found: Model | None = settings.plan(self.plan.name)
        return found

    def terms_of(self, settings: Settings) -> Any:
        """Return what settings mean for the plan, also where they do not name it."""
        return self.terms(self.of(settings) or self.model(), settings)


def required(plan: Any, path: str, *names: str) -> Iterator[Problem]:
    """Yield a problem for each of the fields that a plan must have while it is on."""
    for name in names:
        if plan.enabled and getattr(plan, name) in (None, ()):
            yield Problem(join_paths(path, name), "is required in a plan that is on")


def after_days(example: int = 7) -> Any:
    """Return the field that lets wait what completion settles (rule 1.6.5.1)."""
    return setting(
        "Settle after days",
        "完成后结算天数",
        "1.6.5.1",
        example=example,
        default=0,
        note="Days of 24 hours after completion, so that what comes back in the return window "
        "never was paid out. Orders accepted before a change keep theirs.",
    )


def waits_for_nothing(plan: Any, path: str, moment: str) -> Iterator[Problem]:
    """Yield a problem where days after completion are set, and `moment` says payment."""
    if plan.settle_after_days and getattr(plan, moment) != "completed":
        yield Problem(
            join_paths(path, "settle_after_days"),
            f'must be 0 unless {path}.{moment} is "completed": nothing is settled by completion',
        )


def highest(ratios: Mapping[str, Bps]) -> Iterator[Cost]:
    """Yield the setting with the highest of ratios of which an order has one."""
    path = max(ratios, key=lambda each: ratios[each])
    yield path, ratios[path]
