"""Rows outlive code: every edition of every kind is read as it was meant, whatever is renamed."""

import ast
import inspect
import json
from copy import copy
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeGuard, get_args, get_type_hints

import pytest

from rebate.adapters.codec import decode, encode, spelled
from rebate.domain.ledger import JournalEntry
from rebate.domain.records import REQUIRED, dataclass, defaults_of, field, is_record
from rebate.domain.wire import TAG, Undeclared, form_of, stored_as, wire, wires_of
from tests import formats

KINDS = formats.kinds()
RECORDS = {name: kind for name, kind in KINDS.items() if is_record(kind)}
every_kind = pytest.mark.parametrize("name", KINDS)
every_record = pytest.mark.parametrize("name", RECORDS)


@every_kind
def test_a_kind_is_stored_as_its_edition_says(name: str) -> None:
    trouble = formats.trouble(KINDS[name], formats.known(name))
    assert trouble is None, trouble


@every_kind
def test_rows_of_every_edition_mean_what_they_meant(name: str) -> None:
    editions = formats.known(name)
    assert [*editions] == [str(each + 1) for each in range(form_of(KINDS[name]).edition)]
    wrong = list(formats.unread(KINDS[name], editions))
    assert not wrong, "\n".join(wrong)


@every_kind
def test_rows_of_this_edition_are_written_to_the_letter(name: str) -> None:
    *_, now = formats.known(name).values()
    for row in now["rows"]:
        written = encode(decode(KINDS[name], row["row"]))
        assert _names(written) == _names(row["row"]), "records inside may have editions since"
        assert encode(decode(KINDS[name], written)) == written


def _names(text: str) -> list[str]:
    found = json.loads(text)
    return [*found] if isinstance(found, dict) else [found]


@every_record
def test_rows_of_this_edition_show_every_field(name: str) -> None:
    *_, now = formats.known(name).values()
    shown = {key for row in now["rows"] for key in json.loads(row["row"])}
    missing = [each.name for each in wires_of(KINDS[name]).values() if each.name not in shown]
    assert not missing, f"add a row with {missing} to tests/rows/{name}.json ({formats.HOW_TO})"


@every_record
def test_amounts_are_always_written(name: str) -> None:
    kind = RECORDS[name]
    for row in formats.known(name)[str(form_of(kind).edition)]["rows"]:
        written, means = json.loads(row["row"]), row["means"]
        for each in wires_of(kind).values():
            if each.always and each.absent is not REQUIRED:
                assert each.name in written, f"{each.name} of {name} is {means[each.name]}"


@every_record
def test_what_is_an_amount_in_code_is_declared_as_money(name: str) -> None:
    module = ast.parse(Path(inspect.getfile(RECORDS[name])).read_text("utf-8"))
    (described,) = (
        each
        for each in module.body
        if isinstance(each, ast.ClassDef) and each.name == RECORDS[name].__name__
    )
    declared = [ast.unparse(each.annotation) for each in described.body if _is_annotated(each)]
    assert len(declared) == len(wires_of(RECORDS[name]))
    wrong = [each for each in declared if "[Amount" in each[:17] and "money(" not in each]
    assert not wrong, f"write money() where an amount is stored: {wrong}"


def _is_annotated(statement: ast.stmt) -> TypeGuard[ast.AnnAssign]:
    return isinstance(statement, ast.AnnAssign)


def _altered(kind: type, *, names: Any = None, defaults: Any = None, noted: Any = None) -> type:
    """Return a made-up next release of a record: renamed fields, other defaults or declarations."""
    called, given, notes = names or {}, defaults or {}, noted or {}
    body: dict[str, Any] = {"__annotations__": {}, "__qualname__": kind.__qualname__}
    for name, default in defaults_of(kind):
        now = called.get(name, name)
        hint = get_type_hints(kind, include_extras=True)[name]
        body["__annotations__"][now] = (
            Annotated[get_args(hint)[0], notes[name]] if name in notes else hint
        )
        default = given.get(name, default)  # noqa: PLW2901 - as this release would have it
        if default is not REQUIRED:
            anew = partial(copy, default)
            body[now] = default if default.__hash__ else field(default_factory=anew)
    made: type = dataclass(frozen=True, slots=True)(type(kind.__name__, (), body))
    stored = form_of(kind)
    return stored_as(stored.kind, stored.edition, retired=stored.retired)(made)


@every_record
def test_renaming_in_code_changes_no_row(name: str) -> None:
    kind = RECORDS[name]
    renamed = _altered(kind, names={each: f"{each}_anew" for each in wires_of(kind)})
    assert formats.trouble(renamed, formats.known(name)) is None
    assert not list(formats.unread(renamed, formats.known(name)))
    for row in formats.known(name)[str(form_of(kind).edition)]["rows"]:
        assert encode(decode(renamed, row["row"])) == encode(decode(kind, row["row"]))


def _flipped(default: Any) -> Any:  # noqa: PLR0911 - one for each type
    """Return another default of the same type."""
    match default:
        case bool():
            return not default
        case Enum():
            return next(each for each in type(default) if each is not default)
        case int():
            return default + 7
        case str():
            return default + "x"
        case None:
            return 5
        case tuple():
            return (*default, *default, 1)
        case dict():
            return {"x": 1}
    return None


@every_record
def test_changing_defaults_in_code_changes_no_row(name: str) -> None:
    kind = RECORDS[name]
    wires = wires_of(kind)
    defaults = {
        field: _flipped(default)
        for field, default in defaults_of(kind)
        if default is not REQUIRED and wires[field].name != TAG
    }
    changed = _altered(kind, defaults=defaults)
    assert not list(formats.unread(changed, formats.known(name)))
    for row in formats.known(name)[str(form_of(kind).edition)]["rows"]:
        assert encode(decode(changed, row["row"])) == encode(decode(kind, row["row"]))


@every_record
def test_whoever_changes_what_a_field_is_called_in_rows_is_told(name: str) -> None:
    kind = RECORDS[name]
    for field_, declared in wires_of(kind).items():
        again = declared._replace(name=f"{declared.name}_anew")
        renamed = _altered(kind, noted={field_: again})
        trouble = formats.trouble(renamed, formats.known(name)) or ""
        assert f"{declared.name}: " in trouble.partition(" and got ")[0]
        assert f"raise the edition to {form_of(kind).edition + 1}" in trouble
        assert formats.HOW_TO in trouble


@every_record
def test_whoever_changes_what_absence_means_is_told(name: str) -> None:
    kind = RECORDS[name]
    for field_, declared in wires_of(kind).items():
        if declared.absent is REQUIRED or declared.name == TAG:
            continue
        flipped = _flipped(declared.absent) if declared.absent is not None else "x"
        changed = _altered(kind, noted={field_: declared._replace(absent=flipped)})
        assert f"`{name}`" in (formats.trouble(changed, formats.known(name)) or "")


def test_whoever_renames_a_tag_is_told() -> None:
    kind = KINDS["join_command"]
    renamed = _altered(kind, noted={"type": wires_of(kind)["type"]._replace(absent="enter")})
    assert "lost ['type: 'join' = \"join\" (always)']" in (
        formats.trouble(renamed, formats.known("join_command")) or ""
    ).replace("\\", "")


def test_whoever_flips_a_default_of_rows_is_shown_the_row_that_means_something_else() -> None:
    kind = KINDS["order_line"]
    changed = _altered(kind, noted={"supply": wire("supply", absent="shop")})
    told = list(formats.unread(changed, formats.known("order_line")))
    assert told
    assert "{'supply': ('self', 'shop')}" in told[0]
    assert "docs/how-to/change-a-default.md" in told[0]


def test_a_field_without_a_wire_name_is_named() -> None:
    @stored_as("purse")
    @dataclass(frozen=True, slots=True)
    class Purse:
        coins: int

    with pytest.raises(Undeclared, match=r"purse \(.*Purse\) does not say how its field `coins`"):
        wires_of(Purse)


def test_a_record_that_does_not_say_how_it_is_stored_is_named() -> None:
    @dataclass(frozen=True, slots=True)
    class Purse:
        coins: Annotated[int, wire("coins")]

    with pytest.raises(Undeclared, match=r"Purse is stored and declares no wire form: put"):
        encode(Purse(1))


def test_two_fields_of_one_name_are_refused() -> None:
    @stored_as("purse")
    @dataclass(frozen=True, slots=True)
    class Purse:
        coins: Annotated[int, wire("coins")]
        notes: Annotated[int, wire("coins")]

    with pytest.raises(Undeclared, match="two fields stored as coins"):
        wires_of(Purse)


def test_all_that_a_row_means_is_spelled() -> None:
    entry = JournalEntry("kind", ())
    assert spelled(entry) == {"kind": "kind", "postings": [], "order": None, "line": None}
