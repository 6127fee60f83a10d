"""What all queues come to together, by plan, as the overview tells it."""

from rebate.contracts.reports import PlanSumsShown, QueueSums
from rebate.domain.ledger import QueueAccount
from rebate.domain.queue_sums import PlanSums
from rebate.domain.terms import Terms
from rebate.domain.times import Instant, datetime_of
from rebate.usecases.reports.all_sums import see_queues
from rebate.usecases.storage.ports import Store


def show_sums(store: Store, terms: Terms, now: Instant) -> QueueSums:
    """Return the sums of all queues by plan.

    Raises:
        Unavailable: there are many, and they were not summed up yet.
    """
    seen = see_queues(store, terms, now)
    return QueueSums(
        plans=tuple(_shown(plan, sums) for plan, sums in sorted(seen.sums.plans.items())),
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
