"""Webhooks out, from a paid order to a real receiver that verifies them, and what operators see."""

import json
from datetime import datetime

import pytest
from standardwebhooks import Webhook

from functions.deliver_webhooks.handler import handler as deliver_webhooks
from functions.publish_events.handler import handler as publish_events
from functions.scheduled_webhooks.handler import handler as scheduled_webhooks
from rebate import bootstrap
from rebate.adapters.clock import SystemClock
from rebate.adapters.webhook_queue import SqsWebhookQueue
from rebate.domain.errors import Unavailable
from rebate.domain.times import SECOND, Instant
from rebate.domain.webhooks import secret_of
from rebate.usecases.webhooks.queue_webhooks import WebhookMessage
from tests.functions.cloud import REGION, SETTINGS, batch, bought, context, failed
from tests.receiver import answers, hangs, receiver

OWN = secret_of(b"own secret of the receiver, long")


@pytest.fixture(autouse=True)
def _loopback(cloud, monkeypatch):
    monkeypatch.setenv("REBATE_WEBHOOKS_LOOPBACK", "allowed")
    monkeypatch.setenv("REBATE_WEBHOOK_SECONDS", "0.5")
    bootstrap.app.cache_clear()


def save(cloud, name="shop", version=0, **changes):
    body = {"id": name, "version": version, "address": "https://shop.example.test/hooks"}
    return cloud.as_operator("PUT", "/v1/webhooks", {**body, **changes})


def buy(cloud, *orders):
    cloud.send(*(bought(order, order.upper()) for order in orders))
    cloud.settle()
    assert failed(publish_events(cloud.journal(), context("publish_events"))) == []


def deliver(cloud):
    """Bring what is queued; return how many messages that were."""
    messages = cloud.told_later()
    if messages:
        event = batch(*messages)
        assert failed(deliver_webhooks(event, context("deliver_webhooks"))) == []
    return len(messages)


def deliveries(cloud, query="id=shop"):
    status, said = cloud.as_operator("GET", "/v1/webhooks/deliveries", query=query)
    assert status == 200, said
    return said


def test_what_happened_is_told_a_receiver_who_verifies_it(cloud):
    with receiver() as made:
        status, saved = save(cloud, address=made.url)
        assert status == 200
        buy(cloud, "o1", "o2")
        assert deliver(cloud) == 3
        said = made.verified(saved["secret"])
        assert sorted(each["type"] for each in said) == ["EntryJoined", "EntryJoined", "RebatePaid"]
        (paid,) = (each for each in said if each["type"] == "RebatePaid")
        assert paid["data"] == cloud.bus.told[1]["detail"]
        assert paid["timestamp"] == paid["data"]["at"]
        assert len(set(made.ids())) == 3


def test_an_endpoint_is_told_what_it_wants_whatever_goes_out_on_the_bus(cloud):
    cloud.use({**SETTINGS, "publish": ["EntryCompleted"]})
    with receiver() as made:
        _, saved = save(cloud, address=made.url, types=["RebatePaid"])
        buy(cloud, "o1", "o2")
        assert deliver(cloud) == 1
        assert [each["type"] for each in made.verified(saved["secret"])] == ["RebatePaid"]
    assert cloud.bus.told == []


def test_events_that_are_published_again_are_told_once(cloud):
    with receiver() as made:
        save(cloud, address=made.url)
        buy(cloud, "o1")
        publish_events(cloud.journal(), context("publish_events"))
        deliver(cloud)
        publish_events(cloud.journal(), context("publish_events"))
        deliver(cloud)
        assert len(made.got) == 1


def test_each_endpoint_is_told_what_it_wants_and_one_that_hangs_holds_up_no_other(cloud):
    with receiver(hangs) as slow, receiver() as quick:
        save(cloud, "slow", address=slow.url)
        save(cloud, "quick", address=quick.url, types=["RebatePaid"])
        buy(cloud, "o1", "o2")
        assert deliver(cloud) == 4
        assert (len(slow.got), len(quick.got)) == (3, 1)
        (told,) = deliveries(cloud, "id=quick")["deliveries"]
        assert (told["state"], told["attempts"][0]["status"]) == ("delivered", 200)
        states = {
            each["attempts"][0]["error"] for each in deliveries(cloud, "id=slow")["deliveries"]
        }
        assert states == {"timeout"}


def test_one_that_failed_is_told_again_signed_anew_by_both_secrets_under_the_same_id(
    cloud, monkeypatch
):
    """Pitfall 34."""
    with receiver(answers(500, b"not now"), answers(200)) as made:
        _, saved = save(cloud, address=made.url)
        buy(cloud, "o1")
        deliver(cloud)
        (told,) = deliveries(cloud)["deliveries"]
        assert (told["state"], told["attempts"][0]["answer"]) == ("waiting", "not now")
        assert told["next_at"] is not None
        _, rotated = save(cloud, version=1, address=made.url, secret="new")
        _let_it_fall_due(told, monkeypatch)
        assert deliver(cloud) == 1
        assert len(set(made.ids())) == 1
        (first, _), (second, body) = made.got
        for secret in (saved["secret"], rotated["secret"]):
            assert Webhook(secret).verify(body, second)["type"] == "EntryJoined"
        assert first["webhook-signature"].count("v1,") == 1
        assert second["webhook-signature"].count("v1,") == 2


def _let_it_fall_due(told, monkeypatch):
    """Let the time of a retry come, and the list bring it."""
    due = int(datetime.fromisoformat(told["next_at"]).timestamp() * 1_000_000)
    monkeypatch.setattr(SystemClock, "now", lambda _: Instant(due + 90 * SECOND))
    answer = scheduled_webhooks({}, context("scheduled_webhooks"))
    assert answer == {"dead": [], "set_aside": 0}


def test_secrets_are_answered_once_and_then_nowhere(cloud, capsys):
    """Pitfall 41."""
    _, saved = save(cloud)
    _, own = save(cloud, version=1, secret=OWN)
    assert saved["secret"].startswith("whsec_")
    assert (own["secret"], own["secrets"]) == (None, 2)
    _, listed = cloud.as_operator("GET", "/v1/webhooks")
    (shown,) = listed["webhooks"]
    assert (shown["secret"], shown["secrets"]) == (None, 2)
    _, refused = save(cloud, version=2, secret="new")
    everything = json.dumps([listed, own, refused, deliveries(cloud)]) + capsys.readouterr().out
    assert saved["secret"] not in everything
    assert OWN not in everything
    status, retired = save(cloud, version=2, secret="retire")
    assert (status, retired["secrets"], retired["secret"]) == (200, 1, None)


def test_an_own_secret_signs(cloud):
    with receiver() as made:
        save(cloud, address=made.url, secret=OWN)
        buy(cloud, "o1")
        deliver(cloud)
        assert [each["type"] for each in made.verified(OWN)] == ["EntryJoined"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"address": "http://shop.example.test/"}, "address"),
        ({"address": "https://10.0.0.1/"}, "address"),
        ({"address": "https://0x0a000001/"}, "address"),
        ({"address": "https://167772161/"}, "address"),
        ({"address": "https://[fd00::1]/"}, "address"),
        ({"address": "https://[::ffff:8.8.8.8]/"}, "address"),
        ({"address": "ftp://shop.example.test/"}, "address"),
        ({"address": "https://user:pass@shop.example.test/"}, "address"),
        ({"address": "https://shop.example.test/#a"}, "address"),
        ({"address": "https://shop.example.test:port/"}, "address"),
        ({"address": "https://[broken/"}, "address"),
        ({"address": "https://shöp.example.test/"}, "address"),
        ({"address": "https:///hooks"}, "address"),
        ({"address": "https://shop.example.test/" + "x" * 2048}, "address"),
        ({"types": ["RebatePayed"]}, "types[0]"),
        ({"types": []}, "types"),
        ({"secret": "short"}, "secret"),
        ({"secret": "whsec_AAAA"}, "secret"),
        ({"on": "yes"}, "on"),
        ({"version": -1}, "version"),
        ({"adress": "x"}, "adress"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused_naming_the_field(cloud, changes, path):
    status, said = save(cloud, **changes)
    assert (status, said["code"]) == (422, "invalid_request")
    assert [problem["path"] for problem in said["problems"]] == [path]
    assert cloud.as_operator("GET", "/v1/webhooks")[1] == {"webhooks": []}


def test_an_endpoint_is_saved_at_its_version(cloud):
    save(cloud)
    status, said = save(cloud)
    assert (status, said["code"]) == (409, "conflict")
    status, said = save(cloud, version=1, on=False, types=["RebatePaid"])
    assert (status, said["on"], said["types"], said["version"]) == (200, False, ["RebatePaid"], 2)
    assert said["saved_by"] == "olga"


def test_a_refused_address_leaves_nothing_but_that_it_was_refused(cloud, monkeypatch):
    save(cloud, address="https://localhost.example.test/secret-path")
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.1.2.3", 443))])
    buy(cloud, "o1")
    deliver(cloud)
    (told,) = deliveries(cloud)["deliveries"]
    (attempt,) = told["attempts"]
    assert (attempt["error"], attempt["status"], attempt["answer"]) == ("refused_address", None, "")
    assert "10.1.2.3" not in json.dumps(told)


def test_a_delivery_is_sent_once_more_under_the_id_that_it_has(cloud):
    with receiver() as made:
        save(cloud, address=made.url)
        buy(cloud, "o1")
        deliver(cloud)
        (told,) = deliveries(cloud)["deliveries"]
        asked = {"id": "r1", "webhook": "shop", "deliveries": [told["delivery"]]}
        for queued in (1, 0):
            status, said = cloud.as_operator("POST", "/v1/webhooks/redeliver", asked)
            assert (status, said) == (200, {"queued": queued, "next": None})
        deliver(cloud)
        assert len(made.got) == 2
        assert len(set(made.ids())) == 1
        asked = {"id": "r2", "webhook": "shop", "since": "2026-01-01T00:00:00+08:00", "all": True}
        status, said = cloud.as_operator("POST", "/v1/webhooks/redeliver", asked)
        assert (status, said["queued"]) == (200, 1)


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"id": "r", "webhook": "nobody", "deliveries": ["1-m"]}, 404, "unknown_entry"),
        ({"id": "r", "webhook": "shop", "deliveries": ["1-m"]}, 404, "unknown_entry"),
        ({"id": "r", "webhook": "shop"}, 422, "invalid_request"),
        ({"id": "r", "webhook": "shop", "deliveries": ["1"], "all": True}, 422, "invalid_request"),
        (
            {"id": "r", "webhook": "shop", "deliveries": ["1"], "since": "2026-01-01T00:00:00Z"},
            422,
            "invalid_request",
        ),
        ({"webhook": "shop", "deliveries": ["1"]}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_sent_once_more_is_refused(cloud, asked, status, code):
    save(cloud)
    found, said = cloud.as_operator("POST", "/v1/webhooks/redeliver", asked)
    assert (found, said["code"]) == (status, code)


def test_deliveries_of_nobody_and_in_no_state(cloud):
    status, said = cloud.as_operator("GET", "/v1/webhooks/deliveries", query="id=nobody")
    assert (status, said["code"]) == (404, "unknown_entry")
    status, said = cloud.as_operator("GET", "/v1/webhooks/deliveries", query="id=a&state=waitin")
    assert (status, said["problems"][0]["nearest"]) == (422, "waiting")


def test_what_could_not_be_queued_is_published_again(cloud, monkeypatch):
    save(cloud)
    cloud.send(bought("o1", "A"))
    cloud.settle()
    monkeypatch.setattr(SqsWebhookQueue, "send", lambda _, messages: set(range(len(messages))))
    assert failed(publish_events(cloud.journal(), context("publish_events")))
    monkeypatch.undo()
    assert failed(publish_events(cloud.journal(), context("publish_events"))) == []
    assert len(cloud.told_later()) == 1


def test_a_store_that_does_not_answer_is_asked_again(cloud, monkeypatch):
    save(cloud)
    buy(cloud, "o1")
    messages = cloud.told_later()
    monkeypatch.setattr("rebate.adapters.dynamodb.DynamoStore.query", _unavailable)
    assert failed(deliver_webhooks(batch(*messages), context("deliver_webhooks"))) == ["m0"]
    assert failed(publish_events(cloud.journal(), context("publish_events")))


def _unavailable(*_, **__):
    raise Unavailable("no answer")


def test_the_queue_takes_many_and_large_messages(cloud):
    queue = SqsWebhookQueue(cloud.webhook_url, REGION)
    bodies = ["x" * 100_000] * 5 + ["y"] * 23
    many = [
        WebhookMessage("shop", f"m{n}", n, f"e{n}", "RebatePaid", b) for n, b in enumerate(bodies)
    ]
    assert queue.send(many) == set()
    assert len(cloud.told_later()) == 28
    missing = SqsWebhookQueue(f"{cloud.webhook_url}-missing", REGION)
    assert missing.send(many[5:]) == set(range(23))
