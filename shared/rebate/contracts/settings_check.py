"""What checking settings answers: what they mean, change, touch and need (contracts, 6)."""

from collections.abc import Iterator, Mapping
from typing import Any

from rebate.contracts.figures import percent
from rebate.contracts.law_facts import LawFactShown
from rebate.contracts.law_words import AGES, GROWTHS, law_sentences
from rebate.contracts.notice_texts import Locale
from rebate.contracts.phrases import said
from rebate.contracts.settings_shown import Meaning
from rebate.domain.money import WHOLE, Amount, Bps, sum_of
from rebate.domain.queue_law import QueueLaw
from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class CostShown:
    """What an order of a channel may give back at most, over all plans together (rule 8.4).

    `parts` are the settings that give it, by path. `of_margin_bps` is that as a share of the
    margin; null where no margin is known.
    """

    channel: str
    bps: Bps
    parts: Mapping[str, Bps]
    margin_bps: Bps | None
    of_margin_bps: Bps | None
    text: str


@dataclass(frozen=True, slots=True)
class SteadyWait:
    """How many days who joins a queue of that age waits, at steady sales; null: for ever."""

    age_days: int
    days: int | None


@dataclass(frozen=True, slots=True)
class GrowingWait:
    """How many months everybody waits where sales grow so much a month; null: for ever."""

    percent: int
    months: float | None


@dataclass(frozen=True, slots=True)
class SustainableShown:
    """Under which setting all can be paid: promise no more than is given, or give what is."""

    promises_bps: Bps
    gives_bps: Bps


@dataclass(frozen=True, slots=True)
class LawShown:
    """The law of a queue, or of a kind of queues, at the ratios of settings (rule 8.6).

    When sales stop, `never_bps` of all promises is lost. `sustainable` is null where all that is
    promised can be paid. `profit_unknown`: orders give of their profit, for which all that is paid
    is taken here, so it is the best that can be.
    """

    queues: str
    plan: str
    gives_bps: Bps
    promises_bps: Bps
    ever_paid_bps: Bps
    never_bps: Bps
    steady: tuple[SteadyWait, ...]
    growing: tuple[GrowingWait, ...]
    sustainable: SustainableShown | None
    text: tuple[str, ...]
    profit_unknown: bool = False


@dataclass(frozen=True, slots=True)
class QueueLawShown:
    """The law of one queue at the ratios in force, and what an order may give back (8.4, 8.6).

    `law` is null where the plan counts rewards; `age_days` null: it was never given anything.
    """

    queue: str
    age_days: int | None
    law: LawShown | None
    costs: tuple[CostShown, ...]


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting that differs from the one in force; null: not set."""

    path: str
    before: Any
    after: Any
    text: str


@dataclass(frozen=True, slots=True)
class LineTouched:
    """What settings would do to those who wait in a queue, how many they are and what they lack."""

    queue: str
    plan: str | None
    waiting: int
    owed: Amount
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToAcknowledge:
    """A risk at its figure: `guards.acknowledged` has to hold `item` before settings are saved."""

    item: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class SettingsChecked:
    """What valid settings mean, and what saving them would do.

    `line` are queues that they touch, of those that owe most; `line_queues` and `line_owed` are of
    all that they touch. `version` is the one in force with which they were compared; `facts` are
    those of law that they trigger, and no legal advice.
    """

    means: tuple[Meaning, ...]
    version: int
    costs: tuple[CostShown, ...]
    laws: tuple[LawShown, ...]
    changes: tuple[SettingChange, ...]
    line: tuple[LineTouched, ...]
    line_queues: int
    line_owed: Amount
    acknowledge: tuple[ToAcknowledge, ...]
    facts: tuple[LawFactShown, ...]


def law_shown(plan: str, law: QueueLaw, locale: Locale, age_days: int | None = None) -> LawShown:
    """Return a law as operators read it; `age_days` is how old the queue is, where there is one."""
    ages = AGES if age_days is None else (max(1, age_days),)
    nearest = SustainableShown(law.gives_bps, law.promises_bps)
    return LawShown(
        queues=law.queues,
        plan=plan,
        gives_bps=law.gives_bps,
        promises_bps=law.promises_bps,
        ever_paid_bps=law.ever_paid_bps,
        never_bps=law.never_bps,
        steady=tuple(SteadyWait(age, law.days_at_steady_sales(age)) for age in ages),
        growing=tuple(_growing(law)),
        sustainable=None if law.is_sustainable else nearest,
        text=tuple(said(text, locale) for text in law_sentences(law, age_days)),
        profit_unknown=law.is_profit_unknown,
    )


def _growing(law: QueueLaw) -> Iterator[GrowingWait]:
    for growth in GROWTHS:
        months = law.months_at_growth(growth)
        yield GrowingWait(growth, None if months is None else round(months, 1))


def cost_shown(
    channel: str, parts: Mapping[str, Bps], margin_bps: Bps | None, locale: Locale
) -> CostShown:
    """Return what an order of a channel may give back at most, in figures and words."""
    bps = sum_of(parts.values())
    text = f"An order by {channel} gives back at most {percent(bps)} of what is paid for it, over "
    text += "all plans together"
    of_margin = Bps(bps * WHOLE // margin_bps) if margin_bps else None
    if of_margin is not None and margin_bps:
        text += f": {percent(of_margin)} of a margin of {percent(margin_bps)}"
    return CostShown(channel, bps, dict(parts), margin_bps, of_margin, said(f"{text}.", locale))
