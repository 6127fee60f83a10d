"""When schedules start what (Rules 1.6.3, 2.3, 6.2, 7.3), each at its own instant."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from heapq import merge
from typing import Any
from zoneinfo import ZoneInfo

from rebate.domain.clearings import Schedule
from rebate.domain.times import Instant, day_of, instant_of
from rebate.simulation.rules import SimulationRules


def due_runs(rules: SimulationRules, after: Instant) -> Iterator[tuple[Instant, str]]:
    """Yield (instant, run) of what is due from `after` on, without end, in order of time."""
    found = []
    for place, (name, schedule) in enumerate(_schedules(rules)):
        instants = _once(schedule, after) if schedule.instant else _days(rules, schedule, after)
        found.append(_tagged(instants, place, name))
    for at, _, name in merge(*found):
        yield at, name


def _tagged(
    instants: Iterator[Instant], place: int, name: str
) -> Iterator[tuple[Instant, int, str]]:
    return ((at, place, name) for at in instants)


def _schedules(rules: SimulationRules) -> Iterator[tuple[str, Schedule]]:
    plans = rules.plans
    clearing = plans["queue_rebate"].get("clearing")
    if "queue_rebate" in rules.on and clearing:
        yield "clear", _clearing(clearing)
    if "red_packet" in rules.on:
        yield "average", Schedule(plans["red_packet"].get("average_every", "day"))
    if "union" in rules.on:
        yield "union", Schedule(at=time.fromisoformat(plans["union"].get("run_at", "00:00")))
    dividend = plans["referral"].get("dividend")
    if "referral" in rules.on and dividend:
        yield "dividend", Schedule(dividend.get("every", "month"))
    if rules.levels.get("fall"):
        yield "levels", Schedule("month")


def _clearing(own: dict[str, Any]) -> Schedule:
    every, at = own.get("every", "day"), own.get("at", "00:00")
    if every == "once":
        return Schedule(every, instant=instant_of(datetime.fromisoformat(at)))
    return Schedule(
        every, time.fromisoformat(at), weekday=own.get("weekday", 1), day=own.get("day", 1)
    )


def _once(schedule: Schedule, after: Instant) -> Iterator[Instant]:
    if schedule.instant is not None and schedule.instant > after:
        yield schedule.instant


def _days(rules: SimulationRules, schedule: Schedule, after: Instant) -> Iterator[Instant]:
    day = day_of(after, rules.zone)
    while True:
        if schedule.is_on(day):
            at = due_on(day, schedule.at, rules.zone)
            if at > after:
                yield at
        day += timedelta(days=1)


def due_on(day: date, clock: time, zone: ZoneInfo) -> Instant:
    """Return when a local time is due on a day: the first time of two, after a gap (Rule 0.9)."""
    local = datetime.combine(day, clock, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant_of(moment)
    before, after = moment - timedelta(days=1), moment
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return instant_of(after.replace(microsecond=0))
