"""Switching queues apart or together while entries wait in them (Rule 1.4.1)."""

from collections.abc import Iterator

from rebate.contracts.problems import Problem
from rebate.contracts.settings import Settings
from rebate.contracts.settings.risks import acknowledged_at, unacknowledged
from rebate.domain.money import sum_of
from rebate.domain.names import QueueId
from rebate.domain.plans import queue_rebate
from rebate.domain.queues import Queue
from rebate.domain.terms import Terms
from rebate.usecases.storage.ports import Store


def switch_problems(
    store: Store, before: Terms, after: Terms, settings: Settings
) -> Iterator[Problem]:
    """Yield what has to be acknowledged before lines join other queues than those that wait."""
    plan = settings.plan(queue_rebate.PLAN.name)
    old, new = before.of(queue_rebate.PLAN), after.of(queue_rebate.PLAN)
    switched = {
        name: was_shared
        for name, was_shared, is_shared in (
            ("mall", not old.mall_per_product, not new.mall_per_product),
            ("stores", old.stores_shared, new.stores_shared),
            ("cashiers", old.cashiers_shared, new.cashiers_shared),
        )
        if was_shared is not is_shared
    }
    if not switched:
        return
    waiting = [queue for queue in store.scan(Queue) if queue.standing.waiting]
    for name, was_shared in switched.items():
        risk, figure = f"{queue_rebate.PLAN.name}.{name}", queues_by(plan, name)
        theirs = [queue for queue in waiting if _is_left(queue.id, name, was_shared=was_shared)]
        if theirs and not acknowledged_at(settings, risk, figure):
            yield unacknowledged(risk, _told(theirs), risk, figure)


def _is_left(queue: QueueId, name: str, *, was_shared: bool) -> bool:
    """Tell whether lines joined a queue before, and do not after a setting is switched."""
    return queue == name if was_shared else queue_rebate.shared_queue(queue) == name


def queues_by(plan: object, name: str) -> str:
    """Return how the queues of the mall, the stores or the desks are set: shared or apart."""
    return str(getattr(plan, name, "shared"))


def _told(stalled: list[Queue]) -> str:
    waiting = sum(queue.standing.waiting for queue in stalled)
    owed = sum_of(queue.standing.owed for queue in stalled)
    return (
        f"leaves {waiting} entries that lack {owed} in {len(stalled)} queues that nothing joins "
        "any more"
    )
