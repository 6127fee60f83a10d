"""What the queues of the queue-rebate plan give and promise (rules 1.1 and 8.6)."""

from collections.abc import Iterator

from rebate.contracts.settings.plans.queue_rebate.model import QueueRebate
from rebate.contracts.settings.scopes import ScopeSettings
from rebate.domain.money import ZERO_BPS, Bps
from rebate.domain.queue_law import QueueLaw


def laws(plan: QueueRebate, _margin_bps: Bps | None) -> Iterator[QueueLaw]:
    """Yield the law of each kind of queue at the plan's ratios, then of those with their own.

    Of a queue that lines with different ratios share, it is that of the plan's ratios.
    """
    ratios = plan.extraction_bps or ZERO_BPS, plan.entitlement.fixed_bps or ZERO_BPS
    yield QueueLaw("product" if plan.mall == "per_product" else "mall", *ratios)
    if plan.mall == "per_product":
        for name, product in plan.products.items():
            yield from _own(f"product/{name}", product, *ratios)
    if plan.stores == "per_store":
        for name, store in plan.store_settings.items():
            yield from _own(f"store/{name}", store, *ratios)
    if plan.cashiers == "per_cashier":
        for name, desk in plan.cashier_settings.items():
            yield from _own(f"cashier/{name}", desk, *ratios)


def _own(queue: str, scope: ScopeSettings, gives: Bps, promises: Bps) -> Iterator[QueueLaw]:
    own, fixed = scope.extraction_bps, scope.entitlement.fixed_bps
    if scope.part not in (None, "both") or (own is None and fixed is None):
        return
    yield QueueLaw(queue, gives if own is None else own, promises if fixed is None else fixed)
