"""What the use cases rest on holds of every store: the embedded engine, moto, the one in memory.

So what is proven over the store in memory is proven of one that behaves as DynamoDB does.
"""

import json
import random
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import botocore.httpsession
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from local.engine import dynamodb
from rebate.adapters.dynamodb import DynamoStore
from rebate.domain.commands import Clear
from rebate.domain.errors import Conflict, Denied, Impossible, TooLarge, Unavailable
from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount
from rebate.domain.orders import Order
from rebate.domain.records import replace
from rebate.domain.tickets import Entry, Ticket, TicketLine
from rebate.domain.times import Instant
from rebate.domain.wallets import Wallet
from rebate.usecases.storage.ports import Check, Credit, Put, Remove, Store, Write
from rebate.usecases.storage.rows.inbox import Answer, Inbox
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.orders import OrderLines
from rebate.usecases.storage.rows.settings import SettingsVersion
from tests.fakes import MemoryStore

REGION = "eu-central-1"
ENGINES = [
    pytest.param("memory"),
    pytest.param("embedded", marks=pytest.mark.engine),
    pytest.param("moto"),
]
KINDS = (Answer, Inbox, Order, OrderLines, SettingsVersion, Ticket, Wallet)
A, B = "A", "B"


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    with dynamodb() as found:
        yield found


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def with_tables(store: DynamoStore) -> DynamoStore:
    for kind in KINDS:
        store.tables[kind].create_table(wait=False)
    return store


@pytest.fixture
def embedded(endpoint: str) -> DynamoStore:
    return with_tables(DynamoStore(f"{uuid4().hex[:8]}-", REGION, endpoint))


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    match request.param:
        case "memory":
            yield MemoryStore()
        case "embedded":
            yield request.getfixturevalue("embedded")
        case "moto":
            with mock_aws():
                yield with_tables(DynamoStore(f"{uuid4().hex[:8]}-", REGION))


def order(name: str, version: int = 1, **changes: Any) -> Order:
    return Order(name, version=version, **changes)  # type: ignore[arg-type]


def lines(row: int) -> OrderLines:
    return OrderLines("o", "d#", row, ())  # type: ignore[arg-type]


def credit(member: str, expects: int | None = None, **amounts: int) -> Credit:
    moved = tuple((BalanceType(pocket), amount) for pocket, amount in amounts.items())
    return Credit(member, moved, expects)  # type: ignore[arg-type]


def test_a_row_comes_back_as_it_was_stored(store: Store) -> None:
    store.commit([Put(order("o1", 3, digest="d"))])
    assert store.get(Order, Key("o1")) == order("o1", 3, digest="d")
    assert store.get(Order, Key("o2")) is None


REFUSED: dict[str, Write] = {
    "a row that must not be there": Put(order("o1"), expects=0),
    "a row at another version": Put(order("o1", 9), expects=7),
    "a row that is not there": Put(order("o9", 9), expects=7),
    "a check of another version": Check(Order, Key("o1"), 7),
    "a check that there is no row": Check(Order, Key("o1"), 0),
    "a check of a row that is not there": Check(Order, Key("o9"), 7),
    "a wallet at another version": credit(A, 7, cash=1),
    "a wallet that must not be there": credit(A, 0, cash=1),
}


@pytest.mark.parametrize("write", REFUSED.values(), ids=REFUSED)
def test_one_condition_that_does_not_hold_refuses_all(store: Store, write: Write) -> None:
    store.commit([Put(order("o1")), credit(A, cash=5), Put(lines(1))])
    with pytest.raises(Conflict):
        store.commit(
            [Put(order("o2")), Remove(OrderLines, Key("o", "d%23#" + "1".zfill(20))), write]
        )
    assert store.get(Order, Key("o1")) == order("o1")
    assert store.get(Order, Key("o2")) is None
    assert store.query(OrderLines, "o") == [lines(1)]
    assert store.get(Wallet, Key(A)) == Wallet(A, 1, {BalanceType.CASH: Amount(5)})  # type: ignore[arg-type]


ALLOWED: dict[str, Write] = {
    "a row that is not there": Put(order("o2"), expects=0),
    "a row at its version": Put(order("o1", 2), expects=1),
    "a row that nobody looked at": Put(order("o1", 9)),
    "a check of its version": Check(Order, Key("o1"), 1),
    "a check that there is no row": Check(Order, Key("o9"), 0),
    "a wallet at its version": credit(A, 1, cash=1),
    "a wallet that is not there": credit(B, 0, cash=1),
    "the removal of nothing": Remove(OrderLines, Key("o", "x")),
}


@pytest.mark.parametrize("write", ALLOWED.values(), ids=ALLOWED)
def test_conditions_that_hold_let_all_be_written(store: Store, write: Write) -> None:
    store.commit([Put(order("o1")), credit(A, cash=5)])
    store.commit([Put(lines(1)), write])
    assert store.query(OrderLines, "o") == [lines(1)]
    if isinstance(write, Put):
        assert store.get(Order, Key(write.row.id)) == write.row


def test_rows_that_need_no_transaction_are_stored_however_many_there_are(store: Store) -> None:
    """One replaces what is there, as it would if it came again."""
    rows = [Answer(f"r{n}", None, 1) for n in range(60)]
    store.commit([Put(replace(rows[7], refused="not yet"))])
    store.put_each(rows)
    assert set(store.scan(Answer)) == set(rows)


def test_balances_are_added_to_and_each_change_is_counted(store: Store) -> None:
    store.commit([credit(A, cash=5, pending=7)])
    store.commit([credit(A, cash=-8)])
    store.commit([credit(A, pending=-7)])
    assert store.get(Wallet, Key(A)) == Wallet(A, 3, {BalanceType.CASH: Amount(-3)})  # type: ignore[arg-type]


def test_a_credit_of_nothing_counts_as_a_change(store: Store) -> None:
    """It is how a balance that was looked at is insisted on."""
    store.commit([credit(A)])
    with pytest.raises(Conflict):
        store.commit([credit(A, 0)])
    assert store.get(Wallet, Key(A)) == Wallet(A, 1, {})  # type: ignore[arg-type]


def numbers(rows: list[OrderLines]) -> list[int]:
    return [row.row for row in rows]


def test_rows_of_a_partition_come_in_order(store: Store) -> None:
    store.commit([Put(lines(row)) for row in (10, 2, 33, 1)])
    store.commit([Put(OrderLines("other", "d", 5, ()))])  # type: ignore[arg-type]
    assert numbers(store.query(OrderLines, "o")) == [1, 2, 10, 33]
    assert numbers(store.query(OrderLines, "o", limit=2)) == [1, 2]
    assert numbers(store.query(OrderLines, "o", limit=2, backwards=True)) == [33, 10]
    assert store.query(OrderLines, "o", prefix="e") == []
    second = "d%23#" + "2".zfill(20)
    assert numbers(store.query(OrderLines, "o", after=second)) == [10, 33]
    assert numbers(store.query(OrderLines, "o", after=second, backwards=True)) == [1]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("prefix", ["", "b"])
def test_a_page_begins_behind_the_one_before(store: Store, prefix: str, *, backwards: bool) -> None:
    """Also where only some of a partition are wanted, and keys are of any characters."""
    digests = ["a", "b", "b1", "bé", "b\uffff", "b\U0001f600", "c"]
    rows = [OrderLines("o", digest, 1, ()) for digest in digests]  # type: ignore[arg-type]
    store.commit([Put(row) for row in rows])
    wanted = sorted((row for row in rows if row.digest.startswith(prefix)), key=key_of)
    if backwards:
        wanted.reverse()
    for at_once in (1, 2, 3):
        found: list[OrderLines] = []
        for _ in rows:
            after = key_of(found[-1]).sort if found else None
            found += store.query(
                OrderLines, "o", prefix=prefix, after=after, limit=at_once, backwards=backwards
            )
        assert found == wanted


def test_many_rows_are_read_by_their_keys(store: Store) -> None:
    store.commit([Put(order(f"o{n}")) for n in range(100)])
    found = store.get_many(Order, [Key(f"o{n}") for n in range(50, 150)])
    assert found == {Key(f"o{n}"): order(f"o{n}") for n in range(50, 100)}
    assert store.get_many(Order, []) == {}
    assert sum(1 for _ in store.scan(Order)) == 100


def ticket(
    name: str, place: int | None, queue: str = "order_queue", *, waits: bool = True
) -> Ticket:
    entry = Entry(Amount(100), 0) if waits else None
    line = TicketLine("", 100, 100, 1000, None, entry=entry)  # type: ignore[arg-type]
    return Ticket(queue, name, A, (line,), 0, place=place)  # type: ignore[arg-type]


def test_a_members_waiting_tickets_come_in_order_of_place(store: Store) -> None:
    rows = [ticket("a", 30), ticket("b", 4), ticket("c", 200), ticket("d", None, waits=False)]
    others = [ticket("e", 5, "union"), ticket("f", 6, waits=False), ticket("g", 7, "mall")]
    store.commit(list(map(Put, [*rows, *others])))

    def found(**options: Any) -> list[str]:
        tickets = store.waiting_tickets(A, "order_queue", **options)  # type: ignore[arg-type]
        return [each.order for each in tickets]

    assert found(from_place=0, limit=9) == ["b", "a", "c"]
    assert found(from_place=5, limit=9) == ["a", "c"]
    assert found(from_place=30, limit=1) == ["a"]
    store.commit([Put(ticket("b", 4, waits=False))])
    assert found(from_place=0, limit=9) == ["a", "c"]


def test_a_row_without_version_counts_as_one(store: Store) -> None:
    """Nobody looks at the version of such rows; that one is there can be seen."""
    store.commit([Put(SettingsVersion(1, {}, 0, "x"))])  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        store.commit([Put(SettingsVersion(1, {}, 0, "y"), expects=0)])  # type: ignore[arg-type]


def bulky(name: str, size: int) -> Order:
    """Return an order that no compression makes smaller than so many bytes."""
    return order(name, digest=random.Random(name).randbytes(size).hex())


OVER_4_MB = "more than 4 MB in one transaction"
NOTHING = "a partition key of nothing"
NEVER_STORED: dict[str, list[Write]] = {
    "an item of more than 400 KB": [Put(bulky("o1", 500_000))],
    OVER_4_MB: [Put(bulky(f"o{n}", 300_000)) for n in range(20)],
    "a sort key of more than 1 024 bytes": [Put(Inbox("mall", "x" * 1025, Clear(Instant(0))))],  # type: ignore[arg-type]
    "a partition key of more than 2 048 bytes": [Put(order("o" * 2049))],
    NOTHING: [Put(order(""))],
}


@pytest.mark.parametrize("what", NEVER_STORED)
def test_what_can_never_be_stored_is_refused_for_ever_and_changes_nothing(
    request: pytest.FixtureRequest, store: Store, what: str
) -> None:
    if what == OVER_4_MB and "moto" in request.node.name:
        pytest.skip("moto does not add up what a transaction writes")
    with pytest.raises(Impossible if what == NOTHING else TooLarge):
        store.commit([Put(order("beside")), *NEVER_STORED[what]])
    assert list(store.scan(Order)) == []


@pytest.mark.engine
@pytest.mark.parametrize(
    ("code", "told", "meant"),
    [
        ("AccessDeniedException", "not authorized to perform: dynamodb:GetItem", Denied),
        ("UnrecognizedClientException", "The security token is invalid", Denied),
        ("ValidationException", "Item size has exceeded the maximum allowed size", TooLarge),
        ("ValidationException", "Invalid UpdateExpression", Impossible),
        ("ThrottlingException", "Rate exceeded", Unavailable),
    ],
)
def test_a_refusal_tells_too_large_from_not_allowed(
    embedded: DynamoStore, monkeypatch: pytest.MonkeyPatch, code: str, told: str, meant: type
) -> None:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": told})
    sent = SimpleNamespace(stream=lambda: [body.encode()])
    answer = AWSResponse("http://127.0.0.1/", 400, HTTPHeaders(), sent)
    monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", lambda *_: answer)
    with pytest.raises(meant) as refused:
        embedded.get(Hold, Key("A", "x"))
    assert type(refused.value) is meant
    assert told in str(refused.value)


def test_what_is_just_large_enough_is_stored(store: Store) -> None:
    rows = [bulky(f"o{n}", 340_000) for n in range(10)]
    store.commit([Put(row) for row in rows])
    assert store.get(Order, Key("o3")) == rows[3]


@pytest.mark.engine
def test_a_table_that_is_not_there_may_come_back(embedded: DynamoStore) -> None:
    with pytest.raises(Unavailable):
        embedded.get(Hold, Key("A", "x"))


def test_an_answer_keeps_its_request(store: Store) -> None:
    store.commit([Put(Answer("r", None, 10**10))])
    assert store.get(Answer, Key("r")) == Answer("r", None, 10**10)


@pytest.mark.engine
def test_a_request_that_is_repeated_after_a_lost_reply_counts_once(
    embedded: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client repeats it by itself, under the same ClientRequestToken."""
    real = botocore.httpsession.URLLib3Session.send
    lost: list[str] = []

    def send(self: Any, request: Any) -> Any:
        reply = real(self, request)
        if not lost and "TransactWriteItems" in str(request.headers.get("X-Amz-Target")):
            lost.append(request.url)
            raise ReadTimeoutError(endpoint_url=request.url)
        return reply

    monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", send)
    embedded.commit([credit(A, 0, cash=5)])
    assert len(lost) == 1
    assert embedded.get(Wallet, Key(A)) == Wallet(A, 1, {BalanceType.CASH: Amount(5)})  # type: ignore[arg-type]
