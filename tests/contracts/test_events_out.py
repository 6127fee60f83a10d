"""Events out are named as in the contract; tests/functions/test_publish_events.py has them told."""

import pytest

from rebate.contracts.events_out import EVENTS_OUT

CONTRACT_NAMES = [
    "EntryJoined",
    "RebatePaid",
    "RebateCapped",
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
    "WithdrawalPaid",
    "Transferred",
    "Spent",
    "GivenBack",
    "GiftRedeemed",
    "Adjusted",
    "ReferrerBound",
    "LevelReached",
    "MerchantApplied",
    "MerchantDecided",
    "SettingsChanged",
]


def test_the_events_are_those_of_the_contract():
    assert list(EVENTS_OUT) == CONTRACT_NAMES


@pytest.mark.parametrize("model", EVENTS_OUT.values(), ids=EVENTS_OUT)
def test_every_event_tells_its_id_and_when_it_happened(model):
    assert {"event_id", "at"} <= model.model_fields.keys()
    assert model.__doc__
