"""The shop's calendar: days, weeks and months of instants, looked up a quarter of an hour each."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rebate.domain.times import SECOND, Instant, day_of

_QUARTER = 900 * SECOND
"""Clocks of the world change at full quarters of an hour, and so do days."""


class Calendar:
    """Days of instants in a time zone; a day is asked of the zone once a quarter of an hour."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._days: dict[int, date] = {}
        self._months: dict[int, str] = {}

    def day(self, at: Instant) -> date:
        """Return the calendar day of an instant."""
        quarter = at // _QUARTER
        found = self._days.get(quarter)
        if found is None:
            found = self._days[quarter] = day_of(at, self.zone)
        return found

    def month(self, at: Instant) -> str:
        """Return the month of an instant as `2026-03`."""
        quarter = at // _QUARTER
        found = self._months.get(quarter)
        if found is None:
            found = self._months[quarter] = self.day(at).isoformat()[:7]
        return found

    def period(self, at: Instant, per: str) -> date:
        """Return the first day of the day, week (from Monday) or month of an instant."""
        day = self.day(at)
        if per == "week":
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if per == "month" else day
