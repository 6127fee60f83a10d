"""What the fields of the queue-rebate plan must be together (rule 1)."""

from collections.abc import Iterator

from pydantic_core import PydanticCustomError

from rebate.contracts.problems import Problem, join_paths, nearest, one_of, render_path, shown
from rebate.contracts.promises import promises_in
from rebate.contracts.settings.clearing import ClearingSettings
from rebate.contracts.settings.entitlement import (
    FixedLottery,
    PlanEntitlement,
    RangeLottery,
    ratios,
)
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.plans.plan_settings import waits_for_nothing
from rebate.contracts.settings.plans.queue_rebate.model import QueueRebate
from rebate.contracts.settings.scopes import (
    Bounds,
    CashierScope,
    DateWindow,
    RandomReturnSettings,
    ScopeSettings,
    TimeWindow,
    Window,
)
from rebate.domain.names import QueueId
from rebate.domain.plans.queue_rebate import PLAN


def problems(plan: QueueRebate, _settings: Settings) -> Iterator[Problem]:
    """Yield what is wrong with fields that read well one by one but do not go together."""
    path = PLAN.name
    yield from _missing(plan, path)
    yield from _promises(plan, path)
    yield from waits_for_nothing(plan, path, "settle_on")
    if plan.clearing is not None:
        yield from _clearing_problems(plan.clearing, join_paths(path, "clearing"))
    if isinstance(plan.random_return, RandomReturnSettings):
        yield from _random_return_problems(plan, plan.random_return, path)
    yield from _bounds_problems(plan.bounds, join_paths(path, "bounds"))
    yield from _entitlement_problems(plan.entitlement, join_paths(path, "entitlement"))
    yield from _window_problems(plan.windows, join_paths(path, "windows"))
    for steps, scope, outer in scopes_of(plan):
        yield from _scope_problems(plan, scope, outer, join_paths(path, render_path(steps)))


def scopes_of(
    plan: QueueRebate,
) -> Iterator[tuple[tuple[str, ...], ScopeSettings, tuple[Bounds, ...]]]:
    """Yield every scope inside the plan: its path, itself, and the bounds it must set within."""
    for product, scope in plan.products.items():
        yield ("products", product), scope, ()
    for desk, cashier in plan.cashier_settings.items():
        yield ("cashier_settings", desk), cashier, (plan.bounds,)
    for name, store in plan.store_settings.items():
        yield ("store_settings", name), store, (plan.bounds,)
        for product, scope in store.products.items():
            bounds = (plan.bounds, store.bounds)
            yield ("store_settings", name, "products", product), scope, bounds


def _missing(plan: QueueRebate, path: str) -> Iterator[Problem]:
    ratios_needed = {
        "extraction_bps": plan.extraction_bps,
        "entitlement.fixed_bps": plan.entitlement.fixed_bps,
    }
    for name, ratio in ratios_needed.items():
        if plan.enabled and ratio is None:
            yield Problem(join_paths(path, name), "is required in a plan that is on")


def _promises(plan: QueueRebate, path: str) -> Iterator[Problem]:
    """Rule 8.4: what members read promises no date and no full return."""
    for name in ("title", "exchange_title"):
        for promise in promises_in(getattr(plan, name) or ""):
            message = f"{shown(promise)} promises what nobody can know: a date, or a full return"
            yield Problem(join_paths(path, name), message)


def _scope_problems(
    plan: QueueRebate, scope: ScopeSettings, outer: tuple[Bounds, ...], path: str
) -> Iterator[Problem]:
    yield from _bounds_problems(scope.bounds, join_paths(path, "bounds"))
    yield from _entitlement_problems(scope.entitlement, join_paths(path, "entitlement"))
    yield from _window_problems(scope.windows, join_paths(path, "windows"))
    if isinstance(scope, CashierScope) and isinstance(scope.random_return, RandomReturnSettings):
        yield from _random_return_problems(plan, scope.random_return, path)
    for bounds in outer:
        yield from _outside(bounds, scope, path)


def _random_return_problems(
    plan: QueueRebate, groups: RandomReturnSettings, path: str
) -> Iterator[Problem]:
    if groups.group_size == 0:
        yield Problem(join_paths(path, "random_return"), "must have a place for cash or points")
    if groups.points and (plan.exchange is None or plan.exchange.points_bps is None):
        yield Problem(
            join_paths(path, "random_return.points"), "needs queue_rebate.exchange.points_bps"
        )


def _bounds_problems(bounds: Bounds, path: str) -> Iterator[Problem]:
    pairs = {
        "extraction_floor_bps": (bounds.extraction_floor_bps, bounds.extraction_ceiling_bps),
        "entitlement_floor_bps": (bounds.entitlement_floor_bps, bounds.entitlement_ceiling_bps),
    }
    for name, (floor, ceiling) in pairs.items():
        if floor is not None and ceiling is not None and floor > ceiling:
            yield Problem(join_paths(path, name), f"must be at most its ceiling, {ceiling}")
    for name, span in (("extraction_bps", bounds.extraction_bps), ("fixed_bps", bounds.fixed_bps)):
        if span is not None and span[0] > span[1]:
            yield Problem(join_paths(path, name), "must be the lowest and then the highest ratio")


def _outside(bounds: Bounds, scope: ScopeSettings, path: str) -> Iterator[Problem]:
    """Rule 1.2.7: the ratios of a store, its desk and its products stay within the bounds."""
    if scope.extraction_bps is not None:
        floor, ceiling = bounds.extraction_floor_bps, bounds.extraction_ceiling_bps
        at = join_paths(path, "extraction_bps")
        yield from _ratio_outside(scope.extraction_bps, floor, ceiling, at)
        yield from _ratio_outside(scope.extraction_bps, *_span(bounds.extraction_bps), at)
    for name, bps in ratios(scope.entitlement):
        floor, ceiling = bounds.entitlement_floor_bps, bounds.entitlement_ceiling_bps
        at = join_paths(path, join_paths("entitlement", name))
        yield from _ratio_outside(bps, floor, ceiling, at)
        if name == "fixed_bps":
            yield from _ratio_outside(bps, *_span(bounds.fixed_bps), at)


def _span(bounds: tuple[int, ...] | None) -> tuple[int | None, int | None]:
    return (bounds[0], bounds[1]) if bounds else (None, None)


def _ratio_outside(
    bps: int, floor: int | None, ceiling: int | None, path: str
) -> Iterator[Problem]:
    if floor is not None and bps < floor:
        yield Problem(path, f"must be at least the floor for stores, {floor}")
    if ceiling is not None and bps > ceiling:
        yield Problem(path, f"must be at most the ceiling for stores, {ceiling}")


def _entitlement_problems(entitlement: PlanEntitlement, path: str) -> Iterator[Problem]:
    lottery, at = entitlement.lottery, join_paths(path, "lottery")
    if isinstance(lottery, FixedLottery) and not lottery.prizes:
        yield Problem(join_paths(at, "prizes"), "must have at least one prize")
    if isinstance(lottery, RangeLottery) and lottery.low_bps > lottery.high_bps:
        yield Problem(join_paths(at, "low_bps"), f"must be at most high_bps, {lottery.high_bps}")


def _window_problems(windows: tuple[Window, ...], path: str) -> Iterator[Problem]:
    for number, window in enumerate(windows):
        at = f"{path}[{number}]"
        if isinstance(window, DateWindow) and window.starts_at >= window.ends_at:
            yield Problem(join_paths(at, "to"), "must be after from")
        if isinstance(window, TimeWindow) and window.weekdays == ():
            yield Problem(join_paths(at, "weekdays"), "must name a weekday, or be left out for all")


def _clearing_problems(clearing: ClearingSettings, path: str) -> Iterator[Problem]:
    try:
        _ = clearing.instant if clearing.every == "once" else clearing.time_of_day
    except PydanticCustomError as error:
        yield Problem(join_paths(path, "at"), error.message())
    if clearing.weekday is not None and clearing.every != "week":
        yield Problem(join_paths(path, "weekday"), 'goes only with "every": "week"')
    if clearing.day is not None and clearing.every != "month":
        yield Problem(join_paths(path, "day"), 'goes only with "every": "month"')
    if clearing.queues != "all":
        yield from _queue_problems(clearing.queues, join_paths(path, "queues"))


def _queue_problems(queues: tuple[str, ...], path: str) -> Iterator[Problem]:
    if not queues:
        yield Problem(path, 'must name a queue, or be "all"')
    kinds = tuple(kind.name for kind in PLAN.kinds)
    for number, queue in enumerate(queues):
        if queue not in kinds and PLAN.queue(QueueId(queue)) is None:
            yield Problem(
                f"{path}[{number}]",
                f"must be an id of this plan's queues or a kind: {one_of(kinds)}",
                nearest(queue.partition("/")[0], kinds),
            )
