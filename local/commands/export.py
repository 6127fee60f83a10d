"""`rebate export`: what the books hold, as JSON lines or CSV, row by row."""

import sys
from argparse import ArgumentParser, Namespace
from zoneinfo import ZoneInfo

from local.failures import BadInput
from local.stores import add_where_arguments, use_cases
from rebate.contracts.moments import moment_of_text
from rebate.domain.times import Instant
from rebate.usecases.office.exports import EXPORTS, Period, export_csv, export_json

SUMMARY = "take out orders, entries, rewards, wallets, statements, withdrawals, journal or books"


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "what", metavar="WHAT", choices=sorted(EXPORTS), help=", ".join(sorted(EXPORTS))
    )
    parser.add_argument("--from", dest="starts", metavar="DAY", help="a day, or an instant")
    parser.add_argument("--to", dest="ends", metavar="DAY", help="a day, included, or an instant")
    parser.add_argument("--csv", action="store_true", help="for spreadsheets; default: JSON lines")
    add_where_arguments(parser)


def run(arguments: Namespace) -> int:
    """Print the rows as they are read, so that any number of them will do."""
    store = None if arguments.stage else arguments.store
    with use_cases(store, arguments.stage) as app:
        terms = app.settings.in_force().terms
        period = Period(
            _moment("--from", arguments.starts, terms.zone, days=0),
            _moment("--to", arguments.ends, terms.zone, days=1),
        )
        rows = export_csv if arguments.csv else export_json
        for line in rows(app.store, terms, arguments.what, period):
            sys.stdout.write(line)
    return 0


def _moment(name: str, text: str | None, zone: ZoneInfo, *, days: int) -> Instant | None:
    try:
        return None if text is None else moment_of_text(text, zone, days=days)
    except ValueError as neither:
        raise BadInput(f"{name}: {neither}") from None
