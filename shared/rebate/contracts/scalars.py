"""The kinds of value that documents are made of, each with its range.

All are strict: a whole number is never read from a fraction, a boolean or text. Units are in the
name of the field that uses them: amounts in minor units, `_bps` in basis points.
"""

import re
from datetime import UTC, datetime, time
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from rebate.contracts.identifiers import BYTES_MAX, CHARS_MAX, PATTERN, BadIdentifier, identifier
from rebate.contracts.problems import nearest, shown
from rebate.domain import money
from rebate.domain.currencies import DECIMALS

AMOUNT_MAX = 10**15
"""Largest amount that comes in, in minor units: ten million millions of yuan.

Every JSON reader, browsers included, holds it exactly. And what a queue adds up of them fits into
the 38 digits of a number of DynamoDB: a thousand million orders of 2 000 such lines, of which the
highest ratio promises ten thousand times as much, have 32.
"""
BPS_MAX = 100_000_000
"""Largest ratio: 10 000 times the amount (rule 0.2: ratios may exceed 100 %)."""
_Item = TypeVar("_Item")
YEAR_MIN, YEAR_MAX = 1970, 2999
"""Years that an instant may lie in, so that days can be added and taken away without a thought."""
NAME_CHARS_MAX = 1024
TEXT_CHARS_MAX = 2048
WHOLE_BPS = money.WHOLE
"""100 %."""
QUEUE_KIND_CHARS_MAX = len("red_packet/")
REPURCHASE_CHARS_MAX = len("-r1000000")
"""What a forced repurchase adds to the id of the order that it began with (rule 4.4)."""
ENTRY_CHARS_MAX = CHARS_MAX + REPURCHASE_CHARS_MAX + len("/") + CHARS_MAX

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_NAME_PATTERN = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$"


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


def read_asked(value: object) -> object:
    """Return a number as `without_point`; raises PydanticCustomError `number` for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return whole(value)
    raise PydanticCustomError("number", "must be a number, not {given}", {"given": shown(value)})


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


def whole(value: object) -> object:
    """Return a fraction that is a whole number, such as 100.0, as one; anything else as it is.

    JSON Schema calls both an integer, and so do many senders.
    """
    return int(value) if isinstance(value, float) and value.is_integer() else value


def check_identifier(text: str) -> str:
    """Return an id in NFC; raises PydanticCustomError `identifier`."""
    return _identifier(text, 0)


def check_queue_name(text: str) -> str:
    """Return the id of a queue: an id with the queue's kind before it; raises as an id."""
    return _identifier(text, QUEUE_KIND_CHARS_MAX)


def check_order_name(text: str) -> str:
    """Return the id of an order, forced repurchases included; raises as an id."""
    return _identifier(text, REPURCHASE_CHARS_MAX)


def check_entry_name(text: str) -> str:
    """Return the name of an entry: `{order}/{line}`, two ids; raises as an id."""
    return _identifier(text, BYTES_MAX + REPURCHASE_CHARS_MAX)


def _identifier(text: str, further_chars: int) -> str:
    try:
        return identifier(text, further_chars=further_chars)
    except BadIdentifier as bad:
        raise PydanticCustomError("identifier", "{why}", {"why": str(bad)}) from None


def check_currency(code: str) -> str:
    """Return the code if ISO 4217 has such money (rule 0.9.1); raises `currency`."""
    if code in DECIMALS:
        return code
    raise PydanticCustomError(
        "currency",
        "must be a currency of ISO 4217 such as CNY, not {given}",
        {"given": shown(code), "nearest": nearest(code.upper(), DECIMALS)},
    )


WHOLE = BeforeValidator(whole)
"""Lets 100.0 be 100; a fraction is still refused."""
_ID_SCHEMA: dict[str, Any] = {"minLength": 1, "maxLength": CHARS_MAX, "pattern": PATTERN}

Amount = Annotated[money.Amount, Field(strict=True, ge=0, le=AMOUNT_MAX), WHOLE]
"""Minor units of the deployment's currency, zero or more (rule 0.1)."""
PositiveAmount = Annotated[money.Amount, Field(strict=True, ge=1, le=AMOUNT_MAX), WHOLE]
AskedAmount = Annotated[Any, BeforeValidator(read_asked), WithJsonSchema({"type": "number"})]
"""An amount of a step, which may be there to be refused: of any sign, even a fraction."""
SignedAmount = Annotated[money.Amount, Field(strict=True, ge=-AMOUNT_MAX, le=AMOUNT_MAX), WHOLE]
Bps = Annotated[money.Bps, Field(strict=True, ge=0, le=BPS_MAX), WHOLE]
"""A ratio in basis points; 10 000 is 100 % (rule 0.2)."""
PartBps = Annotated[money.Bps, Field(strict=True, ge=0, le=WHOLE_BPS), WHOLE]
"""A ratio that cannot exceed 100 %, since it is a part of a whole."""
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000), WHOLE]
SignedCount = Annotated[int, Field(strict=True, ge=-1_000_000_000, le=1_000_000_000), WHOLE]
PositiveCount = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000), WHOLE]
Days = Annotated[int, Field(strict=True, ge=0, le=36_600), WHOLE]
"""Days of 24 hours, up to a century."""
PositiveDays = Annotated[int, Field(strict=True, ge=1, le=36_600), WHOLE]
Depth = Annotated[int, Field(strict=True, ge=1, le=100), WHOLE]
"""Levels of referral."""
Flag = Annotated[bool, Field(strict=True)]
Quantity = Annotated[
    float,
    Field(ge=0, le=1_000_000_000, strict=True, allow_inf_nan=False),
    AfterValidator(whole),
    PlainSerializer(whole),
]
"""How many of a thing, with decimals where it is weighed: information, no money."""
Id = Annotated[
    str, Field(strict=True, json_schema_extra=_ID_SCHEMA), AfterValidator(check_identifier)
]
"""A name given by another system (`rebate.contracts.identifiers`)."""
QueueName = Annotated[
    str,
    Field(
        strict=True, json_schema_extra={**_ID_SCHEMA, "maxLength": CHARS_MAX + QUEUE_KIND_CHARS_MAX}
    ),
    AfterValidator(check_queue_name),
]
OrderName = Annotated[
    str,
    Field(
        strict=True,
        json_schema_extra={**_ID_SCHEMA, "maxLength": CHARS_MAX + REPURCHASE_CHARS_MAX},
    ),
    AfterValidator(check_order_name),
]
"""The id of an order, or of a forced repurchase that began with it."""
EntryName = Annotated[
    str,
    Field(strict=True, json_schema_extra={"minLength": 1, "maxLength": ENTRY_CHARS_MAX}),
    AfterValidator(check_entry_name),
]
Name = Annotated[
    str, Field(strict=True, min_length=1, max_length=NAME_CHARS_MAX, pattern=_NAME_PATTERN)
]
"""A name that the engine makes, of ids and more."""
Text = Annotated[str, Field(strict=True, max_length=TEXT_CHARS_MAX)]
Currency = Annotated[
    str,
    Field(strict=True, json_schema_extra={"pattern": r"^[A-Z]{3}$"}),
    AfterValidator(check_currency),
]
Timezone = Annotated[str, Field(strict=True), AfterValidator(check_timezone)]
Weekday = Annotated[int, Field(strict=True, ge=1, le=7), WHOLE]
"""ISO weekday: 1 is Monday."""
DayOfMonth = Annotated[int, Field(strict=True, ge=1, le=31), WHOLE]
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
