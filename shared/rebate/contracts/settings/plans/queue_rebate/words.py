"""What the settings of the queue-rebate plan mean, in plain words (rules 1 and 8.2)."""

from collections.abc import Iterator

from rebate.contracts.figures import ever_paid, money, percent
from rebate.contracts.promises import LIMITS
from rebate.contracts.settings.clearing import ClearingSettings
from rebate.contracts.settings.entitlement import (
    FixedLottery,
    PlanEntitlement,
    ScopeEntitlement,
)
from rebate.contracts.settings.plans.queue_rebate.model import QueueRebate
from rebate.contracts.settings.scopes import ProductScope, ScopeSettings
from rebate.domain.money import ZERO_BPS, Bps
from rebate.domain.records import dataclass

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def words(plan: QueueRebate, currency: str) -> Iterator[str]:
    """Yield the sentences about the plan, which is on."""
    extraction, fixed = plan.extraction_bps or ZERO_BPS, plan.entitlement.fixed_bps or ZERO_BPS
    yield (
        f"When an order is {plan.settle_on}, {percent(extraction)} of what was paid goes to "
        f"earlier entries; its own entry is promised {percent(fixed)}."
    )
    yield from _ever_paid(plan.entitlement, extraction, fixed, "")
    yield from _order_of_service(plan)
    yield from _scopes(plan)
    yield from _ways_out(plan)
    yield from _bounds(plan, currency)
    yield from _titles(plan)


def _ever_paid(
    entitlement: PlanEntitlement, extraction: Bps, fixed: Bps, where: str
) -> Iterator[str]:
    """Yield e/r for the fixed ratio and for each other ratio that an entry may get."""
    yield from ever_paid(extraction, fixed, where)
    for level, bps in entitlement.by_level.items():
        yield from ever_paid(extraction, bps, f"{where}Level {level}: ")
    if isinstance(entitlement, ScopeEntitlement):
        for tier in entitlement.cumulative:
            spent = f"{where}Spend of the last {tier.days} days: "
            yield from ever_paid(extraction, tier.bps, spent)
    lottery = entitlement.lottery
    if lottery is not None:
        kind = "prizes" if isinstance(lottery, FixedLottery) else "a range"
        low, high = percent(lottery.lowest_bps), percent(lottery.highest_bps)
        yield f"{where}A lottery of {kind} may replace the fixed ratio by {low} to {high}."
        yield from ever_paid(extraction, lottery.highest_bps, f"{where}Highest prize: ")


def _titles(plan: QueueRebate) -> Iterator[str]:
    """Yield what members read that is worded freely, and what no check of it can see (Rule 8.4)."""
    for title in filter(None, (plan.title, plan.exchange_title)):
        yield f"Members read “{title}”. {LIMITS['en']}"


def _order_of_service(plan: QueueRebate) -> Iterator[str]:
    if plan.reward_order == "completed_first":
        yield "Only entries whose order has completed are paid, by place."
    else:
        yield "Entries are paid strictly by place, whether or not their order has completed."
    if plan.self_funding:
        yield "Self-funding: an order at the head is paid from its own contribution."
    if plan.surplus == "retain":
        yield "What finds no payable entry stays with the platform."
    else:
        yield "What finds no payable entry is kept in the pool for the next contribution."
    if plan.deducted_orders == "contribute_only":
        yield "Orders with deductions contribute and earn no entry."
    if plan.paused:
        yield "PAUSED: orders join, nothing is paid, and contributions stay with the platform."


@dataclass(frozen=True, slots=True)
class _Named:
    """A scope with its name and the ratios that it inherits."""

    name: str
    scope: ScopeSettings
    extraction_bps: Bps
    fixed_bps: Bps


def _scopes(plan: QueueRebate) -> Iterator[str]:
    """Yield a sentence for each product, store and desk that is not as the plan."""
    extraction, fixed = plan.extraction_bps or ZERO_BPS, plan.entitlement.fixed_bps or ZERO_BPS
    for name, product in plan.products.items():
        yield from _scope(_Named(f"Product {name}", product, extraction, fixed))
    for name, desk in plan.cashier_settings.items():
        yield from _scope(_Named(f"Cash desk {name}", desk, extraction, fixed))
    for name, store in plan.store_settings.items():
        named = _Named(f"Store {name}", store, extraction, fixed)
        yield from _scope(named)
        for product_name, product in store.products.items():
            yield from _scope(_in_store(named, product_name, product))


def _in_store(store: _Named, name: str, product: ProductScope) -> _Named:
    extraction, fixed = _ratios(store)
    return _Named(f"{store.name}, product {name}", product, extraction, fixed)


def _ratios(named: _Named) -> tuple[Bps, Bps]:
    """Return extraction and fixed ratio of a scope, inherited where it sets none."""
    extraction, fixed = named.scope.extraction_bps, named.scope.entitlement.fixed_bps
    return (
        named.extraction_bps if extraction is None else extraction,
        named.fixed_bps if fixed is None else fixed,
    )


def _scope(named: _Named) -> Iterator[str]:
    extraction, fixed = _ratios(named)
    if named.scope.part == "off":
        yield f"{named.name} takes no part."
    elif named.scope.part == "funds_only":
        yield f"{named.name} contributes {percent(extraction)} and earns no entry."
    elif named.scope.part == "queues_only":
        yield (
            f"{named.name} earns {percent(fixed)} and contributes nothing: all of it is paid by "
            "others."
        )
    elif (extraction, named.scope.entitlement) != (named.extraction_bps, ScopeEntitlement()):
        yield from _ever_paid(named.scope.entitlement, extraction, fixed, f"{named.name}: ")


def _ways_out(plan: QueueRebate) -> Iterator[str]:
    if plan.exchange is not None:
        exchange = plan.exchange
        offered = {
            "points": exchange.points_bps,
            "love value": exchange.love_bps,
            "vouchers": exchange.voucher_bps,
        }
        ratios = [f"{name} at {percent(bps)}" for name, bps in offered.items() if bps is not None]
        yield f"What waits may be exchanged into: {', '.join(ratios) or 'nothing'}."
    if plan.random_return is not None:
        groups = plan.random_return
        yield (
            f"Random return: of every {groups.group_size} entries {groups.points} become points "
            f"at once and {groups.cash} wait for cash."
        )
    if plan.clearing is not None:
        queues = plan.clearing.queues
        which = "all queues" if queues == "all" else ", ".join(queues)
        yield f"Clearing {_when(plan.clearing)} ends all that waits in {which}, unpaid."


def _when(clearing: ClearingSettings) -> str:
    return {
        "day": f"every day at {clearing.at}",
        "week": f"every {_WEEKDAYS[clearing.on_weekday - 1]} at {clearing.at}",
        "month": f"on day {clearing.on_day} of every month at {clearing.at}",
        "once": f"once at {clearing.at}",
    }[clearing.every]


def _bounds(plan: QueueRebate, currency: str) -> Iterator[str]:
    if plan.bounds.min_paid:
        yield f"A line below {money(plan.bounds.min_paid, currency)} earns no entry."
    if plan.bounds.max_entitlement is not None:
        yield f"An entry is promised at most {money(plan.bounds.max_entitlement, currency)}."
    if plan.windows:
        yield "Only purchases inside the set times earn an entry; all contribute."
    if plan.limits.per_day is not None:
        yield f"A person earns at most {plan.limits.per_day} entries a day."
    if plan.limits.total is not None:
        yield f"A person earns at most {plan.limits.total} entries in all."
    if plan.hold_days:
        yield f"Rebates stay pending until {plan.hold_days} days after the order completed."
