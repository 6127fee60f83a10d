"""The store as one worker sees it: others write between any two reads, and requests fail."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from rebate.domain.errors import Conflict, Unavailable
from rebate.domain.names import MemberId, QueueId
from rebate.domain.tickets import Ticket
from rebate.usecases.storage.ports import Put, Remove, Write
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from tests.fakes import MemoryStore
from tests.usecases.disturbed import Killed

Row = TypeVar("Row")


@dataclass
class Weather:
    """How often a request fails, out of a thousand."""

    throttled: int = 4
    conflict: int = 15
    killed_before: int = 6
    killed_after: int = 6
    unanswered: int = 6
    repeated: int = 6
    torn: int = 100


CALM = Weather(0, 0, 0, 0, 0, 0, 0)


@dataclass
class Client:
    """Implements `rebate.usecases.storage.ports.Store`.

    `turn` lets others run; `told` learns of every commit that took place, and for each of its
    writes of the row that was there before. `read` holds the versions of single rows as read,
    `together` those of rows that one request asked for, by each of them.

    Single rows are read as they are at that moment. A read of many rows is no snapshot: it may
    be torn between any two of them. A commit may be refused because of others that write the
    same rows, may be carried out and its reply be lost, and its request be repeated: then its own
    condition refuses it.
    """

    tables: MemoryStore
    turn: Callable[[], None]
    chance: Random
    weather: Weather
    told: Callable[[Sequence[Write], Sequence[Any]], None]
    read: dict[tuple[type, Key], int] = field(default_factory=dict)
    together: dict[tuple[type, Key], dict[tuple[type, Key], int]] = field(default_factory=dict)

    def get(self, kind: type[Row], key: Key) -> Row | None:
        self._request()
        return self._read(kind, key)

    def get_all(self, wanted: Iterable[tuple[type, Key]]) -> dict[tuple[type, Key], Any]:
        self._request()
        found: dict[tuple[type, Key], Any] = {}
        for kind, key in sorted(wanted, key=lambda place: (place[0].__name__, place[1])):
            self._tear()
            found[kind, key] = self._read(kind, key)
        versions = {place: self.read[place] for place in found}
        self.together |= dict.fromkeys(found, versions)
        return {place: row for place, row in found.items() if row is not None}

    def get_many(self, kind: type[Row], keys: Iterable[Key]) -> dict[Key, Row]:
        self._request()
        found: dict[Key, Row] = {}
        for key in sorted(keys):  # sets are in another order in every process
            self._tear()
            found |= self.tables.get_many(kind, [key])
        return found

    def query(self, kind: type[Row], partition: str, **options: Any) -> list[Row]:
        self._request()
        return list(self._as_now(self.tables.query(kind, partition, **options)))

    def waiting_tickets(
        self, member: MemberId, queue: QueueId, *, from_place: int, limit: int
    ) -> list[Ticket]:
        self._request()
        tickets = self.tables.waiting_tickets(member, queue, from_place=from_place, limit=limit)
        return list(self._as_now(tickets))

    def scan(self, kind: type[Row], *, after: Key | None = None) -> Iterator[Row]:
        self._request()
        return self._as_now(list(self.tables.scan(kind, after=after)))

    def commit(self, writes: Sequence[Write]) -> None:
        self._request()
        if self._happens(self.weather.conflict):
            raise Conflict("TransactionConflict")
        if self._happens(self.weather.killed_before):
            raise Killed
        before = [self._before(write) for write in writes]
        self.tables.commit(writes)
        self.told(writes, before)
        if self._happens(self.weather.killed_after):
            raise Killed
        if self._happens(self.weather.unanswered):
            raise Unavailable("timeout")
        if self._happens(self.weather.repeated):
            self.turn()
            raise Conflict("its own write")

    def put_each(self, rows: Sequence[Any]) -> None:
        for row in rows:
            self.commit([Put(row)])

    def _request(self) -> None:
        self.turn()
        if self._happens(self.weather.throttled):
            raise Unavailable("ThrottlingException")

    def _read(self, kind: type[Row], key: Key) -> Row | None:
        row = self.tables.get(kind, key)
        self.read[kind, key] = getattr(row, "version", 0)
        return row

    def _before(self, write: Write) -> Any:
        match write:
            case Put(row):
                return self.tables.get(type(row), key_of(row))
            case Remove(kind, key):
                return self.tables.get(kind, key)
        return None

    def _as_now(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield rows that were found, each as it is when its turn comes, if it is still there."""
        for row in rows:
            self._tear()
            now = self.tables.get(type(row), key_of(row))
            if now is not None:
                yield now

    def _tear(self) -> None:
        if self._happens(self.weather.torn):
            self.turn()

    def _happens(self, per_mille: int) -> bool:
        return self.chance.randrange(1000) < per_mille
