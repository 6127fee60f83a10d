"""Settings that were planned come into force, or somebody knows why not (Rule 8.5)."""

from typing import Any

import pytest

from rebate.domain.errors import Conflict, Mismatch, Rejected
from rebate.domain.times import DAY, Instant
from rebate.usecases.settings.plan_settings import SettingsPlanning
from rebate.usecases.settings.save_settings import SettingsReader, save_settings
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.catalog import Product
from tests.fakes import FakeClock, MemoryStore

BASE: dict[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai"}


def giving(bps: int) -> dict[str, Any]:
    return {**BASE, "queue_rebate": {"extraction_bps": bps, "entitlement": {"fixed_bps": 10_000}}}


class Desk:
    """A shop with settings in force, and somebody who plans others."""

    def __init__(self) -> None:
        self.store, self.clock = MemoryStore(), FakeClock()
        self.planning = SettingsPlanning(self.store, self.clock)
        self.save(giving(1000), expects=0)
        self.began = self.clock.now()

    def save(self, document: dict[str, Any], expects: int) -> None:
        save_settings(self.store, self.clock, document, expects=expects, by="other")

    def plan(self, bps: int = 2000, days: float = 1, **more: Any) -> int:
        at = Instant(self.began + int(days * DAY))
        return self.planning.plan(giving(bps), at, **{"expects": 1, "by": "olga", **more}).version

    def pass_days(self, days: float) -> None:
        self.clock.advance(int(days * DAY))

    def extraction(self) -> int:
        found = SettingsReader(self.store).in_force().document
        return int(found["queue_rebate"]["extraction_bps"])

    def state(self) -> str | None:
        planned = self.planning.planned()
        return planned.state if planned else None


@pytest.fixture
def desk() -> Desk:
    return Desk()


def before_the_first_commit(store: Any, do: Any) -> None:
    """Let another be faster."""
    commit = store.commit

    def disturbed(writes: Any) -> None:
        store.commit = commit
        do()
        commit(writes)

    store.commit = disturbed


def test_what_is_planned_is_in_force_when_its_time_has_come(desk: Desk) -> None:
    desk.plan()
    desk.pass_days(0.9)
    assert desk.planning.put_in_force() is None
    assert (desk.extraction(), desk.state()) == (1000, "waiting")
    desk.pass_days(0.1)
    assert desk.planning.put_in_force()
    assert (desk.extraction(), desk.state()) == (2000, None)
    saved = SettingsReader(desk.store).in_force()
    assert (saved.version, saved.saved_at // DAY) == (2, desk.clock.now() // DAY)
    assert desk.planning.put_in_force() is None


def test_others_that_are_saved_before_overtake_it(desk: Desk) -> None:
    desk.plan()
    desk.save(giving(500), expects=1)
    desk.pass_days(2)
    ended = desk.planning.put_in_force()
    assert ended
    assert ended.reason is not None
    assert "other changed queue_rebate.extraction_bps since" in ended.reason
    assert (desk.extraction(), desk.state()) == (500, "overtaken")
    desk.planning.drop(ended.version)
    assert desk.state() is None


def test_what_may_not_be_saved_any_more_is_told_with_its_reason(desk: Desk) -> None:
    """A product came in between whose margin is below what the settings give."""
    desk.plan()
    desk.store.commit([Put(Product("p", margin_bps=100))])  # type: ignore[arg-type]
    desk.pass_days(1)
    ended = desk.planning.put_in_force()
    assert ended
    assert "margin" in str(ended.reason)
    assert (desk.extraction(), desk.state()) == (1000, "refused")
    desk.plan(100, days=3)
    assert desk.state() == "waiting"


def test_what_could_not_be_saved_now_cannot_be_planned(desk: Desk) -> None:
    with pytest.raises(Rejected, match="nobody"):
        desk.planning.plan(
            {**BASE, "nobody": {}}, Instant(desk.clock.now() + DAY), expects=1, by="olga"
        )
    assert desk.state() is None


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_it_is_planned_for_a_time_to_come(desk: Desk, days: float) -> None:
    with pytest.raises(Rejected, match="later than now, within a year"):
        desk.plan(days=days)
    assert desk.state() is None


def test_it_is_planned_instead_of_what_is_in_force(desk: Desk) -> None:
    desk.save(giving(500), expects=1)
    with pytest.raises(Conflict, match="no longer at version 1"):
        desk.plan()
    assert desk.state() is None


def test_one_document_waits_at_a_time(desk: Desk) -> None:
    first = desk.plan()
    with pytest.raises(Conflict, match="olga planned others"):
        desk.plan(3000)
    desk.planning.drop(first)
    desk.planning.drop(first)
    desk.plan(3000)
    with pytest.raises(Conflict, match="not at version 1"):
        desk.planning.drop(first)
    desk.pass_days(1)
    desk.planning.put_in_force()
    assert desk.extraction() == 3000


def test_the_same_request_plans_once(desk: Desk) -> None:
    first = desk.plan(request="p-1")
    assert desk.plan(request="p-1") == first
    with pytest.raises(Mismatch):
        desk.plan(3000, request="p-1")
    desk.pass_days(1)
    desk.planning.put_in_force()
    with pytest.raises(Rejected, match="no settings are planned"):
        desk.planning.drop(first)


def test_nothing_is_dropped_where_nothing_was_planned(desk: Desk) -> None:
    with pytest.raises(Rejected, match="no settings are planned"):
        desk.planning.drop(1)


def test_two_plan_at_once(desk: Desk) -> None:
    before_the_first_commit(desk.store, lambda: desk.plan(3000))
    with pytest.raises(Conflict):
        desk.plan()
    desk.pass_days(1)
    desk.planning.put_in_force()
    assert desk.extraction() == 3000


def test_what_is_dropped_while_it_is_put_in_force_is_dropped(desk: Desk) -> None:
    version = desk.plan()
    desk.pass_days(1)
    before_the_first_commit(desk.store, lambda: desk.planning.drop(version))
    with pytest.raises(Conflict):
        desk.planning.put_in_force()
    assert desk.planning.put_in_force() is None
    assert desk.extraction() == 1000


def test_what_is_put_in_force_while_it_is_dropped_is_in_force(desk: Desk) -> None:
    version = desk.plan()
    desk.pass_days(1)
    before_the_first_commit(desk.store, desk.planning.put_in_force)
    with pytest.raises(Conflict):
        desk.planning.drop(version)
    assert desk.extraction() == 2000
    with pytest.raises(Rejected, match="no settings are planned"):
        desk.planning.drop(version)
