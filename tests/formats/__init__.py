"""The forms in which rows are stored, as tests/rows holds them: by kind, edition by edition.

An edition's form and rows never change, since rows of it lie in tables. `python -m tests.formats`
writes the form of editions that are new, with the rows of the edition before as stored from now on.
"""

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from hashlib import sha256
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from rebate.adapters.codec import decode, encode, spelled
from rebate.adapters.tables import TABLES
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import REQUIRED, is_record
from rebate.domain.terms import TermsByPlan
from rebate.domain.wire import Unknown, form_of, wires_of

ROWS = Path(__file__).parents[1] / "rows"
HOW_TO = "docs/how-to/add-a-stored-field.md"


def kinds() -> dict[str, type]:
    """Return all that is stored, by what its kind is called.

    Raises:
        Undeclared: a record does not say how it is stored.
    """
    found: dict[str, type] = {}
    todo: list[type] = [table.kind for table in TABLES]
    while todo:
        kind = todo.pop()
        name = form_of(kind).kind
        if found.get(name) is kind:
            continue
        assert name not in found, f"{kind} and {found[name]} are both stored as {name}"
        found[name] = kind
        if not issubclass(kind, Enum):
            wires_of(kind)
            todo += (part for hint in get_type_hints(kind).values() for part in _kinds_in(hint))
    return dict(sorted(found.items()))


def form(kind: type) -> list[str]:
    """Return how a kind is stored, a line for each field or value."""
    if issubclass(kind, Enum):
        others = ["(others are kept)"] if form_of(kind).open else []
        return [*sorted(repr(each.value) for each in kind), *others]
    hints = get_type_hints(kind)
    return [_field(hints[name], wire) for name, wire in wires_of(kind).items()]


def digest(lines: list[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def known(name: str) -> dict[str, dict[str, Any]]:
    """Return the editions of a kind that are held: digest, form and rows of each."""
    path = ROWS / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def trouble(kind: type, editions: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return what is wrong with how a kind is stored, and what to do about it."""
    name, edition = form_of(kind)[:2]
    held = editions.get(str(edition))
    if held is None:
        return (
            f"edition {edition} of `{name}` is new: run `python -m tests.formats` and look at what "
            f"it wrote to tests/rows/{name}.json ({HOW_TO})"
        )
    now, then = form(kind), held["fields"]
    if digest(then) != held["digest"]:
        return f"tests/rows/{name}.json, edition {edition}, was changed by hand: restore it"
    if digest(now) == held["digest"]:
        return None
    lost = [line for line in then if line not in now]
    got = [line for line in now if line not in then]
    return (
        f"`{name}` ({kind.__qualname__}) is not stored any more as its edition {edition}, of which "
        f"rows exist: it lost {lost or 'nothing'} and got {got or 'nothing (the order changed)'}. "
        "Renaming in code needs no change of what wire(), money() or tag() say: give that back. "
        f"If rows shall change, raise the edition to {edition + 1} ({HOW_TO})"
    )


def unread(kind: type, editions: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield which rows of a kind do not mean what they meant when they were written."""
    name = form_of(kind).kind
    for edition, held in editions.items():
        for row in held["rows"]:
            means = _spelled(kind, row["row"])
            wrong = {
                key: (value, means.get(key, "(nothing)"))
                for key, value in row["means"].items()
                if key not in form_of(kind).retired
                and not _holds(means.get(key, "(nothing)"), value)
            }
            if wrong:
                yield (
                    f"a row of `{name}`, edition {edition}, means something else now: {row['row']} "
                    f"meant and means {wrong}. What absence says never changes: see "
                    "docs/how-to/change-a-default.md"
                )


def _holds(now: Any, then: Any) -> bool:
    """Tell whether a value says all that it said; records inside it may have more fields since."""
    if isinstance(then, dict) and isinstance(now, dict):
        return all(key in now and _holds(now[key], value) for key, value in then.items())
    if isinstance(then, list) and isinstance(now, list):
        return len(now) == len(then) and all(map(_holds, now, then))
    return now == then and type(now) is type(then)


def _spelled(kind: type, text: str) -> dict[str, Any]:
    if issubclass(kind, Enum):
        return {"value": str(decode(kind, text).value)}
    return spelled(decode(kind, text))


def _kinds_in(hint: Any) -> Iterator[type]:
    """Yield the records and enumerations that a type names."""
    hint = getattr(hint, "__supertype__", hint)
    if get_origin(hint) is Literal or hint is Unknown:
        return
    origin = get_origin(hint) or hint
    parts = [part for part in get_args(hint) if part is not Ellipsis]
    if origin is TermsByPlan:
        parts = [plan.terms for plan in PLANS]
    if isinstance(origin, type) and issubclass(origin, tuple) and not parts:
        parts = list(get_type_hints(origin).values())
    if isinstance(origin, type) and (is_record(origin) or issubclass(origin, Enum)):
        yield origin
    for part in parts:
        yield from _kinds_in(part)


def _field(hint: Any, wire: Any) -> str:
    absent = "" if wire.absent is REQUIRED else f" = {json.dumps(wire.absent, ensure_ascii=False)}"
    marks = [mark for mark in ("always", "derived") if getattr(wire, mark)]
    marks = marks if wire.absent is not REQUIRED else []
    return f"{wire.name}: {_type(hint)}{absent}" + "".join(f" ({mark})" for mark in marks)


def _type(hint: Any) -> str:  # noqa: PLR0911 - one for each family of types
    """Return what JSON values of a type are, whatever the code calls it."""
    hint = getattr(hint, "__supertype__", hint)
    origin, parts = get_origin(hint) or hint, get_args(hint)
    if origin is Literal:
        return " | ".join(sorted(map(repr, parts)))
    if origin in (Union, UnionType):
        return " | ".join(sorted(map(_type, parts)))
    if origin is tuple and parts[-1] is Ellipsis:
        return f"[{_type(parts[0])}, ...]"
    if isinstance(origin, type) and issubclass(origin, tuple):
        return f"[{', '.join(map(_type, parts or get_type_hints(origin).values()))}]"
    if origin is TermsByPlan:
        return "terms of each plan by its name"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"{{{_type(parts[0])}: {_type(parts[1])}}}"
    if origin is frozenset:
        return f"set of {_type(parts[0])}"
    if isinstance(origin, type) and (is_record(origin) or issubclass(origin, Enum)):
        return "unknown" if origin is Unknown else form_of(origin).kind
    return {NoneType: "null", Any: "any"}.get(origin) or origin.__name__


def _write(name: str, editions: Mapping[str, Any]) -> None:
    """Write a kind's editions, a row a line."""
    parts = []
    for edition, held in editions.items():
        rows = ",\n".join(f"      {json.dumps(row, ensure_ascii=False)}" for row in held["rows"])
        fields = json.dumps(held["fields"], ensure_ascii=False)
        parts.append(
            f'  "{edition}": {{\n    "digest": "{held["digest"]}",\n    "fields": {fields},\n'
            f'    "rows": [\n{rows}\n    ]\n  }}'
        )
    (ROWS / f"{name}.json").write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")


def write_new_editions() -> list[str]:
    """Write the editions that are not held yet, and return the names of their kinds."""
    new = []
    for name, kind in kinds().items():
        editions, edition = known(name), str(form_of(kind).edition)
        if edition in editions:
            continue
        before = list(editions.values())[-1]["rows"] if editions else []
        rows = [encode(decode(kind, row["row"])) for row in before]
        lines = form(kind)
        editions[edition] = {
            "digest": digest(lines),
            "fields": lines,
            "rows": [{"row": row, "means": _spelled(kind, row)} for row in dict.fromkeys(rows)],
        }
        _write(name, editions)
        new.append(name)
    return new
