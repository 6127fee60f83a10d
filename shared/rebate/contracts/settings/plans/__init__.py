"""The settings of each plan, in a module of its name; `plan_settings` says what that holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from rebate.contracts.settings.plans.plan_settings import PlanSettings
from rebate.domain.plans.plan_type import PlanType
from rebate.domain.plans.registry import PLANS

_included: dict[str, PlanSettings[Any]] = {}


class NoSettings(LookupError):
    """A plan has no module of its name here, or that has no `SETTINGS`."""


def settings_of(plan: PlanType[Any]) -> PlanSettings[Any]:
    """Return what an operator can set of a plan; raises NoSettings."""
    if plan.name in _included:
        return _included[plan.name]
    name = f"{__name__}.{plan.name}"
    try:
        found: PlanSettings[Any] = import_module(name).SETTINGS
    except (ModuleNotFoundError, AttributeError) as error:
        raise NoSettings(f"{name} holds no SETTINGS") from error
    return found


def all_plan_settings() -> Iterator[PlanSettings[Any]]:
    """Yield what an operator can set of each plan, in the order of `PLANS`."""
    return map(settings_of, PLANS)


@contextmanager
def including(settings: PlanSettings[Any]) -> Iterator[None]:
    """Have one more plan, with its settings, until the end of a `with`: to try it."""
    plan = settings.plan
    with PLANS.including(plan):
        _included[plan.name] = settings
        try:
            yield
        finally:
            del _included[plan.name]
