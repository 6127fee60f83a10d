"""Instants and the shop's calendar (Rule 0.9)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NewType
from zoneinfo import ZoneInfo

Instant = NewType("Instant", int)
"""Microseconds since 1970-01-01T00:00:00Z: orders and subtracts exactly, in any time zone."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_of(moment: datetime) -> Instant:
    """Return the instant of an aware datetime.

    Raises:
        ValueError: if `moment` has no offset, since then it names no instant.
    """
    if moment.tzinfo is None:
        message = f"{moment.isoformat()} has no offset, so it names no instant"
        raise ValueError(message)
    return Instant((moment - _EPOCH) // timedelta(microseconds=1))


def datetime_of(instant: Instant, zone: ZoneInfo | None = None) -> datetime:
    """Return the aware datetime of `instant` in `zone` (default UTC)."""
    return (_EPOCH + timedelta(microseconds=instant)).astimezone(zone or UTC)


def iso(instant: Instant) -> str:
    """Return `instant` as ISO 8601 in UTC."""
    return datetime_of(instant).isoformat()


def zulu(moment: datetime) -> str:
    """Return a UTC datetime as others are told it: ISO 8601 with a `Z`."""
    return moment.isoformat().replace("+00:00", "Z")


def day_of(instant: Instant, zone: ZoneInfo) -> date:
    """Return the calendar day of `instant` in the shop's time zone."""
    return datetime_of(instant, zone).date()


def ends_of_day(instant: Instant, zone: ZoneInfo) -> Instant:
    """Return the first instant after the day of `instant` in the shop's time zone."""
    after = day_of(instant, zone) + timedelta(days=1)
    return instant_of(datetime.combine(after, time(), zone))


def later(instant: Instant, microseconds: int) -> Instant:
    """Return the instant `microseconds` after `instant` (negative: before)."""
    return Instant(instant + microseconds)
