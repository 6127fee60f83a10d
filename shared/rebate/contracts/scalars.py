"""The kinds of value that documents are made of, each with its range.

All are strict: a whole number is never read from a fraction, a boolean or text. Units are in the
name of the field that uses them: amounts in minor units, `_bps` in basis points.
"""

import re
from datetime import UTC, datetime, time
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from rebate.contracts.problems import nearest, shown

AMOUNT_MAX = 2**53 - 1
"""Largest amount: every JSON reader, browsers included, holds it exactly."""
BPS_MAX = 100_000_000
"""Largest ratio: 10 000 times the amount (rule 0.2: ratios may exceed 100 %)."""
_Item = TypeVar("_Item")
YEAR_MIN, YEAR_MAX = 1970, 2999
"""Years that an instant may lie in, so that days can be added and taken away without a thought."""
ID_CHARS_MAX = 256
TEXT_CHARS_MAX = 2048
WHOLE_BPS = 10_000
"""100 %."""

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_ID_PATTERN = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$"


def parse_instant(value: object) -> datetime:
    """Return the ISO 8601 text (or aware datetime) as an aware datetime, offset kept (rule 0.9).

    Raises PydanticCustomError `instant` for anything else, a time without an offset included.
    """
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        instant = None
    if isinstance(instant, datetime) and instant.tzinfo is not None:
        if YEAR_MIN <= instant.year <= YEAR_MAX:
            return instant
        raise PydanticCustomError("year", f"must lie in the years {YEAR_MIN} to {YEAR_MAX}")
    raise PydanticCustomError(
        "instant",
        'must be an ISO 8601 time with an offset, such as "2026-03-01T10:00:00+08:00", not {given}',
        {"given": shown(value)},
    )


def parse_utc_instant(value: object) -> datetime:
    """Return the instant in UTC; raises as `parse_instant`."""
    return parse_instant(value).astimezone(UTC)


def parse_clock(value: object) -> time:
    """Return `HH:MM` (or a time) as a time of day; raises PydanticCustomError `clock`."""
    if isinstance(value, str) and _CLOCK.fullmatch(value):
        return time.fromisoformat(value)
    if isinstance(value, time) and value.tzinfo is None:
        return value.replace(second=0, microsecond=0)
    raise PydanticCustomError(
        "clock", 'must be a time of day "HH:MM", not {given}', {"given": shown(value)}
    )


def check_timezone(name: str) -> str:
    """Return the name if it is an IANA timezone; raises PydanticCustomError `timezone`."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise PydanticCustomError(
            "timezone",
            "must be an IANA timezone such as Asia/Shanghai, not {given}",
            {"given": shown(name), "nearest": nearest(name, available_timezones())},
        ) from None
    return name


def check_filled(items: tuple[_Item, ...] | None) -> tuple[_Item, ...] | None:
    """Return the items if there are any; raises PydanticCustomError `empty`."""
    if items == ():
        raise PydanticCustomError("empty", "must not be empty")
    return items


NOT_EMPTY = AfterValidator(check_filled)
"""Marks a list that needs an item; unlike Pydantic's own, it does not count what is wrong."""


Amount = Annotated[int, Field(strict=True, ge=0, le=AMOUNT_MAX)]
"""Minor units of the deployment's currency, zero or more (rule 0.1)."""
PositiveAmount = Annotated[int, Field(strict=True, ge=1, le=AMOUNT_MAX)]
SignedAmount = Annotated[int, Field(strict=True, ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
Bps = Annotated[int, Field(strict=True, ge=0, le=BPS_MAX)]
"""A ratio in basis points; 10 000 is 100 % (rule 0.2)."""
PartBps = Annotated[int, Field(strict=True, ge=0, le=WHOLE_BPS)]
"""A ratio that cannot exceed 100 %, since it is a part of a whole."""
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
PositiveCount = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Days = Annotated[int, Field(strict=True, ge=0, le=36_600)]
"""Days of 24 hours, up to a century."""
PositiveDays = Annotated[int, Field(strict=True, ge=1, le=36_600)]
Depth = Annotated[int, Field(strict=True, ge=1, le=100)]
"""Levels of referral."""
Flag = Annotated[bool, Field(strict=True)]
Id = Annotated[str, Field(strict=True, min_length=1, max_length=ID_CHARS_MAX, pattern=_ID_PATTERN)]
"""A name given by another system: any characters but control characters."""
Text = Annotated[str, Field(strict=True, max_length=TEXT_CHARS_MAX)]
Currency = Annotated[str, Field(strict=True, pattern=r"^[A-Z]{3}$")]
Timezone = Annotated[str, Field(strict=True), AfterValidator(check_timezone)]
Weekday = Annotated[int, Field(strict=True, ge=1, le=7)]
"""ISO weekday: 1 is Monday."""
DayOfMonth = Annotated[int, Field(strict=True, ge=1, le=31)]
Instant = Annotated[
    datetime,
    BeforeValidator(parse_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant, in the offset in which it was written."""
UtcInstant = Annotated[
    datetime,
    BeforeValidator(parse_utc_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant in UTC, whatever the offset in which it was written."""
Clock = Annotated[
    time,
    BeforeValidator(parse_clock),
    PlainSerializer(lambda clock: clock.strftime("%H:%M"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}),
]
"""A time of day in the shop's timezone, to the minute."""
