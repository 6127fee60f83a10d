"""One transaction for what several use cases write, each of which commits once.

Rows are read once for all of them, and each is written under the condition of whoever read it
first. So each use case goes by what those before it have written here, as if that were stored.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar, Unpack, cast

from rebate.domain.money import AmountsBy
from rebate.domain.names import MemberId, QueueId
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket
from rebate.domain.wallets import Wallet
from rebate.usecases.storage.ports import (
    WRITES_MAX,
    Check,
    Credit,
    Place,
    Put,
    Remove,
    Store,
    Which,
    Write,
)
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key

Row = TypeVar("Row")

Placed: TypeAlias = tuple[Place, Write]
"""A write and which row it is of: worked out once."""


class Entangled(Exception):
    """A use case asks for what cannot be told before the others are stored: let it go alone.

    It is no `RebateError`: nobody did anything wrong.
    """


class SharedTransaction:
    """Reads rows once from the store `beneath`, and holds back what is written."""

    def __init__(self, beneath: Store) -> None:
        """Hold nothing yet."""
        self.beneath = beneath
        self.known: dict[Place, Any] = {}
        self._held: dict[Place, Put | Remove | Check] = {}
        self._credits: dict[MemberId, Credit] = {}

    def read(self, places: Iterable[Place]) -> dict[Place, Any]:
        """Return those of the rows that exist or will; what is unknown is fetched at once."""
        wanted = set(places)
        if unknown := self.unknown(wanted):
            found = self.beneath.get_all(unknown)
            self.known.update({place: found.get(place) for place in unknown})
        return {place: row for place in wanted if (row := self.known[place]) is not None}

    def unknown(self, places: Iterable[Place]) -> set[Place]:
        """Return those of the places that were not read yet.

        (A difference of sets would go through all that is known.)
        """
        return {place for place in places if place not in self.known}

    def credits(self, member: MemberId) -> bool:
        """Tell whether a member's balances change here."""
        return member in self._credits

    def writes(self, kind: type, partition: str) -> bool:
        """Tell whether any row of a partition changes here."""
        return any(held is kind and key.partition == partition for held, key in self._held)

    def moves(self, queue: QueueId) -> bool:
        """Tell whether any ticket of a queue changes here."""
        puts = (held.row for held in self._held.values() if isinstance(held, Put))
        return any(isinstance(row, Ticket) and row.queue == queue for row in puts)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held back."""
        return not self._held and not self._credits

    def takes(self, writes: Sequence[Placed]) -> bool:
        """Tell whether there is room for a commit's writes."""
        more = sum(self._is_new(*placed) for placed in writes)
        return len(self._held) + len(self._credits) + more <= WRITES_MAX

    def hold(self, writes: Sequence[Placed]) -> None:
        """Hold a commit's writes back; from now on rows are as they will be.

        Raises:
            Entangled: they do not go with what is held; nothing of them is.
        """
        held: dict[Place, Put | Remove | Check] = {}
        credited: dict[MemberId, Credit] = {}
        for place, write in writes:
            if isinstance(write, Credit):
                known = credited.get(write.member) or self._credits.get(write.member)
                credited[write.member] = _credited(known, write)
            else:
                held[place] = _merged(held.get(place) or self._held.get(place), write)
        self._held |= held
        self._credits |= credited
        for place, write in writes:
            if isinstance(write, Put | Remove):
                self.known[place] = write.row if isinstance(write, Put) else None

    def send(self) -> None:
        """Store all that is held back.

        Raises:
            Conflict, Unavailable, Impossible: as `Store.commit`; nothing is held any more.
        """
        writes = [*self._held.values(), *self._credits.values()]
        for member in self._credits:
            self.known.pop((Wallet, Key(member)), None)
        self._held, self._credits = {}, {}
        if writes:
            self.beneath.commit(writes)

    def _is_new(self, place: Place, write: Write) -> bool:
        if isinstance(write, Credit):
            return write.member not in self._credits
        return place not in self._held


class OneCommit:
    """Implements `ports.Store` for a use case that reads, commits once, and is done.

    What `written` holds after the use case goes into the shared transaction; until then nobody else
    sees it.
    """

    def __init__(self, shared: SharedTransaction, kind: type, rows: Sequence[Any]) -> None:
        """Read through `shared`; of `kind` there are only these `rows`."""
        self._shared = shared
        self._kind = kind
        self._rows = rows
        self.written: Sequence[Write] = ()

    def get(self, kind: type[Row], key: Key) -> Row | None:
        """Return the row at `key`, or None."""
        return cast("Row | None", self.get_all([(kind, key)]).get((kind, key)))

    def get_many(self, kind: type[Row], keys: Iterable[Key]) -> dict[Key, Row]:
        """Return those of the rows at `keys` that exist."""
        return {key: row for (_, key), row in self.get_all((kind, key) for key in keys).items()}

    def get_all(self, wanted: Iterable[Place]) -> dict[Place, Any]:
        """Return those of the rows of any kind that exist."""
        self._insist_on_reading()
        places = list(wanted)
        if any(kind is Wallet and self._shared.credits(MemberId(key[0])) for kind, key in places):
            raise Entangled
        return self._shared.read(places)

    def query(self, kind: type[Row], partition: str, **which: Unpack[Which]) -> list[Row]:
        """Return a partition's rows in order of their sort keys."""
        self._insist_on_reading()
        if kind is self._kind:
            return [row for row in self._rows if key_of(row).partition == partition][
                : which.get("limit")
            ]
        if self._shared.writes(kind, partition):
            raise Entangled
        return self._shared.beneath.query(kind, partition, **which)

    def waiting_tickets(
        self, member: MemberId, queue: QueueId, *, from_place: int, limit: int
    ) -> list[Ticket]:
        """Return a member's tickets in a queue with entries that wait, in order of place."""
        self._insist_on_reading()
        if self._shared.moves(queue):
            raise Entangled
        return self._shared.beneath.waiting_tickets(
            member, queue, from_place=from_place, limit=limit
        )

    def scan(self, kind: type[Row], *, after: Key | None = None) -> Iterator[Row]:
        """Yield every row of a kind."""
        self._insist_on_reading()
        if not self._shared.is_empty:
            raise Entangled
        return self._shared.beneath.scan(kind, after=after)

    def commit(self, writes: Sequence[Write]) -> None:
        """Keep what is written, once."""
        if self.written:
            raise Entangled
        self.written = writes

    def put_each(self, rows: Sequence[Any]) -> None:  # noqa: ARG002 - of the protocol
        """Refuse: what is stored by itself does not wait for others."""
        raise Entangled

    def _insist_on_reading(self) -> None:
        """Whoever reads on after a commit may look for it, and it is not stored."""
        if self.written:
            raise Entangled


def place_of(write: Write) -> Place:
    """Return which row is written, or insisted on."""
    match write:
        case Put(row):
            return type(row), key_of(row)
        case Credit(member):
            return Wallet, Key(member)
        case Remove() | Check():
            return write.kind, write.key


def _merged(held: Put | Remove | Check | None, write: Put | Remove | Check) -> Put | Remove | Check:
    """Return one write for two of the same row: it is as the second says, if it was as the first.

    A row without a version is kept safe by another's, and whoever writes it has read it here.

    Raises:
        Entangled: the second does not go by what the first leaves.
    """
    if held is None:
        return write
    if not isinstance(held, Put) or not isinstance(write, Put):
        raise Entangled
    if write.expects not in (None, getattr(held.row, "version", None)):
        raise Entangled
    return replace(write, expects=held.expects)


def _credited(held: Credit | None, credit: Credit) -> Credit:
    if held is None:
        return credit
    if credit.expects is not None:
        raise Entangled
    sums = AmountsBy(held.amounts)
    for balance, amount in credit.amounts:
        sums[balance] += amount
    return replace(held, amounts=tuple(sums.items()))
