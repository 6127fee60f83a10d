"""Orders and their senders: whose word counts, and when (Rules 0.13, 0.14 and 1.6.6)."""

import json
from typing import Any

import pytest

from rebate.contracts.envelopes import DETAIL_BYTES_MAX, Delivery, read_envelope
from rebate.contracts.events_in import EVENTS_IN, Event, OrderPaid, UnreadableEvent, parse_event
from rebate.domain.errors import Mismatch, Rejected
from rebate.domain.names import EntryId, LineId, MemberId, OrderId, QueueId
from rebate.domain.orders import Order
from rebate.domain.times import DAY
from rebate.usecases.entries.exchange_entry import Wish
from rebate.usecases.orders.accept_order import Accepted
from rebate.usecases.orders.early_events import ExpiredEvent
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.orders import Unclaimed
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.plans import MALL, mall_with

AT = "2026-03-01T10:00:00+08:00"


class Shop:
    """A deployment to which senders tell of orders, past the door."""

    def __init__(self, **settings: Any) -> None:
        self.player = Player({"settings": {**MALL, **settings}, "steps": []}, MemoryStore())
        self.player.begin()
        self.app = self.player.app

    def tell(self, kind: str, sender: str, **detail: Any) -> Accepted:
        delivery: Delivery[Event] = Delivery(None, None, parse_event(kind, detail), source=sender)
        admitted = self.app.door.open().admit(delivery)
        accepted = self.app.orders.accept(admitted.event, admitted.sender)  # type: ignore[arg-type]
        self.player.settle(accepted.queues)
        return accepted

    def paid(self, sender: str, order: str = "o1", *lines: dict[str, Any], **more: Any) -> Accepted:
        bought = lines or ({"line_id": "1", "paid": 1000},)
        detail = {"member": {"id": "A"}, "channel": "mall", "paid_at": AT, "lines": bought, **more}
        return self.tell("OrderPaid", sender, order_id=order, **detail)

    def refunded(self, sender: str, name: str = "r", order: str = "o1", **what: Any) -> Accepted:
        return self.tell(
            "OrderRefunded", sender, order_id=order, refund_id=name, refunded_at=AT, **what
        )

    def entitlements(self) -> list[int]:
        entries = self.player.outcome()["queues"]["mall"]["entries"]
        return [entry["entitlement"] for entry in entries]


def test_early_events_are_kept_by_sender_and_the_owners_apply() -> None:
    shop = Shop()
    for sender, amount in (("other", 300), ("owner", 100)):
        assert shop.refunded(sender, amount=amount).outcome == "kept"
    accepted = shop.paid("owner")
    assert shop.entitlements() == [900]
    (letter,) = accepted.set_aside
    assert (letter.code, "belongs to owner" in letter.reason) == ("conflicting_event", True)


def test_what_was_set_aside_is_told_until_somebody_has() -> None:
    """A process may die between storing the order and telling."""
    shop = Shop()
    shop.refunded("owner", amount=1001)
    assert len(shop.paid("owner").set_aside) == 1
    assert [each.code for each in shop.paid("owner").set_aside] == ["refund_exceeds_paid"]
    shop.app.orders.told(OrderId("o1"))
    assert shop.paid("owner").set_aside == ()


def test_a_letter_is_the_event_as_it_was_accepted() -> None:
    shop = Shop(senders={"a": {"sources": ["owner"], "prefix": "a-"}})
    shop.refunded("owner", lines=[{"line_id": "9", "amount": 1}])
    (letter,) = shop.paid("owner").set_aside
    delivery = read_envelope(letter.body, tuple(EVENTS_IN.values()))
    again = shop.app.door.open().admit(delivery)
    assert (again.sender, again.event.order_id) == ("a", "a-o1")  # type: ignore[union-attr]


def test_each_sender_may_say_once_what_came_too_early() -> None:
    shop = Shop()
    shop.refunded("a", amount=1)
    assert shop.refunded("a", amount=1).outcome == "duplicate"
    assert shop.refunded("b", amount=2).outcome == "kept"
    with pytest.raises(Mismatch):
        shop.refunded("a", amount=2)


def test_an_order_row_keeps_no_more_than_it_has_room_for() -> None:
    shop = Shop()
    lines = [{"line_id": f"{n}".rjust(120, "x"), "amount": 1} for n in range(1000)]
    shop.refunded("a", lines=lines)
    with pytest.raises(Rejected) as refused:
        shop.refunded("a", "r2", lines=lines)
    assert refused.value.code == "over_limit"


def test_nothing_is_kept_for_a_repurchase_that_there_is_not() -> None:
    """Else the repurchase could not be made, and its queue would stand."""
    with pytest.raises(Mismatch):
        Shop().refunded("a", order="o1-r1", amount=1)


def test_what_no_order_claims_is_set_aside_when_its_days_are_over() -> None:
    shop = Shop(early_days=2)
    shop.refunded("a", amount=1)
    shop.refunded("a", order="o2", amount=1)
    shop.paid("a", "o2")
    letters: list[ExpiredEvent] = []
    assert shop.app.early.expire(letters.append) == 0
    assert shop.app.early.waiting() == 0
    shop.app.clock.advance(2 * DAY)  # type: ignore[attr-defined]
    assert shop.app.early.waiting() == 1
    assert shop.app.early.expire(letters.append) == 1
    assert [each.code for each in letters] == ["unclaimed"]
    assert list(shop.app.store.scan(Unclaimed)) == []
    assert shop.paid("a").set_aside == ()
    assert shop.entitlements() == [1000 - 1, 1000]


def test_refund_ids_are_known_per_order() -> None:
    shop = Shop()
    for order in ("o1", "o2"):
        shop.paid("a", order)
        assert shop.refunded("a", order=order, amount=10).outcome == "accepted"
        assert shop.refunded("a", order=order, amount=10).outcome == "duplicate"
    assert shop.entitlements() == [990, 990]


def test_many_refunds_leave_the_orders_row_as_long_as_it_was() -> None:
    shop = Shop()
    lines = [{"line_id": str(n), "paid": 10} for n in range(20)]
    shop.paid("a", "o1", *lines)
    for number in range(60):
        shop.refunded("a", f"r{number}", lines=[{"line_id": str(number % 20), "amount": 1}])
    order = shop.app.store.get(Order, Key("o1"))
    assert order is not None
    assert (order.given_back, order.refunds) == ((3,) * 20, {})


@pytest.mark.parametrize(
    ("senders", "code"),
    [
        ({"types": ["OrderRefunded"]}, "forbidden"),
        ({"stores": ["V"]}, "forbidden"),
        ({"order_max": 999}, "over_limit"),
    ],
)
def test_a_sender_tells_what_it_may(senders: dict[str, Any], code: str) -> None:
    shop = Shop(senders={"a": {"sources": ["s"], **senders}})
    with pytest.raises(Rejected) as refused:
        shop.paid("s", channel="store", store_id="W")
    assert refused.value.code == code
    assert shop.paid("t", channel="store", store_id="W").outcome == "accepted"


def test_orders_above_the_ceiling_wait_and_none_is_refused() -> None:
    shop = Shop(senders={"a": {"sources": ["s"], "orders_per_minute": 2}})
    for number in range(6):
        assert shop.paid("s", f"o{number}").outcome == "accepted"
    shop.player.settle([QueueId("mall")])
    joined = len(shop.entitlements())
    assert 2 <= joined < 6
    shop.app.clock.advance(120_000_000)  # type: ignore[attr-defined]
    shop.player.settle([QueueId("mall")])
    assert len(shop.entitlements()) == 6


def test_a_replay_is_not_held_up() -> None:
    shop = Shop(senders={"a": {"sources": ["s"], "orders_per_minute": 1}})
    for number in range(4):
        detail = {"member": {"id": "A"}, "channel": "mall", "paid_at": AT}
        lines = [{"line_id": "1", "paid": 1000}]
        event = parse_event("OrderPaid", {"order_id": f"o{number}", **detail, "lines": lines})
        assert isinstance(event, OrderPaid)
        shop.app.orders.accept(event, "a", is_replay=True)
    shop.player.settle([QueueId("mall")])
    assert len(shop.entitlements()) == 4


def test_a_prefix_stays_once_there_is_an_order() -> None:
    shop = Shop(senders={"a": {"sources": ["s"]}})
    change = {"senders": {"a": {"prefix": "a-"}}}
    shop.player.step({"set": change})
    shop.player.step({"set": {"senders": {"a": {"prefix": None}}}})
    shop.paid("s")
    shop.player.step({"set": change})
    shop.paid("t", "o2")
    shop.player.step({"set": {"senders": {"b": {"sources": ["t"]}}}})
    assert shop.player.refusals == [None, None, "invalid_settings", "invalid_settings"]


def test_names_that_look_alike_stay_two() -> None:
    """Of several of one name the member's, the one named by order and line, or the first."""
    settings = mall_with(exchange={"points_bps": 10_000})
    shop = Shop(**settings)
    shop.paid("a", "a/b", {"line_id": "c", "paid": 1000})
    shop.paid("a", "a", {"line_id": "b/c", "paid": 2000}, member={"id": "B"})
    queue, entries = QueueId("mall"), shop.app.entries
    by_name = Wish(queue, EntryId("a/b/c"))
    entries.exchange(by_name, "points", by=MemberId("B"))
    with pytest.raises(Rejected, match="refused"):
        entries.exchange(Wish.of(queue, OrderId("a"), LineId("b/c")), "points")
    entries.exchange(by_name, "points")
    wallets = shop.player.outcome()["wallets"]
    assert (wallets["B"]["points"], set(wallets["A"])) == (2000, {"cash", "points"})


def test_a_name_of_many_slashes_costs_one_read() -> None:
    shop = Shop()
    store = _Counting(shop.app.store)
    desk = type(shop.app.entries)(
        store, shop.app.clock, shop.app.settings, shop.app.settler, shop.app.seeds, lambda _: None
    )
    for slashes, asked in ((10, 1), (1024, 1)):
        with pytest.raises(Rejected):
            desk.draw(Wish(QueueId("mall"), EntryId("/" * slashes)))
        assert store.asked == asked
    with pytest.raises(Rejected, match="name order and line"):
        desk.draw(Wish(QueueId("mall"), EntryId("/" * 17)))


class _Counting:
    def __init__(self, store: Any) -> None:
        self._store, self.asked = store, 0

    def __getattr__(self, name: str) -> Any:
        self.asked += 1
        return getattr(self._store, name)


@pytest.mark.parametrize("kind", ["OrderPaid", "StoreSaved"])
def test_a_detail_is_bounded_in_bytes(kind: str) -> None:
    detail = {"x": "中" * (DETAIL_BYTES_MAX // 3)}
    body = json.dumps({"detail-type": kind, "detail": detail}, ensure_ascii=False)
    with pytest.raises(UnreadableEvent, match="detail: must have at most"):
        read_envelope(body, tuple(EVENTS_IN.values()))
