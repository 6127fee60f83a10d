"""Long rows are compressed, short ones stay readable, and both come back from items and streams."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.streams import as_json
from rebate.adapters.bodies import PACKED, PLAIN, body_of, text_of
from rebate.adapters.codec import encode
from rebate.adapters.streams import inserted
from rebate.adapters.tables import TABLES
from rebate.domain.errors import Unreadable
from rebate.domain.events import QueuePaused
from rebate.usecases.storage.rows.journal import Journal

UNIT_BYTES = 1024
"""What a unit of writing pays for, attribute names and keys included."""

JOURNALS = next(table for table in TABLES if table.kind is Journal)


def as_item(text):
    return {
        name: {"S" if isinstance(value, str) else "B": value}
        for name, value in body_of(text).items()
    }


def journal(events):
    return Journal("mall", 7, 1, (), (QueuePaused("mall"),) * events)


@given(st.text(), st.integers(0, 60))
def test_any_text_comes_back(text, times):
    assert text_of(as_item(text * times)) == text * times


def test_a_row_that_takes_one_unit_is_left_readable():
    item = JOURNALS.item(journal(1))

    assert json.loads(item[PLAIN]["S"])["number"] == 7
    assert PACKED not in item


def test_a_long_row_takes_a_fraction_of_its_text():
    row = journal(200)
    item = JOURNALS.item(row)

    assert PLAIN not in item
    assert len(item[PACKED]["B"]) < len(encode(row)) / 8
    assert JOURNALS.row(item) == row


@pytest.mark.parametrize("character", ["a", "队", "\U0001f600"])
def test_what_is_left_readable_fits_into_one_unit(character):
    """Characters count as the bytes of UTF-8 that they take."""
    fits = next(n for n in range(UNIT_BYTES, 0, -1) if PLAIN in body_of(character * n))

    assert UNIT_BYTES * 3 / 4 < fits * len(character.encode()) < UNIT_BYTES


@pytest.mark.parametrize("events", [1, 200])
def test_a_stream_brings_rows_of_any_length(events):
    row = journal(events)
    image = json.dumps(as_json(JOURNALS.item(row)))
    change = {
        "Keys": {"partition": {"S": "k"}},
        "SequenceNumber": "1",
        "NewImage": json.loads(image),
    }

    (record,) = inserted({"Records": [{"eventName": "INSERT", "dynamodb": change}]})

    assert record.key == ("k",)
    assert record.row(Journal) == row


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"version": {"N": "1"}},
        {PACKED: {"B": b"no such thing"}},
        {PACKED: {"B": "no Base64"}},
        {PACKED: {"B": body_of("x" * UNIT_BYTES)[PACKED][:-6]}},
        {PACKED: {"S": "a text"}},
    ],
)
def test_an_item_without_a_text_is_refused(item):
    with pytest.raises(Unreadable):
        text_of(item)
