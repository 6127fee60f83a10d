"""The law of the queue in words, with a shop's own figures (rule 8.6)."""

from collections.abc import Iterator

from rebate.contracts.figures import part_percent, percent
from rebate.contracts.problems import one_of
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.plans import all_plan_settings
from rebate.domain.money import Bps
from rebate.domain.names import QueueId
from rebate.domain.plans.registry import PLANS
from rebate.domain.queue_law import QueueLaw
from rebate.domain.records import replace

AGES = (30, 90, 360)
"""Ages of a queue, in days, at which it is said how long who joins will wait."""

GROWTHS = (2, 5, 10, 30)
"""Per cent a month at which it is said how long everybody waits."""


def laws_of(settings: Settings, margin_bps: Bps | None = None) -> Iterator[tuple[str, QueueLaw]]:
    """Yield plan and law of each kind of queue that orders join under these settings.

    `margin_bps` is that of what is sold, where it is known: some plans give of profits.
    """
    for described in all_plan_settings():
        plan = described.of(settings)
        if plan is not None and plan.enabled:
            margin = described.default_margin_bps(plan)
            for law in described.laws(plan, margin_bps if margin is None else margin):
                yield described.plan.name, law


def law_of(
    settings: Settings, queue: QueueId, margin_bps: Bps | None = None
) -> tuple[str, QueueLaw] | None:
    """Return plan and law of one queue: its own, else that of its plan's ratios."""
    laws, name = list(laws_of(settings, margin_bps)), PLANS.queue(queue)
    own = next((each for each in laws if each[1].queues == queue), None)
    if own or name is None:
        return own
    theirs = next((law for plan, law in laws if plan == name.plan.name), None)
    return (name.plan.name, replace(theirs, queues=queue)) if theirs else None


def law_sentences(law: QueueLaw, age_days: int | None = None) -> Iterator[str]:
    """Yield what the law says; `age_days` is how old the queue is, where there is one."""
    queues = law.queues
    if law.is_profit_unknown:
        yield (
            f"{queues}: no margin is known, so what follows takes all that is paid for profit: it "
            "is the best that can be."
        )
    ratio = f"e/r = {percent(law.gives_bps)} / {percent(law.promises_bps)}"
    if law.is_sustainable:
        yield f"{queues}: {ratio}: all that is promised can be paid, as later orders come."
        return
    if not law.gives_bps:
        yield f"{queues}: {ratio}: orders give nothing to it, so nothing of it is ever paid."
        return
    times = f"{law.promises_bps * 100 // law.gives_bps / 100:g}"
    yield (
        f"{queues}: {ratio}: who joins is paid in full when all sales so far have grown to {times} "
        "times what they were then."
    )
    yield from _waits(law, age_days)
    yield (
        f"{queues}: at most {part_percent(law.gives_bps, law.promises_bps)} of all that is "
        f"promised is ever paid; when sales stop, {percent(law.never_bps)} of it is lost at once."
    )
    yield (
        f"{queues}: it costs {percent(law.gives_bps)} of sales, whatever is promised. The nearest "
        f"setting under which all can be paid promises {percent(law.gives_bps)} at the same cost, "
        f"or gives {percent(law.promises_bps)}."
    )


def _waits(law: QueueLaw, age_days: int | None) -> Iterator[str]:
    ages = AGES if age_days is None else (max(1, age_days),)
    waits = [str(law.days_at_steady_sales(age)) for age in ages]
    yield (
        f"{law.queues}: at steady sales who joins when the queue is {one_of([*map(str, ages)])} "
        f"days old waits {one_of(waits)} days."
    )
    months = [f"{law.months_at_growth(growth):.1f}" for growth in GROWTHS]
    yield (
        f"{law.queues}: where sales grow by {one_of([*map(str, GROWTHS)])} % a month everybody "
        f"waits {one_of(months)} months."
    )
