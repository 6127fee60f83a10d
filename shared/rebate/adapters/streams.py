"""Batches of a table's stream, as Lambda gets them.

A shard is brought again from its first failed record on, so whoever reports one failed has to live
with seeing later ones again.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """A row that was written: its sequence number in the stream, key, and text attributes."""

    number: str
    key: tuple[str, ...]
    image: Mapping[str, str]


def inserted(event: Mapping[str, Any]) -> Iterator[Record]:
    """Yield the rows that came; changes and removals tell nothing new."""
    for record in event["Records"]:
        if record["eventName"] == "INSERT":
            change = record["dynamodb"]
            key = _texts(change["Keys"])
            names = [name for name in ("partition", "sort") if name in key]
            yield Record(
                change["SequenceNumber"],
                tuple(key[name] for name in names),
                _texts(change.get("NewImage", {})),
            )


def failures(numbers: Iterable[str]) -> dict[str, Any]:
    """Return the answer that brings these records again."""
    return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}


def _texts(attributes: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {name: value["S"] for name, value in attributes.items() if "S" in value}
