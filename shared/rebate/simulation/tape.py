"""Events in columns: read once, played under any number of settings (Rule 8.3)."""

from array import array
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import accumulate
from operator import le
from typing import Any

from rebate.domain.times import Instant, datetime_of

PLAIN, ORDER, COMPLETED, REFUNDED, SAVED, NOTHING = range(6)
"""Kinds of row; a plain order is one line of the mall, of which nothing special is said.

What turned out to be another sender's is nothing."""

UNSAID, NONE = -1, -2
"""Numbers of a level that an order does not tell of, and of a name that is none."""


class Names:
    """Names by number, each kept once."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names: list[str] = list(names)
        self._numbers = {name: number for number, name in enumerate(self.names)}

    def number(self, name: str) -> int:
        """Return the number of a name."""
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self.names)
            self.names.append(name)
        return number

    def number_or_none(self, name: str | None) -> int:
        """Return the number of a name, or of there being none."""
        return NONE if name is None else self.number(name)

    def name(self, number: int) -> str | None:
        """Return the name of a number."""
        return None if number == NONE else self.names[number]


class Tape:
    """What happened, in order of arrival: a row each.

    A plain order stands in the columns alone; of others `other` is the place of their detail.
    `source` is the number of the line that told of a row, from 1.
    """

    def __init__(self) -> None:
        self.kinds = bytearray()
        self.at = array("q")
        self.orders: list[str] = []
        self.members = array("l")
        self.levels = array("l")
        self.products = array("l")
        self.paid = array("q")
        self.source = array("q")
        self.other = array("l")
        self.details: list[Mapping[str, Any]] = []
        self.member_names = Names()
        self.product_names = Names()
        self.line_names: dict[int, str] = {}
        """Names of the lines of plain orders, where they are not `1`."""

    def __len__(self) -> int:
        """Return how many things happened."""
        return len(self.kinds)

    def add_plain(  # noqa: PLR0913 - a row has its columns
        self,
        order: str,
        at: Instant,
        member: str | None,
        paid: int,
        *,
        line: str = "1",
        product: str | None = None,
        level: str | None = None,
        level_said: bool = True,
        source: int = 0,
    ) -> None:
        """Add an order of one line of the mall."""
        if line != "1":
            self.line_names[len(self.kinds)] = line
        self.members.append(self.member_names.number_or_none(member))
        self.products.append(self.product_names.number_or_none(product))
        level_number = self.member_names.number_or_none(level) if level_said else UNSAID
        self.levels.append(level_number)
        self.paid.append(paid)
        self._add(PLAIN, at, order, 0, source)

    def add(
        self, kind: int, at: Instant, order: str, detail: Mapping[str, Any], source: int = 0
    ) -> None:
        """Add what has a detail of its own."""
        self._add_bare(kind, at, order, len(self.details), source)
        self.details.append(detail)

    def add_completed(self, at: Instant, order: str, source: int = 0) -> None:
        """Add a completion: there is nothing to it but its instant."""
        self._add_bare(COMPLETED, at, order, 0, source)

    def _add_bare(self, kind: int, at: Instant, order: str, other: int, source: int) -> None:
        self.members.append(NONE)
        self.products.append(NONE)
        self.levels.append(NONE)
        self.paid.append(0)
        self._add(kind, at, order, other, source)

    def _add(self, kind: int, at: Instant, order: str, other: int, source: int) -> None:
        self.kinds.append(kind)
        self.at.append(at)
        self.orders.append(order)
        self.other.append(other)
        self.source.append(source)

    def detail(self, row: int) -> Mapping[str, Any]:
        """Return what a row tells, as the event's detail."""
        if self.kinds[row] != PLAIN:
            return self.details[self.other[row]]
        at = datetime_of(Instant(self.at[row])).isoformat()
        paid = self.paid[row]
        product = self.product_names.name(self.products[row])
        line = {"line_id": self.line(row), "product_id": product, "paid": paid}
        return {
            "order_id": self.orders[row],
            "member": self._buyer(row),
            "channel": "mall",
            "paid_at": at,
            "lines": [line],
        }

    def line(self, row: int) -> str:
        """Return the name of a plain order's line."""
        return self.line_names.get(row, "1") if self.line_names else "1"

    def _buyer(self, row: int) -> dict[str, Any] | None:
        member = self.member_names.name(self.members[row])
        if member is None:
            return None
        if self.levels[row] == UNSAID:
            return {"id": member}
        return {"id": member, "level": self.member_names.name(self.levels[row])}

    def is_all_plain(self) -> bool:
        """Tell whether there are plain orders alone."""
        return self.kinds.count(PLAIN) == len(self.kinds)

    @cached_property
    def in_order(self) -> bool:
        """Whether nothing happened before what was told of earlier; ask when all is told."""
        return all(map(le, self.at, self.at[1:]))

    @cached_property
    def has_guests(self) -> bool:
        """Whether any order has no member; ask when all is told."""
        return NONE in self.members

    @cached_property
    def buyers(self) -> frozenset[str]:
        """Who bought plain orders; ask when all is told."""
        names = self.member_names.names
        return frozenset(names[number] for number in set(self.members) if number >= 0)

    @cached_property
    def sold(self) -> tuple[int, ...]:
        """The numbers of all products of plain orders; ask when all is told."""
        return tuple(sorted(set(self.products)))

    @cached_property
    def sales(self) -> "array[int]":
        """What was paid for plain orders up to each row; ask when all is told."""
        return array("q", accumulate(self.paid))
