"""What a simulation leaves out is said."""

import pytest

from rebate.simulation.exactness import notes_of

LOTTERY = {"kind": "fixed", "prizes": [{"bps": 1}]}


@pytest.mark.parametrize(
    ("document", "begins"),
    [
        ({"queue_rebate": {"entitlement": {"lottery": LOTTERY}}}, "lottery"),
        ({"queue_rebate": {"products": {"p": {"entitlement": {"lottery": LOTTERY}}}}}, "lottery"),
    ],
)
def test_each_thing_is_named(document, begins):
    (note,) = notes_of(document)
    assert note.startswith(f"{begins}: ")


def test_settings_without_such_things_need_no_note():
    document = {"senders": {"a": {}}, "levels": {"fall": True}, "queue_rebate": {"products": {}}}
    assert list(notes_of(document)) == []
