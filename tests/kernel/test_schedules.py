"""When schedules start what: in the shop's time zone, at the instants that the settings mean."""

from datetime import UTC, date, datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from rebate.domain.times import datetime_of, instant_of
from rebate.simulation.playing import play
from rebate.simulation.rules import SimulationRules
from rebate.simulation.schedules import due_on, due_runs
from rebate.simulation.seeds import repeatable_seed
from rebate.simulation.tape import Tape

SHOP = {"currency": "CNY", "timezone": "Asia/Shanghai"}
PLAN = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10_000}}


def at(text):
    return instant_of(datetime.fromisoformat(text))


def runs(settings, after, count):
    found = islice(due_runs(SimulationRules({**SHOP, **settings}), at(after)), count)
    zone = ZoneInfo("Asia/Shanghai")
    return [(datetime_of(when, zone).strftime("%m-%d %H:%M"), name) for when, name in found]


@pytest.mark.parametrize(
    ("clearing", "days"),
    [
        ({"every": "day"}, ["03-02 00:00", "03-03 00:00"]),
        ({"every": "day", "at": "20:30"}, ["03-01 20:30", "03-02 20:30"]),
        ({"every": "week", "weekday": 3}, ["03-04 00:00", "03-11 00:00"]),
        ({"every": "month", "day": 31}, ["03-31 00:00", "04-30 00:00"]),
        ({"every": "once", "at": "2026-03-05T12:00:00+08:00"}, ["03-05 12:00"]),
        ({"every": "once", "at": "2026-02-05T12:00:00+08:00"}, []),
    ],
)
def test_clearings_are_due_as_set(clearing, days):
    settings = {"queue_rebate": {**PLAN, "clearing": clearing}}
    found = runs(settings, "2026-03-01T10:00:00+08:00", 2)
    assert found == [(day, "clear") for day in days]


def test_runs_of_all_plans_come_in_order_of_time():
    settings = {
        "queue_rebate": {**PLAN, "clearing": {"every": "day"}},
        "red_packet": {"average_every": "day"},
        "union": {"run_at": "00:30"},
        "referral": {"dividend": {"bps": 1, "rank": "r", "every": "month"}},
    }
    assert runs(settings, "2026-03-31T10:00:00+08:00", 5) == [
        ("04-01 00:00", "clear"),
        ("04-01 00:00", "average"),
        ("04-01 00:00", "dividend"),
        ("04-01 00:30", "union"),
        ("04-02 00:00", "clear"),
    ]


def test_a_plan_that_is_off_starts_nothing():
    plan = {**PLAN, "enabled": False, "clearing": {"every": "day"}}
    assert runs({"queue_rebate": plan}, "2026-03-01T10:00:00+08:00", 1) == []


@pytest.mark.parametrize(
    ("zone", "day", "clock", "due"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29T01:00:00+00:00"),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T00:30:00+00:00"),
        ("America/Santiago", date(2026, 9, 6), time(0, 0), "2026-09-06T04:00:00+00:00"),
        ("Asia/Shanghai", date(2026, 3, 29), time(2, 30), "2026-03-28T18:30:00+00:00"),
    ],
)
def test_a_time_that_a_day_lacks_is_due_after_the_gap_and_one_it_has_twice_the_first_time(
    zone, day, clock, due
):
    assert datetime_of(due_on(day, clock, ZoneInfo(zone))).astimezone(UTC) == (
        datetime.fromisoformat(due)
    )


def test_what_settles_before_a_clearing_is_paid_and_what_comes_at_its_instant_is_not():
    tape = Tape()
    tape.add_plain("o1", at("2026-03-01T10:00:00+08:00"), "A", 10_000)
    tape.add_plain("o2", at("2026-03-01T23:59:59.999999+08:00"), "B", 10_000)
    tape.add_plain("o3", at("2026-03-02T00:00:00+08:00"), "C", 10_000)
    rules = SimulationRules({**SHOP, "queue_rebate": {**PLAN, "clearing": {"every": "day"}}})
    found = play(tape, rules, repeatable_seed("x"), schedules=True)
    entries = found.outcome.document()["queues"]["mall"]["entries"]
    assert [(each["status"], each["paid"]) for each in entries] == [
        ("cleared", 1000),
        ("cleared", 0),
        ("waiting", 0),
    ]
    assert found.report["cleared"] == 9000 + 10_000
    assert found.report["plans"]["queue_rebate"]["waits"]["unpaid"] == 3
