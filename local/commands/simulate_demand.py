"""The options by which `rebate simulate` makes up demand."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from math import isfinite, nan
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from local.failures import BadInput
from local.simulating import Case
from rebate.simulation.demand import Demand
from rebate.simulation.demand_of_history import fitted
from rebate.simulation.demand_of_settings import suited
from rebate.simulation.rules import SimulationRules
from rebate.simulation.tape import Tape

_ORDERS = 10_000
_ORDERS_MAX = 20_000_000
_DAYS_MAX = 3_660
_WHOLE_MAX = 10**12
_GROWTH_MIN, _GROWTH_MAX = -90, 100
_YEARS = range(1970, 2900)


def add_demand(parser: ArgumentParser) -> None:
    """Say how orders are made up."""
    own = parser.add_argument_group("made-up demand")
    own.add_argument("--fit", type=Path, metavar="FILE", help="make orders like those of a history")
    own.add_argument("--starts", type=_day, metavar="DATE", help="the first day (2025-01-01)")
    own.add_argument("--days", type=_days, metavar="N", help="over so many days (365)")
    own.add_argument("--growth", type=_growth, metavar="PERCENT", help="of orders, a month (0)")
    own.add_argument("--noise", type=_share, metavar="PERCENT", help="chance between days (20)")
    own.add_argument(
        "--weekdays", type=_weights(7), metavar="W,…", help="seven weights, Monday first"
    )
    own.add_argument("--season", type=_weights(12), metavar="W,…", help="twelve weights, January …")
    own.add_argument("--basket", type=_whole, metavar="AMOUNT", help="middle order, minor units")
    own.add_argument("--spread", type=_share, metavar="PERCENT", help="of baskets (60)")
    own.add_argument("--repeat", type=_share, metavar="PERCENT", help="orders of known buyers (60)")
    own.add_argument("--products", type=_whole, metavar="N", help="sell so many products (none)")
    own.add_argument(
        "--store-share", type=_share, metavar="PERCENT", help="orders in the stores of the settings"
    )
    own.add_argument("--referred", type=_share, metavar="PERCENT", help="members with a referrer")
    own.add_argument("--refunded", type=_share, metavar="PERCENT", help="orders given back (0)")
    own.add_argument("--completed-after", type=_whole, metavar="HOURS", help="orders complete (72)")


def demand_of(
    arguments: Namespace, cases: Sequence[Case], fit: Tape | None, zone: ZoneInfo
) -> Demand:
    """Return what to make up: what the options say, else the history, else what is usual.

    What the settings need to have any effect is made up without being asked for: completions,
    orders in their stores, referrers.
    """
    every = [SimulationRules(case.document) for case in cases]
    orders = _ORDERS if arguments.orders is None else arguments.orders
    if not 0 < orders <= _ORDERS_MAX:
        raise BadInput(f"--orders: must be from 1 to {_ORDERS_MAX}, not {orders}")
    demand = Demand(orders, seed=arguments.seed)
    if fit is not None:
        demand = fitted(demand, fit, zone)
    demand = suited(demand, every)
    return replace(demand, **_said(arguments))


def _said(arguments: Namespace) -> dict[str, Any]:
    """Return what options say of the demand, those that were left out being no word of theirs."""
    said = {
        "starts": arguments.starts,
        "days": arguments.days,
        "growth": arguments.growth,
        "noise": None if arguments.noise is None else arguments.noise / 100,
        "weekdays": arguments.weekdays,
        "months": arguments.season,
        "basket": arguments.basket,
        "spread": None if arguments.spread is None else arguments.spread / 100,
        "repeat": arguments.repeat,
        "products": arguments.products,
        "store_share": arguments.store_share,
        "referred": arguments.referred,
        "refunded": arguments.refunded,
        "completed_hours": arguments.completed_after,
    }
    return {name: value for name, value in said.items() if value is not None}


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        raise ArgumentTypeError(f"must be a day such as 2025-01-01, not {text}")
    return found


def _days(text: str) -> int:
    found = _whole(text)
    if found > _DAYS_MAX:
        raise ArgumentTypeError(f"must be at most {_DAYS_MAX}, not {text}")
    return found


def _growth(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = nan
    if not _GROWTH_MIN <= found <= _GROWTH_MAX:
        raise ArgumentTypeError(f"must be from {_GROWTH_MIN} to {_GROWTH_MAX} per cent, not {text}")
    return found


def _whole(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= _WHOLE_MAX:
        return int(text)
    raise ArgumentTypeError(f"must be a whole number above 0, not {text}")


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if 0 <= value <= 100:  # noqa: PLR2004 - per cent
        return value
    raise ArgumentTypeError(f"must be a percentage from 0 to 100, not {text}")


def _weights(count: int) -> Callable[[str], tuple[float, ...]]:
    def read(text: str) -> tuple[float, ...]:
        try:
            found = tuple(float(part) for part in text.split(","))
        except ValueError:
            found = ()
        fits = len(found) == count and min(found) >= 0
        if not fits or not isfinite(sum(found)) or not sum(found):
            raise ArgumentTypeError(f"must be {count} weights, such as {','.join('1' * count)}")
        return found

    return read
