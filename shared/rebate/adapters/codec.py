"""Rows as compact JSON: what equals its default is left out, so old rows gain new fields.

For the same reason the default of a stored field may never change: rows rest on it. Unknown fields
are ignored, so that a row which a newer version wrote can be read.

A record is an object, told from others of a union by its field `type`; a tuple is a list, a set a
list in order, a timezone its name, a time of day ISO 8601. What is read is checked against the
types of the fields.
"""

import json
from collections.abc import Callable, Mapping
from datetime import time
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from rebate.domain.errors import Unreadable
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import REQUIRED, contents_of, dataclass, defaults_of, is_record
from rebate.domain.terms import TermsByPlan

Row = TypeVar("Row")
_TAG = "type"
_JSON: frozenset[type] = frozenset({str, int, float, bool, NoneType, list, dict})


def encode(row: object) -> str:
    """Return a row as JSON text."""
    return _ENCODER.encode(row)


def decode(kind: type[Row], text: str) -> Row:
    """Return the row of `kind` that `text` was encoded from.

    Raises:
        Unreadable: the text is not such a row.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Unreadable(f"{kind.__name__} is not JSON: {error}") from error
    row: Row = _record(kind, found)
    return row


def _told(value: Any) -> object:  # noqa: ANN401 - whatever JSON does not know
    """Return a record's fields that are not as by default; those inside are asked for in turn."""
    kind: Any = type(value)
    worded = _WORDED.get(kind)
    if worded:
        return worded(value)
    return {
        name: content
        for (name, default), content in zip(_defaults(kind), contents_of(value), strict=False)
        if content != default or name == _TAG
    }


_WORDED: Mapping[type, Callable[[Any], object]] = {
    ZoneInfo: str,
    time: time.isoformat,
    frozenset: sorted,
}


@cache
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    """Return the names and defaults of a record's fields."""
    return tuple(defaults_of(kind))


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_told
)


@dataclass(frozen=True, slots=True)
class _Shape:
    """How values of a type are read: those of `plain` types stand as they are, others are made."""

    plain: frozenset[type]
    make: Callable[[Any], Any]

    def read(self, found: object) -> Any:  # noqa: ANN401 - any type that a field may have
        return found if type(found) in self.plain else self.make(found)


@cache
def _shape(annotation: Any) -> _Shape:  # noqa: ANN401 - types have no type in common
    """Return how values of a type are read."""
    if hasattr(annotation, "__supertype__"):
        return _shape(annotation.__supertype__)
    if annotation is Any:
        return _Shape(_JSON, partial(_refuse, "any value"))
    if annotation in _JSON:
        return _Shape(frozenset({annotation}), partial(_refuse, annotation.__name__))
    if get_origin(annotation) in (Union, UnionType):
        return _union(get_args(annotation))
    return _Shape(frozenset(), _made(get_origin(annotation) or annotation, get_args(annotation)))


def _made(origin: Any, parts: tuple[Any, ...]) -> Callable[[Any], Any]:  # noqa: ANN401 - see `_shape`
    """Return what makes values of a type that JSON does not have."""
    if origin is Literal:
        return partial(_choice, {value: value for value in parts})
    if origin is tuple and parts[-1] is Ellipsis:
        return partial(_series, _shape(parts[0]))
    for base, made in _MADE.items():
        if issubclass(origin, base):
            return made(origin, parts)
    assert is_record(origin), f"rows hold no {origin}"
    return partial(_record, origin)


def _made_group(origin: Any, parts: tuple[Any, ...]) -> Callable[[Any], Any]:  # noqa: ANN401 - see `_shape`
    each = parts or get_type_hints(origin).values()
    return partial(_group, getattr(origin, "_make", origin), tuple(map(_shape, each)))


_MADE: Mapping[type, Callable[[Any, tuple[Any, ...]], Callable[[Any], Any]]] = {
    TermsByPlan: lambda *_: _terms_by_plan,
    tuple: _made_group,
    Mapping: lambda _, parts: partial(_mapping, *map(_shape, parts)),
    frozenset: lambda _, parts: partial(_set, _shape(parts[0])),
    ZoneInfo: lambda *_: partial(_named, ZoneInfo),
    time: lambda *_: partial(_named, time.fromisoformat),
    Enum: lambda origin, _: partial(_choice, {each.value: each for each in origin}),
}
"""What makes values of types that are no records, by what those derive from."""


def _union(parts: tuple[Any, ...]) -> _Shape:
    """Return how a union is read: plain values, and one composed type or records with tags."""
    shapes = [_shape(part) for part in parts]
    plain = frozenset().union(*(shape.plain for shape in shapes))
    composed = [part for part, shape in zip(parts, shapes, strict=True) if not shape.plain]
    if not composed:
        return _Shape(plain, partial(_refuse, " or ".join(each.__name__ for each in plain)))
    if len(composed) == 1:
        return _Shape(plain, _shape(composed[0]).make)
    return _Shape(plain, partial(_tagged, {dict(_defaults(kind))[_TAG]: kind for kind in composed}))


@cache
def _shapes(kind: type) -> tuple[dict[str, _Shape], frozenset[str]]:
    """Return how the fields of a record are read, and which of them must be there."""
    hints = get_type_hints(kind)
    defaults = _defaults(kind)
    required = frozenset(name for name, default in defaults if default is REQUIRED)
    return {name: _shape(hints[name]) for name, _ in defaults}, required


def _record(kind: Any, found: Any) -> Any:  # noqa: ANN401 - what JSON held
    if type(found) is not dict:
        _refuse(kind.__name__, found)
    shapes, required = _shapes(kind)
    if not required <= found.keys():
        raise Unreadable(f"{kind.__name__} lacks {', '.join(sorted(required - found.keys()))}")
    given = {
        name: value if type(value) in shape.plain else shape.make(value)
        for name, value in found.items()
        if (shape := shapes.get(name))
    }
    try:
        return kind(**given)
    except (AssertionError, ValueError) as error:
        raise Unreadable(f"{kind.__name__}: {error}") from error


def _tagged(kinds: dict[str, type], found: Any) -> object:  # noqa: ANN401 - what JSON held
    kind = kinds.get(found.get(_TAG, "")) if type(found) is dict else None
    return _record(kind, found) if kind else _refuse(" or ".join(kinds), found)


def _series(each: _Shape, found: Any) -> tuple[Any, ...]:  # noqa: ANN401 - what JSON held
    if type(found) is not list:
        _refuse("a list", found)
    return tuple([each.read(item) for item in found])


def _set(each: _Shape, found: Any) -> frozenset[Any]:  # noqa: ANN401 - what JSON held
    return frozenset(_series(each, found))


def _named(make: Callable[[str], object], found: Any) -> object:  # noqa: ANN401 - what JSON held
    """Return what a text is the name of."""
    if type(found) is not str:
        _refuse("a text", found)
    try:
        return make(found)
    except (KeyError, ValueError, OSError) as error:
        raise Unreadable(f"{found!r}: {error}") from error


def _group(
    make: Callable[[list[Any]], Any],
    each: tuple[_Shape, ...],
    found: Any,  # noqa: ANN401 - what JSON held
) -> Any:  # noqa: ANN401 - a tuple, possibly with names
    if type(found) is not list or len(found) != len(each):
        _refuse(f"a list of {len(each)}", found)
    return make([shape.read(item) for shape, item in zip(each, found, strict=True)])


def _mapping(key: _Shape, value: _Shape, found: Any) -> dict[Any, Any]:  # noqa: ANN401 - see above
    if type(found) is not dict:
        _refuse("an object", found)
    return {key.read(name): value.read(content) for name, content in found.items()}


def _terms_by_plan(found: Any) -> TermsByPlan:  # noqa: ANN401 - what JSON held
    """Return the terms of the plans that this release knows."""
    if type(found) is not dict:
        _refuse("an object", found)
    return TermsByPlan(
        {plan.name: _record(plan.terms, found[plan.name]) for plan in PLANS if plan.name in found}
    )


def _choice(values: dict[str, Any], found: object) -> Any:  # noqa: ANN401 - an enum's, or text
    value = values.get(found) if isinstance(found, str) else None
    return value if value is not None else _refuse(" or ".join(values), found)


def _refuse(wanted: str, found: object) -> NoReturn:
    raise Unreadable(f"{type(found).__name__} where {wanted} should stand")
