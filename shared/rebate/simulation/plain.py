"""What in an event is right beyond doubt, seen without the contract, which judges the rest."""

from datetime import UTC, datetime
from typing import TypeGuard

from rebate.contracts.scalars import AMOUNT_MAX, YEAR_MAX, YEAR_MIN
from rebate.domain.times import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_SECONDS, _SECOND = 86_400, 1_000_000
_ID_MAX = 128
_MALL_SUPPLIES = frozenset({"self", "supplier"})


def instant_or_none(text: object) -> Instant | None:
    """Return the instant that ISO 8601 text names, or None."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or not YEAR_MIN <= moment.year <= YEAR_MAX:
        return None
    since = moment - _EPOCH
    seconds = since.days * _DAY_SECONDS + since.seconds
    return Instant(seconds * _SECOND + since.microseconds)


def is_id(value: object) -> TypeGuard[str]:
    """Tell whether a name is one beyond doubt; others are for the contract to judge."""
    if type(value) is not str or not 0 < len(value) <= _ID_MAX:
        return False
    return value.isascii() and value.isprintable() and " " not in value


def is_amount(value: object) -> bool:
    """Tell whether a value is an amount of minor units."""
    return type(value) is int and 0 <= value <= AMOUNT_MAX


def is_plain(line: object) -> bool:
    """Tell whether a line is of the mall and nothing special is said of it."""
    if type(line) is not dict or line.get("profit") is not None:
        return False
    quantity, product = line.get("quantity", 1), line.get("product_id")
    deducted = line.get("deducted", 0)
    if type(deducted) is not int or deducted:
        return False
    if type(quantity) is not int or quantity < 0 or (product is not None and not is_id(product)):
        return False
    if line.get("supply", "self") not in _MALL_SUPPLIES:
        return False
    return is_id(line.get("line_id")) and is_amount(line.get("paid"))


def are_refunded(lines: object) -> bool:
    """Tell whether lines of a refund are such beyond doubt, also those of 0."""
    return (
        type(lines) is list
        and bool(lines)
        and all(
            type(line) is dict and is_id(line.get("line_id")) and is_amount(line.get("amount"))
            for line in lines
        )
    )
