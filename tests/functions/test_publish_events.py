"""Events out: told on the bus after what they tell of is stored, with ids that never change."""

import json
from typing import get_args, get_origin, get_type_hints

import pytest
from jsonschema import Draft202012Validator

from functions.publish_events.handler import handler as publish_events
from rebate import bootstrap
from rebate.contracts.events_out import EVENTS_OUT
from rebate.contracts.settings import InvalidSettings, parse_settings
from rebate.domain.errors import Unavailable
from rebate.domain.events import (
    CommandParked,
    Event,
    LoveThawed,
    RebateCapped,
    RebatePaid,
    RepurchaseMissed,
)
from rebate.domain.ledger import BalanceType
from rebate.domain.records import defaults_of
from rebate.domain.times import Instant
from rebate.usecases.events.publish_events import events_of
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.rows.journal import Journal
from tests.functions.cloud import SETTINGS, bought, context, failed, sample


def test_what_was_committed_is_told(cloud):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    assert failed(publish_events(cloud.journal(), context("publish_events"))) == []
    told = cloud.bus.told
    assert [(event["source"], event["detail-type"]) for event in told] == [
        ("rebate", "EntryJoined"),
        ("rebate", "RebatePaid"),
        ("rebate", "EntryJoined"),
    ]
    paid = told[1]["detail"]
    assert paid | {"event_id": None, "at": None} == {
        "event_id": None,
        "at": None,
        "queue": "mall",
        "entry": "o1/1",
        "member": "A",
        "order_id": "o1",
        "amount": 1000,
        "due": None,
        "pocket": "cash",
        "reason": "queue",
        "from_order_id": "o2",
    }


def kinds_told(cloud):
    return [event["detail-type"] for event in cloud.bus.told]


def test_the_bus_is_told_of_the_types_that_the_settings_name(cloud):
    cloud.use({**SETTINGS, "publish": ["RebatePaid", "EntryCompleted"]})
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    assert failed(publish_events(cloud.journal(), context("publish_events"))) == []
    assert kinds_told(cloud) == ["RebatePaid"]
    assert cloud.bus.told[0]["detail"]["event_id"] == "mall#1#1"


def test_an_empty_list_tells_the_bus_nothing(cloud):
    cloud.use({**SETTINGS, "publish": []})
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    assert failed(publish_events(cloud.journal(), context("publish_events"))) == []
    assert cloud.bus.told == []


def test_the_settings_in_force_at_publication_say_what_goes_out(cloud):
    cloud.use({**SETTINGS, "publish": ["RebatePaid"]})
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    cloud.use({**SETTINGS, "publish": None})
    publish_events(cloud.journal(), context("publish_events"))
    assert kinds_told(cloud) == ["EntryJoined", "RebatePaid", "EntryJoined"]
    cloud.use({**SETTINGS, "publish": ["EntryJoined"]})
    publish_events(cloud.journal(), context("publish_events"))
    assert kinds_told(cloud)[3:] == ["EntryJoined", "EntryJoined"]


def test_only_what_the_bus_is_told_of_brings_its_row_again(cloud):
    cloud.use({**SETTINGS, "publish": ["RebatePaid"]})
    for order in ("o1", "o2", "o3"):
        cloud.send(bought(order, "A"))
        cloud.settle()
    cloud.bus.refuses = "RebatePaid"
    assert failed(publish_events(cloud.journal(), None)) == [f"{2:021d}", f"{3:021d}"]
    cloud.bus.refuses = "EntryJoined"
    assert failed(publish_events(cloud.journal(), None)) == []


def test_all_rows_come_again_while_the_settings_cannot_be_read(cloud, monkeypatch):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    journal = cloud.journal()

    def throttled(self, store=None):
        raise Unavailable("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(SettingsReader, "in_force", throttled)
        assert failed(publish_events(journal, None)) == [f"{1:021d}"]
    assert cloud.bus.told == []
    assert failed(publish_events(journal, None)) == []
    assert kinds_told(cloud) == ["EntryJoined", "RebatePaid", "EntryJoined"]


def test_a_type_that_never_goes_out_is_refused_with_the_nearest():
    with pytest.raises(InvalidSettings) as refusal:
        parse_settings({**SETTINGS, "publish": ["RebatePaid", "EntryComplete"]})
    (problem,) = refusal.value.problems
    assert (problem.path, problem.nearest) == ("publish[1]", "EntryCompleted")


def test_a_change_of_the_settings_is_told(cloud):
    paused = {**SETTINGS["queue_rebate"], "paused": True}
    cloud.use({**SETTINGS, "queue_rebate": paused})
    publish_events(cloud.journal("settings"), context("publish_events"))
    told = {event["detail-type"]: event["detail"] for event in cloud.bus.told}
    assert told["QueuePaused"]["queue"] is None
    assert told["SettingsChanged"]["changed_by"] == "test"


def test_an_event_has_the_same_id_however_often_it_is_told(cloud):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    publish_events(cloud.journal(), None)
    first = [event["detail"]["event_id"] for event in cloud.bus.told]
    publish_events(cloud.journal(), None)
    assert [event["detail"]["event_id"] for event in cloud.bus.told] == first * 2
    assert len(set(first)) == 3
    assert first[0] == "mall#1#0"


def test_rows_whose_events_the_bus_refuses_come_again(cloud, monkeypatch):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    cloud.send(bought("o2", "B"))
    cloud.settle()
    monkeypatch.setenv("REBATE_BUS", "not-there")
    bootstrap.app.cache_clear()
    journal = cloud.journal()
    numbers = [record["dynamodb"]["SequenceNumber"] for record in journal["Records"]]
    assert failed(publish_events(journal, None)) == numbers


def test_a_refused_event_brings_its_row_again_and_no_other(cloud):
    for order in ("o1", "o2", "o3"):
        cloud.send(bought(order, "A"))
        cloud.settle()
    cloud.bus.refuses = "RebatePaid"
    assert failed(publish_events(cloud.journal(), None)) == [f"{2:021d}", f"{3:021d}"]
    assert [event["detail"]["event_id"] for event in cloud.bus.told] == [
        "mall#1#0",
        "mall#2#1",
        "mall#3#1",
    ]


def test_more_than_ten_events_are_told_in_several_requests(cloud):
    cloud.send(*(bought(f"o{n:02d}", "A", 100) for n in range(12)))
    cloud.settle()
    assert failed(publish_events(cloud.journal(), None)) == []
    told = cloud.bus.told
    assert len(told) > 20
    assert len({event["detail"]["event_id"] for event in told}) == len(told)


def test_changes_of_the_journal_are_never_told(cloud):
    journal = sample("stream_record") | {"eventName": "REMOVE"}
    assert failed(publish_events({"Records": [journal]}, None)) == []


def test_a_payment_that_a_cap_cut_tells_what_was_due():
    paid = RebatePaid("o1/1", "A", "o1", 60, BalanceType.CASH, "o2")
    cut = RebateCapped("o1/1", "A", "o1", due=100, paid=60)
    other = RebatePaid("o3/1", "C", "o3", 60, BalanceType.CASH, "o2")
    row = Journal("mall", 7, Instant(1), (), (cut, paid, other))
    told = [(event.kind, event.detail["due"]) for event in events_of(row)]
    assert told == [("RebateCapped", 100), ("RebatePaid", 100), ("RebatePaid", None)]
    assert events_of(row)[0].detail["queue"] == "mall"


def test_what_a_cap_cuts_of_a_dividend_is_of_no_queue():
    cut = RebateCapped(None, "A", None, 100, 60, None, "dividend", "2026-04-01")
    (told,) = events_of(Journal("dividend/2026-04-01", 7, Instant(1), (), (cut,)))
    said = {name: told.detail[name] for name in ("queue", "kind", "period", "reason")}
    assert said == {"queue": None, "kind": "dividend", "period": "2026-04-01", "reason": None}


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_event_of_the_domain_is_told_as_its_schema_says(kind):
    row = Journal("store/W", 7, Instant(1_772_330_401_000_000), (), (_some(kind),))
    if kind in {CommandParked, LoveThawed, RepurchaseMissed}:
        assert events_of(row) == []
        return
    (event,) = events_of(row)
    assert event.kind == kind.__name__
    told = json.loads(json.dumps(event.detail))
    assert told["event_id"] == "store/W#7#0"
    assert told["at"] == "2026-03-01T02:00:01Z"
    promised = EVENTS_OUT[kind.__name__]
    Draft202012Validator(promised.model_json_schema()).validate(told)
    assert told == promised.model_validate(told).model_dump(mode="json"), "all that is promised"


NAMED = {
    "at": Instant(1_772_330_401_000_000),
    "by": "shop",
    "kind": "direct",
    "commission": "level",
    "ladder": "rank",
    "pocket": "points",
    "reason": "queue",
    "rule": "fixed",
    "state": "sent",
    "status": "waiting",
}
BY_TYPE = {int: 7, bool: True, str: "o1/1", tuple: ()}


def _some(kind):
    hints = get_type_hints(kind)
    *names, _ = dict(defaults_of(kind))
    return kind(**{name: _value(name, hints[name]) for name in names})


def _value(name, hint):
    """Return a value of a field's type; all types of the domain are one of few below."""
    options = [option for option in (get_args(hint) or (hint,)) if option is not type(None)]
    base = get_origin(hint) if get_origin(hint) is tuple else options[0]
    while hasattr(base, "__supertype__"):
        base = base.__supertype__
    return NAMED.get(name, BY_TYPE.get(base))
