"""The store on DynamoDB: strongly consistent reads, conditional transactions.

PynamoDB's models describe the tables; rows take the short way (`Table.item` and `Table.row`), past
instances of models, and requests are worded here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeAlias, TypeVar, Unpack, cast
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection import Connection

from rebate.adapters.dynamodb_client import connection
from rebate.adapters.dynamodb_errors import failure_of
from rebate.adapters.tables import TABLES, Item, SortedTable, Table, bind
from rebate.adapters.tables.tickets import TicketsTable, WaitingIndex
from rebate.adapters.tables.wallets import additions
from rebate.domain.errors import Unavailable
from rebate.domain.names import MemberId, QueueId
from rebate.domain.tickets import Ticket
from rebate.domain.wallets import Wallet
from rebate.usecases.office.acts import recorded
from rebate.usecases.storage.ports import Check, Credit, Place, Put, Remove, Which, Write
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, place_key

Row = TypeVar("Row")

_KEYS_MAX = 100
"""Keys that one request may ask for."""

_PUTS_MAX = 25
"""Rows that one request may store outside transactions."""

_NAMES, _VALUES = "ExpressionAttributeNames", "ExpressionAttributeValues"

_Rows: TypeAlias = list[tuple[type[Table[Any]], Any]]

_LAST_CHARACTER = "\U0010ffff"

_TABLES = {table.kind: table for table in TABLES}

_Request: TypeAlias = dict[str, Any]
"""A request as DynamoDB takes it, or a part of one."""


class DynamoStore:
    """Implements `rebate.usecases.storage.ports.Store`."""

    def __init__(self, prefix: str, region: str, endpoint: str | None = None) -> None:
        """Use the tables of one deployment; `endpoint` None: AWS's own."""
        self._deployment = (prefix, region, endpoint)
        self._connection = connection(region, endpoint)
        self._bound: dict[type, type[Table[Any]]] = {}

    @property
    def tables(self) -> Mapping[type, type[Table[Any]]]:
        """The tables of the deployment, by the kind of row that each holds."""
        return {kind: self._table(kind) for kind in _TABLES}

    def get(self, kind: type[Row], key: Key) -> Row | None:
        """Return the row at `key`, or None."""
        table = self._table(kind)
        found = self._ask(
            "get_item",
            TableName=self._name(table),
            Key=_attributes(table, key),
            ConsistentRead=True,
        )
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

    def query(self, kind: type[Row], partition: str, **which: Unpack[Which]) -> list[Row]:
        """Return a partition's rows in order of their sort keys."""
        table = self._table(kind)
        assert issubclass(table, SortedTable), f"{table.name} keeps one row a partition"
        after, limit = which.get("after"), which.get("limit")
        forward = not which.get("backwards")
        # DynamoDB's ranges include where they begin, so the row at `after` may come, too.
        at_most = limit + 1 if limit and after and which.get("prefix") else limit
        found = self._query(table, partition, _range(which), at_most, ScanIndexForward=forward)
        return [table.row(item) for item in found if item["sort"]["S"] != after][:limit]

    def waiting_tickets(
        self, member: MemberId, queue: QueueId, *, from_place: int, limit: int
    ) -> list[Ticket]:
        """Return a member's tickets in a queue with entries that wait, in order of place."""
        table = cast("type[TicketsTable]", self._table(Ticket))
        places = ("#sort BETWEEN :low AND :high", place_key(queue, from_place))
        wanted = (*places, place_key(queue, 10**20 - 1))
        found = self._query(
            table, member, wanted, limit, "waits_at", IndexName=WaitingIndex.Meta.index_name
        )
        keys = [_key(item) for item in found]
        tickets = self.get_many(Ticket, keys)
        return [tickets[key] for key in keys if key in tickets]

    def scan(self, kind: type[Row], *, after: Key | None = None) -> Iterator[Row]:
        """Yield every row of a kind, in no order."""
        table = self._table(kind)
        request: _Request = {"TableName": self._name(table), "ConsistentRead": True}
        if after:
            request["ExclusiveStartKey"] = _attributes(table, after)
        for item in self._pages("scan", request):
            yield table.row(item)

    def commit(self, writes: Sequence[Write]) -> None:
        """Carry out all of `writes`, or none of them.

        A request that is sent again after a lost reply carries the same token; what makes the
        transaction safe to repeat is its conditions, not the token.
        """
        with recorded(self, writes) as all_of_it:
            self._commit(all_of_it)

    def _commit(self, writes: Sequence[Write]) -> None:
        self._ask(
            "transact_write_items",
            TransactItems=[self._worded(write) for write in writes],
            ClientRequestToken=str(uuid4()),
        )

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
        answer = self._ask("batch_write_item", RequestItems=sent)
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

    def _worded(self, write: Write) -> _Request:
        """Return a write as a transaction has it."""
        match write:
            case Put(row, expects):
                table = self._table(type(row))
                item = {"Item": table.item(row)}
                return {"Put": self._request(table, item, condition=expects)}
            case Remove(kind, key):
                table = self._table(kind)
                return {"Delete": self._request(table, {"Key": _attributes(table, key)})}
            case Check(kind, key, expects):
                table = self._table(kind)
                at = {"Key": _attributes(table, key)}
                return {"ConditionCheck": self._request(table, at, condition=expects)}
            case Credit(member, amounts, expects):
                wallets = self._table(Wallet)
                more = {"Key": _attributes(wallets, Key(member)), **additions(amounts)}
                return {"Update": self._request(wallets, more, condition=expects)}

    def _request(
        self, table: type[Table[Any]], parts: _Request, *, condition: int | None = None
    ) -> _Request:
        """Return a write of a table, under the version that the stored row has to have."""
        request = {"TableName": self._name(table), **parts}
        if condition is None:
            return request
        if condition == 0:
            names = {"#partition": "partition"}
            request["ConditionExpression"] = "attribute_not_exists(#partition)"
        else:
            names, values = {"#version": "version"}, {":expected": {"N": str(condition)}}
            request["ConditionExpression"] = "#version = :expected"
            request[_VALUES] = request.get(_VALUES, {}) | values
        request[_NAMES] = request.get(_NAMES, {}) | names
        return request

    def _ask(self, method: str, **parameters: Any) -> Any:  # noqa: ANN401 - a request and its answer
        """Send a request, and return its answer.

        Raises:
            Conflict, Impossible, Unavailable: what its failure means.
        """
        try:
            return getattr(self._connection.client, method)(**parameters)
        except (BotoCoreError, ClientError) as error:
            raise failure_of(error) from error

    def _page(self, places: Iterable[Place]) -> tuple[dict[Place, Any], list[Place]]:
        """Return the rows at some places, and the places that have to be asked for again."""
        kinds: dict[str, type] = {}
        asked: dict[str, dict[str, Any]] = {}
        for kind, key in places:
            table = self._table(kind)
            kinds[self._name(table)] = kind
            keys = asked.setdefault(self._name(table), {"Keys": [], "ConsistentRead": True})
            keys["Keys"].append(_attributes(table, key))
        answer = self._ask("batch_get_item", RequestItems=asked)
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
        wanted: tuple[str, ...],
        limit: int | None,
        sort: str = "sort",
        **options: Any,  # noqa: ANN401 - as DynamoDB takes them
    ) -> list[Item]:
        """Return a partition's items; `wanted` says which by their sort keys, and its values."""
        condition, *values = wanted
        names = {"#partition": "partition"} | ({"#sort": sort} if condition else {})
        bounds = zip((":low", ":high"), values, strict=False)
        request = {
            "TableName": self._name(table),
            "ConsistentRead": True,
            "KeyConditionExpression": " AND ".join(
                filter(None, ("#partition = :partition", condition))
            ),
            _NAMES: names,
            _VALUES: {
                ":partition": {"S": partition},
                **{name: {"S": value} for name, value in bounds},
            },
            **options,
        }
        return list(self._pages("query", request, limit))

    def _pages(self, method: str, request: _Request, limit: int | None = None) -> Iterator[Item]:
        """Yield what is found page by page, up to `limit` items."""
        left = limit
        while True:
            answer = self._ask(method, **request, **({} if left is None else {"Limit": left}))
            yield from answer["Items"]
            if left is not None:
                left -= len(answer["Items"])
            if "LastEvaluatedKey" not in answer or left == 0:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _name(self, table: type[Table[Any]]) -> str:
        return f"{self._deployment[0]}{table.name}"

    def _table(self, kind: type) -> type[Table[Any]]:
        """Return the table of a kind, bound when it is first needed: few functions need all."""
        table = self._bound.get(kind)
        if table is None:
            table = self._bound[kind] = bind(_TABLES[kind], *self._deployment)
            _share_connection(table, self._connection)
        return table


def _share_connection(table: type[Table[Any]], shared: Connection) -> None:
    """Let all tables use one client: each of their own would cost a cold start dearly."""
    own = table._get_connection()  # noqa: SLF001 - PynamoDB offers no other way
    with suppress(ValueError):  # another store of this process has made it known
        shared.add_meta_table(own.get_meta_table())
    own.connection = shared


def _attributes(table: type[Table[Any]], key: Key) -> Item:
    """Return a key as DynamoDB takes it."""
    names = ("partition", "sort") if table.is_sorted() else ("partition",)
    return {name: {"S": value} for name, value in zip(names, key, strict=False)}


def _key(item: Item) -> Key:
    return Key(item["partition"]["S"], item["sort"]["S"] if "sort" in item else "")


def _range(which: Which) -> tuple[str, ...]:
    """Return the one condition on sort keys that DynamoDB takes, and its values.

    It may let the row at `after` in.
    """
    prefix, after = which.get("prefix", ""), which.get("after")
    if after is None:
        return ("begins_with(#sort, :low)", prefix) if prefix else ("",)
    if not prefix:
        return f"#sort {'<' if which.get('backwards') else '>'} :low", after
    between = (prefix, after) if which.get("backwards") else (after, prefix + _LAST_CHARACTER)
    return ("#sort BETWEEN :low AND :high", *between)
