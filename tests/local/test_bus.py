"""The bus brings events at least once, and loses none: what cannot succeed is set aside."""

import json
from uuid import uuid4

import pytest

from local.bus import RECEIVES_MAX, UNDELIVERABLE, LocalBus
from local.deployment import deployed
from local.message_store import MessageBox

pytestmark = pytest.mark.engine


class Recorder:
    """Functions that note what they get, and hand it back as often as they are told to."""

    def __init__(self, hands_back=0):
        self.calls = []
        self.hands_back = hands_back

    def call(self, name, event):
        (record,) = event["Records"]
        self.calls.append((name, record))
        failed = len(self.calls) <= self.hands_back
        names = [record["messageId"]] if failed else []
        return {"batchItemFailures": [{"itemIdentifier": each} for each in names]}


def paid(order="o1", **changes):
    detail = {
        "order_id": order,
        "member": {"id": "A"},
        "channel": "mall",
        "paid_at": "2026-03-01T10:00:00+08:00",
        "lines": [{"line_id": "1", "paid": 10000}],
    }
    return {"detail-type": "OrderPaid", "detail": detail | changes}


@pytest.fixture
def recorder(deployment):
    functions = Recorder()
    return functions, LocalBus(functions, deployment.letters)


def test_an_event_comes_in_an_envelope_inside_a_message(recorder):
    functions, bus = recorder
    bus.deliver({**paid(), "source": "shop", "time": "2026-03-01T02:00:00Z"})
    ((name, record),) = functions.calls
    envelope = json.loads(record["body"])
    assert name == "on_order_paid"
    assert record["eventSource"] == "aws:sqs"
    assert envelope["detail-type"] == "OrderPaid"
    assert envelope["source"] == "shop"
    assert envelope["time"] == "2026-03-01T02:00:00Z"
    assert envelope["detail"]["order_id"] == "o1"


def test_what_is_handed_back_comes_again(deployment):
    functions = Recorder(hands_back=2)
    LocalBus(functions, deployment.letters).deliver(paid())
    counts = [call[1]["attributes"]["ApproximateReceiveCount"] for call in functions.calls]
    assert counts == ["1", "2", "3"]
    assert deployment.dead_letters() == []


def test_what_is_always_handed_back_is_set_aside(deployment):
    functions = Recorder(hands_back=100)
    bus = LocalBus(functions, deployment.letters)
    bus.deliver(paid())
    (letter,) = deployment.dead_letters()
    assert len(functions.calls) == RECEIVES_MAX
    assert letter.code == UNDELIVERABLE
    assert "on_order_paid" in letter.reason
    assert bus.newly_set_aside() == [letter]
    assert bus.newly_set_aside() == []


def test_what_no_rule_matches_is_set_aside_with_the_nearest_name(deployment):
    deployment.bus.deliver({"detail-type": "OrderPayed", "detail": {}})
    (letter,) = deployment.dead_letters()
    assert letter.code == "unreadable_event"
    assert '"OrderPaid"' in letter.reason


@pytest.mark.parametrize("kind", [None, 7, ["OrderPaid"], {}])
def test_a_type_that_is_no_text_is_set_aside(deployment, kind):
    deployment.bus.deliver({"detail-type": kind, "detail": {}})
    assert [letter.code for letter in deployment.dead_letters()] == ["unreadable_event"]


def test_what_a_function_sets_aside_tells_its_reason(deployment):
    deployment.bus.deliver(paid())
    deployment.bus.deliver(paid(member={"id": "B"}))
    (letter,) = deployment.dead_letters()
    assert letter.code == "conflicting_event"
    assert "o1" in letter.reason
    assert '"B"' in letter.body


def test_what_was_put_and_not_delivered_outlives_its_process(clients):
    prefix = f"{uuid4().hex[:8]}-"
    with deployed(clients, prefix) as first:
        first.bus.put(paid("o1"))
        first.bus.put(paid("o2"))
    with deployed(clients, prefix) as second:
        assert len(second.letters.read(MessageBox.UNDELIVERED)) == 2
        second.recover()
        assert second.letters.read(MessageBox.UNDELIVERED) == []
        assert second.functions.metrics["accepted"] == 2


def test_events_put_at_the_edge_are_delivered(deployment):
    """Any client of EventBridge that is pointed at the edge can put events."""
    from rebate.adapters.aws import client  # noqa: PLC0415 - reads the deployment's environment

    entry = {
        "Source": "shop",
        "DetailType": "MemberSaved",
        "Detail": '{"member_id": "A", "level": "gold"}',
        "EventBusName": "any",
    }
    answer = client("events", "eu-west-1").put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0
    assert deployment.bus.deliver_waiting() == 1
    assert deployment.functions.metrics["saved"] == 1
