"""Tables as CSV that spreadsheets read without harm: with BOM, and no text taken for a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

BOM = "\ufeff"
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class Figure(str):
    """A number as it is to be read; it is never escaped, so that -5.00 stays one."""

    __slots__ = ()


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV; text cells that a spreadsheet would carry out get an apostrophe."""
    text = StringIO(BOM, newline="")
    text.seek(0, 2)
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def csv_line(cells: Sequence[object]) -> str:
    """Return one row of a table as CSV, without its end: for tables that are never whole."""
    text = StringIO(newline="")
    csv.writer(text, lineterminator="").writerow([_cell(value) for value in cells])
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Figure) and value.startswith(_FORMULAS):
        return f"'{value}"
    return "" if value is None else value
