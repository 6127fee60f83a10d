"""What new settings would do to those who wait in line (Rule 1.4.1; contracts, section 6)."""

from collections.abc import Iterator

from rebate.contracts.figures import money
from rebate.contracts.law_words import law_of
from rebate.contracts.notice_texts import Locale
from rebate.contracts.phrases import said
from rebate.contracts.settings import Settings
from rebate.contracts.settings_check import LineTouched
from rebate.domain.money import Amount, in_proportion, sum_of
from rebate.domain.plans import order_queue, queue_rebate
from rebate.domain.plans.registry import PLANS
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass
from rebate.domain.terms import Terms
from rebate.domain.times import Instant, iso
from rebate.usecases.schedules.due_runs import next_clearing
from rebate.usecases.settings.save_settings import InForce
from rebate.usecases.settings.terms import terms_of
from rebate.usecases.storage.ports import Store

LINES_MAX = 20
"""Queues that are told by themselves: those that owe most."""


@dataclass(frozen=True, slots=True)
class TouchedLines:
    """Queues that settings would touch: those that owe most, and how many and how much in all."""

    lines: tuple[LineTouched, ...]
    queues: int
    owed: Amount


def touched_lines(
    store: Store, now: InForce, settings: Settings, at: Instant, locale: Locale
) -> TouchedLines:
    """Return the queues in which entries wait that settings would treat otherwise than now."""
    terms = terms_of(settings)
    waiting = sorted((q for q in store.scan(Queue) if q.standing.waiting), key=_by_debt)
    told = ((queue, list(_told(queue, now, settings, terms, at))) for queue in waiting)
    touched = [(queue, text) for queue, text in told if text]
    lines = (_line(*each, locale, settings.currency) for each in touched[:LINES_MAX])
    owed = sum_of(queue.standing.owed for queue, _ in touched)
    return TouchedLines(tuple(lines), len(touched), owed)


def _by_debt(queue: Queue) -> tuple[Amount, str]:
    return -queue.standing.owed, queue.id


def _line(queue: Queue, text: list[str], locale: Locale, currency: str) -> LineTouched:
    name, standing = PLANS.queue(queue.id), queue.standing
    first = (
        f"{queue.id}: {standing.waiting} entries wait and lack {money(standing.owed, currency)}; "
        "what they were promised stays as it is."
    )
    return LineTouched(
        queue=queue.id,
        plan=name.plan.name if name else None,
        waiting=standing.waiting,
        owed=standing.owed,
        text=tuple(said(each, locale) for each in (first, *text)),
    )


def _told(
    queue: Queue, now: InForce, settings: Settings, terms: Terms, at: Instant
) -> Iterator[str]:
    yield from _pace(queue, now, settings, at)
    clears_at = next_clearing(terms, queue.id, at)
    if clears_at is not None and clears_at != next_clearing(now.terms, queue.id, at):
        yield f"{queue.id}: the clearing of {iso(clears_at)} ends all of it, unpaid."
    name = PLANS.queue(queue.id)
    if name is not None and name.plan == queue_rebate.PLAN:
        yield from _of_base_plan(queue, now.terms, terms)
    if name is not None and name.plan == order_queue.PLAN:
        before, after = now.terms.of(order_queue.PLAN), terms.of(order_queue.PLAN)
        if after.rewards_to_exit < before.rewards_to_exit:
            most = after.rewards_to_exit
            yield (
                f"{queue.id}: those with {most} rewards or more leave before the next reward is "
                "given."
            )


def _of_base_plan(queue: Queue, before: Terms, after: Terms) -> Iterator[str]:
    old, new = before.of(queue_rebate.PLAN), after.of(queue_rebate.PLAN)
    if new.paused and not old.paused:
        yield f"{queue.id}: while the plan is paused nothing of it is paid."
    if new.completed_first and not old.completed_first:
        yield f"{queue.id}: entries whose order has not completed are held and passed over."
    if queue_rebate.is_in_use(old, queue.id) and not queue_rebate.is_in_use(new, queue.id):
        yield (
            f"{queue.id}: nothing joins it any more; what waits there is stalled until it is "
            "merged, exchanged or cleared."
        )


def _pace(queue: Queue, now: InForce, settings: Settings, at: Instant) -> Iterator[str]:
    """Yield how long the line takes at its pace, where new settings give it more or less."""
    old, new = law_of(now.settings, queue.id), law_of(settings, queue.id)
    gives = new[1].gives_bps if new else 0
    if old is None or not old[1].gives_bps or gives == old[1].gives_bps:
        return
    pace = queue.flow.pace(at)
    owed = queue.standing.owed
    days = pace.days_for(owed)
    after = pace.days_for(-in_proportion(-owed, old[1].gives_bps, gives)) if gives else None
    if gives == 0:
        yield f"{queue.id}: with these settings nobody in line is paid any more."
    elif days is None or after is None:
        yield (
            f"{queue.id}: no day has been seen yet, so nothing can be said of how long they wait."
        )
    else:
        yield (
            f"{queue.id}: at the pace of the last {pace.days} days all who wait are paid in {days} "
            f"days; with these settings in {after} days."
        )
