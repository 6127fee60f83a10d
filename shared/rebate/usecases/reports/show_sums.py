"""What all queues come to together, by plan, as the overview tells it."""

from rebate.contracts.reports import PlanSumsShown, QueueSums
from rebate.domain.ledger import QueueAccount
from rebate.domain.queue_sums import PlanSums
from rebate.domain.times import datetime_of
from rebate.usecases.reports.all_sums import SumsReader


def show_sums(sums: SumsReader) -> QueueSums:
    """Return the sums of all queues by plan.

    Raises:
        Unavailable: there are many, and they were not summed up yet.
    """
    seen = sums.queues()
    return QueueSums(
        plans=tuple(_shown(plan, each) for plan, each in sorted(seen.sums.plans.items())),
        as_of=None if seen.as_of is None else datetime_of(seen.as_of),
    )


def _shown(plan: str, sums: PlanSums) -> PlanSumsShown:
    return PlanSumsShown(
        plan=plan,
        queues=sums.queues,
        stalled=sums.stalled,
        entries=sums.entries,
        waiting=sums.waiting,
        owed=sums.owed,
        contributed=sums.figure(QueueAccount.CONTRIBUTED),
        retained=sums.figure(QueueAccount.RETAINED),
        borne=sums.figure(QueueAccount.BORNE),
        clawed_back=sums.figure(QueueAccount.CLAWED_BACK),
        repurchased=sums.figure(QueueAccount.REPURCHASED),
        pool=sums.figure(QueueAccount.POOL),
        first=sums.first or None,
    )
