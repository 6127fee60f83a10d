"""When the settings in force want a scheduled run, to the minute (Rules 1.6.3, 2.3, 6.2, 7.3).

Schedules of the cloud are fixed when it is deployed, settings change at any time: so a schedule
ticks every minute, and these functions say which ticks count. They are asked for the instant at
which a tick was due, so a late or repeated one gets the same answer.
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Literal

from rebate.contracts.schedules import Run
from rebate.contracts.settings import Clearing, Settings
from rebate.domain.names import QueueId
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


def instant_of_run(settings: Settings, at: Instant) -> Instant:
    """Return the instant for which a run at the minute of `at` is set, to the second."""
    plan = settings.queue_rebate
    clearing = plan.clearing if plan else None
    if clearing and clearing.every == "once" and clearing_due(settings, at):
        return instant_of(clearing.instant)
    return Instant(at - at % MINUTE)


def clearing_due(settings: Settings, at: Instant) -> bool:
    """Tell whether a clearing is due at the minute of `at` (Rule 1.6.3)."""
    plan = settings.queue_rebate
    if plan is None or not plan.enabled or plan.clearing is None:
        return False
    clearing = plan.clearing
    if clearing.every == "once":
        return _minute(instant_of(clearing.instant)) == _minute(at)
    day = day_of(at, settings.zone)
    return _is_day(clearing, day) and _is_at(settings, day, clearing.time_of_day, at)


def next_clearing(settings: Settings, queue: QueueId, after: Instant) -> Instant | None:
    """Return when a queue is cleared next by schedule, if ever (Rule 1.6.3)."""
    plan = settings.queue_rebate
    if plan is None or not plan.enabled or plan.clearing is None or not plan.clearing.covers(queue):
        return None
    clearing = plan.clearing
    if clearing.every == "once":
        at = instant_of(clearing.instant)
        return at if at > after else None
    today = day_of(after, settings.zone)
    days = (today + timedelta(days=number) for number in range(_LONGEST_PERIOD + 1))
    times = (
        instant_of(datetime.combine(day, clearing.time_of_day, settings.zone))
        for day in days
        if _is_day(clearing, day)
    )
    return next(at for at in times if at > after)


def payout_due(run: Run, settings: Settings, at: Instant) -> bool:
    """Tell whether a payout is due at the minute of `at`; the release of holds is at any time."""
    match run:
        case "average":
            plan = settings.red_packet
            return plan is not None and plan.enabled and _begins(plan.average_every, settings, at)
        case "dividend":
            team = settings.referral
            rules = team.dividend if team and team.enabled else None
            return rules is not None and _begins(rules.every, settings, at)
        case "union":
            pool = settings.union
            day = day_of(at, settings.zone)
            on = pool is not None and pool.enabled
            return on and _is_at(settings, day, (pool and pool.run_at) or time(), at)
        case "release":
            return True


def _begins(period: Literal["day", "week", "month"], settings: Settings, at: Instant) -> bool:
    """Tell whether a period of the shop's calendar begins at the minute of `at`."""
    day = day_of(at, settings.zone)
    return _is_day(Clearing(every=period), day) and _is_at(settings, day, time(), at)


def _is_day(schedule: Clearing, day: date) -> bool:
    if schedule.every == "week":
        return day.isoweekday() == schedule.on_weekday
    if schedule.every == "month":
        last = monthrange(day.year, day.month)[1]
        return day.day == min(schedule.on_day, last)
    return True


def _is_at(settings: Settings, day: date, clock: time, at: Instant) -> bool:
    """Compare instants, so that a time which the zone skips that day is due when the skip ends."""
    return _minute(instant_of(datetime.combine(day, clock, settings.zone))) == _minute(at)


def _minute(instant: Instant) -> int:
    return instant // MINUTE
