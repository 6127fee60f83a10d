"""A store that holds writes back, so that several use cases share a transaction.

A request costs far more than the rows in it, in waiting as in processor time.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar, Unpack, cast

from rebate.domain.commands import Complete
from rebate.domain.errors import Conflict, Impossible, Unavailable
from rebate.domain.names import MemberId, QueueId
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket
from rebate.usecases.office.order_lists import rows_shared_by, sharing_rows
from rebate.usecases.storage.office import OrderPlace
from rebate.usecases.storage.ports import WRITES_MAX, Place, Put, Store, Which, Write
from rebate.usecases.storage.rows.inbox import BatchedCommand, Inbox
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key

Row = TypeVar("Row")


class BatchConflict(Exception):
    """What was gathered could not be written in one transaction: do it one by one.

    It is no `RebateError`: what was held back is of others than who happens to make it be sent.
    `Unavailable` is its cause where the store does not answer, so that one by one is no better.
    """


class BufferedStore:
    """Implements `ports.Store` on another store; `send` writes what is held back.

    A commit takes effect whole, and none before an earlier one. Rows are read once, and are then
    as they were or will be. Any method but those that get rows may raise `BatchConflict`.
    """

    def __init__(self, beneath: Store) -> None:
        """Read from and write to the store `beneath`."""
        self._beneath = beneath
        self._known: dict[Place, Any] = {}
        self._held: dict[Place, Put] = {}

    def get(self, kind: type[Row], key: Key) -> Row | None:
        """Return the row at `key`, as it is or will be, or None."""
        if (kind, key) not in self._known:
            self._known[kind, key] = self._beneath.get(kind, key)
        return cast("Row | None", self._known[kind, key])

    def get_many(self, kind: type[Row], keys: Iterable[Key]) -> dict[Key, Row]:
        """Return those of the rows at `keys` that exist or will; what is unknown is fetched."""
        return {key: row for (_, key), row in self.get_all((kind, key) for key in keys).items()}

    def get_all(self, wanted: Iterable[Place]) -> dict[Place, Any]:
        """Return those of the rows of any kind that exist or will; what is unknown is fetched."""
        places = set(wanted)
        unknown = places - self._known.keys()
        if unknown:
            found = self._beneath.get_all(unknown)
            self._known.update({place: found.get(place) for place in unknown})
        rows = {place: self._known[place] for place in places}
        return {place: row for place, row in rows.items() if row is not None}

    def query(self, kind: type[Row], partition: str, **which: Unpack[Which]) -> list[Row]:
        """Send what is held back, and return a partition's rows."""
        self.send()
        return self._beneath.query(kind, partition, **which)

    def waiting_tickets(
        self, member: MemberId, queue: QueueId, *, from_place: int, limit: int
    ) -> list[Ticket]:
        """Send what is held back, and return a member's tickets that wait."""
        self.send()
        return self._beneath.waiting_tickets(member, queue, from_place=from_place, limit=limit)

    def scan(self, kind: type[Row], *, after: Key | None = None) -> Iterator[Row]:
        """Send what is held back, and yield every row of a kind."""
        self.send()
        return self._beneath.scan(kind, after=after)

    def commit(self, writes: Sequence[Write]) -> None:
        """Hold rows back until there is no room for more, or they are asked for."""
        puts = {(type(w.row), key_of(w.row)): w for w in writes if isinstance(w, Put)}
        if len(puts) < len(writes):
            self.send()
            self._known.clear()
            self._beneath.commit(writes)
            return
        if self._held.keys() & puts or not self._takes(puts.values()):
            self.send()
        self._held.update(puts)
        self._known.update({name: put.row for name, put in puts.items()})

    def put_each(self, rows: Sequence[Any]) -> None:
        """Store rows at once: nothing that is held back rests on them."""
        self._beneath.put_each(rows)

    def _takes(self, puts: Collection[Put]) -> bool:
        """Tell whether there is room for further rows, as they share rows."""
        if len(self._held) + len(puts) <= WRITES_MAX:
            return True
        return _rows_shared_by([*self._held.values(), *puts]) <= WRITES_MAX

    def send(self) -> None:
        """Write all that is held back."""
        held, self._held = list(self._held.values()), {}
        if not held:
            return
        try:
            self._beneath.commit(_in_shared_rows(held))
        except (Conflict, Impossible, Unavailable) as error:
            raise BatchConflict from error


def _in_shared_rows(puts: Iterable[Put]) -> list[Put]:
    """Put what orders that came together tell a queue, and where they stand in a list, in a row."""
    others, places, mail = _sorted_out(puts)
    shared = (*map(_as_one, mail.values()), *sharing_rows(places))
    return [*others, *map(Put, shared)]


def _rows_shared_by(puts: Iterable[Put]) -> int:
    """Return how many rows these come to once they share some, without making those."""
    others, places, mail = _sorted_out(puts)
    return len(others) + len(mail) + rows_shared_by(places)


def _sorted_out(
    puts: Iterable[Put],
) -> tuple[list[Put], list[OrderPlace], dict[QueueId, list[Inbox]]]:
    """Return what shares no row, places in lists, and what shares a row of a queue's inbox."""
    others: list[Put] = []
    places: list[OrderPlace] = []
    mail: dict[QueueId, list[Inbox]] = {}
    for put in puts:
        if isinstance(put.row, Inbox) and _shares(put.row):
            mail.setdefault(put.row.queue, []).append(put.row)
        elif isinstance(put.row, OrderPlace):
            places.append(put.row)
        else:
            others.append(put)
    return others, places, mail


def _as_one(rows: Iterable[Inbox]) -> Inbox:
    first, *rest = sorted(rows, key=lambda row: row.sort)
    return replace(first, others=tuple(map(_letter, rest)))


def _shares(row: Inbox) -> bool:
    """Tell whether a command may share its row: once it is carried out, its ticket proves it."""
    return row.not_before is None and (row.ticket is not None or isinstance(row.command, Complete))


def _letter(row: Inbox) -> BatchedCommand:
    completion = row.command if isinstance(row.command, Complete) else None
    return BatchedCommand(row.sort, row.ticket, completion)
