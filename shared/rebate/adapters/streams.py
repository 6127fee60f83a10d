"""Batches of a table's stream, as Lambda gets them.

A shard is brought again from its first failed record on, so whoever reports one failed has to live
with seeing later ones again.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from rebate.adapters.bodies import text_of
from rebate.adapters.codec import decode
from rebate.adapters.telemetry import record_unknown
from rebate.domain.errors import Unreadable
from rebate.domain.records import dataclass

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Record:
    """A row that was written: its sequence number in the stream, its key, and its item."""

    number: str
    key: tuple[str, ...]
    image: Mapping[str, Mapping[str, Any]]

    def row(self, kind: type[Row]) -> Row:
        """Return the row of `kind` that the stream's image holds; raises `Unreadable`."""
        return decode(kind, text_of(self.image))


def inserted(event: Mapping[str, Any]) -> Iterator[Record]:
    """Yield the rows that came; changes and removals tell nothing new."""
    for record in event["Records"]:
        if record["eventName"] == "INSERT":
            change = record["dynamodb"]
            keys = change["Keys"]
            names = [name for name in ("partition", "sort") if name in keys]
            yield Record(
                change["SequenceNumber"],
                tuple(keys[name]["S"] for name in names),
                change.get("NewImage", {}),
            )


def inserted_rows(event: Mapping[str, Any], kind: type[Row]) -> Iterator[tuple[Record, Row]]:
    """Yield the rows of `kind` that came, with their records.

    One that cannot be read is told and left out: no repetition mends it, and those behind it would
    wait for it until it is too old. It stays in its table.
    """
    for record in inserted(event):
        try:
            yield record, record.row(kind)
        except Unreadable as unreadable:
            record_unknown("/".join(record.key), str(unreadable))


def failures(numbers: Iterable[str]) -> dict[str, Any]:
    """Return the answer that brings these records again."""
    return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}
