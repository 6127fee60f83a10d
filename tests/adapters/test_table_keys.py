"""A table is sorted where keys of its rows have a second part, and no other is."""

import pytest

from rebate.adapters.codec import decode
from rebate.adapters.tables import TABLES
from rebate.domain.wire import form_of
from rebate.usecases.storage.rows.key_of import key_of
from tests import formats


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_keeps_apart_what_its_keys_keep_apart(table):
    *_, now = formats.known(form_of(table.kind).kind).values()
    rows = [decode(table.kind, row["row"]) for row in now["rows"]]
    assert {bool(key_of(row).sort) for row in rows} == {table.is_sorted()}
