"""What is owed, by queue or by age, and what becomes of it (Rule 8.1)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from math import exp

from rebate.contracts.api import QUEUES_PAGE
from rebate.contracts.notice_texts import Locale
from rebate.contracts.phrases import said
from rebate.contracts.reports import FutureShown, Liability, LiabilityRow, OutstandingShown
from rebate.domain.ledger import QueueAccount
from rebate.domain.money import NOTHING, Amount, sum_of, times
from rebate.domain.names import QueueId
from rebate.domain.queue_sums import POCKETS, PlanSums
from rebate.domain.queues import Age, Queue
from rebate.domain.terms import Terms
from rebate.domain.times import Instant, datetime_of, day_of
from rebate.usecases.queries.line_history import DAYS_A_MONTH, DAYS_KNOWN, LineHistory
from rebate.usecases.reports.all_sums import SeenSums, SumsReader
from rebate.usecases.reports.read_days import ReportPeriod, plan_of
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.queue_list import queues_of_page

_MONTHS = (12, 24, 36)


def show_liability(
    sums: SumsReader, by: str, locale: Locale, after: QueueId | None = None
) -> Liability:
    """Return what is owed in each queue, or for the orders of each month, and all together.

    Of more queues than one request counts, those behind `after` are told on pages, and sums as of
    when the clock made them.

    Raises:
        Unavailable: there are many, and they were not summed up yet.
    """
    store, terms, now = sums.store, sums.terms, sums.now
    seen, held = sums.queues(), sums.held()
    plans = list(seen.sums.plans.values())
    waiting = sum_of(plan.owed for plan in plans)
    if seen.queues is None:
        page, end = queues_of_page(store, QUEUES_PAGE, after) if by == "queue" else ([], None)
        paid, all_paid = {}, None
    else:
        page, end = [each for each in seen.queues if after is None or each.id > after], None
        paid = _paid(store, terms, now)
        whole = zip(*(each.paid for each in paid.values()), strict=True)
        all_paid = LineHistory([sum_of(day) for day in whole])
    rows = [
        _of_queue(queue, None if all_paid is None else paid.get(queue.id, LineHistory(())))
        for queue in page
    ]
    ages = [age for plan in plans for age in plan.ages.values()]
    return Liability(
        by=by,
        currency=terms.currency,
        rows=tuple(rows if by == "queue" else _of_months(plans)),
        entries=sum(plan.waiting for plan in plans),
        promised=sum_of(age.promised for age in ages),
        paid=sum_of(age.paid for age in ages),
        waiting=waiting,
        retained=_figure(plans, QueueAccount.RETAINED),
        borne=_figure(plans, QueueAccount.BORNE),
        clawed_back=_figure(plans, QueueAccount.CLAWED_BACK),
        outstanding=OutstandingShown(*(held.get(pocket, NOTHING) for pocket in POCKETS)),
        future=_futures(waiting, all_paid),
        notes=tuple(said(note, locale) for note in _notes(seen)),
        next=end,
        as_of=None if seen.as_of is None else datetime_of(seen.as_of),
    )


def _figure(plans: Iterable[PlanSums], account: QueueAccount) -> Amount:
    return sum_of(plan.figure(account) for plan in plans)


def _of_queue(queue: Queue, paid: LineHistory | None) -> LiabilityRow:
    ages = queue.ages.values()
    return LiabilityRow(
        queue=queue.id,
        plan=plan_of(queue.id),
        month=None,
        entries=queue.standing.waiting,
        promised=sum_of(age.promised for age in ages),
        paid=sum_of(age.paid for age in ages),
        waiting=queue.standing.owed,
        retained=queue.figure(QueueAccount.RETAINED),
        borne=queue.figure(QueueAccount.BORNE),
        clawed_back=queue.figure(QueueAccount.CLAWED_BACK),
        pool=queue.figure(QueueAccount.POOL),
        future=_futures(queue.standing.owed, paid),
    )


def _of_months(plans: Iterable[PlanSums]) -> Iterator[LiabilityRow]:
    ages: dict[str, Age] = {}
    older = NOTHING
    for plan in plans:
        older += plan.older
        for month, age in plan.ages.items():
            ages[month] = ages.get(month, Age()).plus(age.promised, age.paid, age.waiting)
    if older:
        yield LiabilityRow(None, None, None, None, NOTHING, NOTHING, older)
    for month in sorted(ages):
        age = ages[month]
        yield LiabilityRow(None, None, month, None, age.promised, age.paid, age.waiting)


def _paid(store: Store, terms: Terms, now: Instant) -> dict[QueueId, LineHistory]:
    """Return by queue what its entries were paid on each of the last days that are over."""
    ends = day_of(now, terms.zone) - timedelta(days=1)
    starts = ends - timedelta(days=DAYS_KNOWN - 1)
    found: dict[QueueId, list[Amount]] = {}
    for row in ReportPeriod(starts, ends).read(store):
        days = found.setdefault(row.queue, [NOTHING] * DAYS_KNOWN)
        days[(date.fromisoformat(row.day) - starts).days] += sum_of(row.paid_of.values())
    return {queue: LineHistory(days) for queue, days in found.items()}


def _futures(owed: Amount, history: LineHistory | None) -> tuple[FutureShown, ...]:
    """Return what is paid of what is owed now: who waits is served before who comes later.

    Nothing can be said of it where the days of all queues are too many to be read.
    """
    if history is None:
        return ()
    a_month, growth = max(NOTHING, history.last(DAYS_A_MONTH)), history.growth
    unknown = FutureShown("trend", None, None, None, None, None)
    return (
        _future("flat", owed, a_month, 0.0),
        unknown if growth is None else _future("trend", owed, a_month, growth),
        _future("stopped", owed, NOTHING, 0.0),
    )


def _future(sales: str, owed: Amount, a_month: Amount, growth: float) -> FutureShown:
    first, second, third = (min(owed, _within(months, a_month, growth)) for months in _MONTHS)
    return FutureShown(sales, round(growth * 100, 1), first, second, third, owed - third)


def _within(months: int, a_month: Amount, growth: float) -> Amount:
    """Return what is paid within so many months, growing by a share each month."""
    if not growth:
        return times(a_month, months)
    return Amount(int(a_month * sum(exp(growth * month) for month in range(1, months + 1))))


def _notes(seen: SeenSums) -> Iterator[str]:
    if seen.queues is None:
        yield "There are many queues: sums are made every hour, and no futures are told."
    else:
        yield (
            "The futures are those of lines that serve who waits before who comes later, at the "
            "pace of the last 30 days."
        )
    if any(plan.uncounted for plan in seen.sums.plans.values()):
        yield "Where a plan counts rewards, what they will be is not known and not counted."
