"""What the use cases need from outside."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias, TypedDict, TypeVar, Unpack

from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, QueueId
from rebate.domain.records import dataclass
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.usecases.storage.rows.keys import Key

Row = TypeVar("Row")

WRITES_MAX = 100
"""Rows that one transaction may write."""


@dataclass(frozen=True, slots=True)
class Put:
    """Store a row.

    `expects` is the version that must be stored now (0: none), or None where another row's
    condition in the same transaction keeps this one safe.
    """

    row: Any
    expects: int | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the row of `kind` at `key`."""

    kind: type
    key: Key


@dataclass(frozen=True, slots=True)
class Credit:
    """Add to a member's balances; `expects` is the wallet's version if it was consulted."""

    member: MemberId
    amounts: tuple[tuple[BalanceType, Amount], ...]
    expects: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Insist that the row of `kind` at `key` has this version, and leave it as it is."""

    kind: type
    key: Key
    expects: int


Write: TypeAlias = Put | Remove | Credit | Check


Place: TypeAlias = tuple[type, Key]
"""The kind of a row, and its key."""


class Which(TypedDict, total=False):
    """Which rows of a partition are wanted; all of them, where nothing is said."""

    prefix: str
    """Only those whose sort keys begin so."""
    after: str | None
    """Only those whose sort keys come later in the order that is asked for."""
    limit: int | None
    """At most so many."""
    backwards: bool
    """In falling order of their sort keys."""


class Store(Protocol):
    """Tables with conditional transactions and strongly consistent reads, as DynamoDB has them."""

    def get(self, kind: type[Row], key: Key) -> Row | None:
        """Return the row at `key`, or None."""

    def get_many(self, kind: type[Row], keys: Iterable[Key]) -> dict[Key, Row]:
        """Return those of the rows at `keys` that exist."""

    def get_all(self, wanted: Iterable[Place]) -> dict[Place, Any]:
        """Return those of the rows of any kind that exist: a request for each hundred."""

    def query(self, kind: type[Row], partition: str, **which: Unpack[Which]) -> list[Row]:
        """Return a partition's rows in order of their sort keys."""

    def waiting_tickets(
        self, member: MemberId, queue: QueueId, *, from_place: int, limit: int
    ) -> list[Ticket]:
        """Return a member's tickets in a queue with entries that wait, in order of place."""

    def scan(self, kind: type[Row], *, after: Key | None = None) -> Iterator[Row]:
        """Yield every row of a kind, in no order: for audits and schedules, never per order.

        With `after`, only those that come after the row at that key, which is there.
        """

    def commit(self, writes: Sequence[Write]) -> None:
        """Carry out all of `writes`, at most `WRITES_MAX`, or none of them.

        Raises:
            Conflict: a condition did not hold, or somebody else was writing the same rows.
            Unavailable: the store did not answer; the writes may have been carried out or not.
            Impossible: the store refuses these writes, as any method may be refused, for ever.
        """

    def put_each(self, rows: Sequence[Any]) -> None:
        """Store rows of different keys, each by itself: what comes to the same when it is repeated.

        It costs half of what the same rows cost in a transaction.

        Raises:
            Unavailable: the store did not answer; some of the rows may be stored.
            Impossible: the store refuses a row, for ever.
        """


class Clock(Protocol):
    """Tells the time; only shells ask."""

    def due_by(self) -> Instant:
        """Return by when what was sent ahead of its time is due.

        That is now, but where the past is played: there it is the instant that is played.
        """

    def now(self) -> Instant:
        """Return this instant."""


Work: TypeAlias = Callable[[], None]

CommitRunner: TypeAlias = Callable[[Work], Work]
"""Begins some work, and returns what waits for its end and raises what it raised."""


def inline(work: Work) -> Work:
    """Do some work before anything else."""
    work()
    return lambda: None
