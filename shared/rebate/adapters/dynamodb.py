"""The store on DynamoDB: strongly consistent reads, conditional transactions.

PynamoDB's models describe the tables, its connection words requests and sends them; rows take the
short way (`Table.item` and `Table.row`), past instances of models.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, TypeAlias, TypeVar, cast
from uuid import uuid4

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.pagination import ResultIterator

from rebate.adapters.dynamodb_errors import failure_of
from rebate.adapters.tables import TABLES, Item, SortedTable, Table, bind
from rebate.adapters.tables.tickets import TicketsTable, WaitingIndex
from rebate.adapters.tables.wallets import WalletsTable
from rebate.domain.errors import Unavailable
from rebate.domain.names import MemberId, QueueId
from rebate.domain.tickets import Ticket
from rebate.domain.wallets import Wallet
from rebate.usecases.office.acts import recorded
from rebate.usecases.storage.ports import Check, Credit, Place, Put, Remove, Write
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, place_key

Row = TypeVar("Row")

_KEYS_MAX = 100
"""Keys that one request may ask for."""

_PUTS_MAX = 25
"""Rows that one request may store outside transactions."""

_Rows: TypeAlias = list[tuple[type[Table[Any]], Any]]

_TABLES = {table.kind: table for table in TABLES}

_MANY_KEYS = ("BatchGetItem", "BatchWriteItem", "TransactWriteItems")

_ROUTINE = Config(user_agent="rebate", account_id_endpoint_mode="disabled")
"""What botocore would otherwise find out anew for each request."""


class DynamoStore:
    """Implements `rebate.usecases.storage.ports.Store`."""

    def __init__(self, prefix: str, region: str, endpoint: str | None = None) -> None:
        """Use the tables of one deployment; `endpoint` None: AWS's own."""
        self._deployment = (prefix, region, endpoint)
        self._connection = _connection(region, endpoint)
        self._bound: dict[type, type[Table[Any]]] = {}

    @property
    def tables(self) -> Mapping[type, type[Table[Any]]]:
        """The tables of the deployment, by the kind of row that each holds."""
        return {kind: self._table(kind) for kind in _TABLES}

    def get(self, kind: type[Row], key: Key) -> Row | None:
        """Return the row at `key`, or None."""
        table = self._table(kind)
        try:
            found = self._connection.get_item(
                self._name(table), key.partition, _sort(table, key), consistent_read=True
            )
        except PynamoDBException as error:
            raise failure_of(error) from error
        return cast("Row", table.row(found["Item"])) if "Item" in found else None

    def get_many(self, kind: type[Row], keys: Iterable[Key]) -> dict[Key, Row]:
        """Return those of the rows at `keys` that exist."""
        return {key: row for (_, key), row in self.get_all((kind, key) for key in keys).items()}

    def get_all(self, wanted: Iterable[Place]) -> dict[Place, Any]:
        """Return those of the rows of any kind at these places that exist."""
        left = list(dict.fromkeys(wanted))
        found: dict[Place, Any] = {}
        while left:
            page, left = left[:_KEYS_MAX], left[_KEYS_MAX:]
            some, unprocessed = self._page(page)
            if len(unprocessed) == len(page):
                message = "DynamoDB: no key of a batch was processed"
                raise Unavailable(message)
            found |= some
            left += unprocessed
        return found

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
        condition = _range(table, prefix, after, backwards=backwards)
        found = self._query(table, partition, condition, limit, scan_index_forward=not backwards)
        return [table.row(item) for item in found]

    def waiting_tickets(
        self, member: MemberId, queue: QueueId, *, from_place: int, limit: int
    ) -> list[Ticket]:
        """Return a member's tickets in a queue with entries that wait, in order of place."""
        table = cast("type[TicketsTable]", self._table(Ticket))
        places = table.waits_at.between(place_key(queue, from_place), place_key(queue, 10**20 - 1))
        index = WaitingIndex.Meta.index_name
        keys = [_key(item) for item in self._query(table, member, places, limit, index_name=index)]
        tickets = self.get_many(Ticket, keys)
        return [tickets[key] for key in keys if key in tickets]

    def scan(self, kind: type[Row], *, after: Key | None = None) -> Iterator[Row]:
        """Yield every row of a kind, in no order."""
        table = self._table(kind)
        options: dict[str, Any] = {"consistent_read": True}
        if after:
            options["exclusive_start_key"] = _attributes(table, after)
        items: Iterator[Item] = ResultIterator(self._connection.scan, (self._name(table),), options)
        try:
            for item in items:
                yield table.row(item)
        except PynamoDBException as error:
            raise failure_of(error) from error

    def commit(self, writes: Sequence[Write]) -> None:
        """Carry out all of `writes`, or none of them.

        A request that is sent again after a lost reply carries the same token; what makes the
        transaction safe to repeat is its conditions, not the token.
        """
        with recorded(self, writes) as all_of_it:
            self._commit(all_of_it)

    def _commit(self, writes: Sequence[Write]) -> None:
        worded: dict[type[Write], list[dict[str, Any]]] = {
            Check: [],
            Remove: [],
            Put: [],
            Credit: [],
        }
        for write in writes:
            worded[type(write)].append(self._worded(write))
        try:
            self._connection.transact_write_items(
                worded[Check],
                worded[Remove],
                worded[Put],
                worded[Credit],
                client_request_token=str(uuid4()),
            )
        except PynamoDBException as error:
            raise failure_of(error) from error

    def put_each(self, rows: Sequence[Any]) -> None:
        """Store rows, each by itself."""
        left = [(self._table(type(row)), row) for row in rows]
        while left:
            page, left = left[:_PUTS_MAX], left[_PUTS_MAX:]
            unprocessed = self._put_page(page)
            if len(unprocessed) == len(page):
                message = "DynamoDB: no row of a batch was processed"
                raise Unavailable(message)
            left += unprocessed

    def _put_page(self, page: _Rows) -> _Rows:
        """Store some rows; return those that have to be sent again."""
        sent: dict[str, list[dict[str, Any]]] = {}
        for table, row in page:
            request = {"PutRequest": {"Item": table.item(row)}}
            sent.setdefault(self._name(table), []).append(request)
        try:
            answer = self._connection.dispatch("BatchWriteItem", {"RequestItems": sent})
        except (BotoCoreError, ClientError) as error:
            raise failure_of(error) from error
        left = {
            (name, _key(request["PutRequest"]["Item"]))
            for name, requests in answer.get("UnprocessedItems", {}).items()
            for request in requests
        }
        return [(table, row) for table, row in page if (self._name(table), key_of(row)) in left]

    def on_commit(self, tell: Callable[[], None]) -> None:
        """Call `tell` whenever a commit is about to be sent."""
        events = self._connection.client.meta.events
        events.register("before-send.dynamodb.TransactWriteItems", lambda **_: tell())

    def _worded(self, write: Write) -> dict[str, Any]:
        """Return a write as a transaction has it."""
        match write:
            case Put(row, expects):
                table, key = self._table(type(row)), key_of(row)
                condition = None if expects is None else table.at_version(expects)
                return self._request(
                    table, key, key="Item", attributes=table.item(row), condition=condition
                )
            case Remove(kind, key):
                return self._request(self._table(kind), key)
            case Check(kind, key, expects):
                table = self._table(kind)
                return self._request(table, key, condition=table.at_version(expects))
            case Credit(member, amounts, expects):
                wallets = cast("type[WalletsTable]", self._table(Wallet))
                condition = None if expects is None else wallets.at_version(expects)
                additions = wallets.additions(amounts)
                return self._request(wallets, Key(member), actions=additions, condition=condition)

    def _request(self, table: type[Table[Any]], at: Key, **parts: Any) -> dict[str, Any]:  # noqa: ANN401 - PynamoDB's
        return self._connection.get_operation_kwargs(
            self._name(table), at.partition, _sort(table, at), **parts
        )

    def _page(self, places: Iterable[Place]) -> tuple[dict[Place, Any], list[Place]]:
        """Return the rows at some places, and the places that have to be asked for again."""
        kinds: dict[str, type] = {}
        asked: dict[str, dict[str, Any]] = {}
        for kind, key in places:
            table = self._table(kind)
            kinds[self._name(table)] = kind
            keys = asked.setdefault(self._name(table), {"Keys": [], "ConsistentRead": True})
            keys["Keys"].append(_attributes(table, key))
        try:
            answer = self._connection.dispatch("BatchGetItem", {"RequestItems": asked})
        except (BotoCoreError, ClientError) as error:
            raise failure_of(error) from error
        found = {
            (kinds[name], _key(item)): self._table(kinds[name]).row(item)
            for name, items in answer["Responses"].items()
            for item in items
        }
        unprocessed = [
            (kinds[name], _key(item))
            for name, left in answer.get("UnprocessedKeys", {}).items()
            for item in left["Keys"]
        ]
        return found, unprocessed

    def _query(
        self,
        table: type[Table[Any]],
        partition: str,
        condition: Condition | None,
        limit: int | None,
        **options: Any,  # noqa: ANN401 - PynamoDB's
    ) -> list[Item]:
        options |= {"range_key_condition": condition, "consistent_read": True, "limit": limit}
        items: Iterator[Item] = ResultIterator(
            self._connection.query, (self._name(table), partition), options, limit=limit
        )
        try:
            return list(items)
        except PynamoDBException as error:
            raise failure_of(error) from error

    def _name(self, table: type[Table[Any]]) -> str:
        return f"{self._deployment[0]}{table.name}"

    def _table(self, kind: type) -> type[Table[Any]]:
        """Return the table of a kind, bound when it is first needed: few functions need all."""
        table = self._bound.get(kind)
        if table is None:
            table = self._bound[kind] = bind(_TABLES[kind], *self._deployment)
            _share_connection(table, self._connection)
        return table


@cache
def _connection(region: str, endpoint: str | None) -> Connection:
    """Return the one client of this process for an engine: each costs a tenth of a second."""
    connection = Connection(
        region=region,
        host=endpoint,
        connect_timeout_seconds=3,
        read_timeout_seconds=10,
        max_retry_attempts=3,
    )
    connection.session.set_default_client_config(_ROUTINE)
    for operation in _MANY_KEYS:
        # Endpoints are not by account (`_ROUTINE`), so whose tables these are need not be looked up
        # in every item of every request.
        model = connection.client.meta.service_model.operation_model(operation)
        model.operation_context_parameters = []
    return connection


def _share_connection(table: type[Table[Any]], connection: Connection) -> None:
    """Let all tables use one client: each of their own would cost a cold start dearly."""
    own = table._get_connection()  # noqa: SLF001 - PynamoDB offers no other way
    with suppress(ValueError):  # another store of this process has made it known
        connection.add_meta_table(own.get_meta_table())
    own.connection = connection


def _sort(table: type[Table[Any]], key: Key) -> str | None:
    return key.sort if table.is_sorted() else None


def _attributes(table: type[Table[Any]], key: Key) -> Item:
    """Return a key as DynamoDB takes it."""
    names = ("partition", "sort") if table.is_sorted() else ("partition",)
    return {name: {"S": value} for name, value in zip(names, key, strict=False)}


def _key(item: Item) -> Key:
    return Key(item["partition"]["S"], item["sort"]["S"] if "sort" in item else "")


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
