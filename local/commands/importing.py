"""`rebate import`: members, referrers, balances and waiting places of an older system."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from local.failures import BadInput
from local.files import read_bytes
from local.progress import watched
from local.screen import print_json
from local.settings import read_settings
from local.stores import COMMAND_LINE, acting_on, add_where_arguments
from rebate.bootstrap import App
from rebate.contracts.figures import decimal
from rebate.contracts.imports import ImportFile, InvalidImport, read_import
from rebate.domain.errors import Conflict
from rebate.usecases.office.import_books import Imported
from rebate.usecases.settings.save_settings import save_settings

SUMMARY = "bring members, referrers, balances and waiting places of an older system"


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON lines or CSV")
    parser.add_argument(
        "--dry-run", action="store_true", help="check all of it, and tell what would count"
    )
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help="put in force where none are yet"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    add_where_arguments(parser)


def run(arguments: Namespace) -> int:
    """Import a file; the same again, cut off or not, lets each line count once."""
    file = _read(arguments.file)
    wanted = read_settings(arguments.settings) if arguments.settings else None
    try:
        with acting_on(arguments, "imports", request=file.name, makes=wanted is not None) as app:
            _insist_on_settings(app, wanted)
            found = app.imports.check(file)
            currency = app.settings.in_force().terms.currency
            if not arguments.dry_run:
                counted = _one_by_one(app.imports.carry_out(file))
                for _ in watched(counted, "lines", found.new):
                    pass
    except InvalidImport as invalid:
        raise BadInput(f"{arguments.file}: {problem}" for problem in invalid.problems) from invalid
    except Conflict as conflict:
        raise BadInput(f"{arguments.file}: somebody else imports it just now") from conflict
    if arguments.json:
        print_json(_document(found, dry_run=arguments.dry_run))
    else:
        print("\n".join(_told(arguments.file, found, currency, dry_run=arguments.dry_run)))
    return 0


def _read(path: Path) -> ImportFile:
    try:
        return read_import(read_bytes(path))
    except InvalidImport as invalid:
        raise BadInput(f"{path}: {problem}" for problem in invalid.problems) from invalid


def _insist_on_settings(app: App, wanted: Mapping[str, Any] | None) -> None:
    """Insist that settings are in force: they say the currency, and by what places are paid."""
    if app.settings.in_force().version:
        return
    if wanted is None:
        raise BadInput("no settings are in force: name some by --settings FILE")
    save_settings(app.store, app.clock, wanted, expects=0, by=COMMAND_LINE)


def _one_by_one(counted: Iterable[int]) -> Iterator[int]:
    for lines in counted:
        yield from range(lines)


def _document(found: Imported, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "encoding": found.encoding,
        "form": found.form,
        "new": found.new,
        "known": found.known,
        "members": found.members,
        "balances": found.balances,
        "places": found.places,
        "pools": found.pools,
    }


def _told(path: Path, found: Imported, currency: str, *, dry_run: bool) -> Iterator[str]:
    yield f"{path} was read as {found.form} in {found.encoding}."
    does = "would count" if dry_run else "count now"
    yield f"{found.new} lines {does}, {found.known} did before; {found.members} are members."
    for asset, amount in sorted(found.balances.items()):
        in_money = currency if asset == "cash" else None
        unit = f" {currency}" if in_money else ""
        yield f"Opened with {decimal(amount, in_money)} of {asset}{unit}."
    for queue, places in sorted(found.places.items()):
        yield f"{places} places wait at the end of {queue}."
    for queue, amount in sorted(found.pools.items()):
        yield f"{decimal(amount, currency)} {currency} come to the pool of {queue}."
