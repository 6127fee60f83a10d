"""Scheduled runs whose minute nobody looked at are made up for, by the settings of that minute."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rebate.domain.errors import Unavailable
from rebate.domain.names import QueueId
from rebate.domain.times import Instant, datetime_of, instant_of
from rebate.usecases.schedules.missed_runs import DueRuns
from rebate.usecases.settings.save_settings import SettingsReader, save_settings
from tests.fakes import FakeClock, MemoryStore

QUEUE = {"settle_on": "paid", "extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}}
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> Instant:
    return instant_of(datetime.fromisoformat(f"2026-{text}+08:00"))


class Ticks:
    """A schedule's ticks on a store in memory, at the instants that a test names."""

    def __init__(self) -> None:
        self.store = MemoryStore()

    def save(self, when: str, **queue_rebate: Any) -> None:
        version = SettingsReader(self.store).in_force().version
        settings = {
            "currency": "CNY",
            "timezone": "Asia/Shanghai",
            "queue_rebate": {**QUEUE, **queue_rebate},
        }
        save_settings(self.store, FakeClock(at(when)), settings, expects=version, by="test")

    def tick(self, when: str, *, fails: bool = False) -> list[str]:
        """Return what a tick starts: a function that fails does not say that it has."""
        started: list[str] = []

        def start(each: Instant, ahead: bool) -> Iterable[QueueId]:
            said = f"{datetime_of(each, SHANGHAI):%m-%dT%H:%M:%S}"
            started.append(f"{said} ahead" if ahead else said)
            if fails:
                raise Unavailable("the store does not answer")
            return ()

        with suppress(Unavailable):
            DueRuns(self.store, SettingsReader(self.store)).start("clear", at(when), start)
        return started


@pytest.fixture
def ticks() -> Ticks:
    made = Ticks()
    made.save("03-01T00:00:00", clearing={"every": "day", "at": "03:30"})
    return made


def test_a_run_is_started_at_its_minute_and_ahead_of_it_and_not_again(ticks: Ticks) -> None:
    assert ticks.tick("03-01T03:27:00") == []
    assert ticks.tick("03-01T03:28:00") == ["03-01T03:30:00 ahead"]
    assert ticks.tick("03-01T03:29:00") == []
    assert ticks.tick("03-01T03:30:00") == ["03-01T03:30:00"]
    assert ticks.tick("03-01T03:31:00") == []
    assert ticks.tick("03-01T03:45:00") == []


def test_days_without_a_tick_are_made_up_for_in_their_order(ticks: Ticks) -> None:
    ticks.tick("03-01T03:30:00")
    assert ticks.tick("03-04T12:00:00") == [f"03-0{day}T03:30:00" for day in (2, 3, 4)]
    assert ticks.tick("03-04T12:01:00") == []


def test_what_failed_is_started_by_the_next_tick(ticks: Ticks) -> None:
    ticks.tick("03-01T03:00:00")
    assert ticks.tick("03-01T03:30:00", fails=True) == ["03-01T03:30:00"]
    assert ticks.tick("03-01T03:31:00", fails=True) == ["03-01T03:30:00"]
    assert ticks.tick("03-01T05:00:00") == ["03-01T03:30:00"]
    assert ticks.tick("03-01T05:01:00") == []


def test_a_minute_before_the_first_tick_was_nobodys(ticks: Ticks) -> None:
    assert ticks.tick("03-05T12:00:00") == []


def test_a_missed_minute_is_judged_by_the_settings_of_then(ticks: Ticks) -> None:
    """Else a clearing that was moved would clear at once what should wait until tomorrow."""
    ticks.tick("03-01T03:30:00")
    ticks.save("03-02T04:00:00", clearing={"every": "day", "at": "02:00"})
    ticks.save("03-03T01:00:00", clearing=None)
    ticks.save("03-03T12:00:00", clearing={"every": "day", "at": "11:00"})
    assert ticks.tick("03-04T12:00:00") == ["03-02T03:30:00", "03-04T11:00:00"]


def test_a_time_that_is_set_to_one_that_is_over_today_waits_for_tomorrow(ticks: Ticks) -> None:
    ticks.tick("03-01T12:00:00")
    ticks.save("03-01T12:00:30", clearing={"every": "day", "at": "11:58"})
    assert ticks.tick("03-01T12:01:00") == []
    assert ticks.tick("03-02T11:58:00") == ["03-02T11:58:00"]


def test_a_tick_that_comes_late_finds_its_own_minute_and_moves_nothing_back(ticks: Ticks) -> None:
    ticks.tick("03-01T03:00:00")
    ticks.tick("03-01T04:00:00")
    assert ticks.tick("03-01T03:30:00") == ["03-01T03:30:00"]
    assert ticks.tick("03-01T04:01:00") == []


def test_a_run_of_one_instant_is_made_up_for_to_the_second(ticks: Ticks) -> None:
    ticks.tick("03-01T12:00:00")
    ticks.save("03-01T12:01:00", clearing={"every": "once", "at": "2026-03-01T13:00:20+08:00"})
    assert ticks.tick("03-01T15:00:00") == ["03-01T13:00:20"]
    assert ticks.tick("03-01T15:00:00") == []
