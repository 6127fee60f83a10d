"""What is owed, by queue or by age, and what becomes of it (Rule 8.1)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from math import exp, log

from rebate.contracts.notice_texts import Locale
from rebate.contracts.phrases import said
from rebate.contracts.reports import FutureShown, Liability, LiabilityRow, OutstandingShown
from rebate.domain.ledger import BalanceType, QueueAccount
from rebate.domain.money import Amount
from rebate.domain.queues import Age, Queue
from rebate.domain.records import dataclass
from rebate.domain.terms import Terms
from rebate.domain.times import Instant, day_of
from rebate.domain.wallets import Wallet
from rebate.usecases.reports.read_days import ReportPeriod, plan_of
from rebate.usecases.storage.ports import Store

DAYS_SEEN = 90
"""Days from which the pace and its trend are taken: three of thirty."""

_MONTH = 30
_MONTHS = (12, 24, 36)


@dataclass(frozen=True, slots=True)
class Pace:
    """What a queue's entries were paid in each of the last three times thirty days, in order."""

    given: tuple[Amount, Amount, Amount] = (0, 0, 0)

    def plus(self, other: "Pace") -> "Pace":
        """Return both together."""
        first, second, third = (a + b for a, b in zip(self.given, other.given, strict=True))
        return Pace((first, second, third))

    @property
    def growth(self) -> float | None:
        """How much more is paid each month, as a share; None: it is not known."""
        first, _, last = self.given
        return log(last / first) / 2 if first > 0 and last > 0 else None

    def within(self, months: int, growth: float) -> Amount:
        """Return what is paid within so many months, growing by a share each month."""
        last = self.given[-1]
        if not growth:
            return last * months
        return int(last * sum(exp(growth * month) for month in range(1, months + 1)))


def show_liability(store: Store, terms: Terms, by: str, now: Instant, locale: Locale) -> Liability:
    """Return what is owed in each queue, or for the orders of each month, and all together."""
    queues = sorted(store.scan(Queue), key=lambda queue: queue.id)
    paces = _paces(store, terms, now)
    all_paces = Pace()
    for queue in queues:
        all_paces = all_paces.plus(paces.get(queue.id, Pace()))
    if by == "queue":
        rows = [_of_queue(queue, paces.get(queue.id, Pace())) for queue in queues]
    else:
        rows = list(_of_months(queues))
    waiting = sum(queue.standing.owed for queue in queues)
    return Liability(
        by=by,
        currency=terms.currency,
        rows=tuple(rows),
        entries=sum(queue.standing.waiting for queue in queues),
        promised=sum(age.promised for queue in queues for age in queue.ages.values()),
        paid=sum(age.paid for queue in queues for age in queue.ages.values()),
        waiting=waiting,
        retained=_figure(queues, QueueAccount.RETAINED),
        borne=_figure(queues, QueueAccount.BORNE),
        clawed_back=_figure(queues, QueueAccount.CLAWED_BACK),
        outstanding=_outstanding(store),
        future=_futures(waiting, all_paces),
        notes=tuple(said(note, locale) for note in _notes(queues)),
    )


def _figure(queues: Iterable[Queue], account: QueueAccount) -> Amount:
    return sum(queue.figure(account) for queue in queues)


def _of_queue(queue: Queue, pace: Pace) -> LiabilityRow:
    ages = queue.ages.values()
    return LiabilityRow(
        queue=queue.id,
        plan=plan_of(queue.id),
        month=None,
        entries=queue.standing.waiting,
        promised=sum(age.promised for age in ages),
        paid=sum(age.paid for age in ages),
        waiting=queue.standing.owed,
        retained=queue.figure(QueueAccount.RETAINED),
        borne=queue.figure(QueueAccount.BORNE),
        clawed_back=queue.figure(QueueAccount.CLAWED_BACK),
        pool=queue.figure(QueueAccount.POOL),
        future=_futures(queue.standing.owed, pace),
    )


def _of_months(queues: Iterable[Queue]) -> Iterator[LiabilityRow]:
    ages: dict[str, Age] = {}
    older = 0
    for queue in queues:
        older += queue.standing.owed - sum(age.waiting for age in queue.ages.values())
        for month, age in queue.ages.items():
            ages[month] = ages.get(month, Age()).plus(age.promised, age.paid, age.waiting)
    if older:
        yield LiabilityRow(None, None, None, None, 0, 0, older)
    for month in sorted(ages):
        age = ages[month]
        yield LiabilityRow(None, None, month, None, age.promised, age.paid, age.waiting)


def _paces(store: Store, terms: Terms, now: Instant) -> dict[str, Pace]:
    """Return by queue what its entries were paid in the last ninety days that are over."""
    ends = day_of(now, terms.zone) - timedelta(days=1)
    starts = ends - timedelta(days=DAYS_SEEN - 1)
    found: dict[str, list[Amount]] = {}
    for row in ReportPeriod(starts, ends).read(store):
        given = found.setdefault(row.queue, [0, 0, 0])
        given[(date.fromisoformat(row.day) - starts).days // _MONTH] += sum(row.paid_of.values())
    return {queue: Pace((max(0, a), max(0, b), max(0, c))) for queue, (a, b, c) in found.items()}


def _futures(owed: Amount, pace: Pace) -> tuple[FutureShown, ...]:
    """Return what is paid of what is owed now: who waits is served before who comes later."""
    growth = pace.growth
    trend = None if growth is None else _future("trend", owed, pace, growth)
    unknown = FutureShown("trend", None, None, None, None, None)
    return (
        _future("flat", owed, pace, 0.0),
        trend or unknown,
        _future("stopped", owed, Pace(), 0.0),
    )


def _future(sales: str, owed: Amount, pace: Pace, growth: float) -> FutureShown:
    first, second, third = (min(owed, pace.within(months, growth)) for months in _MONTHS)
    return FutureShown(sales, round(growth * 100, 1), first, second, third, owed - third)


def _outstanding(store: Store) -> OutstandingShown:
    sums = dict.fromkeys(
        (BalanceType.POINTS, BalanceType.LOVE, BalanceType.LOVE_FROZEN, BalanceType.VOUCHER), 0
    )
    for wallet in store.scan(Wallet):
        for pocket in sums:
            sums[pocket] += wallet.balances.get(pocket, 0)
    return OutstandingShown(*sums.values())


def _notes(queues: Iterable[Queue]) -> Iterator[str]:
    yield (
        "The futures are those of lines that serve who waits before who comes later, at the pace "
        "of the last 30 days."
    )
    if any(queue.standing.waiting and not queue.standing.owed for queue in queues):
        yield "Where a plan counts rewards, what they will be is not known and not counted."
