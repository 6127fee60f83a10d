"""The store on DynamoDB: PynamoDB models, strongly consistent reads, conditional transactions."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar, cast
from uuid import uuid4

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from rebate.adapters.tables import SortedTable, Table, bind
from rebate.adapters.tables.tickets import TicketsTable
from rebate.adapters.tables.wallets import WalletsTable
from rebate.domain.errors import Conflict, Unavailable
from rebate.domain.names import MemberId, QueueId
from rebate.domain.tickets import Ticket
from rebate.domain.wallets import Wallet
from rebate.usecases.ports import Check, Credit, Put, Remove, Write
from rebate.usecases.rows import Key, place_key

Row = TypeVar("Row")

_CONTENDED = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


class DynamoStore:
    """Implements `rebate.usecases.ports.Store`."""

    def __init__(self, prefix: str, region: str, endpoint: str | None = None) -> None:
        """Use the tables of one deployment; `endpoint` None: AWS's own."""
        self.tables = bind(prefix, region, endpoint)
        self._connection = _connection(region, endpoint)
        for table in self.tables.values():
            _share_connection(table, self._connection)

    def get(self, kind: type[Row], key: Key) -> Row | None:
        """Return the row at `key`, or None."""
        table = self._table(kind)
        try:
            return cast(
                "Row", table.get(key.partition, _sort(table, key), consistent_read=True).row()
            )
        except table.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise _unavailable(error) from error

    def get_many(self, kind: type[Row], keys: Iterable[Key]) -> dict[Key, Row]:
        """Return those of the rows at `keys` that exist."""
        table = self._table(kind)
        wanted = set(keys)
        if not wanted:
            return {}
        plain = wanted if table.is_sorted() else {key.partition for key in wanted}
        try:
            items = list(table.batch_get(plain, consistent_read=True))
        except PynamoDBException as error:
            raise _unavailable(error) from error
        return {_key(item): item.row() for item in items}

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
        """Return a partition's rows in order of their sort keys."""
        table = self._table(kind)
        assert issubclass(table, SortedTable), f"{table.name} keeps one row a partition"
        try:
            found = table.query(
                partition,
                _range(table, prefix, after, backwards=backwards),
                consistent_read=True,
                limit=limit,
                scan_index_forward=not backwards,
            )
            return [item.row() for item in found]
        except PynamoDBException as error:
            raise _unavailable(error) from error

    def waiting_tickets(
        self, member: MemberId, queue: QueueId, *, from_place: int, limit: int
    ) -> list[Ticket]:
        """Return a member's tickets in a queue with entries that wait, in order of place."""
        table = cast("type[TicketsTable]", self._table(Ticket))
        first, last = place_key(queue, from_place), place_key(queue, 10**20 - 1)
        try:
            found = list(
                table.waiting.query(
                    member,
                    table.waits_at.between(first, last),
                    consistent_read=True,
                    limit=limit,
                )
            )
        except PynamoDBException as error:
            raise _unavailable(error) from error
        keys = [Key(item.partition, item.sort) for item in found]
        tickets = self.get_many(Ticket, keys)
        return [tickets[key] for key in keys if key in tickets]

    def scan(self, kind: type[Row]) -> Iterator[Row]:
        """Yield every row of a kind, in no order."""
        try:
            for item in self._table(kind).scan(consistent_read=True):
                yield item.row()
        except PynamoDBException as error:
            raise _unavailable(error) from error

    def commit(self, writes: Sequence[Write]) -> None:
        """Carry out all of `writes`, or none of them.

        A request that is sent again after a lost reply carries the same token; what makes the
        transaction safe to repeat is its conditions, not the token.
        """
        try:
            with TransactWrite(
                connection=self._connection, client_request_token=str(uuid4())
            ) as transaction:
                for write in writes:
                    self._add(transaction, write)
        except TransactWriteError as error:
            raise _conflict_or_unavailable(error) from error
        except PynamoDBException as error:
            raise _unavailable(error) from error

    def _add(self, transaction: TransactWrite, write: Write) -> None:
        match write:
            case Put(row, expects):
                table = self._table(type(row))
                condition = None if expects is None else table.at_version(expects)
                transaction.save(table.of(row), condition=condition)
            case Remove(kind, key):
                table = self._table(kind)
                transaction.delete(_bare(table, key))
            case Check(kind, key, expects):
                table = self._table(kind)
                condition = table.at_version(expects)
                transaction.condition_check(
                    table, key.partition, _sort(table, key), condition=condition
                )
            case Credit(member, amounts, expects):
                wallets = cast("type[WalletsTable]", self._table(Wallet))
                condition = None if expects is None else wallets.at_version(expects)
                item = _bare(wallets, Key(member))
                transaction.update(item, wallets.additions(amounts), condition=condition)

    def _table(self, kind: type) -> type[Table[Any]]:
        return self.tables[kind]


@cache
def _connection(region: str, endpoint: str | None) -> Connection:
    """Return the one client of this process for an engine: each costs a tenth of a second."""
    return Connection(
        region=region,
        host=endpoint,
        connect_timeout_seconds=3,
        read_timeout_seconds=10,
        max_retry_attempts=3,
    )


def _share_connection(table: type[Table[Any]], connection: Connection) -> None:
    """Let all tables use one client: each of their own would cost a cold start dearly."""
    own = table._get_connection()  # noqa: SLF001 - PynamoDB offers no other way
    with suppress(ValueError):  # another store of this process has made it known
        connection.add_meta_table(own.get_meta_table())
    own.connection = connection


def _sort(table: type[Table[Any]], key: Key) -> str | None:
    return key.sort if table.is_sorted() else None


def _bare(table: type[Table[Any]], key: Key) -> Table[Any]:
    """Return an item that has nothing but its key."""
    if table.is_sorted():
        return table(partition=key.partition, sort=key.sort)
    return table(partition=key.partition)


def _key(item: Table[Any]) -> Key:
    return Key(item.partition, getattr(item, "sort", ""))


def _range(
    table: type[SortedTable[Any]], prefix: str, after: str | None, *, backwards: bool
) -> Condition | None:
    """Return the condition on sort keys; `after` is where an earlier page ended."""
    if after is not None:
        if prefix:
            low, high = (prefix, after) if backwards else (after, f"{prefix}\uffff")
            return table.sort.between(low, high)
        return table.sort < after if backwards else table.sort > after
    return table.sort.startswith(prefix) if prefix else None


def _conflict_or_unavailable(error: TransactWriteError) -> Conflict | Unavailable:
    codes = {reason.code for reason in error.cancellation_reasons if reason}
    if codes & _CONTENDED:
        return Conflict(f"transaction cancelled: {', '.join(sorted(codes))}")
    return _unavailable(error)


def _unavailable(error: PynamoDBException) -> Unavailable:
    return Unavailable(f"DynamoDB: {error.msg or error}")
