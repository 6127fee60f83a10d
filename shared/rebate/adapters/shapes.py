"""How values are read from JSON, by their types: worked out once for each.

What a later release wrote is survived, with an alarm: a field that is not known is passed over, a
value of an open enumeration is kept as its text, a record of an unknown type is kept whole where
`Unknown` may stand.
"""

from collections.abc import Callable, Mapping
from datetime import time
from enum import Enum
from functools import cache, lru_cache, partial
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, NoReturn, Union, get_args, get_origin
from typing import get_type_hints as hints_of
from zoneinfo import ZoneInfo

from rebate.domain.errors import Unreadable
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import REQUIRED, defaults_of, is_record
from rebate.domain.terms import TermsByPlan
from rebate.domain.wire import TAG, Unknown, Wire, form_of, tag_of, wires_of

_JSON: frozenset[type] = frozenset({str, int, float, bool, NoneType, list, dict})


@cache
def types_of(kind: type) -> Mapping[str, Any]:
    """Return the types of a record's fields."""
    return hints_of(kind)


@lru_cache(maxsize=1000)
def _alarm(kind: str, what: str) -> None:
    """Tell that a later release wrote something, once in a process: each row would say it again."""
    from rebate.adapters.telemetry import record_unknown  # noqa: PLC0415 - hardly ever needed

    record_unknown(kind, what)


class Shape(NamedTuple):
    """How values of a type are read: those of `plain` types stand as they are, others are made."""

    plain: frozenset[type]
    make: Callable[[Any], Any]

    def read(self, found: object) -> Any:  # noqa: ANN401 - any type that a field may have
        return found if type(found) in self.plain else self.make(found)


@cache
def shape_of(annotation: Any) -> Shape:  # noqa: ANN401 - types have no type in common
    """Return how values of a type are read."""
    if hasattr(annotation, "__supertype__"):
        return shape_of(annotation.__supertype__)
    if annotation is Any:
        return Shape(_JSON, partial(_refuse, "any value"))
    if annotation in _JSON:
        return Shape(frozenset({annotation}), partial(_refuse, annotation.__name__))
    if get_origin(annotation) in (Union, UnionType):
        return _union(get_args(annotation))
    return Shape(frozenset(), _made(get_origin(annotation) or annotation, get_args(annotation)))


def _made(origin: Any, parts: tuple[Any, ...]) -> Callable[[Any], Any]:  # noqa: ANN401 - see `shape_of`
    """Return what makes values of a type that JSON does not have."""
    if origin is Literal:
        return partial(_choice, {value: value for value in parts})
    if origin is tuple and parts[-1] is Ellipsis:
        return partial(_series, shape_of(parts[0]))
    for base, made in _MADE.items():
        if issubclass(origin, base):
            return made(origin, parts)
    assert is_record(origin), f"rows hold no {origin}"
    return partial(_record, origin)


def _made_group(origin: Any, parts: tuple[Any, ...]) -> Callable[[Any], Any]:  # noqa: ANN401 - see `shape_of`
    each = parts or hints_of(origin).values()
    return partial(_group, getattr(origin, "_make", origin), tuple(map(shape_of, each)))


_MADE: Mapping[type, Callable[[Any, tuple[Any, ...]], Callable[[Any], Any]]] = {
    TermsByPlan: lambda *_: _terms_by_plan,
    tuple: _made_group,
    Mapping: lambda _, parts: partial(_mapping, *map(shape_of, parts)),
    frozenset: lambda _, parts: partial(_set, shape_of(parts[0])),
    ZoneInfo: lambda *_: partial(_named, ZoneInfo),
    time: lambda *_: partial(_named, time.fromisoformat),
    Enum: lambda origin, _: _made_choice(origin),
}
"""What makes values of types that are no records, by what those derive from."""


def _made_choice(origin: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - an enumeration
    known = {each.value: each for each in origin}
    choice = partial(_choice, known)
    return partial(_open_choice, origin, known) if form_of(origin).open else choice


def _union(parts: tuple[Any, ...]) -> Shape:
    """Return how a union is read: plain values, and one composed type or records with tags."""
    shapes = [shape_of(part) for part in parts if part is not Unknown]
    plain = frozenset().union(*(shape.plain for shape in shapes))
    composed = [part for part in parts if part is not Unknown and not shape_of(part).plain]
    if not composed:
        return Shape(plain, partial(_refuse, " or ".join(each.__name__ for each in plain)))
    if len(composed) == 1 and Unknown not in parts:
        return Shape(plain, shape_of(composed[0]).make)
    kinds = {tag_of(kind) or "": kind for kind in composed}
    return Shape(plain, partial(_tagged_or_unknown if Unknown in parts else _tagged, kinds))


class _Reading(NamedTuple):
    """How a record is read: its fields by their names in rows, and which rows must have.

    `absent`: by field what makes the content of those whose absence does not mean what the code
    takes by default.
    """

    fields: Mapping[str, tuple[str, frozenset[type], Callable[[Any], Any]]]
    required: frozenset[str]
    absent: Mapping[str, Callable[[], Any]]


@cache
def _reading(kind: type) -> _Reading:
    """Return how records of a kind are read."""
    types, wires, defaults = types_of(kind), wires_of(kind), dict(defaults_of(kind))
    shapes = {
        name: _field(shape_of(types[name]), each, defaults[name]) for name, each in wires.items()
    }
    required = {each.name for each in wires.values() if each.absent is REQUIRED}
    absent = {
        name: partial(shapes[name].read, each.absent)
        for name, each in wires.items()
        if each.absent is not REQUIRED and each.name != TAG
    }
    return _Reading(
        {each.name: (name, *shapes[name]) for name, each in wires.items()},
        frozenset(required),
        {name: make for name, make in absent.items() if not _same(make(), defaults[name])},
    )


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def _field(shape: Shape, declared: Wire, default: Any) -> Shape:  # noqa: ANN401 - any field's
    """Return how a field is read."""
    if declared.name == TAG:
        return Shape(frozenset(), lambda _: default)
    return Shape(shape.plain, partial(_or_none, shape, declared)) if declared.derived else shape


def _or_none(shape: Shape, declared: Wire, found: Any) -> Any:  # noqa: ANN401 - any field's
    """Return what can be made anew, or None if it cannot be read."""
    try:
        return shape.make(found)
    except Unreadable as unreadable:
        _alarm(declared.name, str(unreadable))
        return None


def _record(kind: Any, found: Any) -> Any:  # noqa: ANN401 - what JSON held
    if type(found) is not dict:
        _refuse(form_of(kind).kind, found)
    fields, required, absent = _reading(kind)
    if not required <= found.keys():
        lacking = ", ".join(sorted(required - found.keys()))
        raise Unreadable(f"{form_of(kind).kind} lacks {lacking}")
    given = {
        known[0]: value if type(value) in known[1] else known[2](value)
        for name, value in found.items()
        if (known := fields.get(name))
    }
    if len(given) < len(found):
        for name in found.keys() - fields.keys() - form_of(kind).retired:
            _alarm(form_of(kind).kind, f"field {name}")
    for field, make in absent.items():
        if field not in given:
            given[field] = make()
    try:
        return kind(**given)
    except (AssertionError, ValueError) as error:
        raise Unreadable(f"{form_of(kind).kind}: {error}") from error


def _tagged(kinds: dict[str, type], found: Any) -> object:  # noqa: ANN401 - what JSON held
    kind = kinds.get(found.get(TAG, "")) if type(found) is dict else None
    return _record(kind, found) if kind else _refuse(" or ".join(kinds), found)


def _tagged_or_unknown(kinds: dict[str, type], found: Any) -> object:  # noqa: ANN401 - see above
    """Return the record of a tag; one that only a later release can read is kept whole."""
    tag = found.get(TAG) if type(found) is dict else None
    if type(tag) is not str:
        _refuse(" or ".join(kinds), found)
    if tag in kinds:
        try:
            return _record(kinds[tag], found)
        except Unreadable as unreadable:
            _alarm(form_of(kinds[tag]).kind, str(unreadable))
            return Unknown(tag, found)
    _alarm("type", tag)
    return Unknown(tag, found)


def _series(each: Shape, found: Any) -> tuple[Any, ...]:  # noqa: ANN401 - what JSON held
    if type(found) is not list:
        _refuse("a list", found)
    return tuple([each.read(item) for item in found])


def _set(each: Shape, found: Any) -> frozenset[Any]:  # noqa: ANN401 - what JSON held
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
    each: tuple[Shape, ...],
    found: Any,  # noqa: ANN401 - what JSON held
) -> Any:  # noqa: ANN401 - a tuple, possibly with names
    if type(found) is not list or len(found) != len(each):
        found = _first(make, len(each), found)
    return make([shape.read(item) for shape, item in zip(each, found, strict=True)])


def _first(make: Any, count: int, found: Any) -> list[Any]:  # noqa: ANN401 - see above
    """Return what is known of a tuple with names, to which a later release may have added."""
    kind = getattr(make, "__self__", None)
    if kind is None or type(found) is not list or len(found) < count:
        _refuse(f"a list of {count}", found)
    _alarm(kind.__name__, f"{len(found)} parts instead of {count}")
    return found[:count]


def _mapping(key: Shape, value: Shape, found: Any) -> dict[Any, Any]:  # noqa: ANN401 - see above
    if type(found) is not dict:
        _refuse("an object", found)
    return {key.read(name): value.read(content) for name, content in found.items()}


def _terms_by_plan(found: Any) -> TermsByPlan:  # noqa: ANN401 - what JSON held
    """Return the terms of the plans that this release knows."""
    if type(found) is not dict:
        _refuse("an object", found)
    for name in found.keys() - set(PLANS.names):
        _alarm("terms", f"plan {name}")
    return TermsByPlan(
        {plan.name: _record(plan.terms, found[plan.name]) for plan in PLANS if plan.name in found}
    )


def _choice(values: dict[str, Any], found: object) -> Any:  # noqa: ANN401 - an enum's, or text
    value = values.get(found) if isinstance(found, str) else None
    return value if value is not None else _refuse(" or ".join(values), found)


def _open_choice(kind: Any, values: dict[str, Any], found: object) -> Any:  # noqa: ANN401 - see above
    """Return a member of an enumeration, or one for this text if only a later release knows it."""
    if isinstance(found, str) and found not in values:
        return _later(kind, found)
    return _choice(values, found)


@cache
def _later(kind: type[Enum], value: str) -> Enum:
    _alarm(form_of(kind).kind, value)
    member = str.__new__(kind, value)  # type: ignore[type-var]
    member._name_ = member._value_ = value
    return member


def _refuse(wanted: str, found: object) -> NoReturn:
    raise Unreadable(f"{type(found).__name__} where {wanted} should stand")
