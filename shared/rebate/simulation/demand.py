"""Made-up demand: orders as a shop might get them, the same for the same seed (Rule 8.3).

Days have weights: growth, weekdays, months of the year, and chance (gamma). Orders of a day lie
where people buy. Amounts are log-normal, buyers come back as often as their own inclination (gamma)
has it. All of it can be taken from a history instead (`fitted`).
"""

import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp
from statistics import NormalDist
from typing import Any
from zoneinfo import ZoneInfo

from rebate.domain.times import Instant, datetime_of, instant_of
from rebate.simulation.tape import (
    COMPLETED,
    NONE,
    ORDER,
    PLAIN,
    REFUNDED,
    SAVED,
    UNSAID,
    Names,
    Tape,
)

_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 11, 15, 18, 19, 17, 14, 13, 14, 15, 17, 20, 24, 25, 20, 12, 6)
"""How likely an order is in each hour of the day."""

_DAYS_A_MONTH = 30.4375
_PERCENT = 100
_BASKETS = 4999
_SECOND = 1_000_000
_HOUR = 3600 * _SECOND


@dataclass(frozen=True, slots=True)
class Demand:
    """What to make up; ratios in per cent.

    `growth` is a month's, `noise` how much days differ by chance (0: not), `weekdays` (Monday
    first) and `months` (January first) are weights. `basket` is the middle amount in minor units,
    `spread` that of its logarithm; `baskets`, where given, are amounts to choose from instead.
    `repeat` is the share of orders by those who bought before.
    """

    orders: int
    seed: str = "1"
    starts: date = date(2025, 1, 1)
    days: int = 365
    growth: float = 0
    noise: float = 0.2
    weekdays: tuple[float, ...] = (1, 1, 1, 1, 1.2, 1.5, 1.4)
    months: tuple[float, ...] = (1,) * 12
    basket: int = 10_000
    spread: float = 0.6
    baskets: tuple[int, ...] = ()
    repeat: float = 60
    products: int = 0
    stores: tuple[str, ...] = ()
    store_share: float = 0
    referred: float = 0
    refunded: float = 0
    completed_hours: int | None = None


def made_up(demand: Demand, zone: ZoneInfo) -> Tape:
    """Return orders as the demand says, and what follows them, in order of time."""
    chance = random.Random(demand.seed)  # noqa: S311 - it is to be the same again
    at = array("q", _instants(demand, zone, chance))
    buyers, members = _buyers(demand, chance)
    amounts = chance.choices(_baskets(demand), k=demand.orders)
    if demand.stores or demand.products or demand.referred or demand.refunded:
        return _told(demand, chance, at, buyers, members, amounts)
    if demand.completed_hours is not None:
        return _told(demand, chance, at, buyers, members, amounts)
    return _plain(at, buyers, members, amounts)


def _plain(
    at: "array[int]", buyers: "array[int]", members: list[str], amounts: Sequence[int]
) -> Tape:
    tape, count = Tape(), len(at)
    tape.kinds = bytearray(count)
    tape.at, tape.members = at, buyers
    tape.member_names = Names(members)
    tape.paid = array("q", amounts)
    tape.products = array("l", [NONE]) * count
    tape.levels = array("l", [UNSAID]) * count
    tape.other = array("l", [0]) * count
    tape.source = array("q", range(1, count + 1))
    tape.orders = [f"s{number}" for number in range(1, count + 1)]
    assert PLAIN == 0, "rows of zeros are plain orders"
    return tape


def _instants(demand: Demand, zone: ZoneInfo, chance: random.Random) -> Iterator[int]:
    """Yield when orders are paid, in order."""
    day_orders = _orders_a_day(demand, chance)
    clock = [3600 * hour for hour, weight in enumerate(_HOURS) for _ in range(weight)]
    for number, count in enumerate(day_orders):
        day = demand.starts + timedelta(days=number)
        midnight = instant_of(datetime(day.year, day.month, day.day, tzinfo=zone))
        hours = chance.choices(clock, k=count)
        seconds = chance.choices(range(3600), k=count)
        for second in sorted(map(int.__add__, hours, seconds)):
            yield midnight + second * _SECOND


def _orders_a_day(demand: Demand, chance: random.Random) -> list[int]:
    """Return how many orders each day has: in proportion to its weight, chance included."""
    weights = [_weight(demand, number, chance) for number in range(demand.days)]
    whole = sum(weights) or 1.0
    counts, so_far, given = [], 0.0, 0
    for weight in weights:
        so_far += weight
        upto = round(demand.orders * so_far / whole)
        counts.append(upto - given)
        given = upto
    counts[-1] += demand.orders - given
    return counts


def _weight(demand: Demand, number: int, chance: random.Random) -> float:
    day = demand.starts + timedelta(days=number)
    grown: float = (1 + demand.growth / _PERCENT) ** (number / _DAYS_A_MONTH)
    shape = 1 / demand.noise**2 if demand.noise else 0
    luck = chance.gammavariate(shape, 1 / shape) if shape else 1.0
    return grown * demand.weekdays[day.weekday()] * demand.months[day.month - 1] * luck


def _baskets(demand: Demand) -> tuple[int, ...]:
    """Return amounts that are equally likely each."""
    if demand.baskets:
        return demand.baskets
    normal = NormalDist()
    ranks = ((number + 0.5) / _BASKETS for number in range(_BASKETS))
    return tuple(round(demand.basket * exp(demand.spread * normal.inv_cdf(r))) for r in ranks)


def _buyers(demand: Demand, chance: random.Random) -> tuple["array[int]", list[str]]:
    """Return who bought each order, by number, and all members' names.

    Who came gets lots by an inclination of their own; who comes again is drawn from these.
    """
    again, draw = demand.repeat / _PERCENT, chance.random
    inclined = chance.choices([1, 1, 1, 2, 2, 3, 4, 5, 7, 10], k=demand.orders)
    lots: list[int] = []
    buyers, count = array("l"), 0
    for number in range(demand.orders):
        if lots and draw() < again:
            buyers.append(lots[int(draw() * len(lots))])
        else:
            lots.extend((count,) * inclined[number])
            buyers.append(count)
            count += 1
    return buyers, [f"m{number}" for number in range(1, count + 1)]


def _told(
    demand: Demand,
    chance: random.Random,
    at: "array[int]",
    buyers: "array[int]",
    members: list[str],
    amounts: Sequence[int],
) -> Tape:
    """Return orders with what follows them: catalog first, then all by its instant."""
    tape = Tape()
    first = Instant(at[0]) if at else Instant(0)
    for number, member in enumerate(members):
        if number and chance.random() * _PERCENT < demand.referred:
            referrer = members[chance.randrange(number)]
            saved = {"member_id": member, "referrer_id": referrer}
            tape.add(SAVED, first, "MemberSaved", saved)
    happened: list[tuple[int, int, int]] = []
    for number, paid_at in enumerate(at):
        happened.append((paid_at, number, ORDER))
        if demand.completed_hours is not None:
            done = paid_at + demand.completed_hours * _HOUR
            happened.append((done, number, COMPLETED))
        if chance.random() * _PERCENT < demand.refunded:
            back = paid_at + chance.randrange(1, 20 * 24) * _HOUR
            happened.append((back, number, REFUNDED))
    for when, number, kind in sorted(happened):
        name = f"s{number + 1}"
        if kind == ORDER:
            _buy(
                tape, demand, chance, Instant(when), name, members[buyers[number]], amounts[number]
            )
        elif kind == COMPLETED:
            tape.add_completed(Instant(when), name, len(tape) + 1)
        else:
            tape.add(REFUNDED, Instant(when), name, _back(name, amounts[number]), len(tape) + 1)
    return tape


def _back(order: str, amount: int) -> dict[str, Any]:
    return {"order_id": order, "refund_id": f"{order}-back", "amount": amount}


def _buy(
    tape: Tape,
    demand: Demand,
    chance: random.Random,
    at: Instant,
    order: str,
    member: str,
    amount: int,
) -> None:
    product = f"p{chance.randrange(demand.products) + 1}" if demand.products else None
    if demand.stores and chance.random() * _PERCENT < demand.store_share:
        detail = {
            "order_id": order,
            "member": {"id": member},
            "channel": "store",
            "store_id": chance.choice(demand.stores),
            "paid_at": datetime_of(at).isoformat(),
            "lines": [{"line_id": "1", "product_id": product, "paid": amount}],
        }
        tape.add(ORDER, at, order, detail, len(tape) + 1)
        return
    tape.add_plain(
        order, at, member, amount, product=product, level_said=False, source=len(tape) + 1
    )
