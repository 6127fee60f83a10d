"""What an audit finds, and how it reads."""

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import TypeVar

from rebate.domain.errors import Unreadable
from rebate.domain.records import dataclass, field
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import Key

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class AuditDifference:
    """Something that does not add up: `path` says where, `message` what is there and should be."""

    path: str
    message: str

    def __str__(self) -> str:
        """Render the difference on one line."""
        return f"{self.path}: {self.message}"


class UnreadableRow(Exception):
    """A table holds a row that its codec refuses, so nothing that rests on it can be checked."""

    def __init__(self, kind: type, reason: str) -> None:
        super().__init__(f"{kind.__name__}: {reason}")
        self.difference = AuditDifference(kind.__name__.lower(), f"a row cannot be read: {reason}")


@dataclass(slots=True)
class Reading:
    """Reads tables whole and counts their rows by the name of their kind."""

    store: Store
    rows: Counter[str] = field(default_factory=Counter)

    def scan(
        self, kind: type[Row], *, after: Key | None = None, counts: bool = True
    ) -> Iterator[Row]:
        """Yield every row of a kind, or those that come after the row at a key.

        Raises:
            UnreadableRow: a row is not what rows of this kind are.
        """
        try:
            for row in self.store.scan(kind, after=after) if after else self.store.scan(kind):
                self.rows[kind.__name__] += counts
                yield row
        except Unreadable as error:
            raise UnreadableRow(kind, str(error)) from error


def digest_of(*parts: object) -> int:
    """Return a number of 64 bits for text and numbers, in every process the same."""
    text = "\0".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def wrong(path: str, name: str, *, found: object, expected: object) -> Iterator[AuditDifference]:
    """Yield a difference unless what was found is what was expected."""
    if found != expected:
        yield AuditDifference(f"{path}.{name}", f"is {found}, should be {expected}")
