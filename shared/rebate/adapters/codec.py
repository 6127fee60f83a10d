"""Rows as compact JSON: what equals its default is left out, so old rows gain new fields.

For the same reason the default of a stored field may never change: rows rest on it.
"""

import json
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

Row = TypeVar("Row")
_TAG = "type"


def encode(row: object) -> str:
    """Return a row as JSON text."""
    return json.dumps(_plain(row), ensure_ascii=False, separators=(",", ":"))


def decode(kind: type[Row], text: str) -> Row:
    """Return the row of `kind` that `text` was encoded from.

    Raises:
        pydantic.ValidationError: the text is not such a row.
    """
    row: Row = _adapter(kind).validate_json(text)
    return row


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: _plain(content)
            for name, default in _fields(type(value))
            if (content := getattr(value, name)) != default or name == _TAG
        }
    if isinstance(value, dict):
        return {str(key): _plain(content) for key, content in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


@cache
def _fields(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple((each.name, _default(each)) for each in fields(kind))


def _default(each: "Field[object]") -> object:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return each.default


def _adapter(kind: type) -> TypeAdapter[Any]:
    known = _ADAPTERS.get(kind)
    if known is None:
        known = _ADAPTERS[kind] = TypeAdapter(kind)
    return known


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}
