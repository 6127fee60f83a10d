"""When the settings in force want a scheduled run, to the minute (Rules 1.6.3, 2.3, 6.2, 7.3).

Schedules of the cloud are fixed when it is deployed, settings change at any time: so a schedule
ticks every minute, and these functions say which ticks count. They are asked for the instant at
which a tick was due, so a late or repeated one gets the same answer.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rebate.contracts.schedules import Run
from rebate.domain.clearings import Clearing
from rebate.domain.names import QueueId
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


def instant_of_run(terms: Terms, at: Instant) -> Instant:
    """Return the instant for which a run at the minute of `at` is set, to the second."""
    clearing = terms.queue_rebate.clearing
    if clearing and clearing.instant is not None and clearing_due(terms, at):
        return clearing.instant
    return Instant(at - at % MINUTE)


def clearing_due(terms: Terms, at: Instant) -> bool:
    """Tell whether a clearing is due at the minute of `at` (Rule 1.6.3)."""
    clearing = terms.queue_rebate.clearing
    if "queue_rebate" not in terms.on or clearing is None:
        return False
    if clearing.instant is not None:
        return _minute(clearing.instant) == _minute(at)
    return _is_at(clearing, terms.zone, at)


def next_clearing(terms: Terms, queue: QueueId, after: Instant) -> Instant | None:
    """Return when a queue is cleared next by schedule, if ever (Rule 1.6.3)."""
    clearing = terms.queue_rebate.clearing
    if "queue_rebate" not in terms.on or clearing is None or not clearing.covers(queue):
        return None
    if clearing.instant is not None:
        return clearing.instant if clearing.instant > after else None
    today = day_of(after, terms.zone)
    days = (today + timedelta(days=number) for number in range(_LONGEST_PERIOD + 1))
    times = (
        instant_of(datetime.combine(day, clearing.at, terms.zone))
        for day in days
        if clearing.is_on(day)
    )
    return next(at for at in times if at > after)


def payout_due(run: Run, terms: Terms, at: Instant) -> bool:
    """Tell whether a payout is due at the minute of `at`; the release of holds is at any time."""
    match run:
        case "average":
            period = Clearing(terms.red_packet.average_every)
            return "red_packet" in terms.on and _is_at(period, terms.zone, at)
        case "dividend":
            rules = terms.referral.dividend if "referral" in terms.on else None
            return rules is not None and _is_at(Clearing(rules.every), terms.zone, at)
        case "union":
            daily = Clearing(at=terms.union.run_at)
            return "union" in terms.on and _is_at(daily, terms.zone, at)
        case "release":
            return True


def _is_at(schedule: Clearing, zone: ZoneInfo, at: Instant) -> bool:
    """Tell whether a regular schedule has the minute of `at`.

    Instants are compared, so that a time which the zone skips that day is due when the skip ends.
    """
    day = day_of(at, zone)
    due = instant_of(datetime.combine(day, schedule.at, zone))
    return schedule.is_on(day) and _minute(due) == _minute(at)


def _minute(instant: Instant) -> int:
    return instant // MINUTE
