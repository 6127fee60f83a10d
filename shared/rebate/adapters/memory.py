"""The store in memory: DynamoDB's conditions, encoding and limits in one process, and gone with it.

A row is encoded once, when it is written, and decoded when it is first read: so what is read went
through the codec here, too, and a row that is too large, or that cannot be read, is found.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, Unpack, cast

from rebate.adapters.codec import decode, encode
from rebate.adapters.tables import TABLES, Item
from rebate.domain.errors import Conflict, Impossible, TooLarge
from rebate.domain.money import NOTHING
from rebate.domain.names import MemberId, QueueId
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket
from rebate.domain.wallets import Wallet
from rebate.usecases.office.acts import recorded
from rebate.usecases.storage.ports import WRITES_MAX, Credit, Place, Put, Remove, Which, Write
from rebate.usecases.storage.rows.key_of import key_of, waits_by_member
from rebate.usecases.storage.rows.keys import Key, place_key, utf8_bytes
from rebate.usecases.storage.shared_transaction import place_of

Row = TypeVar("Row")

ITEM_BYTES_MAX = 400 * 1024
TRANSACTION_BYTES_MAX = 4 * 1024 * 1024
PARTITION_BYTES_MAX = 2048
SORT_BYTES_MAX = 1024

_BESIDE_BYTES_MAX = 5_000
"""What keys, version, an expiry and the names of attributes add to a row's text at most."""

_TABLES = {table.kind: table for table in TABLES}


class MemoryStore:
    """Implements `rebate.usecases.storage.ports.Store`; one thread at a time may use it.

    `rows` are texts until they are first read.
    """

    def __init__(self) -> None:
        self.rows: dict[type, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))

    def get(self, kind: type[Row], key: Key) -> Row | None:
        """Return the row at `key`, or None."""
        rows = self.rows[kind].get(key.partition)
        found = rows.get(key.sort) if rows else None
        if rows and type(found) is str:
            found = rows[key.sort] = decode(kind, found)
        return cast("Row | None", found)

    def get_many(self, kind: type[Row], keys: Iterable[Key]) -> dict[Key, Row]:
        """Return those of the rows at `keys` that exist."""
        found = {key: self.get(kind, key) for key in keys}
        return {key: row for key, row in found.items() if row is not None}

    def get_all(self, wanted: Iterable[Place]) -> dict[Place, Any]:
        """Return those of the rows of any kind at these places that exist."""
        found: dict[Place, Any] = {(kind, key): self.get(kind, key) for kind, key in wanted}
        return {place: row for place, row in found.items() if row is not None}

    def query(self, kind: type[Row], partition: str, **which: Unpack[Which]) -> list[Row]:
        """Return a partition's rows in order of their sort keys."""
        prefix, after = which.get("prefix", ""), which.get("after")
        backwards = which.get("backwards", False)
        keys = sorted(key for key in self.rows[kind].get(partition, ()) if key.startswith(prefix))
        if backwards:
            keys.reverse()
        if after is not None:
            keys = [key for key in keys if (key < after if backwards else key > after)]
        found = (self.get(kind, Key(partition, key)) for key in keys[: which.get("limit")])
        return [row for row in found if row is not None]

    def waiting_tickets(
        self, member: MemberId, queue: QueueId, *, from_place: int, limit: int
    ) -> list[Ticket]:
        """Return a member's tickets in a queue with entries that wait, in order of place."""
        waiting = [
            (ticket.place, ticket)
            for ticket in self.query(Ticket, member)
            if ticket.queue == queue and ticket.place is not None and waits_by_member(ticket)
        ]
        waiting.sort(key=lambda found: place_key(queue, found[0]))
        start = bisect_right([place for place, _ in waiting], from_place - 1)
        return [ticket for _, ticket in waiting[start : start + limit]]

    def scan(self, kind: type[Row], *, after: Key | None = None) -> Iterator[Row]:
        """Yield every row of a kind, in no order."""
        kept = [Key(name, sort) for name, rows in self.rows[kind].items() for sort in rows]
        for key in kept[kept.index(after) + 1 if after else 0 :]:
            row = self.get(kind, key)
            if row is not None:
                yield row

    def commit(self, writes: Sequence[Write]) -> None:
        """Carry out all of `writes`, or none of them.

        Raises:
            Conflict: a condition did not hold.
            Impossible: a row, a key or all rows together are larger than DynamoDB takes.
        """
        with recorded(self, writes) as all_of_it:
            self._commit(all_of_it)

    def put_each(self, rows: Sequence[Any]) -> None:
        """Store rows, each by itself."""
        for row in rows:
            self.commit([Put(row)])

    def _commit(self, writes: Sequence[Write]) -> None:
        assert 0 < len(writes) <= WRITES_MAX, f"{len(writes)} writes in one transaction"
        targets = list(map(place_of, writes))
        assert len(set(targets)) == len(targets), "a transaction writes a row twice"
        texts = [self._text(write) for write in writes]
        for _, key in targets:
            _insist_on_key(key)
        _insist_on_size(writes, texts)
        for write, (kind, key) in zip(writes, targets, strict=True):
            self._insist(write, kind, key)
        for write, (kind, key), text in zip(writes, targets, texts, strict=True):
            self._write(write, kind, key, text)

    def _text(self, write: Write) -> str:
        """Return the text as which a row is kept; wallets are numbers that are added to."""
        return encode(write.row) if isinstance(write, Put) and type(write.row) is not Wallet else ""

    def _insist(self, write: Write, kind: type[Any], key: Key) -> None:
        expects = getattr(write, "expects", None)
        if expects is None:
            return
        if self._version(kind, key) != expects:
            message = f"{kind.__name__} {key} is not at version {expects}"
            raise Conflict(message)

    def _version(self, kind: type[Any], key: Key) -> int:
        """Return the version of what is stored: 0 if nothing is, 1 if such rows have none."""
        row: Any = self.get(kind, key)
        return getattr(row, "version", 1) if row is not None else 0

    def _write(self, write: Write, kind: type[Any], key: Key, text: str) -> None:
        match write:
            case Put(row):
                self.rows[kind][key.partition][key.sort] = text or row
            case Remove():
                self._remove(kind, key)
            case Credit(member, amounts):
                wallet = self.get(Wallet, key) or Wallet(member)
                held = dict(wallet.balances)
                for pocket, amount in amounts:
                    held[pocket] = held.get(pocket, NOTHING) + amount
                held = {pocket: amount for pocket, amount in held.items() if amount}
                changed = replace(wallet, version=wallet.version + 1, balances=held)
                self.rows[kind][key.partition][key.sort] = changed

    def _remove(self, kind: type[Any], key: Key) -> None:
        rows = self.rows[kind].get(key.partition)
        if rows is not None:
            rows.pop(key.sort, None)
            if not rows:
                del self.rows[kind][key.partition]


def _insist_on_key(key: Key) -> None:
    if not key.partition:
        raise Impossible("a partition key of nothing")
    for name, text, most in (
        ("partition", key.partition, PARTITION_BYTES_MAX),
        ("sort", key.sort, SORT_BYTES_MAX),
    ):
        if (size := utf8_bytes(text)) > most:
            raise TooLarge(f"a {name} key of {size} bytes, where {most} are the most")


def _insist_on_size(writes: Sequence[Write], texts: Sequence[str]) -> None:
    """Insist on DynamoDB's limits; items are made, and counted, only where it may be too much."""
    most = [utf8_bytes(text) + _BESIDE_BYTES_MAX if text else 0 for text in texts]
    if max(most) <= ITEM_BYTES_MAX and sum(most) <= TRANSACTION_BYTES_MAX:
        return
    puts = (write for write, text in zip(writes, texts, strict=True) if text)
    rows = [write.row for write in puts if isinstance(write, Put)]
    sizes = [_size(_TABLES[type(row)].item(row)) for row in rows]
    for row, size in zip(rows, sizes, strict=True):
        if size > ITEM_BYTES_MAX:
            name = f"{type(row).__name__} {key_of(row)}"
            raise TooLarge(f"{name} has {size} bytes, where {ITEM_BYTES_MAX} are the most")
    if sum(sizes) > TRANSACTION_BYTES_MAX:
        raise TooLarge(
            f"a transaction of {sum(sizes)} bytes, where {TRANSACTION_BYTES_MAX} are the most"
        )


def _size(item: Item) -> int:
    """Return an item's size: names of attributes count, and numbers for as long as they are."""
    values = (content for value in item.values() for content in value.values())
    written = (each if isinstance(each, bytes) else str(each).encode() for each in values)
    return sum(map(len, written)) + sum(len(name) for name in item)
