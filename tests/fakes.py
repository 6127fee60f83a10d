"""A store in memory with DynamoDB's semantics, as far as the use cases rest on them.

Transactions are all or nothing under their conditions. `before_commit` and `after_commit` are
called around each; raising from the first is a crash or a conflict before the write, from the
second a lost reply after it.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from rebate.domain.errors import Conflict
from rebate.domain.names import MemberId, QueueId
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.domain.wallets import Wallet
from rebate.usecases.ports import WRITES_MAX, Check, Credit, Place, Put, Remove, Write
from rebate.usecases.rows import Key, key_of, place_key, waits_by_member

Row = TypeVar("Row")


def _nothing(_writes: Sequence[Write]) -> None:
    pass


class MemoryStore:
    """Implements `rebate.usecases.ports.Store`."""

    def __init__(self) -> None:
        self.rows: dict[type, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
        self.before_commit: Callable[[Sequence[Write]], None] = _nothing
        self.after_commit: Callable[[Sequence[Write]], None] = _nothing
        self.commits = 0

    def fork(self) -> "MemoryStore":
        """Return a store that holds the same rows now; rows themselves never change."""
        other = MemoryStore()
        for kind, partitions in self.rows.items():
            for partition, rows in partitions.items():
                other.rows[kind][partition] = dict(rows)
        return other

    def everything(self) -> dict[tuple[type, Key], Any]:
        """Return all rows, by kind and key."""
        return {
            (kind, Key(partition, sort)): row
            for kind, partitions in self.rows.items()
            for partition, rows in partitions.items()
            for sort, row in rows.items()
        }

    def get(self, kind: type[Row], key: Key) -> Row | None:
        return self.rows[kind][key.partition].get(key.sort)

    def get_all(self, wanted: Iterable[Place]) -> dict[Place, Any]:
        found: dict[Place, Any] = {(kind, key): self.get(kind, key) for kind, key in wanted}
        return {place: row for place, row in found.items() if row is not None}

    def get_many(self, kind: type[Row], keys: Iterable[Key]) -> dict[Key, Row]:
        found = {key: self.get(kind, key) for key in keys}
        return {key: row for key, row in found.items() if row is not None}

    def query(
        self,
        kind: type[Row],
        partition: str,
        *,
        prefix: str = "",
        after: str | None = None,
        limit: int | None = None,
        backwards: bool = False,
    ) -> list[Row]:
        rows = self.rows[kind][partition]
        keys = sorted(key for key in rows if key.startswith(prefix))
        if backwards:
            keys.reverse()
        if after is not None:
            keys = [key for key in keys if (key < after if backwards else key > after)]
        return [rows[key] for key in keys[:limit]]

    def waiting_tickets(
        self, member: MemberId, queue: QueueId, *, from_place: int, limit: int
    ) -> list[Ticket]:
        tickets = [t for t in self.rows[Ticket][member].values() if t.queue == queue]
        waiting = [t for t in tickets if t.place is not None and waits_by_member(t)]
        waiting.sort(key=lambda ticket: place_key(queue, ticket.place))
        start = bisect_right([ticket.place for ticket in waiting], from_place - 1)
        return waiting[start : start + limit]

    def scan(self, kind: type[Row]) -> Iterator[Row]:
        for partition in list(self.rows[kind].values()):
            yield from list(partition.values())

    def commit(self, writes: Sequence[Write]) -> None:
        assert 0 < len(writes) <= WRITES_MAX, f"{len(writes)} writes in one transaction"
        targets = [_target(write) for write in writes]
        assert len(set(targets)) == len(targets), "a transaction writes a row twice"
        self.before_commit(writes)
        for write, (kind, key) in zip(writes, targets, strict=True):
            self._insist(write, kind, key)
        for write, (kind, key) in zip(writes, targets, strict=True):
            self._write(write, kind, key)
        self.commits += 1
        self.after_commit(writes)

    def _insist(self, write: Write, kind: type[Any], key: Key) -> None:
        expects = getattr(write, "expects", None)
        if expects is None:
            return
        row = self.get(kind, key)
        if (getattr(row, "version", 1) if row is not None else 0) != expects:
            message = f"{kind.__name__} {key} is not at version {expects}"
            raise Conflict(message)

    def _write(self, write: Write, kind: type[Any], key: Key) -> None:
        match write:
            case Put(row):
                self.rows[kind][key.partition][key.sort] = row
            case Remove():
                self.rows[kind][key.partition].pop(key.sort, None)
            case Credit(member, amounts):
                wallet = self.get(Wallet, key) or Wallet(member)
                held = dict(wallet.balances)
                for pocket, amount in amounts:
                    held[pocket] = held.get(pocket, 0) + amount
                held = {pocket: amount for pocket, amount in held.items() if amount}
                changed = replace(wallet, version=wallet.version + 1, balances=held)
                self.rows[kind][key.partition][key.sort] = changed


def _target(write: Write) -> tuple[type, Key]:
    match write:
        case Put(row):
            return type(row), key_of(row)
        case Remove(kind, key) | Check(kind, key):
            return kind, key
        case Credit(member):
            return Wallet, Key(member)


class FakeClock:
    """A clock that moves by a microsecond whenever it is asked, or by hand."""

    def __init__(self, now: int = 1_800_000_000_000_000) -> None:
        self._now = now

    def now(self) -> Instant:
        self._now += 1
        return Instant(self._now)

    def advance(self, microseconds: int) -> None:
        self._now += microseconds
