"""What each day has paid: queues, tallies and the day's own row say the same (Rule 8.4)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rebate.domain.caps import DAYS_KEPT, DailyRebates
from rebate.domain.money import Amount, sum_of
from rebate.domain.queues import Queue
from rebate.usecases.audit.chains import Chains
from rebate.usecases.audit.finding import AuditDifference, wrong
from rebate.usecases.audit.journal import TALLIED, Sums
from rebate.usecases.storage.rows.commissions import Tally


def check_days(
    days: Iterable[DailyRebates],
    queues: Sequence[Queue],
    tallies: Sequence[Tally],
    *,
    capped_under: int | None,
) -> Iterator[AuditDifference]:
    """Yield the days whose sum is not what was paid on them.

    `capped_under`: the version of the settings in force, if it sets a cap: only then all count in
    the day's row. Sources forget days that are long past.
    """
    sources = [*(queue.paid_on for queue in queues), *(tally.paid_on for tally in tallies)]
    for day in days:
        if not all(_remembers(paid_on, day.day) for paid_on in sources):
            continue
        paid = sum(paid_on.get(day.day, 0) for paid_on in sources)
        if day.settings == capped_under:
            yield from wrong(f"days.{day.day}", "paid", found=day.amount, expected=paid)
        elif day.amount > paid:
            message = f"is {day.amount}, and {paid} were paid"
            yield AuditDifference(f"days.{day.day}.paid", message)


def _remembers(paid_on: Mapping[str, Amount], day: str) -> bool:
    return len(paid_on) < DAYS_KEPT or day >= min(paid_on)


def check_paid_on(
    queues: Iterable[Queue], tallies: Sequence[Tally], sums: Sums, chains: Chains
) -> Iterator[AuditDifference]:
    """Yield the queues and tallies whose days do not come to what the journal told was paid.

    Only those that forgot no day yet, and whose rows were chained from the first, can be told.
    """
    for queue in queues:
        if len(queue.paid_on) < DAYS_KEPT and chains.is_whole(queue.id):
            paid, told = sum_of(queue.paid_on.values()), sums.told[queue.id]
            yield from wrong(f"queues.{queue.id}", "paid_on", found=paid, expected=told)
    if tallies and all(len(tally.paid_on) < DAYS_KEPT for tally in tallies):
        paid_by_tallies: Counter[str] = Counter()
        for tally in tallies:
            paid_by_tallies.update(tally.paid_on)
        if chains.began:
            found, expected = paid_by_tallies.total(), sums.told[TALLIED]
            yield from wrong("tallies", "paid_on", found=found, expected=expected)
