"""Webhooks out: each endpoint has its own retries, and nothing is lost, whatever is in the way."""

import json
from collections import Counter

import pytest

from rebate.domain.errors import Code, Conflict, Rejected, Unavailable
from rebate.domain.records import replace
from rebate.domain.times import DAY, SECOND, Instant
from rebate.domain.webhooks import (
    DEAD_AFTER,
    GIVES_UP_AFTER,
    MINUTE,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookHealth,
    WebhookSecret,
    message_id,
)
from rebate.usecases.events.publish_events import OutgoingEvent
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.keys import ENDPOINTS, Key
from rebate.usecases.storage.rows.lists import ListItem
from rebate.usecases.webhooks import save_endpoint as saving
from rebate.usecases.webhooks.deliver_webhooks import WebhookDeliveries, WebhookRequest
from rebate.usecases.webhooks.queue_webhooks import WebhookMessage, queue_webhooks
from rebate.usecases.webhooks.redeliver_webhooks import RedeliveryWish, redeliver
from rebate.usecases.webhooks.retry_webhooks import retry_webhooks
from rebate.usecases.webhooks.save_endpoint import EndpointWish, save_endpoint
from rebate.usecases.webhooks.show_webhooks import show_deliveries, show_endpoints
from tests.fakes import FakeClock, MemoryStore

ADDRESS = "https://{}.example.test/hooks"


class Queue:
    """Keeps messages until their time; `refuses` all of the next call."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.waiting: list[tuple[int, WebhookMessage]] = []
        self.refuses = False

    def send(self, messages, *, delay_seconds=0):
        assert 0 <= delay_seconds <= 900
        if self.refuses:
            return set(range(len(messages)))
        due = self._clock.now() + delay_seconds * SECOND
        self.waiting += [(due, each) for each in messages]
        return set()

    def due(self):
        now = self._clock.now()
        found = [message for due, message in self.waiting if due <= now]
        self.waiting = [each for each in self.waiting if each[0] > now]
        return found


class Receivers:
    """Receivers by name: what each answers next, for ever the last; what each got."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.answers: dict[str, list[int | None]] = {}
        self.got: list[tuple[str, str]] = []
        self.requests: list[WebhookRequest] = []
        self.meanwhile = lambda: None

    def send(self, requests):
        self.meanwhile()
        return [self._take(each) for each in requests]

    def _take(self, request):
        name = request.address.removeprefix("https://").split(".")[0]
        said = self.answers.get(name, [200])
        status = said.pop(0) if len(said) > 1 else said[0]
        self.got.append((name, json.loads(request.body)["data"]["event_id"]))
        self.requests.append(request)
        return WebhookAttempt(self._clock.now(), 1, status, error=None if status else "timeout")

    def count(self, name):
        return sum(who == name for who, _ in self.got)


class Service:
    """A deployment's webhooks, with everything around them."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = FakeClock()
        self.queue = Queue(self.clock)
        self.receivers = Receivers(self.clock)
        self.deliveries = WebhookDeliveries(
            self.store, self.clock, self.queue, self.receivers, jitter=lambda: 0.0
        )

    def listen(self, name, version=0, **changes):
        wish = EndpointWish(name, version, ADDRESS.format(name), None, True)
        return save_endpoint(
            self.store, self.clock, replace(wish, **changes), by="op", random=lambda n: b"r" * n
        )

    def tell(self, *numbers, kind="RebatePaid"):
        events = [
            OutgoingEvent(
                kind, Instant(number * SECOND), {"event_id": f"mall#{number}#0", "at": "then"}
            )
            for number in numbers
        ]
        return queue_webhooks(self.store, self.queue, events)

    def run(self, microseconds=0, *, step=MINUTE):
        """Let the time pass, minute by minute, and happen what is due."""
        until = self.clock.now() + microseconds
        while True:
            while messages := self.queue.due():
                for start in range(0, len(messages), 10):
                    batch = messages[start : start + 10]
                    done = self.deliveries.deliver(batch)
                    self.queue.send([batch[place] for place in done.failed], delay_seconds=360)
            left = until - self.clock.now()
            if left <= 0:
                return
            self.clock.advance(min(step, left))
            retry_webhooks(self.store, self.clock, self.queue)

    def states(self, name):
        return Counter(each.state for each in show_deliveries(self.store, name).deliveries)


@pytest.fixture
def service():
    return Service()


def test_each_endpoint_gets_the_events_that_it_wants_and_each_once(service):
    service.listen("all")
    service.listen("some", types=("EntryJoined",))
    service.listen("off", on=False)
    assert service.tell(1, 2) == set()
    service.tell(3, kind="EntryJoined")
    service.run()
    assert sorted(service.receivers.got) == [
        ("all", "mall#1#0"),
        ("all", "mall#2#0"),
        ("all", "mall#3#0"),
        ("some", "mall#3#0"),
    ]
    assert service.receivers.requests[0].headers["webhook-id"] == message_id("mall#1#0")


def test_an_event_that_is_published_again_is_delivered_once(service):
    service.listen("shop")
    service.tell(1)
    service.tell(1)
    service.run()
    service.tell(1)
    service.run(DAY)
    assert service.receivers.got == [("shop", "mall#1#0")]


def test_events_that_could_not_be_queued_are_named(service):
    service.listen("shop", types=("RebatePaid",))
    service.queue.refuses = True
    assert service.tell(1, 2) == {0, 1}
    assert service.tell(3, kind="EntryJoined") == set()


def test_one_that_fails_is_tried_after_five_seconds_then_after_five_minutes(service):
    service.listen("shop")
    service.receivers.answers["shop"] = [500, None, 200]
    service.tell(1)
    service.run()
    service.run(6 * SECOND, step=SECOND)
    assert service.receivers.count("shop") == 2
    service.run(4 * MINUTE)
    assert service.receivers.count("shop") == 2
    service.run(2 * MINUTE)
    assert service.receivers.count("shop") == 3
    assert service.states("shop") == {"delivered": 1}
    assert [each.status for each in _only(service, "shop").attempts] == [500, None, 200]
    ids = {each.headers["webhook-id"] for each in service.receivers.requests}
    stamps = {each.headers["webhook-timestamp"] for each in service.receivers.requests}
    signatures = {each.headers["webhook-signature"] for each in service.receivers.requests}
    assert (len(ids), len(stamps), len(signatures)) == (1, 3, 3), "signed anew, under the same id"


def _only(service, name):
    (found,) = show_deliveries(service.store, name).deliveries
    return found


def test_one_that_nobody_ever_takes_is_tried_for_three_days_and_then_set_aside(service):
    service.listen("shop", types=("RebatePaid",))
    service.listen("other")
    service.receivers.answers["shop"] = [500]
    service.tell(1)
    for number in range(2, 200):  # what others take is a sign of life of nobody else
        service.tell(number, kind="EntryJoined")
    service.run(GIVES_UP_AFTER - 3600 * SECOND)
    assert service.states("shop") == {"waiting": 1}
    service.run(2 * 3600 * SECOND)
    assert service.states("shop") == {"set_aside": 1}
    assert service.receivers.count("other") == 199
    before = service.receivers.count("shop")
    service.run(DAY)
    assert service.receivers.count("shop") == before
    assert not list(service.store.scan(ListItem)), "nothing waits for it"


def test_a_dead_endpoint_holds_up_no_other_and_is_asked_by_one_at_a_time(service):
    """Pitfall 33."""
    service.listen("dead")
    service.listen("well")
    service.receivers.answers["dead"] = [None]
    service.tell(*range(1, 301))
    service.run()
    assert service.receivers.count("well") == 300
    assert service.receivers.count("dead") < 3 * DEAD_AFTER
    service.run(3600 * SECOND)
    assert service.receivers.count("dead") < 30, "a try in five minutes, whatever waits"
    assert show_endpoints(service.store).webhooks[0].failures >= DEAD_AFTER
    service.tell(*range(301, 401))
    service.run()
    assert service.receivers.count("well") == 400


def test_when_it_answers_again_it_gets_all_that_waited(service):
    service.listen("shop")
    service.receivers.answers["shop"] = [None]
    service.tell(*range(1, 301))
    service.run(8 * 3600 * SECOND)
    service.receivers.answers["shop"] = [200]
    service.receivers.got.clear()
    service.run(10 * MINUTE)
    service.run(DAY)
    assert len(set(service.receivers.got)) == 300
    assert len(service.receivers.got) == 300, "each once"
    assert show_endpoints(service.store).webhooks[0].failures == 0
    assert not list(service.store.scan(ListItem))


def test_what_waited_three_days_for_a_dead_endpoint_is_set_aside(service):
    service.listen("shop")
    service.receivers.answers["shop"] = [None]
    service.tell(*range(1, 31))
    service.run(GIVES_UP_AFTER + 3600 * SECOND, step=10 * MINUTE)
    assert service.states("shop") == {"set_aside": 30}
    assert {each.reason for each in show_deliveries(service.store, "shop").deliveries} == {
        "three_days"
    }


def test_a_retry_that_the_queue_did_not_take_is_found_in_the_list(service):
    service.listen("shop")
    service.receivers.answers["shop"] = [500, 200]
    service.tell(1)
    messages = service.queue.due()
    service.queue.refuses = True
    service.deliveries.deliver(messages)
    service.queue.refuses = False
    service.run(2 * MINUTE)
    assert service.states("shop") == {"delivered": 1}


def test_what_could_not_be_stored_comes_again(service):
    service.listen("shop")
    service.tell(1)
    messages = service.queue.due()

    def fail(_writes):
        raise Unavailable("no store")

    service.store.before_commit = fail
    assert service.deliveries.deliver(messages).failed == {0}
    service.store.before_commit = lambda _writes: None
    assert service.deliveries.deliver(messages).failed == set()
    assert service.receivers.count("shop") == 2, "the receiver knows it by its id"
    assert service.states("shop") == {"delivered": 1}


def test_a_receiver_that_is_gone_is_switched_off(service):
    service.listen("shop")
    service.receivers.answers["shop"] = [410]
    service.tell(1)
    service.run()
    (shown,) = show_endpoints(service.store).webhooks
    assert (shown.on, shown.off_because) == (False, "gone")
    assert service.tell(2) == set()
    service.run(DAY)
    assert service.receivers.count("shop") == 1
    assert _only(service, "shop").reason == "gone"


def test_what_waits_for_an_endpoint_that_is_switched_off_is_set_aside(service):
    service.listen("shop")
    service.receivers.answers["shop"] = [None]
    service.tell(*range(1, 21))
    service.run()
    service.listen("shop", version=1, on=False)
    service.run(10 * MINUTE)
    assert service.states("shop") == {"set_aside": 20}
    assert {each.reason for each in show_deliveries(service.store, "shop").deliveries} == {"off"}


def test_a_dead_endpoint_that_is_saved_is_tried_at_once(service):
    service.listen("shop")
    service.receivers.answers["shop"] = [None]
    service.tell(*range(1, 21))
    service.run(2 * 3600 * SECOND)
    service.receivers.answers["shop"] = [200]
    service.listen("shop", version=1)
    service.run(MINUTE)
    assert service.states("shop") == {"delivered": 20}


# Secrets


def test_a_secret_is_made_once_replaced_by_a_second_and_given_up(service):
    _, first = service.listen("shop")
    assert first is not None
    _, none = service.listen("shop", version=1)
    assert none is None
    saved, second = service.listen("shop", version=2, secret="new")
    assert (len(saved.secrets), second is not None) == (2, True)
    service.tell(1)
    service.run()
    assert service.receivers.requests[-1].headers["webhook-signature"].count("v1,") == 2
    with pytest.raises(Rejected, match="two are good already"):
        service.listen("shop", version=3, secret="new")
    saved, none = service.listen("shop", version=3, secret="retire")
    assert (saved.secrets, none) == ((2,), None)
    with pytest.raises(Rejected, match="only one"):
        service.listen("shop", version=4, secret="retire")
    kept = [row.number for row in service.store.scan(WebhookSecret)]
    assert kept == [2]
    service.tell(2)
    service.run()
    assert service.receivers.requests[-1].headers["webhook-signature"].count("v1,") == 1


def test_an_endpoint_is_saved_at_the_version_that_was_read(service):
    service.listen("shop")
    with pytest.raises(Conflict):
        service.listen("shop")
    with pytest.raises(Conflict):
        service.listen("other", version=1)


def test_there_is_an_end_to_endpoints(service, monkeypatch):
    monkeypatch.setattr(saving, "ENDPOINTS_MAX", 2)
    service.listen("a")
    service.listen("b")
    with pytest.raises(Rejected) as refused:
        service.listen("c")
    assert refused.value.code is Code.OVER_LIMIT


# Sending again


def test_what_was_set_aside_is_sent_again_one_by_one_or_since_an_instant(service):
    service.listen("shop")
    service.receivers.answers["shop"] = [None]
    service.tell(*range(1, 6))
    service.run(GIVES_UP_AFTER + 3600 * SECOND, step=10 * MINUTE)
    service.receivers.answers["shop"] = [200]
    service.receivers.got.clear()
    page = show_deliveries(service.store, "shop", state="set_aside")
    one = page.deliveries[0].delivery
    wish = RedeliveryWish("r1", "shop", deliveries=(one,))
    assert redeliver(service.store, service.clock, service.queue, wish).queued == 1
    assert redeliver(service.store, service.clock, service.queue, wish).queued == 0
    service.run(10 * MINUTE)
    assert service.receivers.got == [("shop", "mall#5#0")]
    assert redeliver(service.store, service.clock, service.queue, wish).queued == 0, "a repetition"
    since = RedeliveryWish("r2", "shop", since=Instant(3 * SECOND))
    assert redeliver(service.store, service.clock, service.queue, since).queued == 2
    service.run(10 * MINUTE)
    assert [event for _, event in service.receivers.got[1:]] == ["mall#3#0", "mall#4#0"]
    everything = RedeliveryWish("r3", "shop", since=Instant(0), all=True)
    assert redeliver(service.store, service.clock, service.queue, everything).queued == 5
    service.run(10 * MINUTE)
    assert service.states("shop") == {"delivered": 5}


def test_since_an_instant_goes_on_page_by_page(service, monkeypatch):
    monkeypatch.setattr("rebate.usecases.webhooks.redeliver_webhooks.PAGE", 4)
    service.listen("shop")
    service.tell(*range(1, 11))
    service.run()
    queued, after = [], None
    while True:
        wish = RedeliveryWish("r1", "shop", since=Instant(0), after=after, all=True)
        done = redeliver(service.store, service.clock, service.queue, wish)
        queued.append(done.queued)
        after = done.next
        if after is None:
            break
    assert queued == [4, 4, 2]


def test_what_cannot_be_sent_again_is_refused(service):
    service.listen("shop")
    service.listen("off", on=False)
    for wish, code in (
        (RedeliveryWish("r", "nobody", since=Instant(0)), Code.UNKNOWN_ENTRY),
        (RedeliveryWish("r", "shop", deliveries=("00-x",)), Code.UNKNOWN_ENTRY),
        (RedeliveryWish("r", "off", since=Instant(0)), Code.INVALID_REQUEST),
    ):
        with pytest.raises(Rejected) as refused:
            redeliver(service.store, service.clock, service.queue, wish)
        assert refused.value.code is code


def test_deliveries_are_read_page_by_page_and_kept_for_a_month(service):
    service.listen("shop")
    service.tell(*range(1, 121))
    service.run()
    seen, after = [], None
    while True:
        page = show_deliveries(service.store, "shop", after=after)
        seen += [each.event_id for each in page.deliveries]
        after = page.next
        if after is None:
            break
    assert seen == [f"mall#{number}#0" for number in range(120, 0, -1)]
    (row, *_) = service.store.scan(WebhookDelivery)
    assert row.expires_at == (row.since + 30 * DAY) // SECOND
    with pytest.raises(Rejected):
        show_deliveries(service.store, "nobody")


# Conditions: somebody else writes between the read and the write


def meanwhile(service, do):
    """Do something, once, before what comes next is stored."""

    def once(_writes):
        service.store.before_commit = lambda _: None
        do()

    service.store.before_commit = once


def test_two_try_a_delivery_at_once_and_what_either_found_is_kept(service):
    service.listen("shop")
    service.receivers.answers["shop"] = [200, 500]
    service.tell(1)
    (message,) = service.queue.due()
    done = []

    def other():
        service.receivers.meanwhile = lambda: None
        done.append(service.deliveries.deliver([message]))

    service.receivers.meanwhile = other
    late = service.deliveries.deliver([message])
    assert service.states("shop") == {"delivered": 1}, "the later failure undoes nothing"
    assert (done[0].failed, late.failed) == (set(), {0})
    assert service.deliveries.deliver([message]).failed == set(), "and comes to rest"


def test_two_operators_save_an_endpoint_at_once(service):
    service.listen("shop")
    meanwhile(service, lambda: service.listen("shop", version=1, types=("RebatePaid",)))
    with pytest.raises(Conflict):
        service.listen("shop", version=1, on=False)
    (shown,) = show_endpoints(service.store).webhooks
    assert (shown.on, shown.types) == (True, ("RebatePaid",))


def test_an_endpoint_is_saved_while_it_says_that_it_is_gone(service):
    service.listen("shop")
    service.receivers.answers["shop"] = [410]
    service.tell(1)
    messages = service.queue.due()
    service.receivers.meanwhile = lambda: service.listen(
        "shop", version=1, address="https://new.test"
    )
    service.deliveries.deliver(messages)
    (shown,) = show_endpoints(service.store).webhooks
    assert (shown.on, shown.address) == (True, "https://new.test"), "that was the old address"


def test_an_endpoint_answers_somebody_else_while_it_fails_here(service):
    service.listen("shop")
    service.receivers.answers["shop"] = [500]
    service.tell(*range(1, DEAD_AFTER + 1))
    messages = service.queue.due()
    health = WebhookHealth("shop", version=1)
    service.receivers.meanwhile = lambda: _store(service, health)
    service.deliveries.deliver(messages)
    assert service.store.get(WebhookHealth, Key("shop")) == health


def _store(service, row):
    service.store.commit([Put(row)])


def test_an_endpoint_has_a_row_of_its_own_among_the_others(service):
    service.listen("shop")
    row = service.store.get(WebhookEndpoint, Key(ENDPOINTS, "shop"))
    assert (row.id, row.saved_by, row.version) == ("shop", "op", 1)
