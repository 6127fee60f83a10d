"""The registry of plans: the only place that names them all.

Whoever deals with queues, settings, schedules or pages asks here, so that a plan is added by adding
its files and its name to `PLANS` (docs/how-to/add-a-plan.md).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from rebate.domain.names import QueueId
from rebate.domain.plans import (
    alliance,
    order_queue,
    queue_rebate,
    red_packet,
    referral,
    union,
)
from rebate.domain.plans.plan_type import PlanType, Run
from rebate.domain.queue_names import QueueName

AnyPlan: TypeAlias = PlanType[Any]


class Registry:
    """Plans in the order in which an order is priced, settled and capped by them (Rule 8.4)."""

    def __init__(self, *plans: AnyPlan) -> None:
        """Hold the plans; their names, kinds of queues and runs must differ."""
        self._hold(plans)

    def _hold(self, plans: tuple[AnyPlan, ...]) -> None:
        for what, names in (
            ("names", [plan.name for plan in plans]),
            ("kinds of queues", [kind.name for plan in plans for kind in plan.kinds]),
            ("runs", [run.name for plan in plans for run in plan.runs]),
        ):
            assert len(names) == len(set(names)), f"two plans share {what}: {names}"
        self.plans = plans
        self._by_kind = {kind.name: plan for plan in plans for kind in plan.kinds}

    def __iter__(self) -> Iterator[AnyPlan]:
        """Yield the plans in their order."""
        return iter(self.plans)

    @property
    def names(self) -> tuple[str, ...]:
        """The plans' names, as settings and pages have them."""
        return tuple(plan.name for plan in self.plans)

    def named(self, name: str) -> AnyPlan | None:
        """Return the plan of a name, None if there is none."""
        return next((plan for plan in self.plans if plan.name == name), None)

    def queue(self, queue: QueueId) -> QueueName | None:
        """Return a queue's id parsed; None if it is of no plan that this release knows.

        Such a queue is nobody's: it is neither settled nor cleared until a release knows its plan.
        """
        plan = self._by_kind.get(queue.partition("/")[0])
        return plan.queue(queue) if plan else None

    def rank(self, queue: QueueId) -> int:
        """Return when a queue's turn comes among those of one event; unknown ones come last."""
        found = self.queue(queue)
        return self.plans.index(found.plan) if found else len(self.plans)

    def runs(self) -> Iterator[tuple[AnyPlan, Run]]:
        """Yield what schedules start, each with its plan."""
        return ((plan, run) for plan in self.plans for run in plan.runs)

    def run(self, name: str) -> tuple[AnyPlan, Run]:
        """Return the run of a name, with its plan; raises LookupError."""
        found = next(((plan, run) for plan, run in self.runs() if run.name == name), None)
        if found is None:
            raise LookupError(f"no plan has a run {name}")
        return found

    @contextmanager
    def including(self, plan: AnyPlan) -> Iterator[None]:
        """Have one more plan, the last, until the end of a `with`: to try it before it is one."""
        before = self.plans
        self._hold((*before, plan))
        try:
            yield
        finally:
            self._hold(before)


PLANS = Registry(
    queue_rebate.PLAN,
    order_queue.PLAN,
    alliance.PLAN,
    red_packet.PLAN,
    union.PLAN,
    referral.PLAN,
)
