"""What the queue-rebate plan may give back of an order (rule 8.4)."""

from collections.abc import Iterator, Mapping

from rebate.contracts.events_in import Channel
from rebate.contracts.problems import join_paths
from rebate.contracts.settings.plans.plan_settings import Cost, highest
from rebate.contracts.settings.plans.queue_rebate.model import QueueRebate
from rebate.contracts.settings.scopes import ScopeSettings
from rebate.domain.money import ZERO_BPS, Bps


def costs(plan: QueueRebate, channel: Channel, _margin_bps: Bps) -> Iterator[Cost]:
    """Yield the highest extraction ratio that a line of the channel may have."""
    ratios = {"queue_rebate.extraction_bps": plan.extraction_bps or ZERO_BPS}
    for path, scope in _scopes(plan, channel):
        if scope.extraction_bps is not None and scope.part in (None, "both", "funds_only"):
            ratios[join_paths(path, "extraction_bps")] = scope.extraction_bps
    yield from highest(ratios)


def _scopes(plan: QueueRebate, channel: str) -> Iterator[tuple[str, ScopeSettings]]:
    """Yield the scopes by which the ratios of the channel's lines may be set."""
    if channel == "mall":
        yield from _named("queue_rebate.products", plan.products)
    elif channel == "cashier":
        yield from _named("queue_rebate.cashier_settings", plan.cashier_settings)
    else:
        yield from _named("queue_rebate.store_settings", plan.store_settings)
        for name, store in plan.store_settings.items():
            path = join_paths("queue_rebate.store_settings", name)
            yield from _named(join_paths(path, "products"), store.products)


def _named(path: str, scopes: Mapping[str, ScopeSettings]) -> Iterator[tuple[str, ScopeSettings]]:
    for name, scope in scopes.items():
        yield join_paths(path, name), scope
