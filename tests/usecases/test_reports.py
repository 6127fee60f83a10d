"""Reports read days, and the liability what queues hold (Rules 8.1 and 8.8)."""

import csv
from datetime import date, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rebate.contracts.reports import (
    REPORTS,
    Liability,
    ReportShown,
    liability_csv,
    report_csv,
)
from rebate.domain.errors import Rejected
from rebate.domain.money import sum_of
from rebate.domain.names import StoreId
from rebate.domain.times import DAY, day_of, later
from rebate.usecases.reports import count_members
from rebate.usecases.reports.all_sums import SumsReader
from rebate.usecases.reports.read_days import ReportPeriod
from rebate.usecases.reports.show_liability import show_liability
from rebate.usecases.reports.show_report import UnknownReport, show_report
from rebate.usecases.settings.save_settings import save_settings
from tests.engine import Player
from tests.fakes import FakeClock

BASE: dict[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai"}
PLANS: dict[str, Any] = {
    "queue_rebate": {"extraction_bps": 1000, "entitlement": {"fixed_bps": 5000}},
    "order_queue": {"reward_bps": 500, "repurchase": False},
}


def shop(**more: Any) -> Player:
    """Four orders over two months, one at store W; the first two pay off o1 in part."""
    player = Player({"settings": {**BASE, **PLANS, **more}, "steps": []})
    player.begin()
    for order, at, where in (
        ("o1", "2026-03-30T10:00:00+08:00", {}),
        ("o2", "2026-03-31T10:00:00+08:00", {}),
        ("o3", "2026-04-01T10:00:00+08:00", {"channel": "store", "store": "W"}),
        ("o4", "2026-04-02T10:00:00+08:00", {}),
    ):
        buy = {"order": order, "member": order, "paid": 1000, **where}
        player.step({"buy": buy, "at": at})
    return player


def report(
    player: Player, name: str, *, plan: str | None = None, store: str | None = None, **days: Any
) -> ReportShown:
    starts, ends = days.get("starts", "2026-03-01"), days.get("ends", "2026-04-30")
    own = None if store is None else StoreId(store)
    period = ReportPeriod(date.fromisoformat(starts), date.fromisoformat(ends), plan, own)
    in_force, locale = player.app.settings.in_force(), days.get("locale", "en")
    return show_report(
        SumsReader(player.store, in_force.terms, player.now), in_force, name, period, locale
    )


def liability(player: Player, by: str) -> Liability:
    terms = player.app.settings.in_force().terms
    return show_liability(SumsReader(player.store, terms, later(player.now, DAY)), by, "en")


def test_plans_stand_beside_each_other_with_their_cost_of_sales_and_margin() -> None:
    union = {"enabled": False, "default_margin_bps": 3000}
    rows = {row["plan"]: row for row in report(shop(union=union), "plans").rows}
    base = rows["queue_rebate"]
    assert (base["orders"], base["sales"], base["contributed"], base["rebated"]) == (
        4,
        4000,
        400,
        200,
    )
    assert (base["cost_bps"], base["cost_of_margin_bps"], base["margin_left"]) == (500, 1666, 1000)
    assert rows["order_queue"]["rebated"] == 150
    assert rows["order_queue"]["promised"] == 0


def test_what_is_not_known_is_null() -> None:
    (row,) = report(shop(), "plans", plan="queue_rebate").rows
    assert (row["cost_of_margin_bps"], row["margin_left"]) == (None, None)


def test_stores_have_what_their_orders_came_to_in_all_lines() -> None:
    (row,) = report(shop(), "stores").rows
    assert (row["store"], row["orders"], row["sales"]) == ("W", 2, 2000)
    (plan,) = report(shop(), "plans", plan="order_queue", store="W").rows
    assert (plan["orders"], plan["sales"], plan["rebated"]) == (1, 1000, 50)
    assert report(shop(), "plans", store="nowhere").rows == ()


@pytest.mark.parametrize(("name", "key"), [("days", "day"), ("months", "month")])
def test_days_and_months_add_up_to_the_whole(name: str, key: str) -> None:
    player = shop()
    rows = report(player, name, plan="queue_rebate").rows
    whole = report(player, "plans", plan="queue_rebate").rows[0]
    assert [row[key] for row in rows] == sorted(str(row[key]) for row in rows)
    for column in ("orders", "sales", "contributed", "rebated", "promised"):
        assert sum(int(row[column] or 0) for row in rows) == whole[column]


def test_only_the_days_asked_for_count() -> None:
    found = report(
        shop(), "plans", plan="queue_rebate", starts="2026-03-31", ends="2026-04-01"
    ).rows
    assert [row["orders"] for row in found] == [2]


def test_a_month_tells_what_of_its_promises_is_paid_so_far() -> None:
    rows = report(shop(), "promises").rows
    assert [(r["month"], r["promised"], r["paid"], r["waiting"], r["paid_bps"]) for r in rows] == [
        ("2026-03", 1000, 200, 800, 2000),
        ("2026-04", 1000, 0, 1000, 0),
    ]


def test_the_triangle_is_by_month_of_order_and_of_payment() -> None:
    rows = report(shop(), "triangle", plan="queue_rebate").rows
    assert [(row["joined"], row["paid_in"], row["paid"]) for row in rows] == [
        ("2026-03", "2026-03", 100),
        ("2026-03", "2026-04", 100),
    ]


def test_before_and_after_a_plan_was_switched_on() -> None:
    clock = FakeClock(1_774_972_800_000_000)  # 2026-04-01 in Shanghai
    player = Player({"settings": {**BASE, "queue_rebate": PLANS["queue_rebate"]}, "steps": []})
    player.begin()
    for n, day in enumerate(("2026-03-30", "2026-03-31"), 1):
        buy = {"order": f"o{n}", "member": "A", "paid": 1000 * n}
        player.step({"buy": buy, "at": f"{day}T10:00:00+08:00"})
    save_settings(player.store, clock, {**BASE, **PLANS}, expects=1, by="op")
    buy = {"order": "o3", "member": "A", "paid": 5000}
    player.step({"buy": buy, "at": "2026-04-01T10:00:00+08:00"})
    found = report(player, "before-after", plan="order_queue", ends="2026-04-01")
    rows = {(row["period"], row["plan"]): row for row in found.rows}
    assert rows["before", "queue_rebate"]["sales"] == 2000
    assert rows["after", "queue_rebate"]["sales"] == 5000
    assert ("before", "order_queue") not in rows
    assert rows["after", "order_queue"]["days"] == 1
    assert "2026-04-01" in found.notes[0]


def test_a_plan_that_was_never_on_has_no_before_and_after() -> None:
    found = report(shop(), "before-after", plan="union")
    assert (found.rows, found.notes) == ((), ("The plan was never switched on.",))


def test_what_would_be_withheld_of_prizes() -> None:
    prizes = {"kind": "fixed", "prizes": [{"bps": 4000, "weight": 1}]}
    entitlement = {"fixed_bps": 5000, "lottery": prizes}
    plan = {"extraction_bps": 1000, "entitlement": entitlement}
    player = Player({"settings": {**BASE, "queue_rebate": plan, "prize_tax_bps": 2000}})
    player.begin()
    at = "2026-03-01T10:00:00+08:00"
    player.step({"buy": {"order": "o1", "member": "A", "paid": 1000}, "at": at})
    player.step({"draw": {"queue": "mall", "entry": "o1/1"}})
    player.step({"buy": {"order": "o2", "member": "B", "paid": 1000}})
    (row,) = report(player, "prize-tax").rows
    assert (row["prizes"], row["tax_bps"], row["withheld"]) == (100, 2000, 20)
    assert player.outcome()["wallets"]["A"]["cash"] == 100


@pytest.mark.parametrize(
    ("name", "asked", "path"),
    [
        ("plan", {}, "name"),
        ("plans", {"plan": "union_pool"}, "plan"),
        ("plans", {"starts": "2026-05-01"}, "to"),
        ("plans", {"starts": "2024-05-01"}, "to"),
        ("before-after", {}, "plan"),
    ],
)
def test_reports_that_there_are_not(name: str, asked: dict[str, Any], path: str) -> None:
    with pytest.raises(UnknownReport) as refused:
        report(shop(), name, **asked)
    assert [problem.path for problem in refused.value.problems] == [path]


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_a_table_in_each_language(name: str, locale: str) -> None:
    plan = None if name == "members" else "queue_rebate"
    found = report(shop(), name, plan=plan, locale=locale)
    lines = list(csv.reader(StringIO(report_csv(found).removeprefix("\ufeff"))))
    assert lines[0] == [each.title for each in found.columns]
    assert len(lines) == len(found.rows) + 1
    assert all(each.title.isascii() is (locale == "en") for each in found.columns)


def test_a_csv_has_amounts_as_people_write_them() -> None:
    text = report_csv(report(shop(), "plans", plan="queue_rebate"))
    assert "queue_rebate,4,40.00,4.00,2.00,0.00,5.00,," in text


def test_the_liability_by_queue_and_by_age_come_to_the_same() -> None:
    player = shop()
    player.step({"refund": {"order": "o4", "amount": 1000}})
    queues, ages = liability(player, "queue"), liability(player, "age")
    rows = {row.queue: row for row in queues.rows}
    assert (rows["mall"].promised, rows["mall"].waiting, rows["mall"].borne) == (1000, 800, 100)
    assert rows["store/W"].waiting == 500
    assert queues.waiting == ages.waiting == sum_of(row.waiting for row in ages.rows)
    assert (queues.promised, queues.paid) == (ages.promised, ages.paid)
    assert [row.month for row in ages.rows] == ["2026-03", "2026-04"]
    assert any("rewards" in note for note in queues.notes)
    assert "2026-04" in liability_csv(ages)


def test_three_futures_of_what_is_owed() -> None:
    found = liability(shop(), "queue")
    mall = next(row for row in found.rows if row.queue == "mall")
    flat, trend, stopped = mall.future
    assert (flat.sales, flat.within_12, flat.left) == ("flat", 1300, 0)
    assert (trend.within_12, trend.growth_percent) == (None, None)
    assert (stopped.within_36, stopped.left) == (0, 1300)


def test_points_and_vouchers_that_members_hold_are_told() -> None:
    exchange = {"points_bps": 10_000, "voucher_bps": 12_000}
    player = shop(queue_rebate={**PLANS["queue_rebate"], "exchange": exchange})
    player.step({"exchange": {"queue": "mall", "entry": "o4/1", "into": "points"}})
    player.step({"exchange": {"queue": "store/W", "entry": "o3/1", "into": "voucher"}})
    held = liability(player, "queue").outstanding
    assert (held.points, held.voucher, held.love) == (500, 600, 0)


def visited(player: Player, name: str, **more: Any) -> None:
    at = {"visited_at": "2026-04-01T10:00:00+08:00", "visit_id": name}
    player.deliver("StoreVisited", {"store_id": "W", "member_id": None, **at, **more})


def rated(player: Player, name: str, stars: int, store: str = "W") -> None:
    at = {"rated_at": "2026-04-02T10:00:00+08:00", "rating_id": name}
    player.deliver("StoreRated", {"store_id": store, "stars": stars, **at})


def test_visits_and_ratings_of_stores_count_once():
    """Rule 6.3: also of a store of which no order is known."""
    player = shop()
    for name in ("v1", "v2", "v1"):
        visited(player, name)
    rated(player, "s1", 5)
    rated(player, "s2", 4)
    rated(player, "s3", 3, store="X")
    with pytest.raises(Rejected) as refused:
        visited(player, "v1", store_id="X")
    assert refused.value.code == "conflicting_event"
    rows = {row["store"]: row for row in report(player, "stores").rows}
    told = {name: (row["visits"], row["ratings"], row["rating"]) for name, row in rows.items()}
    assert told == {"W": (2, 2, 450), "X": (0, 1, 300)}
    (only,) = report(player, "stores", store="W").rows
    assert (only["visits"], only["sales"]) == (2, 1000)
    assert report(player, "stores", starts="2026-04-03").rows == ()


def test_a_visit_is_of_its_day_of_the_shop():
    player = shop()
    visited(player, "late", visited_at="2026-03-31T16:30:00Z")
    assert report(player, "stores", ends="2026-03-31").rows == ()
    (row,) = report(player, "stores", starts="2026-04-01", ends="2026-04-01").rows
    assert row["visits"] == 1


def test_members_are_new_once_active_each_month_and_repeat_within_it():
    player = shop()
    for order, member, at, where in (
        ("o5", "o1", "2026-04-03T10:00:00+08:00", {}),
        ("o6", "o1", "2026-04-04T10:00:00+08:00", {}),
        ("o7", None, "2026-04-05T10:00:00+08:00", {}),
        ("o8", "o3", "2026-04-30T23:30:00+08:00", {"channel": "store", "store": "W"}),
    ):
        player.step({"buy": {"order": order, "member": member, "paid": 1000, **where}, "at": at})
    names = ("month", "new", "active", "repeating", "repeat_bps", "orders", "orders_each")
    rows = [tuple(row[name] for name in names) for row in report(player, "members").rows]
    # o3 and o4 buy for the first time in April, o1 twice again, o3 once more; guests are nobody
    assert [row for row in rows if row[2]] == [
        ("2026-03", 2, 2, 0, 0, 2, 100),
        ("2026-04", 2, 3, 2, 6666, 5, 166),
    ]
    (own,) = report(player, "members", store="W").rows
    assert [own[name] for name in names] == ["2026-04", 1, 1, 1, 10000, 2, 200]
    assert own["registered"] is None


def test_who_is_saved_or_buys_registers_once():
    player = shop()
    for nickname in ("a", "b"):
        player.deliver("MemberSaved", {"member_id": "new", "nickname": nickname})
    day = day_of(player.app.clock.now(), ZoneInfo("Asia/Shanghai"))
    days = {"starts": str(day - timedelta(1)), "ends": str(day + timedelta(1))}
    rows = report(player, "members", **days).rows
    assert sum(row["registered"] for row in rows) == 5  # four who bought, and one


def test_members_are_not_told_by_plan_and_too_many_orders_are_said(monkeypatch):
    player = shop()
    with pytest.raises(UnknownReport, match="plan: is not told by this report"):
        report(player, "members", plan="union")
    monkeypatch.setattr(count_members, "ROWS_MAX", 3)
    with pytest.raises(UnknownReport, match="to: must end earlier"):
        report(player, "members")
