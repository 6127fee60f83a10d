"""Whatever a row may hold comes back from its text, and what is no row is refused."""

import json
from collections.abc import Mapping
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebate.adapters.codec import decode, encode
from rebate.adapters.tables import TABLES
from rebate.domain.commands import Clear, Join
from rebate.domain.errors import Unreadable
from rebate.domain.ledger import Account, JournalEntry, Posting
from rebate.domain.money import Amount
from rebate.domain.names import LineId, MemberId, OrderId, QueueId
from rebate.domain.orders import Order, Refunded
from rebate.domain.times import Instant
from rebate.domain.wire import Unknown
from rebate.usecases.storage.rows.connections import ConnectedOrder
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.settings import SettingsVersion


def _posting(member: str, amount: int) -> Posting:
    return Posting(Account(f"member/cash/{member}"), Amount(amount))


JOIN = Join(Instant(5), OrderId("o"), MemberId("m"))
KINDS = sorted((table.kind for table in TABLES), key=lambda kind: kind.__name__)

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
DOCUMENTS_BY_NAME = st.dictionaries(TEXT, DOCUMENTS, max_size=2)
BALANCED = st.builds(
    lambda kind, amount: JournalEntry(kind, (_posting("A", amount), _posting("B", -amount))),
    TEXT,
    st.integers(),
)
st.register_type_strategy(JournalEntry, BALANCED)
st.register_type_strategy(
    dict,
    lambda kind: st.dictionaries(
        *(st.text() if each is Any else st.from_type(each) for each in get_args(kind)), max_size=2
    ),
)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(
    Unknown, st.builds(lambda said: Unknown("dance", {**said, "type": "dance"}), DOCUMENTS_BY_NAME)
)
st.register_type_strategy(
    Mapping, lambda kind: st.dictionaries(*map(st.from_type, get_args(kind)), max_size=2)
)
st.register_type_strategy(
    SettingsVersion,
    st.builds(
        SettingsVersion, st.integers(), st.dictionaries(TEXT, DOCUMENTS), st.integers(), TEXT
    ),
)
st.register_type_strategy(
    ConnectedOrder,
    st.builds(ConnectedOrder, TEXT, TEXT, st.dictionaries(TEXT, DOCUMENTS), st.tuples(TEXT)),
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=10, deadline=None)
@given(st.data())
def test_a_row_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    row = data.draw(st.from_type(kind))
    assert decode(kind, encode(row)) == row


@pytest.mark.parametrize("amount", [2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**24 + 1])
def test_a_number_is_exact_however_long_it_is(amount: int) -> None:
    """What orjson would refuse to write, and read as a float."""
    kept = ConnectedOrder("p", "o", {"said": [amount, {"again": amount}]}, ())
    assert decode(ConnectedOrder, encode(kept)) == kept
    money = JournalEntry("k", (_posting("A", amount), _posting("B", -amount)))
    journal = Journal(QueueId("mall"), 1, Instant(0), (money,), ())
    assert decode(Journal, encode(journal)) == journal


def test_only_what_is_not_as_by_default_is_said() -> None:
    order = Order(OrderId("o"), refunds={"r": Refunded("d", Instant(5), {LineId("1"): Amount(7)})})
    assert json.loads(encode(order)) == {
        "id": "o",
        "refunds": {"r": {"digest": "d", "at": 5, "amounts": {"1": 7}}},
    }
    assert json.loads(encode(Inbox(QueueId("mall"), "s", Clear(Instant(5))))) == {
        "queue": "mall",
        "sort": "s",
        "command": {"at": 5, "type": "clear"},
    }


def test_text_is_compact_and_in_its_own_letters() -> None:
    assert encode(Order(OrderId("订单"))) == '{"id":"订单"}'


def test_a_command_is_told_from_others_by_its_type() -> None:
    row = '{"queue":"mall","sort":"s","command":{"type":"join","at":5,"order":"o","member":"m"}}'
    assert decode(Inbox, row) == Inbox(QueueId("mall"), "s", JOIN)


def test_a_command_of_a_later_version_is_kept_whole() -> None:
    row = '{"queue":"mall","sort":"s","command":{"type":"dance","at":5,"to":["tango"]}}'
    said = {"type": "dance", "at": 5, "to": ["tango"]}
    assert decode(Inbox, row) == Inbox(QueueId("mall"), "s", Unknown("dance", said))
    assert encode(decode(Inbox, row)) == row


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert decode(Order, '{"id":"o","colour":["red"]}') == Order(OrderId("o"))


NO_ORDER = [
    "not JSON",
    "[]",
    "{}",
    '{"id":null}',
    '{"id":"o","version":"1"}',
    '{"id":"o","version":true}',
    '{"id":"o","version":1.0}',
    '{"id":"o","lines":{}}',
    '{"id":"o","lines":[5]}',
    '{"id":"o","lines":[{"id":"1"}]}',
    '{"id":"o","refunds":[]}',
]


@pytest.mark.parametrize("text", NO_ORDER)
def test_what_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        decode(Order, text)


NO_ROW: list[tuple[type, Any]] = [
    (Inbox, {"queue": "mall", "sort": "s", "command": {"at": 5}}),
    (Inbox, {"queue": "mall", "sort": "s", "command": {"type": "clear", "at": 5}, "gate": ["o"]}),
]


@pytest.mark.parametrize(("kind", "content"), NO_ROW)
def test_what_is_no_row_is_refused(kind: type, content: Any) -> None:
    with pytest.raises(Unreadable):
        decode(kind, json.dumps(content))


def test_a_journal_that_does_not_balance_is_refused() -> None:
    postings = [{"account": "member/cash/A", "amount": 5}]
    row = {"source": "s", "number": 1, "at": 5, "entries": [{"kind": "k", "postings": postings}]}
    with pytest.raises(Unreadable, match="off by"):
        decode(Journal, json.dumps(row))
