"""Wire forms: by which names, with which defaults and in which edition a record is stored.

Rows outlive the code that wrote them. So a record that is stored says beside each field what rows
call it and what its absence means, and beside the class what its kind is called. Renaming a class
or a field, or changing a default in code, changes no row and no reading of one:

    @stored_as("entry", 2)
    @dataclass(frozen=True, slots=True)
    class Entry:
        ordinal: Annotated[int, wire("ordinal")]
        paid: Annotated[Amount, money("paid", absent=0)] = 0

What is declared here never changes within an edition; tests/rows holds every edition's form, and
rows of it. How to change it: docs/how-to/add-a-stored-field.md and change-a-default.md.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from rebate.domain.records import REQUIRED, dataclass

Kind = TypeVar("Kind", bound=type)

TAG = "type"
"""What rows call the field that tells a record from others of a union."""


class Undeclared(Exception):
    """A record that is to be stored does not say how: a mistake in code that no row mends."""


class Wire(NamedTuple):
    """How a field is stored.

    `absent` is what a row without the field means, in JSON values, or `REQUIRED`. `always`: it is
    written even so. `derived`: it can be made anew, so one that cannot be read is as one absent.
    """

    name: str
    absent: Any = REQUIRED
    always: bool = False
    derived: bool = False

    def __hash__(self) -> int:
        """Return what no other has: `Annotated` would take one for another that equals it."""
        return id(self)


class Stored(NamedTuple):
    """What a stored kind is called, and in which edition this release writes it.

    `open`: an enumeration whose values of later releases mean nothing to this one and are kept.
    `retired`: fields of earlier editions that nothing is read from any more.
    """

    kind: str
    edition: int = 1
    open: bool = False
    retired: frozenset[str] = frozenset()


def stored_as(
    kind: str, edition: int = 1, *, is_open: bool = False, retired: Iterable[str] = ()
) -> Callable[[Kind], Kind]:
    """Declare that a class is stored as `kind`; raise `edition` whenever its form changes.

    Names that are `retired` are passed over where earlier editions had them, and never used again.
    """

    def declare(described: Kind) -> Kind:
        form = Stored(kind, edition, is_open, frozenset(retired))
        described.__stored__ = form  # type: ignore[attr-defined]
        return described

    return declare


def wire(name: str, *, absent: Any = REQUIRED) -> Wire:  # noqa: ANN401 - any JSON value
    """Declare a field's name in rows, and what its absence means; what equals that is left out."""
    return Wire(name, absent)


def money(name: str, *, absent: Any = REQUIRED) -> Wire:  # noqa: ANN401 - a number, or None
    """Declare an amount: it is always written, but for one that is not there (None)."""
    return Wire(name, absent, always=absent is not None)


def tag(value: str) -> Wire:
    """Declare by what rows tell a record from others of its union, whatever its class is called."""
    return Wire(TAG, value, always=True)


def derived(name: str) -> Wire:
    """Declare a field that can be made anew from others of its row, and is None until then."""
    return Wire(name, None, derived=True)


def form_of(kind: type) -> Stored:
    """Return what a stored kind is called.

    Raises:
        Undeclared: it does not say.
    """
    found = vars(kind).get("__stored__")
    if isinstance(found, Stored):
        return found
    raise Undeclared(
        f"{kind.__module__}.{kind.__qualname__} is stored and declares no wire form: put "
        '@stored_as("…") above it and a wire name beside each field '
        "(docs/how-to/add-a-stored-field.md)"
    )


def wires_of(kind: type) -> dict[str, Wire]:
    """Return by field how a record is stored.

    Raises:
        Undeclared: the record or one of its fields does not say, or two say the same.
    """
    form_of(kind)
    wires = {name: _wire(kind, name, noted) for name, noted in kind.__annotations__.items()}
    names = [each.name for each in wires.values()]
    if twice := {name for name in names if names.count(name) > 1}:
        raise Undeclared(f"{form_of(kind).kind} has two fields stored as {', '.join(twice)}")
    return wires


def tag_of(kind: type) -> str | None:
    """Return what tells a record from others of its union, None where it is of none."""
    tags = (str(each.absent) for each in wires_of(kind).values() if each.name == TAG)
    return next(tags, None)


def _wire(kind: type, name: str, annotation: Any) -> Wire:  # noqa: ANN401 - any annotation
    for each in getattr(annotation, "__metadata__", ()):
        if isinstance(each, Wire):
            return each
    raise Undeclared(
        f"{form_of(kind).kind} ({kind.__qualname__}) does not say how its field `{name}` is "
        f'stored: write Annotated[…, wire("{name}", …)] (docs/how-to/add-a-stored-field.md)'
    )


@dataclass(frozen=True, slots=True)
class Unknown:
    """What a later release wrote, of a `type` that this one does not know: kept as it is."""

    type: str
    content: Mapping[str, Any]
