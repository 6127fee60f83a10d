"""Operators plan settings for later; the sweep puts them in force (Rule 8.5)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from functions.scheduled_sweep.handler import handler as sweep
from rebate.adapters.clock import SystemClock
from rebate.adapters.telemetry import logger
from rebate.domain.times import DAY, Instant
from tests.functions.cloud import OPERATOR, SETTINGS, context

LATER = {**SETTINGS, "queue_rebate": {**SETTINGS["queue_rebate"], "title": "新"}}


@pytest.fixture
def days_pass(monkeypatch):
    """Return what lets the clock run ahead."""
    now = SystemClock.now

    def ahead(days):
        monkeypatch.setattr(SystemClock, "now", lambda clock: Instant(now(clock) + days * DAY))

    return ahead


def planned(cloud, **changes):
    at = datetime.fromtimestamp(cloud.now(), ZoneInfo("Asia/Shanghai")) + timedelta(days=2)
    body = {"version": 1, "settings": LATER, "at": at.date().isoformat(), **changes}
    return cloud.as_operator("PUT", "/v1/settings", body)


def test_they_are_in_force_from_the_day_on(cloud, days_pass):
    status, said = planned(cloud)
    assert (status, said["version"], said["settings"]) == (200, 1, SETTINGS)
    later = said["planned"]
    assert (later["state"], later["instead_of"], later["settings"]) == ("waiting", 1, LATER)
    assert later["planned_by"] == OPERATOR["username"]
    assert later["at"].endswith("T16:00:00Z"), "the day begins in Shanghai"
    assert cloud.as_operator("GET", "/v1/settings") == (200, said)
    sweep({}, context("scheduled_sweep"))
    assert cloud.as_operator("GET", "/v1/settings")[1]["version"] == 1
    days_pass(3)
    sweep({}, context("scheduled_sweep"))
    now = cloud.as_operator("GET", "/v1/settings")[1]
    assert (now["version"], now["settings"], now.get("planned")) == (2, LATER, None)
    (last, _) = cloud.as_operator("GET", "/v1/settings/versions")[1]["versions"]
    assert last["saved_by"] == OPERATOR["username"]


def test_they_are_dropped_and_who_did_so_stands_in_the_trail(cloud, days_pass):
    version = planned(cloud)[1]["planned"]["version"]
    for _ in range(2):
        drop = cloud.as_operator("POST", "/v1/settings/planned/drop", {"version": version})
        assert (drop[0], drop[1].get("planned")) == (200, None)
    days_pass(3)
    sweep({}, context("scheduled_sweep"))
    assert cloud.as_operator("GET", "/v1/settings")[1]["version"] == 1
    acts = cloud.as_operator("GET", "/v1/audit")[1]["acts"]
    assert {act["what"] for act in acts} >= {"settings", "settings/planned/drop"}


def test_the_log_says_why_they_are_not_in_force(cloud, days_pass, monkeypatch):
    planned(cloud)
    cloud.as_operator("PUT", "/v1/settings", {"version": 1, "settings": SETTINGS})
    days_pass(3)
    told = []
    monkeypatch.setattr(logger, "error", lambda text, extra: told.append((text, extra["state"])))
    sweep({}, context("scheduled_sweep"))
    assert told == [("planned settings are not in force", "overtaken")]
    later = cloud.as_operator("GET", "/v1/settings")[1]["planned"]
    assert (later["state"], "olga" in later["reason"]) == ("overtaken", True)


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"at": "soon"}, 422, "at"),
        ({"at": "2026-03-01"}, 422, "at must be later than now"),
        ({"at": ""}, 422, "at"),
        ({"at": 5}, 422, "at"),
        ({"version": 7}, 409, "no longer at version 7"),
        ({"settings": {"currency": "CNY", "nobody": 1}}, 422, "nobody"),
    ],
)
def test_what_cannot_be_planned_is_refused(cloud, changes, status, said):
    answer, refused = planned(cloud, **changes)
    assert (answer, said in str(refused)) == (status, True), refused
    assert cloud.as_operator("GET", "/v1/settings")[1].get("planned") is None


def test_nothing_that_is_not_planned_is_dropped(cloud):
    status, said = cloud.as_operator("POST", "/v1/settings/planned/drop", {"version": 1})
    assert (status, said["code"]) == (404, "unknown_entry")
