"""Records: frozen dataclasses with slots, which cost a fraction of the standard library's.

To a type checker `dataclass` and `replace` are the standard library's, and they mean the same. What
differs is the work. There, each class compiles eight functions, so that a hundred are a third of a
cold start, and a frozen instance sets each field by a call. Here only a constructor is compiled,
when the first record is made of the class; it fills an object of an open twin of the class, with
the same slots, and closes it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, FrozenInstanceError, field
from dataclasses import dataclass as standard
from dataclasses import replace as standard_replace
from inspect import Parameter, Signature
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass, replace

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


class _Record:
    """What all records share: they are compared by class and content."""

    __slots__ = ()
    __signature__ = _Parameters()

    if TYPE_CHECKING:
        __contents__: ClassVar[attrgetter[tuple[Any, ...]]]
        """Gets the content of each field, and the class: so there are always several."""

        __defaults__: ClassVar[Mapping[str, Any]]
        """By field: its default, what makes it (a field with a factory), or `REQUIRED`."""

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__contents__(self) == self.__contents__(other)

    def __hash__(self) -> int:
        return hash(self.__contents__(self))

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={content!r}" for name, content in fields_of(self))
        return f"{type(self).__qualname__}({told})"

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        """Copy and pickle by making the record anew."""
        return type(self), self.__contents__(self)[:-1]


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


if not TYPE_CHECKING:

    def dataclass(body=None, *, frozen=False, slots=False):  # noqa: ANN001, ANN201 - see above
        """Make a record of a class, or return what does; other dataclasses are the standard's."""
        make = _recorded if frozen and slots else standard(frozen=frozen, slots=slots)
        return make(body) if body else make

    def replace(record, /, **changes):  # noqa: ANN001, ANN003, ANN201 - see above
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
    names = tuple(body.__annotations__)
    written = {name: value for name, value in vars(body).items() if name not in _NOT_WRITTEN}
    defaults = {name: written.pop(name, REQUIRED) for name in names}
    twin = type(f"_Open{body.__name__}", (_Record,), {"__slots__": names})
    made = {
        "__slots__": names,
        "__match_args__": names,
        "__places__": {name: place for place, name in enumerate(names)},
        "__contents__": attrgetter(*names, "__class__"),
        "__defaults__": defaults,
        "__new__": _maker(twin, defaults, checked="__post_init__" in written),
        "__setattr__": _refuse,
        "__delattr__": _refuse,
    }
    return type(body.__name__, (_Record,), {**written, **made})


_NOT_WRITTEN = frozenset({"__dict__", "__weakref__"})
"""What Python adds to the body of a class without slots."""


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
