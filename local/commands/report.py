"""`rebate report`: what days came to, and what is owed (rules 8.1 and 8.8)."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from local.failures import BadInput
from local.screen import complain
from local.stores import DEMO_STORE, books
from rebate.adapters.clock import SystemClock
from rebate.contracts.api import as_json
from rebate.contracts.csv_text import BOM
from rebate.contracts.figures import decimal, money, percent
from rebate.contracts.notice_texts import LOCALES, Locale
from rebate.contracts.reports import (
    REPORTS,
    Cell,
    Liability,
    ReportShown,
    liability_csv,
    report_csv,
)
from rebate.domain.money import Bps
from rebate.domain.names import QueueId, StoreId
from rebate.domain.records import replace
from rebate.domain.terms import Terms
from rebate.usecases.reports.read_days import ReportPeriod
from rebate.usecases.reports.show_liability import show_liability
from rebate.usecases.reports.show_report import UnknownReport, show_report
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import Store

SUMMARY = "what days came to by plan, store or month, and what is owed"
_LIABILITIES = {"liability": "queue", "liability-by-age": "age"}
_DAYS = 30


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("name", choices=(*REPORTS, *_LIABILITIES))
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--store", type=Path, metavar="DIR", default=DEMO_STORE, help=f"default: {DEMO_STORE}"
    )
    where.add_argument("--stage", metavar="S", help="a deployment on AWS, read-only")
    parser.add_argument("--from", dest="starts", type=_day, metavar="DAY", help="default: 30 days")
    parser.add_argument("--to", dest="ends", type=_day, metavar="DAY", help="default: today")
    parser.add_argument("--plan", metavar="PLAN", help="of one plan")
    parser.add_argument("--of-store", metavar="STORE", help="of the orders of one store")
    parser.add_argument("--locale", choices=LOCALES, default="en")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print it as CSV")
    form.add_argument("--json", action="store_true", help="print it as JSON")


def run(arguments: Namespace) -> int:
    """Print the report."""
    with books(None if arguments.stage else arguments.store, arguments.stage) as store:
        found = _found(store, arguments)
    if arguments.json:
        print(as_json(found))
    elif arguments.csv:
        as_csv = report_csv(found) if isinstance(found, ReportShown) else liability_csv(found)
        print(as_csv.removeprefix(BOM), end="")
    else:
        print("\n".join(_told(found)))
        complain(found.notes)
    return 0


def _found(store: Store, arguments: Namespace) -> ReportShown | Liability:
    in_force, locale = SettingsReader(store).in_force(), cast("Locale", arguments.locale)
    by = _LIABILITIES.get(arguments.name)
    if by is not None:
        return _liability(store, in_force.terms, by, locale)
    ends = arguments.ends or datetime.now(UTC).astimezone(in_force.terms.zone).date()
    starts = arguments.starts or ends - timedelta(days=_DAYS - 1)
    own = None if arguments.of_store is None else StoreId(arguments.of_store)
    period = ReportPeriod(starts, ends, arguments.plan, own)
    try:
        now = SystemClock().now()
        return show_report(store, in_force, arguments.name, period, locale, now)
    except UnknownReport as unknown:
        raise BadInput(map(str, unknown.problems)) from unknown


def _liability(store: Store, terms: Terms, by: str, locale: Locale) -> Liability:
    """Return the liability with the rows of all its pages."""
    now = SystemClock().now()
    page = show_liability(store, terms, by, now, locale)
    rows = list(page.rows)
    while page.next is not None:
        page = show_liability(store, terms, by, now, locale, QueueId(page.next))
        rows += page.rows
    return replace(page, rows=tuple(rows))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"must be a day such as 2026-03-01, not {text}"
        raise ArgumentTypeError(message) from None


def _told(found: ReportShown | Liability) -> Sequence[str]:
    if isinstance(found, ReportShown):
        titles = [each.title for each in found.columns]
        units = [each.unit for each in found.columns]
        names = [each.name for each in found.columns]
        rows = [_cells(row, names, units, found.currency) for row in found.rows]
        return _table([titles, *rows])
    titles = ["queue" if found.by == "queue" else "month", "promised", "paid", "waiting"]
    amounts = [
        [
            row.queue or row.month or "before",
            *(money(each, found.currency) for each in (row.promised, row.paid, row.waiting)),
        ]
        for row in found.rows
    ]
    return _table([titles, *amounts])


def _cells(
    row: Mapping[str, Cell], names: Sequence[str], units: Sequence[str], currency: str
) -> list[str]:
    return [_cell(row[name], unit, currency) for name, unit in zip(names, units, strict=True)]


def _cell(value: Cell, unit: str, currency: str) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if unit == "amount":
        return money(value, currency)
    if unit == "hundredths":
        return decimal(value, None)
    return percent(Bps(value)) if unit == "bps" else str(value)


def _table(rows: Sequence[Sequence[Any]]) -> list[str]:
    widths = [max(len(str(row[at])) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(str(cell).rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
