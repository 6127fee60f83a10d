"""What a client asks of its engine: calls, capacity units and cancelled transactions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"})
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})
_UNIT_BYTES = 1024
_TRANSACTION_FACTOR = 2


@dataclass(slots=True)
class Meter:
    """Counts what one botocore client does; `attach` makes it listen.

    Engines that run locally report no capacity for a transaction that was cancelled, where AWS
    charges for it. `cancelled_units` is the least that AWS would: every item of the request at
    the size that it names, twice since it is a transaction; of deletions and updates, whose size
    the request does not tell, the smallest.
    """

    calls: Counter[str] = field(default_factory=Counter)
    read_units: float = 0
    write_units: float = 0
    cancelled: int = 0
    cancelled_units: float = 0
    by_table: Counter[str] = field(default_factory=Counter)
    _sent: list[dict[str, Any]] = field(default_factory=list)

    def attach(self, client: Any) -> None:
        """Listen to a client, and make it ask for its consumption."""
        events = client.meta.events
        events.register_first("provide-client-params.dynamodb.*", self._before)
        events.register_last("after-call.dynamodb.*", self._after)

    def reset(self) -> None:
        """Forget what was counted."""
        self.__init__()  # type: ignore[misc]

    def snapshot(self) -> dict[str, Any]:
        """Return the sums, to be added up by `total`."""
        return {
            "calls": Counter(self.calls),
            "read_units": self.read_units,
            "write_units": self.write_units,
            "cancelled": self.cancelled,
            "cancelled_units": self.cancelled_units,
            "by_table": Counter(self.by_table),
        }

    def _before(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name in _READS | _WRITES:
            params["ReturnConsumedCapacity"] = "TOTAL"
        if model.name == "TransactWriteItems":
            self._sent = params["TransactItems"]

    def _after(self, parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
        self.calls[model.name] += 1
        if parsed.get("Error", {}).get("Code") == "TransactionCanceledException":
            self.cancelled += 1
            self.cancelled_units += _least_units(self._sent)
        consumed = parsed.get("ConsumedCapacity") or []
        for each in [consumed] if isinstance(consumed, Mapping) else consumed:
            if model.name in _READS:
                self.read_units += each["CapacityUnits"]
                self.by_table[f"read {each['TableName']}"] += each["CapacityUnits"]
            else:
                self.write_units += each["CapacityUnits"]
                self.by_table[f"write {each['TableName']}"] += each["CapacityUnits"]


def total(snapshots: list[dict[str, Any]]) -> dict[str, Any]:
    """Add up what several meters counted."""
    sums: dict[str, Any] = dict(Meter().snapshot())
    for snapshot in snapshots:
        for name, value in snapshot.items():
            sums[name] = sums[name] + value
    return sums


def _least_units(items: list[dict[str, Any]]) -> float:
    return _TRANSACTION_FACTOR * sum(
        -(-_size(write.get("Item", {})) // _UNIT_BYTES) or 1
        for item in items
        for write in item.values()
    )


def _size(value: Any) -> int:
    """Return the size of an item or value in DynamoDB's wire form, nearly as AWS counts it."""
    if isinstance(value, Mapping):
        return sum(
            (len(name) if name not in {"S", "N", "B", "M", "L", "BOOL"} else 0) + _size(each)
            for name, each in value.items()
        )
    if isinstance(value, list):
        return sum(_size(each) + 1 for each in value) + 3
    return len(value.encode()) if isinstance(value, str) else 1
