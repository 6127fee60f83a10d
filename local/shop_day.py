"""Made-up days of a small shop, the same every time: its catalog, its orders and what follows.

A tea and dry-goods shop sells over the mall, a bakery and a tea house sell over their own pages and
at their cash desks. All events come from one seed, whichever days they are.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = 14
"""Days that are played: two weeks, of which a forecast looks at the last."""

_SEED = "a day of a small shop"
_OPENS, _CLOSES = timedelta(hours=7, minutes=30), timedelta(hours=23, minutes=30)
_MEMBERS = 60
_STORES = {"bakery": ("Little Bakery 小面包房", 800), "tea-house": ("Tea House 清心茶馆", 1000)}
_CHANNELS = {"mall": 50, "store": 22, "cashier": 28}
_LEVELS = {None: 60, "silver": 28, "gold": 12}
_RUSH_HOURS = ((12.0, 1.2), (19.5, 1.8), (10.0, 2.5))
"""When people buy: hour of the day, and by how many hours it varies."""


@dataclass(frozen=True, slots=True)
class _Product:
    """Something for sale: its price in fen and its margin in basis points."""

    id: str
    name: str
    price: int
    margin_bps: int
    supply: str = "self"
    store: str | None = None


_PRODUCTS = (
    _Product("jasmine-tea", "Jasmine tea 茉莉花茶", 4_800, 4_200),
    _Product("oolong-tea", "Oolong tea 乌龙茶", 8_800, 4_500),
    _Product("tea-gift-box", "Tea gift box 茶叶礼盒", 26_800, 5_000),
    _Product("rice-10kg", "Rice, 10 kg 大米", 6_990, 1_200),
    _Product("honey", "Wild honey 野生蜂蜜", 5_600, 3_500),
    _Product("walnuts", "Walnuts 核桃", 3_980, 3_000, "supplier"),
    _Product("dried-mango", "Dried mango 芒果干", 2_590, 3_200, "supplier"),
    _Product("milk-bread", "Milk bread 牛奶面包", 1_800, 5_500, "store", "bakery"),
    _Product("egg-tarts", "Egg tarts 蛋挞", 2_400, 5_000, "store", "bakery"),
    _Product("tea-for-two", "Tea for two 双人茶", 12_800, 6_000, "store", "tea-house"),
    _Product("mooncakes", "Mooncakes 月饼", 9_900, 4_800, "store", "tea-house"),
)


def midnight(day: date) -> datetime:
    """Return the instant at which a day of the shop begins."""
    return datetime.combine(day, time(), ZONE)


def shop_days(orders: int, last: date) -> list[dict[str, Any]]:
    """Return the events of the days up to `last` as EventBridge entries, in order of time.

    `orders` is how many orders they have together.
    """
    chance = random.Random(_SEED)  # noqa: S311 - nobody is to be surprised
    first = last - timedelta(days=DAYS - 1)
    entries = list(_catalog(chance, midnight(first)))
    for number in range(1, orders + 1):
        day = first + timedelta(days=(number - 1) * DAYS // orders)
        entries += _order(chance, number, midnight(day), midnight(last + timedelta(days=1)))
    return sorted(entries, key=lambda entry: str(entry["time"]))


def _catalog(chance: random.Random, begin: datetime) -> Iterator[dict[str, Any]]:
    at = begin + _OPENS - timedelta(hours=1)
    for number in range(1, _MEMBERS + 1):
        referrer = f"m{chance.randint(1, number - 1):02d}" if number > 1 else None
        yield _entry(
            "MemberSaved",
            at,
            {
                "member_id": f"m{number:02d}",
                "level": _chosen(chance, _LEVELS),
                "referrer_id": referrer if chance.random() < 0.6 else None,  # noqa: PLR2004
                "nickname": f"Member {number} 会员{number}",
            },
        )
    for store, (name, concession) in _STORES.items():
        saved = {"store_id": store, "name": name, "concession_bps": concession}
        yield _entry("StoreSaved", at, {**saved, "referrer_id": "m01"})
    for product in _PRODUCTS:
        yield _entry(
            "ProductSaved",
            at,
            {
                "product_id": product.id,
                "name": product.name,
                "supply": product.supply,
                "store_id": product.store,
                "margin_bps": product.margin_bps,
            },
        )


def _order(
    chance: random.Random, number: int, day: datetime, end: datetime
) -> Iterator[dict[str, Any]]:
    """Yield an order of a day, and what becomes of it before the `end`."""
    channel = _chosen(chance, _CHANNELS)
    store = chance.choice(list(_STORES)) if channel != "mall" else None
    paid_at = _moment(chance, day)
    order = f"d-{number:04d}"
    lines = [_line(chance, place, channel, store) for place in range(1, _lines(chance, channel))]
    yield _entry(
        "OrderPaid",
        paid_at,
        {
            "order_id": order,
            "member": {"id": f"m{chance.randint(1, _MEMBERS):02d}"},
            "channel": channel,
            "store_id": store,
            "paid_at": paid_at.isoformat(),
            "lines": lines,
        },
    )
    done = paid_at + timedelta(minutes=chance.randint(*_TAKES_MINUTES[channel]))
    if done < end:
        detail = {"order_id": order, "completed_at": done.isoformat()}
        yield _entry("OrderCompleted", done, detail)
    back = paid_at + timedelta(minutes=chance.randint(30, 400))
    if chance.random() < _REFUNDED and back < end:
        yield _entry("OrderRefunded", back, _refund(chance, order, lines, back))


_TAKES_MINUTES = {"mall": (180, 900), "store": (40, 240), "cashier": (1, 3)}
"""How long an order takes to be completed, at least and at most."""

_REFUNDED = 0.05
_DEDUCTED = 0.06


def _line(chance: random.Random, place: int, channel: str, store: str | None) -> dict[str, Any]:
    if channel == "cashier":
        return {"line_id": str(place), "product_id": None, "paid": chance.randint(8, 160) * 100}
    product = chance.choice([each for each in _PRODUCTS if each.store == store])
    quantity = chance.choice((1, 1, 1, 2, 2, 3))
    price = product.price * quantity
    deducted = price // 10 if chance.random() < _DEDUCTED else 0
    return {
        "line_id": str(place),
        "product_id": product.id,
        "supply": product.supply,
        "quantity": quantity,
        "paid": price - deducted,
        "deducted": deducted,
    }


def _lines(chance: random.Random, channel: str) -> int:
    """Return one more than the number of lines."""
    return 2 if channel == "cashier" else chance.choice((2, 2, 2, 3, 3, 4))


def _refund(
    chance: random.Random, order: str, lines: list[dict[str, Any]], at: datetime
) -> dict[str, Any]:
    line = chance.choice(lines)
    amount = line["paid"] if chance.random() < 0.5 else line["paid"] // 3  # noqa: PLR2004
    return {
        "order_id": order,
        "refund_id": f"{order}-back",
        "refunded_at": at.isoformat(),
        "lines": [{"line_id": line["line_id"], "amount": amount}],
    }


def _moment(chance: random.Random, day: datetime) -> datetime:
    hour, spread = chance.choice(_RUSH_HOURS)
    within = timedelta(seconds=int(chance.gauss(hour, spread) * 3600))
    return day + min(max(within, _OPENS), _CLOSES)


def _chosen(chance: random.Random, weights: dict[Any, int]) -> Any:  # noqa: ANN401 - a key of it
    return chance.choices(list(weights), list(weights.values()))[0]


def _entry(kind: str, at: datetime, detail: dict[str, Any]) -> dict[str, Any]:
    return {"source": "shop.demo", "detail-type": kind, "time": at.isoformat(), "detail": detail}
