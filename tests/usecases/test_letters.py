"""What was set aside is kept with its reason, and goes the way that it came once more."""

import json

import pytest

from rebate.domain.errors import Code, Rejected, Unavailable
from rebate.domain.letters import REPLAYED_KEPT, DeadLetter
from rebate.domain.times import SECOND, Instant
from rebate.usecases.letters.keep_letters import keep_letters
from rebate.usecases.letters.replay_letters import letter_name, replay_letters, target_of
from rebate.usecases.letters.show_letters import show_letters
from tests.fakes import FakeClock, MemoryStore

PAID = json.dumps({"detail-type": "OrderPaid", "detail": {"order_id": "o1"}})


class Queues:
    def __init__(self):
        self.sent = []
        self.refuses = False

    def send(self, function, body):
        if self.refuses:
            raise Unavailable("no queue")
        self.sent.append((function, body))


@pytest.fixture
def world():
    return MemoryStore(), FakeClock(), Queues()


def letter(number=1, body=PAID, function="on_order_paid"):
    return DeadLetter(f"m{number}", Instant(number), function, body, "unreadable_event", "why")


@pytest.mark.parametrize(
    ("function", "body", "to"),
    [
        ("on_order_paid", PAID, "on_order_paid"),
        ("on_order_paid", '{"detail-type": "OrderRefunded"}', "on_order_refunded"),
        ("on_catalog_saved", '{"detail-type": "StoreSaved", "detail": 5}', "on_catalog_saved"),
        ("connect_orders", '{"connector": "a", "order": "5"}', "connect_orders"),
        ("connect_orders", '{"member_id": "7"}', None),
        ("connect_orders", "no JSON", None),
        ("deliver_webhooks", '{"endpoint": "a", "id": "m", "at": 5}', "deliver_webhooks"),
        ("scheduled_clear", '{"at": "2026-03-01T00:00:00Z"}', None),
        ("settle", '{"DDBStreamBatchInfo": {}}', None),
        ("on_order_paid", '{"detail-type": "Nonsense"}', None),
        ("on_order_paid", '{"detail-type": []}', None),
        ("on_order_paid", "[" * 99_999, None),
    ],
)
def test_a_letter_goes_to_the_function_that_takes_such(function, body, to):
    assert target_of(letter(body=body, function=function)) == to


def test_a_letter_is_replayed_once_however_often_it_is_asked_for(world):
    store, clock, queues = world
    assert keep_letters(store, [letter(), letter()]) == 2
    (shown,) = show_letters(store, "open").letters
    assert (shown.reason, shown.body, shown.replays_to) == ("why", PAID, "on_order_paid")
    first = replay_letters(store, clock, queues, [shown.letter], by="olga")
    again = replay_letters(store, clock, queues, [shown.letter], by="olga")
    assert (first.replayed, again.replayed, again.before) == (1, 0, (shown.letter,))
    assert queues.sent == [("on_order_paid", PAID)]
    assert show_letters(store, "open").letters == ()
    (done,) = show_letters(store, "replayed").letters
    assert (done.letter, done.replayed_by) == (shown.letter, "olga")
    (row,) = store.scan(DeadLetter)
    assert row.expires_at == (row.asked_at + REPLAYED_KEPT) // SECOND


def test_a_letter_that_was_mended_is_sent_as_it_was_mended(world):
    store, clock, queues = world
    keep_letters(store, [letter(body="half an ev")])
    name = letter_name(letter())
    with pytest.raises(Rejected, match="cannot be replayed"):
        replay_letters(store, clock, queues, [name], by="olga")
    replay_letters(store, clock, queues, [name], by="olga", body=PAID)
    assert queues.sent == [("on_order_paid", PAID)]


def test_nothing_is_sent_if_any_of_them_cannot_be(world):
    store, clock, queues = world
    keep_letters(store, [letter(1), letter(2, body="{}")])
    for other, code in (
        (letter_name(letter(2)), Code.INVALID_REQUEST),
        ("nothing", Code.UNKNOWN_ENTRY),
    ):
        with pytest.raises(Rejected) as refused:
            replay_letters(store, clock, queues, [letter_name(letter(1)), other], by="olga")
        assert refused.value.code is code
    assert queues.sent == []
    assert len(show_letters(store, "open").letters) == 2


def test_nothing_is_lost_where_a_queue_or_the_store_does_not_answer(world):
    store, clock, queues = world
    keep_letters(store, [letter()])
    queues.refuses = True
    with pytest.raises(Unavailable):
        replay_letters(store, clock, queues, [letter_name(letter())], by="olga")
    assert len(show_letters(store, "open").letters) == 1
    queues.refuses = False

    def crash(_writes):
        raise Unavailable("no store")

    store.before_commit = crash
    with pytest.raises(Unavailable):
        replay_letters(store, clock, queues, [letter_name(letter())], by="olga")
    store.before_commit = lambda _: None
    replay_letters(store, clock, queues, [letter_name(letter())], by="olga")
    assert queues.sent == [("on_order_paid", PAID)] * 2, "twice does no harm, never does"


def test_letters_are_read_page_by_page_the_newest_first(world):
    store, *_ = world
    keep_letters(store, [letter(number) for number in range(1, 121)])
    seen, after = [], None
    while True:
        page = show_letters(store, "open", after)
        seen += [each.letter for each in page.letters]
        after = page.next
        if after is None:
            break
    assert seen == [letter_name(letter(number)) for number in range(120, 0, -1)]


def test_a_long_letter_is_cut_where_it_is_listed(world):
    store, *_ = world
    keep_letters(store, [letter(body="x" * 9_000)])
    (shown,) = show_letters(store, "open").letters
    assert (len(shown.body), shown.cut) == (4_000, True)
