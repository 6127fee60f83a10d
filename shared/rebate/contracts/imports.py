"""Files of an older system: members, balances and waiting places, read whole before any counts.

A file is JSON lines, or CSV whose first line names the columns. Each line has an `id` of its own
and a `kind`; amounts are minor units, ids are text. What could be read in two ways is refused.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from io import StringIO
from typing import Any, Literal, NamedTuple, Self, TypeAlias

from pydantic import ValidationError, model_validator

from rebate.contracts.problems import Invalid, Problem, nearest, one_of, shown
from rebate.contracts.scalars import Amount, Id, Instant, OrderName, PositiveAmount, QueueName, Text
from rebate.contracts.validation import Strict, error_at, problems_of
from rebate.domain.money import NOTHING

PROBLEMS_MAX = 20
"""Problems of a file that are told."""

KINDS = ("member", "balance", "place", "pool")

ImportedAsset = Literal["cash", "points", "love", "love_frozen", "voucher"]


class InvalidImport(Invalid):
    """A file that cannot be imported; nothing of it counts."""

    code = "invalid_request"


class MemberLine(Strict):
    """A member, with who referred them; what is left out stays unknown."""

    id: Id
    kind: Literal["member"]
    member: Id
    level: Id | None = None
    rank: Id | None = None
    referrer: Id | None = None
    nickname: Text | None = None
    avatar_url: Text | None = None


class BalanceLine(Strict):
    """What a member has of an asset: it is added to what is there."""

    id: Id
    kind: Literal["balance"]
    member: Id
    asset: ImportedAsset
    amount: PositiveAmount


class PlaceLine(Strict):
    """A waiting place: it joins the end of its queue for `entitlement` less `paid`.

    `store` is where the order was made, where the queue does not say it (`stores`, `cashiers`).
    `order_paid` is what was paid for the order line (left out: the entitlement); refunds are of it.
    """

    id: Id
    kind: Literal["place"]
    queue: QueueName
    order: OrderName
    line: Id | None = None
    member: Id
    store: Id | None = None
    product: Id | None = None
    entitlement: PositiveAmount
    paid: Amount = NOTHING
    order_paid: PositiveAmount | None = None
    paid_at: Instant
    completed_at: Instant | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.paid >= self.entitlement:
            raise error_at("paid", f"must be less than the entitlement of {self.entitlement}")
        return self


class PoolLine(Strict):
    """What a queue's pool holds for those who wait: it is added to what is there."""

    id: Id
    kind: Literal["pool"]
    queue: QueueName
    amount: PositiveAmount


ImportLine: TypeAlias = MemberLine | BalanceLine | PlaceLine | PoolLine

_MODELS: Mapping[str, type[MemberLine | BalanceLine | PlaceLine | PoolLine]] = {
    "member": MemberLine,
    "balance": BalanceLine,
    "place": PlaceLine,
    "pool": PoolLine,
}
_AMOUNTS = frozenset({"amount", "entitlement", "paid", "order_paid"})
_WHOLE = re.compile(r"-?[0-9]+")
_SHORTENED = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
"""How spreadsheets write long numbers, of which the digits are gone."""

_ESCAPED = re.compile(r"'[=+\-@\t\r]")


class ImportFile(NamedTuple):
    """A file that could be read: in which encoding and form, and its lines with their numbers."""

    encoding: str
    form: str
    lines: tuple[tuple[int, ImportLine], ...]
    name: str


def read_import(content: bytes) -> ImportFile:
    """Return what a file says.

    Raises:
        InvalidImport: something of it cannot be read, or could be read in two ways.
    """
    text, encoding = decoded(content)
    is_json = text.lstrip()[:1] == "{"
    rows = _json_rows(text) if is_json else _csv_rows(text)
    problems: list[Problem] = []
    lines: list[tuple[int, ImportLine]] = []
    known: dict[str, int] = {}
    for number, row in rows:
        line = row if isinstance(row, Problem) else _line(row, problems, number)
        if isinstance(line, Problem):
            problems.append(line.under(f"line {number}"))
        elif line is not None:
            first = known.setdefault(line.id, number)
            if first != number:
                message = f"{shown(line.id)} is that of line {first} too"
                problems.append(Problem(f"line {number}: id", message))
            lines.append((number, line))
        if len(problems) >= PROBLEMS_MAX:
            break
    if problems:
        raise InvalidImport(problems[:PROBLEMS_MAX])
    if not lines:
        raise InvalidImport([Problem("", "holds no line")])
    name = sha256(content).hexdigest()[:16]
    return ImportFile(encoding, "JSON lines" if is_json else "CSV", tuple(lines), name)


def digest_of(line: ImportLine) -> str:
    """Return what tells a repetition of a line from other content under its id."""
    return sha256(line.model_dump_json().encode()).hexdigest()[:32]


def decoded(content: bytes) -> tuple[str, str]:
    """Return a text and the encoding that it is in: UTF-8, UTF-16 or GB18030.

    Raises:
        InvalidImport: it is in none of them, or could be in two.
    """
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return _as(content, name)
    if b"\x00" in content[:200]:
        return _as(content, "utf-16-be" if content[:1] == b"\x00" else "utf-16-le")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _as(content, "gb18030")
    if _is_also_chinese(text, content):
        message = "could be UTF-8 or GB18030: save it as UTF-8 with a byte order mark"
        raise InvalidImport([Problem("", message)])
    return text, "UTF-8"


def _as(content: bytes, encoding: str) -> tuple[str, str]:
    told = {"utf-8-sig": "UTF-8", "gb18030": "GB18030"}.get(encoding, "UTF-16")
    try:
        return content.decode(encoding), told
    except UnicodeDecodeError:
        message = (
            "is neither UTF-8 nor UTF-16 nor GB18030" if told == "GB18030" else f"is no {told}"
        )
        raise InvalidImport([Problem("", message)]) from None


def _is_also_chinese(text: str, content: bytes) -> bool:
    """Tell whether bytes that are UTF-8 without Chinese would be Chinese throughout in GB18030."""
    foreign = [char for char in text if not char.isascii()]
    if not foreign or any(char >= "\u0800" for char in foreign):
        return False
    try:
        other = content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return all("\u4e00" <= char <= "\u9fff" for char in other if not char.isascii())


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _json_row(line)


def _json_row(line: str) -> dict[str, Any] | Problem:
    try:
        row = json.loads(line, object_pairs_hook=_once, parse_float=_no_fraction)
    except _ReadTwice as twice:
        return Problem(str(twice), "is there twice")
    except (ValueError, RecursionError) as error:
        return Problem("", f"is not JSON: {error}")
    return row if isinstance(row, dict) else Problem("", "must be a JSON object")


class _ReadTwice(ValueError):
    pass


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _ReadTwice(name)
        found[name] = value
    return found


def _no_fraction(digits: str) -> str:
    """Keep a number with a point as text, so that it is told as it was written."""
    return digits


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [name.strip() for name in next(reader)]
        if len(set(columns)) < len(columns) or not {"id", "kind"} <= {*columns}:
            yield 1, Problem("", "must name each column once, id and kind among them")
            return
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, _csv_row(columns, cells)
    except StopIteration:
        yield 1, Problem("", "is empty")
    except csv.Error as error:
        yield reader.line_num, Problem("", f"is not CSV: {error}")


def _csv_row(columns: list[str], cells: list[str]) -> dict[str, Any] | Problem:
    if len(cells) != len(columns):
        return Problem("", f"has {len(cells)} cells, and there are {len(columns)} columns")
    row: dict[str, Any] = {}
    for name, cell in zip(columns, cells, strict=True):
        if _ESCAPED.match(cell):
            message = f"begins with an apostrophe, which may be part of it: {shown(cell)}"
            return Problem(name, f"{message}; give the file as JSON lines")
        if name not in _AMOUNTS and _SHORTENED.fullmatch(cell):
            return Problem(name, f"is a number that a spreadsheet has shortened: {shown(cell)}")
        if cell:
            is_amount = name in _AMOUNTS and _WHOLE.fullmatch(cell)
            row[name] = int(cell) if is_amount else cell
    return row


def _line(row: dict[str, Any], problems: list[Problem], number: int) -> ImportLine | None:
    kind = row.get("kind")
    if kind not in _MODELS:
        message = f"must be {one_of(KINDS)}, not {shown(kind)}"
        problems.append(Problem(f"line {number}: kind", message, nearest(str(kind), KINDS)))
        return None
    model = _MODELS[str(kind)]
    try:
        return model.model_validate(row)
    except ValidationError as error:
        problems += (each.under(f"line {number}") for each in problems_of(error, model))
        return None
