"""Dividends: their runs follow from the turnover of orders, period by period (Rule 2.3.1)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from rebate.domain.money import Amount, sum_of
from rebate.usecases.audit.finding import AuditDifference, wrong
from rebate.usecases.schedules.pay_dividend import part_of
from rebate.usecases.storage.rows.commissions import Commission, DividendRun, Holder, Periods, Tally


@dataclass(slots=True)
class PeriodAudit:
    """The turnover of each period, less where that was counted.

    What orders settle stands in tallies, until a run takes it.
    """

    counted: Counter[int] = field(default_factory=Counter)

    def of_order(self, row: Commission) -> None:
        """Add what an order counts in its period."""
        if row.period is not None:
            self.counted[row.period] += row.turnover

    def rest(
        self, tallies: Iterable[Tally], runs: Iterable[DividendRun]
    ) -> Iterator[AuditDifference]:
        """Yield the periods whose turnover is not that of the orders that count in them."""
        for tally in tallies:
            self._take(tally.turnover)
        for run in runs:
            self._take(run.taken)
        for period, off in sorted(self.counted.items()):
            if off:
                message = f"is off by {off}: the orders of the period say another sum"
                yield AuditDifference(f"dividends.period {period}.turnover", message)

    def _take(self, turnover: Mapping[str, Amount]) -> None:
        for period, amount in turnover.items():
            self.counted[int(period)] -= amount


def check_periods(
    periods: Periods | None, runs: Sequence[DividendRun]
) -> Iterator[AuditDifference]:
    """Yield where the periods are not what the runs, one after another, made of them."""
    known = periods or Periods()
    closed = sorted((run for run in runs if run.period), key=lambda run: run.period)
    carried, lapsed = 0, set[int]()
    for run in closed:
        path = f"dividend/{run.id}"
        taken = sum_of(amount for period, amount in run.taken.items() if int(period) not in lapsed)
        if run.sharing or run.finished:
            yield from wrong(path, "turnover", found=run.turnover, expected=carried + taken)
        carried = min(0, run.turnover) if run.finished else carried
        if run.finished and run.turnover > 0 and not run.weights:
            lapsed.add(run.period)
    finished = [run for run in closed if run.finished]
    opened = 1 + (finished[-1].period if finished else 0)
    at_work = next((run.id for run in closed if not run.finished), None)
    yield from wrong("dividends", "open", found=known.open, expected=opened)
    yield from wrong("dividends", "carried", found=known.carried, expected=carried)
    yield from wrong("dividends", "lapsed", found=sorted(known.lapsed), expected=sorted(lapsed))
    yield from wrong("dividends", "run", found=known.run, expected=at_work)


def check_shares(
    runs: Iterable[DividendRun], holders: Iterable[Holder]
) -> Iterator[AuditDifference]:
    """Yield the holders of a rank who were paid more than their share, and runs that say less."""
    shared: dict[str, list[Holder]] = {}
    for holder in holders:
        shared.setdefault(holder.run, []).append(holder)
    for run in runs:
        found = sorted(shared.pop(run.id, []), key=lambda holder: holder.member)
        weights = Counter(str(holder.weight) for holder in found)
        if not run.parts and (run.sharing or run.finished):
            path = f"dividend/{run.id}"
            yield from wrong(path, "weights", found=run.weights, expected=dict(weights))
        for place, holder in zip(count(), found) if run.sharing else ():
            due = part_of(run, holder, place) if run.weights else 0
            if holder.paid > due:
                message = f"is {holder.paid}, and the share is {due}"
                yield AuditDifference(f"dividend/{run.id}.{holder.member}", message)
    for run_id in sorted(shared):
        yield AuditDifference(f"dividend/{run_id}", "is not stored, and somebody holds its rank")
