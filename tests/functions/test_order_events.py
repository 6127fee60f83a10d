"""Order events from the bus: accepted once, or set aside with the reason, or handed back."""

import json

import pytest

from functions.on_order_completed.handler import handler as on_order_completed
from functions.on_order_paid.handler import handler as on_order_paid
from functions.on_order_refunded.handler import handler as on_order_refunded
from rebate import bootstrap
from rebate.domain.errors import Impossible
from rebate.usecases.orders.accept_order import OrderAcceptance
from tests.functions.cloud import batch, bought, context, envelope, failed, sample


def test_a_paid_order_joins_and_pays_earlier_ones(cloud):
    assert cloud.send(bought("o1", "A"), bought("o2", "B")) == []
    cloud.settle()
    assert cloud.outcome()["queues"]["mall"]["entries"] == [
        _entry("o1/1", "A", paid=1000),
        _entry("o2/1", "B", paid=0),
    ]
    assert cloud.wallets() == {"A": {"cash": 1000}}


def test_a_whole_life_of_an_order_as_the_bus_sends_it(cloud):
    names = ("order_paid", "order_completed", "order_refunded")
    assert cloud.send(*(sample(name) for name in names), bought("o2", "B")) == []
    cloud.settle()
    first = cloud.outcome()["queues"]["mall"]["entries"][0]
    assert first == _entry("o-1001/1", "A", entitlement=10000, paid=1000)


def test_a_batch_is_accepted_whole(cloud):
    answer = on_order_paid(batch(*(bought(f"o{n}", "A") for n in range(3))), context("paid"))
    assert failed(answer) == []
    cloud.settle()
    assert len(cloud.outcome()["queues"]["mall"]["entries"]) == 3


@pytest.mark.parametrize("name", ["order_paid", "order_completed", "order_refunded"])
def test_a_repeated_event_changes_nothing(cloud, name):
    cloud.send(sample("order_paid"), sample(name))
    cloud.settle()
    before = cloud.outcome()
    assert cloud.send(sample(name)) == []
    cloud.settle()
    assert cloud.outcome() == before
    assert cloud.dead_letters() == []


def test_what_comes_before_its_order_is_kept_and_applied_when_that_comes(cloud):
    cloud.send(sample("order_refunded"), sample("order_completed"))
    assert cloud.outcome()["queues"] == {}
    cloud.send(sample("order_paid"))
    cloud.settle()
    (entry,) = cloud.outcome()["queues"]["mall"]["entries"]
    assert entry["entitlement"] == 10000


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("no JSON", "is not JSON"),
        ("[1]", "must be an object"),
        ({"detail-type": "OrderPayed", "detail": {}}, 'the nearest is "OrderPaid"'),
        ({"detail-type": "OrderPaid", "detail": {"order_id": "o1"}}, "member: is required"),
        ({**bought("o1", "A"), "time": "yesterday"}, "time: must be an ISO 8601 time"),
        (sample("order_completed"), "must be OrderPaid here"),
    ],
    ids=["not JSON", "no object", "unknown type", "incomplete", "time", "of another kind"],
)
def test_an_unreadable_event_is_set_aside_with_the_reason(cloud, body, reason):
    assert failed(on_order_paid(batch(body), context("on_order_paid"))) == []
    ((kept, said),) = cloud.dead_letters()
    assert kept == (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False))
    assert reason in said["reason"]
    assert said["code"] == "unreadable_event"
    assert said["source_function"] == "rebate-test-on_order_paid"


def test_a_known_order_with_other_content_is_set_aside(cloud):
    cloud.send(bought("o1", "A", 100))
    assert cloud.send(bought("o1", "A", 101)) == []
    ((_, said),) = cloud.dead_letters()
    assert said["code"] == "conflicting_event"
    assert "o1 is known with other content" in said["reason"]


def test_a_refund_of_more_than_was_paid_is_set_aside(cloud):
    cloud.send(sample("order_paid"))
    lines = [{"line_id": "1", "amount": 16801}]
    assert cloud.send(envelope("order_refunded", lines=lines)) == []
    ((_, said),) = cloud.dead_letters()
    assert said["code"] == "refund_exceeds_paid"


def test_one_bad_event_keeps_no_other_from_being_accepted(cloud):
    bodies = (bought("o1", "A"), "no JSON", bought("o2", "B"))
    assert failed(on_order_paid(batch(*bodies), context("paid"))) == []
    cloud.settle()
    assert len(cloud.outcome()["queues"]["mall"]["entries"]) == 2
    assert [body for body, _ in cloud.dead_letters()] == ["no JSON"]


@pytest.mark.parametrize("url", [None, "https://sqs.eu-central-1.amazonaws.com/123456789012/gone"])
def test_what_cannot_be_set_aside_comes_again(cloud, monkeypatch, url):
    if url is None:
        monkeypatch.delenv("REBATE_DEAD_LETTER_QUEUE_URL")
    else:
        monkeypatch.setenv("REBATE_DEAD_LETTER_QUEUE_URL", url)
    bootstrap.app.cache_clear()
    bodies = (bought("o1", "A"), "no JSON", bought("o2", "B"))
    assert failed(on_order_paid(batch(*bodies), context("paid"))) == ["m1"]


@pytest.mark.parametrize(
    ("handler", "name"),
    [
        (on_order_paid, "order_paid"),
        (on_order_completed, "order_completed"),
        (on_order_refunded, "order_refunded"),
    ],
)
def test_an_event_that_the_store_cannot_take_now_comes_again(cloud, monkeypatch, handler, name):
    monkeypatch.setenv("REBATE_TABLE_PREFIX", "not-there-")
    bootstrap.app.cache_clear()
    answer = handler(batch(sample(name)), context(name))
    assert failed(answer) == ["m0"]
    assert cloud.dead_letters() == []


def test_a_bug_fails_the_call_and_then_keeps_back_what_trips_it_alone(cloud, monkeypatch):
    accept = OrderAcceptance.accept

    def trips(desk, event, sender, **more):
        assert event.order_id != "o2", "a bug"
        return accept(desk, event, sender, **more)

    monkeypatch.setattr(OrderAcceptance, "accept", trips)
    orders = [bought(f"o{n}", "A") for n in (1, 2, 3)]
    with pytest.raises(AssertionError, match="a bug"):
        on_order_paid(batch(*orders), context("paid"))
    assert failed(on_order_paid(batch(*orders, received=2), context("paid"))) == ["m1"]
    cloud.settle()
    assert [e["entry"] for e in cloud.outcome()["queues"]["mall"]["entries"]] == ["o1/1", "o3/1"]
    assert cloud.dead_letters() == []


def test_messages_that_come_again_are_carried_out_set_aside_or_handed_back(cloud, monkeypatch):
    bodies = (bought("o1", "A"), "no JSON", sample("order_completed"))
    assert failed(on_order_paid(batch(*bodies, received=3), context("paid"))) == []
    cloud.settle()
    assert len(cloud.outcome()["queues"]["mall"]["entries"]) == 1
    assert [said["code"] for _, said in cloud.dead_letters()] == ["unreadable_event"] * 2
    monkeypatch.setenv("REBATE_TABLE_PREFIX", "not-there-")
    bootstrap.app.cache_clear()
    assert failed(on_order_paid(batch(bought("o2", "B"), received=2), context("paid"))) == ["m0"]


def _entry(entry, member, *, status="waiting", entitlement=10000, paid):
    return {
        "entry": entry,
        "member": member,
        "status": status,
        "entitlement": entitlement,
        "paid": paid,
    }


def test_an_event_that_the_store_will_never_take_is_set_aside_at_once(cloud, monkeypatch):
    def refuse(_writes):
        raise Impossible("a transaction of 5 MB")

    monkeypatch.setattr(bootstrap.app().store, "commit", refuse)
    assert failed(on_order_paid(batch(bought("o1", "A")), context("paid"))) == []
    ((_, said),) = cloud.dead_letters()
    assert (said["code"], said["reason"]) == ("impossible", "a transaction of 5 MB")
