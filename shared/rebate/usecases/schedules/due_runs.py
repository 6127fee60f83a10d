"""When the settings in force want a scheduled run, to the minute (Rules 1.6.3, 2.3, 6.2, 7.3).

Schedules of the cloud are fixed when it is deployed, settings change at any time: so a schedule
ticks every minute, and these functions say which ticks count. They are asked for the instant at
which a tick was due, so a late or repeated one gets the same answer.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rebate.contracts.schedules import LEVELS, RELEASE
from rebate.domain.clearings import Schedule
from rebate.domain.names import QueueId
from rebate.domain.plans.registry import PLANS
from rebate.domain.terms import Terms
from rebate.domain.times import SECOND, Instant, day_of, instant_of, later

MINUTE = 60 * SECOND
_LONGEST_PERIOD = 31

AHEAD = 2 * MINUTE
"""How long before its time a run is sent, so that it is there when its time comes."""


def ticks(at: Instant) -> tuple[tuple[Instant, bool], tuple[Instant, bool]]:
    """Return the minutes that a tick answers for, and whether each is still ahead.

    A run is sent ahead, and once more in its minute for queues that came into being meanwhile;
    the queues that had it take it once.
    """
    return (later(at, AHEAD), True), (at, False)


def instant_of_run(name: str, terms: Terms, at: Instant) -> Instant:
    """Return the instant for which a run at the minute of `at` is set, to the second."""
    schedule = _schedule_of(name, terms)
    if schedule and schedule.instant is not None and _has_minute(schedule, terms.zone, at):
        return schedule.instant
    return Instant(at - at % MINUTE)


def run_due(name: str, terms: Terms, at: Instant) -> bool:
    """Tell whether the settings want a run at the minute of `at`.

    The release of holds (Rule 1.2.8) is of no plan, and due at any time.
    """
    if name == RELEASE:
        return True
    schedule = _schedule_of(name, terms)
    return schedule is not None and _has_minute(schedule, terms.zone, at)


def next_run(name: str, terms: Terms, after: Instant) -> Instant | None:
    """Return when a plan's run is due next, if ever."""
    schedule = _schedule_of(name, terms)
    return _next(schedule, terms.zone, after) if schedule else None


def next_clearing(terms: Terms, queue: QueueId, after: Instant) -> Instant | None:
    """Return when a queue is cleared next by schedule, if ever (Rule 1.6.3)."""
    name = PLANS.queue(queue)
    ends = [run for run in name.plan.runs if not run.pays] if name else []
    schedules = (_schedule_of(run.name, terms) for run in ends)
    covering = (each for each in schedules if each and name and each.covers(name))
    return min(filter(None, (_next(each, terms.zone, after) for each in covering)), default=None)


def _schedule_of(name: str, terms: Terms) -> Schedule | None:
    """Return when a run is due, None where its plan is off or has no such run now."""
    if name == RELEASE:
        return None
    if name == LEVELS:
        return Schedule("month") if terms.levels.fall and terms.levels.are_set else None
    plan, run = PLANS.run(name)
    return run.schedule(terms.of(plan)) if terms.has_on(plan) else None


def _next(schedule: Schedule, zone: ZoneInfo, after: Instant) -> Instant | None:
    if schedule.instant is not None:
        return schedule.instant if schedule.instant > after else None
    today = day_of(after, zone)
    days = (today + timedelta(days=number) for number in range(_LONGEST_PERIOD + 1))
    times = (
        instant_of(datetime.combine(day, schedule.at, zone)) for day in days if schedule.is_on(day)
    )
    return next(at for at in times if at > after)


def _has_minute(schedule: Schedule, zone: ZoneInfo, at: Instant) -> bool:
    if schedule.instant is not None:
        return _minute(schedule.instant) == _minute(at)
    return _is_at(schedule, zone, at)


def _is_at(schedule: Schedule, zone: ZoneInfo, at: Instant) -> bool:
    """Tell whether a regular schedule has the minute of `at`.

    Instants are compared, so that a time which the zone skips that day is due when the skip ends.
    """
    day = day_of(at, zone)
    due = instant_of(datetime.combine(day, schedule.at, zone))
    return schedule.is_on(day) and _minute(due) == _minute(at)


def _minute(instant: Instant) -> int:
    return instant // MINUTE
