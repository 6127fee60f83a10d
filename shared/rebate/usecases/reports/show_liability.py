"""What is owed, by queue or by age, and what becomes of it (Rule 8.1)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from math import exp

from rebate.contracts.notice_texts import Locale
from rebate.contracts.phrases import said
from rebate.contracts.reports import FutureShown, Liability, LiabilityRow, OutstandingShown
from rebate.domain.ledger import BalanceType, QueueAccount
from rebate.domain.money import NOTHING, Amount, sum_of, times
from rebate.domain.names import QueueId
from rebate.domain.queues import Age, Queue
from rebate.domain.terms import Terms
from rebate.domain.times import Instant, day_of
from rebate.domain.wallets import Wallet
from rebate.usecases.queries.line_history import DAYS_A_MONTH, DAYS_KNOWN, LineHistory
from rebate.usecases.reports.read_days import ReportPeriod, plan_of
from rebate.usecases.storage.ports import Store

_MONTHS = (12, 24, 36)


def show_liability(store: Store, terms: Terms, by: str, now: Instant, locale: Locale) -> Liability:
    """Return what is owed in each queue, or for the orders of each month, and all together."""
    queues = sorted(store.scan(Queue), key=lambda queue: queue.id)
    paid = _paid(store, terms, now)
    all_paid = LineHistory([sum(day) for day in zip(*(h.paid for h in paid.values()), strict=True)])
    if by == "queue":
        rows = [_of_queue(queue, paid.get(queue.id, LineHistory(()))) for queue in queues]
    else:
        rows = list(_of_months(queues))
    waiting = sum_of(queue.standing.owed for queue in queues)
    return Liability(
        by=by,
        currency=terms.currency,
        rows=tuple(rows),
        entries=sum(queue.standing.waiting for queue in queues),
        promised=sum_of(age.promised for queue in queues for age in queue.ages.values()),
        paid=sum_of(age.paid for queue in queues for age in queue.ages.values()),
        waiting=waiting,
        retained=_figure(queues, QueueAccount.RETAINED),
        borne=_figure(queues, QueueAccount.BORNE),
        clawed_back=_figure(queues, QueueAccount.CLAWED_BACK),
        outstanding=_outstanding(store),
        future=_futures(waiting, all_paid),
        notes=tuple(said(note, locale) for note in _notes(queues)),
    )


def _figure(queues: Iterable[Queue], account: QueueAccount) -> Amount:
    return sum_of(queue.figure(account) for queue in queues)


def _of_queue(queue: Queue, paid: LineHistory) -> LiabilityRow:
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


def _of_months(queues: Iterable[Queue]) -> Iterator[LiabilityRow]:
    ages: dict[str, Age] = {}
    older = NOTHING
    for queue in queues:
        older += queue.standing.owed - sum_of(age.waiting for age in queue.ages.values())
        for month, age in queue.ages.items():
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


def _futures(owed: Amount, history: LineHistory) -> tuple[FutureShown, ...]:
    """Return what is paid of what is owed now: who waits is served before who comes later."""
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


def _outstanding(store: Store) -> OutstandingShown:
    sums = dict.fromkeys(
        (BalanceType.POINTS, BalanceType.LOVE, BalanceType.LOVE_FROZEN, BalanceType.VOUCHER),
        NOTHING,
    )
    for wallet in store.scan(Wallet):
        for pocket in sums:
            sums[pocket] += wallet.balances.get(pocket, NOTHING)
    return OutstandingShown(*sums.values())


def _notes(queues: Iterable[Queue]) -> Iterator[str]:
    yield (
        "The futures are those of lines that serve who waits before who comes later, at the pace "
        "of the last 30 days."
    )
    if any(queue.standing.waiting and not queue.standing.owed for queue in queues):
        yield "Where a plan counts rewards, what they will be is not known and not counted."
