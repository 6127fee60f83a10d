"""Events out are named as in the contract and become EventBridge entries."""

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from rebate.contracts.events_out import EVENTS_OUT, EntryJoined, RebatePaid, envelope

CONTRACT_NAMES = [
    "EntryJoined",
    "RebatePaid",
    "EntryCompleted",
    "EntryDrawn",
    "EntryExchanged",
    "EntryConverted",
    "EntriesCleared",
    "EntryRefunded",
    "QueuePaused",
    "QueueResumed",
    "RepurchasePlaced",
    "CommissionPaid",
    "WithdrawalRequested",
    "WithdrawalDecided",
    "SettingsChanged",
]
AT = datetime(2026, 3, 1, 2, tzinfo=UTC)
PAID = RebatePaid(
    event_id="e-1",
    at=AT,
    queue="mall",
    entry="o1/1",
    member="A",
    order_id="o1",
    amount=1000,
    pocket="cash",
    reason="queue",
    from_order_id="o2",
)


def test_the_events_are_those_of_the_contract():
    assert list(EVENTS_OUT) == CONTRACT_NAMES


@pytest.mark.parametrize("model", EVENTS_OUT.values(), ids=EVENTS_OUT)
def test_every_event_tells_its_id_and_when_it_happened(model):
    assert {"event_id", "at"} <= model.model_fields.keys()
    assert model.__doc__


def test_an_event_becomes_an_entry_of_the_bus():
    entry = json.loads(json.dumps(envelope(PAID)))
    assert entry["source"] == "rebate"
    assert entry["detail-type"] == "RebatePaid"
    assert entry["detail"]["at"] == "2026-03-01T02:00:00Z"
    assert entry["detail"]["amount"] == 1000
    jsonschema.validate(entry["detail"], RebatePaid.model_json_schema())


def test_an_event_is_read_back_from_its_entry():
    assert RebatePaid.model_validate(envelope(PAID)["detail"]) == PAID


def test_an_amount_that_is_no_whole_number_is_a_bug_found_at_once():
    with pytest.raises(ValueError, match="entitlement"):
        EntryJoined.model_validate(
            {"event_id": "e", "at": AT, "queue": "mall", "entry": "o/1", "member": "A"}
            | {"order_id": "o", "entitlement": 1.5}
        )
