"""Records: frozen dataclasses with slots, which cost a fraction of the standard library's.

A type checker is told that they are like dataclasses (PEP 681), and what it is told holds: how they
are made, compared, printed, hashed, matched, frozen; defaults, `ClassVar`, and what `dataclasses`
does with them (`fields`, `replace`, `asdict`). What they do not do is refused where a class is
written: inheritance, `InitVar`, fields that are by keyword alone or not given at all.

What differs is the work. In the standard library each class compiles eight functions, so that a
hundred are a third of a cold start, and a frozen instance sets each field by a call. Here only a
constructor is compiled, when the first record is made of the class; it fills an object of an open
twin of the class, with the same slots, and closes it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, MISSING, Field, FrozenInstanceError, InitVar, field
from dataclasses import dataclass as standard
from dataclasses import replace as standard_replace
from inspect import Parameter, Signature
from operator import attrgetter
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    NoReturn,
    TypeVar,
    dataclass_transform,
    get_origin,
    overload,
)

if TYPE_CHECKING:
    from dataclasses import replace

__all__ = [
    "REQUIRED",
    "contents_of",
    "dataclass",
    "defaults_of",
    "field",
    "fields_of",
    "is_record",
    "replace",
]

Class = TypeVar("Class")

REQUIRED = MISSING
"""The default of a field that has none."""


class _Parameters:
    """Tells what a record is made of, though its constructor may not be compiled yet."""

    def __get__(self, record: object, kind: "type[_Record]") -> Signature:
        return Signature([_parameter(*field) for field in kind.__defaults__.items()])


def _parameter(name: str, default: Any) -> Parameter:  # noqa: ANN401 - any field's
    given = Parameter.empty if default is REQUIRED else default
    by_default = REQUIRED if _factory(default) else given
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=by_default)


class _Fields:
    """What `dataclasses` knows a class by; the standard library makes it, once it is asked for."""

    def __get__(self, record: object, kind: "type[_Record]") -> dict[str, Any]:
        if not kind.__known_fields__:
            given = {name: each for name, each in kind.__given__.items() if each is not REQUIRED}
            annotations = {name: kind.__annotations__[name] for name in kind.__given__}
            made: Any = standard(type(kind.__name__, (), {"__annotations__": annotations, **given}))
            kind.__known_fields__.update(made.__dataclass_fields__)
        return kind.__known_fields__


class _Record:
    """What all records share: they are compared by class and content."""

    __slots__ = ()
    __signature__ = _Parameters()
    __dataclass_fields__ = _Fields()

    if TYPE_CHECKING:
        __contents__: ClassVar[attrgetter[tuple[Any, ...]]]
        """Gets the content of each field, and the class: so there are always several."""

        __compared__: ClassVar[attrgetter[tuple[Any, ...]]]
        """Gets what records are compared and hashed by, and the class."""

        __defaults__: ClassVar[Mapping[str, Any]]
        """By field: its default, what makes it (a field with a factory), or `REQUIRED`."""

        __given__: ClassVar[Mapping[str, Any]]
        """By field what its class gives it: a default, what `field` returned, or `REQUIRED`."""

        __shown__: ClassVar[frozenset[str]]
        """The fields that are printed."""

        __known_fields__: ClassVar[dict[str, Any]]
        """What `dataclasses` knows, empty before it asks."""

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__compared__(self) == self.__compared__(other)

    def __hash__(self) -> int:
        return hash(self.__compared__(self))

    def __repr__(self) -> str:
        shown = self.__shown__
        told = ", ".join(f"{name}={each!r}" for name, each in fields_of(self) if name in shown)
        return f"{type(self).__qualname__}({told})"

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        """Copy and pickle by making the record anew."""
        return type(self), self.__contents__(self)[:-1]

    def __replace__(self, /, **changes: object) -> object:
        """Return a record with some of its fields changed: for `copy.replace`."""
        record: Any = self
        return replace(record, **changes)


def is_record(kind: type) -> bool:
    """Tell whether a class is one of records."""
    return issubclass(kind, _Record)


def contents_of(record: object) -> tuple[Any, ...]:
    """Return the contents of a record's fields, and after them its class."""
    assert isinstance(record, _Record), f"{type(record)} is no record"
    return record.__contents__(record)


def fields_of(record: object) -> Iterator[tuple[str, Any]]:
    """Yield the names of a record's fields and their contents."""
    assert isinstance(record, _Record), f"{type(record)} is no record"
    return zip(record.__defaults__, record.__contents__(record), strict=False)


def defaults_of(kind: type) -> Iterator[tuple[str, Any]]:
    """Yield the names of a record's fields and their defaults, `REQUIRED` where there is none."""
    assert issubclass(kind, _Record), f"{kind} is no record"
    for name, default in kind.__defaults__.items():
        factory = _factory(default)
        yield name, factory() if factory else default


@overload
def dataclass(body: type[Class], /) -> type[Class]: ...


@overload
def dataclass(
    *, frozen: bool = False, slots: bool = False
) -> Callable[[type[Class]], type[Class]]: ...


@dataclass_transform(field_specifiers=(field,))
def dataclass(body: Any = None, *, frozen: bool = False, slots: bool = False) -> Any:
    """Make a record of a class, or return what does; other dataclasses are the standard's."""
    make = _recorded if frozen and slots else standard(frozen=frozen, slots=slots)
    return make(body) if body else make


if not TYPE_CHECKING:

    def replace(record, /, **changes):  # noqa: ANN001, ANN003, ANN201 - as the standard library's
        """Return a record, or another dataclass, with some of its fields changed."""
        if not isinstance(record, _Record):
            return standard_replace(record, **changes)
        kind = record.__class__
        *contents, _ = kind.__contents__(record)
        for name, content in changes.items():
            contents[kind.__places__[name]] = content
        return kind(*contents)


def _recorded(body: type) -> type:
    """Return the record that a class describes by its annotations, defaults and methods."""
    if body.__bases__ != (object,):
        raise TypeError(f"{body.__name__} is a record, and those inherit nothing")
    annotations = vars(body).get("__annotations__", {})
    names = tuple(name for name, noted in annotations.items() if _is_field(body, noted))
    written = {name: value for name, value in vars(body).items() if name not in _NOT_WRITTEN}
    given = {name: written.pop(name, REQUIRED) for name in names}
    _insist_possible(body.__name__, given)
    described = {name: each for name, each in given.items() if isinstance(each, Field)}
    defaults = {name: _default(each) for name, each in given.items()}
    compared = [name for name in names if name not in described or described[name].compare]
    shown = [name for name in names if name not in described or described[name].repr]
    twin = type(f"_Open{body.__name__}", (_Record,), {"__slots__": names})
    made = {
        "__slots__": names,
        "__match_args__": names,
        "__places__": {name: place for place, name in enumerate(names)},
        "__contents__": attrgetter(*names, "__class__"),
        "__compared__": attrgetter(*compared, "__class__", "__class__"),
        "__defaults__": defaults,
        "__given__": given,
        "__shown__": frozenset(shown),
        "__known_fields__": {},
        "__new__": _maker(twin, defaults, checked="__post_init__" in written),
        "__setattr__": _refuse,
        "__delattr__": _refuse,
    }
    return type(body.__name__, (_Record,), {**written, **made})


_NOT_WRITTEN = frozenset({"__dict__", "__weakref__"})
"""What Python adds to the body of a class without slots."""


def _is_field(body: type, annotation: Any) -> bool:  # noqa: ANN401 - any annotation
    """Tell a field from what is the class's own."""
    kind = get_origin(annotation) or annotation
    if kind is KW_ONLY or isinstance(annotation, InitVar):
        raise TypeError(f"{body.__name__} is a record: its fields are given by place and stored")
    if isinstance(annotation, str):
        return not annotation.startswith(("ClassVar", "typing.ClassVar"))
    return kind is not ClassVar


def _default(given: Any) -> Any:  # noqa: ANN401 - any field's
    """Return the default of a field, the field itself if it makes one anew, or `REQUIRED`."""
    if not isinstance(given, Field) or given.default_factory is not MISSING:
        return given
    return given.default


def _insist_possible(kind: str, given: Mapping[str, Any]) -> None:
    """Insist on what the standard library insists on, and on what records can do."""
    optional = None
    for name, each in given.items():
        default = _default(each)
        if isinstance(each, Field) and (not each.init or each.kw_only is True or each.hash):
            raise TypeError(f"{name} of {kind}: records have no such fields")
        if default is REQUIRED and optional:
            raise TypeError(f"{name} of {kind} has no default and follows {optional}, which has")
        if type(default).__hash__ is None:
            raise ValueError(f"{name} of {kind}: a default that changes: use default_factory")
        optional = optional or (name if default is not REQUIRED else None)


def _maker(twin: type, defaults: Mapping[str, Any], *, checked: bool) -> Callable[..., Any]:
    """Return what makes the first record: it compiles the constructor of the others, too."""

    def make(kind: Any, /, *contents: Any, **named: Any) -> object:  # noqa: ANN401 - any record
        constructor = _constructor(twin, defaults, checked=checked)
        kind.__new__ = staticmethod(constructor)
        return constructor(kind, *contents, **named)

    return make


def _constructor(twin: type, defaults: Mapping[str, Any], *, checked: bool) -> Callable[..., Any]:
    """Return what makes a record: it fills an open twin, and closes it."""
    known: dict[str, Any] = {"_new": object.__new__, "_twin": twin, "_REQUIRED": REQUIRED}
    parameters, lines = ["_kind"], ["_self = _new(_twin)"]
    for name, default in defaults.items():
        factory = _factory(default)
        if factory:
            known[f"_make_{name}"] = factory
            parameters.append(f"{name}=_REQUIRED")
            lines.append(f"_self.{name} = _make_{name}() if {name} is _REQUIRED else {name}")
            continue
        known[f"_default_{name}"] = default
        parameters.append(name if default is REQUIRED else f"{name}=_default_{name}")
        lines.append(f"_self.{name} = {name}")
    lines += [
        "_self.__class__ = _kind",
        *(["_self.__post_init__()"] if checked else []),
        "return _self",
    ]
    source = f"def __new__({', '.join(parameters)}):\n " + "\n ".join(lines)
    exec(source, known)  # noqa: S102 - as the standard library does, from names of fields alone
    constructor: Callable[..., Any] = known["__new__"]
    return constructor


def _factory(default: Any) -> Callable[[], Any] | None:  # noqa: ANN401 - any field's
    """Return what makes a field's default anew for each record, if something does."""
    return getattr(default, "default_factory", None)


def _refuse(record: object, name: str, *_content: object) -> NoReturn:
    raise FrozenInstanceError(f"{name} of {type(record).__name__} stays as it is")
