"""`rebate report`: what days came to, and what is owed (rules 8.1 and 8.8)."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from unicodedata import east_asian_width

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
    FutureShown,
    Liability,
    ReportColumn,
    ReportShown,
    columns,
    liability_csv,
    report_csv,
)
from rebate.domain.money import Bps
from rebate.domain.names import StoreId
from rebate.domain.records import fields_of
from rebate.usecases.reports.count_sums import SumsCounter
from rebate.usecases.reports.read_days import ReportPeriod
from rebate.usecases.reports.show_liability import show_liability
from rebate.usecases.reports.show_report import UnknownReport, show_report
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import Store

SUMMARY = "what days came to by plan, store or month, and what is owed"
_LIABILITIES = {"liability": "queue", "liability-by-age": "age"}
_DAYS = 30
_ALL, _BEFORE = ("All", "合计"), ("Before", "更早")
_SALES = {
    "flat": ("stay as they are", "保持不变"),
    "trend": ("go on as in the last months", "按最近的趋势变化"),
    "stopped": ("stop", "停止"),
}


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
        print("\n".join(_told(found, arguments.locale)))
        complain(found.notes)
        if isinstance(found, ReportShown) and not found.rows:
            complain([f"Nothing is known of the days from {found.starts} to {found.ends}."])
    return 0


def _found(store: Store, arguments: Namespace) -> ReportShown | Liability:
    in_force, locale = SettingsReader(store).in_force(), cast("Locale", arguments.locale)
    by = _LIABILITIES.get(arguments.name)
    sums = SumsCounter(store, in_force.terms, SystemClock().now())
    if by is not None:
        return show_liability(sums, by, locale)
    ends = arguments.ends or datetime.now(UTC).astimezone(in_force.terms.zone).date()
    starts = arguments.starts or ends - timedelta(days=_DAYS - 1)
    own = None if arguments.of_store is None else StoreId(arguments.of_store)
    period = ReportPeriod(starts, ends, arguments.plan, own)
    try:
        return show_report(sums, in_force, arguments.name, period, locale)
    except UnknownReport as unknown:
        raise BadInput(map(str, unknown.problems)) from unknown


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"must be a day such as 2026-03-01, not {text}"
        raise ArgumentTypeError(message) from None


def _told(found: ReportShown | Liability, locale: Locale) -> Iterator[str]:
    """Yield the lines of a report, or of tables of what is owed, will be paid, and is held."""
    if isinstance(found, ReportShown):
        yield from _table(found.columns, found.rows, found.currency)
        return
    word = 1 if locale == "zh-CN" else 0
    first = "queue" if found.by == "queue" else "month"
    rows = [
        {**dict(fields_of(row)), first: getattr(row, first) or _BEFORE[word]} for row in found.rows
    ]
    whole = {**dict(fields_of(found)), first: _ALL[word]}
    amounts = ("promised", "paid", "waiting")
    yield from _table(columns((first, *amounts), locale), [*rows, whole], found.currency)
    if found.future:
        futures = [{**dict(fields_of(each)), "future": _sales(each, word)} for each in found.future]
        names = ("future", "within_12", "within_24", "within_36", "left")
        yield from ("", *_table(columns(names, locale), futures, found.currency))
    held = dict(fields_of(found.outstanding))
    yield from ("", *_table(columns(tuple(held), locale), [held], found.currency))


def _sales(future: FutureShown, word: int) -> str:
    growth = future.growth_percent
    return _SALES[future.sales][word] + (f" ({growth:g} %)" if growth else "")


def _table(
    shown: Sequence[ReportColumn], rows: Sequence[Mapping[str, Any]], currency: str
) -> list[str]:
    cells = [[_cell(row[each.name], each.unit, currency) for each in shown] for row in rows]
    return _aligned([[each.title for each in shown], *cells])


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


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(
            " " * (width - _width(cell)) + cell for cell, width in zip(row, widths, strict=True)
        )
        for row in rows
    ]


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese signs take two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
