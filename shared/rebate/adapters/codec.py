"""Rows as compact JSON, by the names and defaults that `rebate.domain.wire` declares.

What a field's absence says is left out, except amounts, which are always written. How a kind is
written and read is worked out once.

A record is an object, told from others of a union by its field `type`; a tuple is a list, a set a
list in order, a timezone its name, a time of day ISO 8601. What is read is checked against the
types of the fields.

orjson writes and reads them in half of the time that the standard library takes. That does both
where a whole number has more than 64 bits, as what a long line of large orders lacks may have.
"""

import json
from collections.abc import Callable, Mapping
from datetime import time
from functools import cache, partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import orjson

from rebate.adapters.shapes import shape_of, types_of
from rebate.domain.errors import Unreadable
from rebate.domain.records import REQUIRED, contents_of
from rebate.domain.wire import TAG, Unknown, Wire, form_of, tag_of, wires_of

Row = TypeVar("Row")


def encode(row: object) -> str:
    """Return a row as JSON text."""
    try:
        return orjson.dumps(row, default=_told, option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError:
        return _LONG + _ENCODER.encode(row)


def decode(kind: type[Row], text: str) -> Row:
    """Return the row of `kind` that `text` was encoded from.

    Raises:
        Unreadable: the text is not such a row.
    """
    try:
        found = json.loads(text) if text.startswith(_LONG) else orjson.loads(text)
    except ValueError as error:
        raise Unreadable(f"{form_of(kind).kind} is not JSON: {error}") from error
    asked: Any = kind
    row: Row = shape_of(asked).read(found)
    return row


def spelled(row: object) -> dict[str, Any]:
    """Return as JSON values what a row means: all of its fields, absent ones too."""
    found: dict[str, Any] = json.loads(_SPELLER.encode(row))
    return found


def _told(value: Any) -> object:  # noqa: ANN401 - whatever JSON does not know
    """Return a record's fields whose absence would not say the same."""
    kind: Any = type(value)
    return _telling(kind)(value)


@cache
def _telling(kind: Any) -> Callable[[Any], object]:  # noqa: ANN401 - any type
    """Return what tells values of a type: of a record a function of its own, field by field.

    A batch has thousands of them, and to go through a list of their fields takes three times as
    long.
    """
    worded = _WORDED.get(kind)
    if worded:
        return worded
    if issubclass(kind, tuple):  # with names: others are lists without being asked for
        return list
    form, tag = _written(kind)
    known: dict[str, Any] = {"_tag": tag}
    lines = []
    for number, (field, (name, absent)) in enumerate(zip(wires_of(kind), form, strict=True)):
        known[f"_absent_{number}"] = absent
        told = f"told[{name!r}] = value.{field}"
        is_absent = f"value.{field} is _absent_{number} or value.{field} == _absent_{number}"
        lines.append(told if absent is REQUIRED else f"if not ({is_absent}): {told}")
    lines += [f"told[{TAG!r}] = _tag"] if tag else []
    body = "\n ".join(["told = {}", *lines, "return told"])
    exec(f"def tell(value):\n {body}", known)  # noqa: S102 - of declared names alone
    tell: Callable[[Any], object] = known["tell"]
    return tell


def _spelled(value: Any) -> object:  # noqa: ANN401 - whatever JSON does not know
    """Return all of a record's fields."""
    kind: Any = type(value)
    worded = _WORDED.get(kind)
    if worded:
        return worded(value)
    form, tag = _written(kind)
    told = {name: content for (name, _), content in zip(form, contents_of(value), strict=False)}
    return told | ({TAG: tag} if tag else {})


_WORDED: Mapping[type, Callable[[Any], object]] = {
    ZoneInfo: str,
    time: time.isoformat,
    frozenset: sorted,
    Unknown: lambda value: value.content,
}

_LONG = " "
"""Begins the text of a row in which a whole number has more than 64 bits."""

_JSON_TEXT = partial(
    json.JSONEncoder, ensure_ascii=False, separators=(",", ":"), check_circular=False
)
_ENCODER = _JSON_TEXT(default=_told)
_SPELLER = _JSON_TEXT(default=_spelled)


@cache
def _written(kind: type) -> tuple[tuple[tuple[str, Any], ...], str | None]:
    """Return the names of a record's fields with what absence says, and the record's tag."""
    types = types_of(kind)
    form = tuple(
        (each.name, REQUIRED if each.always else _absent(types[name], each))
        for name, each in wires_of(kind).items()
    )
    return form, tag_of(kind)


def _absent(annotation: Any, declared: Wire) -> Any:  # noqa: ANN401 - any field's
    """Return what the absence of a field means, or `REQUIRED`."""
    if declared.absent is REQUIRED or declared.name == TAG:
        return declared.absent
    return shape_of(annotation).read(declared.absent)
