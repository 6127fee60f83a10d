"""What is heard of connected shops is told once, in any order, whatever crashes."""

from collections import deque
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.adapters.bodies import body_of
from rebate.adapters.codec import encode
from rebate.connectors import PLATFORMS
from rebate.connectors.delivery import ConnectorRules
from rebate.connectors.facts import OutEvent, read_facts
from rebate.contracts.settings import parse_settings
from rebate.domain.errors import Code, Conflict, Rejected, Unavailable
from rebate.domain.times import DAY, SECOND, Instant
from rebate.usecases.connections.connect_shop import (
    ChangedPage,
    Connection,
    ShopConnections,
    connection_of,
)
from rebate.usecases.settings.save_settings import InForce
from rebate.usecases.settings.terms import terms_of
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.connections import ConnectedOrder
from rebate.usecases.storage.rows.keys import Key
from tests.connectors.sent import (
    back,
    item,
    moved,
    order,
    refund,
    shopify,
    wc_line,
    wc_order,
    wc_refund,
    woocommerce,
)
from tests.fakes import FakeClock, MemoryStore


class World:
    """A connected shop, and everything around it."""

    def __init__(self, platform: str = "shopify") -> None:
        self.store, self.clock = MemoryStore(), FakeClock()
        self.work: deque[tuple[str, str]] = deque()
        self.told: list[tuple[str, str, dict[str, Any]]] = []
        self.letters: list[tuple[str, str]] = []
        self.bodies: list[dict[str, Any]] = []
        self.refunds: list[Any] = []
        self.changed: list[Any] = []
        self.asked_since: list[int] = []
        self.asked_from: list[str | None] = []
        self.pages_at_once = 99
        self.bus_fails = 0
        self.rules = ConnectorRules("USD", waits=True, fetches=platform == "woocommerce")
        self.connection = Connection("web", "shop-a", PLATFORMS[platform], self.rules)
        self.connections = ShopConnections(
            self.store, self.clock, self, pause=lambda _attempt: None
        )

    def add(self, connector: str, order: str) -> None:
        self.work.append((connector, order))

    def send(self, source: str, event: OutEvent) -> None:
        if self.bus_fails:
            self.bus_fails -= 1
            raise Unavailable("the bus is busy")
        self.told.append((source, event.detail_type, dict(event.detail)))

    def changed_since(self, instant: int, goes_on: str | None):
        self.asked_since.append(instant)
        self.asked_from.append(goes_on)
        pages = enumerate([self.changed[n : n + 2] for n in range(0, len(self.changed), 2)], 1)
        return [ChangedPage(page, str(n)) for n, page in pages if n > int(goes_on or 0)]

    def hear(self, *deliveries) -> list[str]:
        reasons: list[str] = []
        for delivery in deliveries:
            heard = self.connection.platform.hear(delivery, self.rules)
            reasons += self.connections.hear(self.connection, heard)
        return reasons

    def take(self, delivery) -> None:
        self.connections.take(self.connection, delivery, self.set_aside)

    def look(self, reader: type["Reader"] | None = None) -> int:
        left = iter(range(self.pages_at_once - 1))
        return self.connections.look(
            self.connection,
            (reader or Reader)(self),
            self.set_aside,
            lambda: next(left, None) is not None,
        ).orders

    def set_aside(self, body: dict[str, Any], reason: str, code: str) -> None:
        self.bodies.append(body)
        self.letters.append((code, reason))

    def be_heard(self) -> None:
        self.take(shopify("app/uninstalled", {}))

    def carry_on(self) -> None:
        """Do what waits, and again what fails."""
        while self.work:
            _, name = self.work.popleft()
            try:
                self.connections.carry_on(
                    self.connection,
                    name,
                    bus=self,
                    reader=lambda: Reader(self),
                    set_aside=self.set_aside,
                )
            except (Conflict, Unavailable):
                self.work.append(("web", name))

    def outcome(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return what was told by what it is about; told otherwise a second time is a failure."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for _, kind, detail in self.told:
            key = (kind, detail.get("refund_id", ""))
            assert found.setdefault(key, detail) == detail
        return found


class Reader:
    def __init__(self, world: World) -> None:
        self._world = world

    def refunds(self, order: str):
        return self._world.refunds

    def changed_since(self, instant: int, goes_on: str | None):
        return self._world.changed_since(instant, goes_on)


TWO = (item(1, "60.00", tax="6.00"), item(2, "40.00", tax="4.00"))
SHIPPED = order(
    *TWO,
    fulfillment_status="fulfilled",
    fulfillments=[{"status": "success", "created_at": "2026-03-04T10:00:00-05:00"}],
    updated_at="2026-03-04T10:00:01-05:00",
)
PART = refund(1, [back(1, "10.00", "1.00")], moved("11.00"))
REST = refund(2, [], moved("99.00"), processed_at="2026-03-06T10:00:00-05:00")
CANCELLED = {
    **SHIPPED,
    "financial_status": "refunded",
    "cancelled_at": "2026-03-06T10:00:00-05:00",
    "updated_at": "2026-03-06T10:00:01-05:00",
    "refunds": [PART, REST],
}
LIFE = [
    shopify("orders/create", order(*TWO, financial_status="pending")),
    shopify("orders/paid", order(*TWO)),
    shopify("orders/fulfilled", SHIPPED),
    shopify("refunds/create", PART),
    shopify("refunds/create", REST),
    shopify("orders/cancelled", CANCELLED),
]


@given(st.permutations([*LIFE, *LIFE]), st.sets(st.integers(0, 11)), st.integers(0, 3))
def test_any_order_each_twice_comes_to_one_outcome(deliveries, pauses, failures):
    world = World()
    world.bus_fails = failures
    for place, delivery in enumerate(deliveries):
        world.hear(delivery)
        if place in pauses:
            world.carry_on()
    world.carry_on()
    outcome = world.outcome()
    assert {source for source, *_ in world.told} == {"shop-a"}
    assert set(outcome) == {
        ("OrderPaid", ""),
        ("OrderCompleted", ""),
        ("OrderRefunded", "1"),
        ("OrderRefunded", "2"),
    }
    backs = [outcome["OrderRefunded", name]["lines"] for name in ("1", "2")]
    assert sum(line["amount"] for lines in backs for line in lines) == 11000


@given(st.integers(0, 40))
def test_a_crash_at_any_write_tells_the_same(crash_at):
    class Crash(BaseException):
        pass

    world = World()

    def count_down(_writes) -> None:
        nonlocal crash_at
        crash_at -= 1
        if crash_at in {0, 2}:
            raise Crash

    world.store.before_commit = world.store.after_commit = count_down
    for delivery in LIFE:
        for _ in range(4):
            try:
                world.hear(delivery)
                world.carry_on()
                break
            except Crash:
                continue
    world.hear(*LIFE)
    world.carry_on()
    assert len(world.outcome()) == 4


def test_a_delivery_that_tells_nothing_new_is_neither_stored_nor_worked_on():
    world = World()
    world.hear(*LIFE)
    world.carry_on()
    commits, told = world.store.commits, len(world.told)
    world.hear(*LIFE)
    assert (world.store.commits, len(world.told), list(world.work)) == (commits, told, [])


def test_nothing_is_told_of_an_order_that_is_not_known_yet():
    world = World()
    world.hear(shopify("refunds/create", PART))
    world.carry_on()
    assert world.told == []
    world.hear(shopify("orders/paid", order(*TWO)))
    world.carry_on()
    assert [kind for _, kind, _ in world.told] == ["OrderPaid", "OrderRefunded"]


def test_two_deliveries_at_once_are_both_heard():
    world = World()
    paid = world.connection.platform.hear(LIFE[1], world.rules)
    others = iter([world.connection.platform.hear(LIFE[2], world.rules)])

    def meanwhile(writes) -> None:
        for heard in others:
            world.connections.hear(world.connection, heard)

    world.store.before_commit = meanwhile
    world.connections.hear(world.connection, paid)
    world.carry_on()
    assert {kind for _, kind, _ in world.told} == {"OrderPaid", "OrderCompleted"}


def test_what_is_heard_while_something_is_told_is_not_forgotten():
    world = World()
    world.hear(LIFE[1])

    def meanwhile(_writes) -> None:
        world.store.before_commit = lambda _: None
        world.hear(LIFE[2])

    world.store.before_commit = meanwhile
    world.carry_on()
    assert {kind for _, kind, _ in world.told} == {"OrderPaid", "OrderCompleted"}


def test_a_shop_that_is_heard_of_during_a_look_is_not_silent():
    world = World()
    world.be_heard()
    world.look()
    world.clock.advance(DAY + SECOND)

    def meanwhile(_writes) -> None:
        world.store.before_commit = lambda _: None
        world.be_heard()

    world.store.before_commit = meanwhile
    world.look()
    assert not world.connections.is_silent("web")


def test_an_order_that_others_keep_writing_is_not_taken():
    world = World()

    def conflict(_writes) -> None:
        raise Conflict("busy")

    world.store.before_commit = conflict
    with pytest.raises(Unavailable):
        world.hear(LIFE[1])


def test_what_is_above_our_limits_is_set_aside_once_with_its_reason():
    world = World()
    large = order(*(item(number, "1.00") for number in range(1, 2002)))
    for _ in range(2):
        assert world.hear(shopify("orders/paid", large)) == []
        world.carry_on()
    reason = "OrderPaid has 2001 lines, at most 2000 are accepted"
    assert (world.told, world.letters) == ([], [("over_limit", reason)])


def test_an_order_of_any_size_is_kept_in_a_row_and_one_at_our_limit_with_its_refunds():
    world = World()
    huge = [item(10**13 + number * 7919, "1.00") for number in range(6_000)]
    world.hear(shopify("orders/paid", order(*huge)), shopify("orders/fulfilled", order(*huge)))
    world.carry_on()
    assert world.letters == [("over_limit", "OrderPaid has 6000 lines, at most 2000 are accepted")]
    most = order(*huge[:2000], id=56)
    world.hear(shopify("orders/paid", most))
    for name in range(1, 3):
        backs = [back(line["id"], "0.50") for line in huge[:2000]]
        given = refund(name, backs, moved("1000.00"), order_id=56)
        world.hear(shopify("refunds/create", given))
    world.carry_on()
    assert len(world.told) == 3
    for name in ("55", "56"):
        row = world.store.get(ConnectedOrder, Key("web", name))
        assert row is not None
        assert len(body_of(encode(row)).get("packed", b"")) < 400 * 1024


def test_what_is_left_out_says_why():
    world = World()
    assert world.hear(shopify("orders/paid", order(test=True))) == ["test order"]
    assert world.hear(shopify("customers/update", {"id": 1})) == [
        "customers/update tells nothing that counts"
    ]
    world.carry_on()
    assert world.told == []


def test_refunds_of_woocommerce_are_fetched_and_told_once():
    world = World("woocommerce")
    named = [{"id": 3, "total": "-9.00"}]
    sent = wc_order(wc_line(1, "20.00"), refunds=named, date_modified_gmt="2026-03-05T10:04:00")
    world.refunds = [wc_refund(3, "9.00")]
    for _ in range(2):
        world.hear(woocommerce(sent))
        world.carry_on()
    assert world.outcome()["OrderRefunded", "3"]["lines"] == [{"line_id": "1", "amount": 900}]
    assert len(world.told) == 2


def test_a_look_hears_what_changed_since_the_one_before():
    world = World()
    world.changed = [shopify("orders/updated", CANCELLED)]
    assert world.look() == 1
    world.clock.advance(3600 * SECOND)
    world.look()
    first, second = world.asked_since
    assert 3600 * SECOND <= second - first < 3601 * SECOND
    world.carry_on()
    assert len(world.outcome()) == 4


def test_a_look_that_fails_begins_again_where_it_began():
    world = World()

    class Dead(Reader):
        def changed_since(self, instant: int, goes_on: str | None):
            super().changed_since(instant, goes_on)
            raise Unavailable("no answer")

    for _ in range(2):
        with pytest.raises(Unavailable):
            world.look(Dead)
    assert len(set(world.asked_since)) == 1


def three_pages():
    return [shopify("orders/updated", order(id=name)) for name in range(1, 6)]


def test_a_look_that_has_no_time_left_is_gone_on_with_by_the_next():
    world = World()
    world.changed, world.pages_at_once = three_pages(), 1
    heard = []
    for _ in range(4):
        heard.append(world.look())
        world.clock.advance(3600 * SECOND)
    assert heard == [2, 2, 1, 0]
    assert world.asked_from == [None, "1", "2", "3"]
    assert len(set(world.asked_since)) == 1, "all of it is one look"
    world.carry_on()
    assert len(world.told) == 5
    world.look()
    begun_again = world.asked_since[-1] - world.asked_since[0]
    assert (world.asked_from[-1], begun_again) == (None, pytest.approx(3600 * SECOND, abs=SECOND))


def test_a_look_whose_shop_stops_answering_is_gone_on_with_behind_what_it_heard():
    world = World()
    world.changed = three_pages()

    class Dying(Reader):
        def changed_since(self, instant: int, goes_on: str | None):
            yield next(iter(super().changed_since(instant, goes_on)))
            raise Unavailable("no answer")

    with pytest.raises(Unavailable):
        world.look(Dying)
    world.clock.advance(3600 * SECOND)
    assert world.look() == 3
    assert world.asked_from == [None, "1"]


def test_a_delivery_while_a_shop_is_looked_at_undoes_nothing_of_the_look():
    world = World()
    world.changed = three_pages()

    class Interrupted(Reader):
        def changed_since(self, instant: int, goes_on: str | None):
            for page in super().changed_since(instant, goes_on):
                world.clock.advance(3600 * SECOND)
                world.be_heard()
                yield page

    assert world.look(Interrupted) == 5
    world.look()
    assert world.asked_from == [None, None], "the look came to its end"
    assert not world.connections.is_silent("web")


def test_a_shop_is_silent_after_a_day_without_a_word():
    world = World()
    assert not world.connections.is_silent("web")
    world.clock.advance(DAY + SECOND)
    assert world.connections.is_silent("web")
    world.be_heard()
    assert not world.connections.is_silent("web")
    commits = world.store.commits
    world.be_heard()
    assert world.store.commits == commits


def test_what_was_told_stands_in_the_row_as_it_was_told():
    world = World()
    world.hear(LIFE[1])
    row = world.store.get(ConnectedOrder, Key("web", "55"))
    assert row is not None
    assert row.pending == ("OrderPaid",)
    world.carry_on()
    row = world.store.get(ConnectedOrder, Key("web", "55"))
    assert row is not None
    assert (row.pending, list(read_facts(row.facts).told)) == ((), ["OrderPaid"])


def test_a_row_that_was_written_before_is_read():
    facts = {
        "order_id": "55",
        "bought": {
            "seen_at": "2026-03-02T09:58:10-05:00",
            "paid_at": "2026-03-02T09:58:10-05:00",
            "currency": "USD",
            "member": "7",
            "lines": [{"line_id": "1", "product_id": None, "quantity": 1, "paid": 6600}],
        },
        "tells_payment": True,
        "refunds": {"1": {"refund_id": "1", "at": "2026-03-05T10:00:00-05:00", "moved": 100}},
    }
    world = World()
    world.store.commit([Put(ConnectedOrder("web", "55", facts), expects=0)])
    world.hear(LIFE[2])
    world.carry_on()
    assert set(world.outcome()) == {
        ("OrderPaid", ""),
        ("OrderCompleted", ""),
        ("OrderRefunded", "1"),
    }


def in_force(**more: Any) -> InForce:
    document = {"currency": "EUR", "timezone": "Europe/Paris", **more}
    return InForce(1, terms_of(parse_settings(document)), document, Instant(0))


def test_settings_say_how_a_connector_converts():
    connectors = {"web": {"sender": "shop-a", "guests": "contribute", "completed": "closed"}}
    saved = in_force(connectors=connectors)
    found = connection_of(saved, "web", PLATFORMS["shopify"])
    assert found is not None
    assert (found.source, found.rules) == (
        "shop-a",
        ConnectorRules("EUR", "contribute", "closed", waits=True),
    )
    assert connection_of(saved, "other", PLATFORMS["shopify"]) is None


@pytest.mark.parametrize(
    ("sender", "prefix", "member"),
    [
        ({"sources": ["shop.a"], "keys": ["k1"], "prefix": "a-"}, "a-", "a-7"),
        ({"keys": ["k1"], "prefix": "a-"}, "a-", "a-7"),
        ({"prefix": "a-", "members": "shared"}, "a-", "7"),
        ({}, "", "7"),
    ],
)
def test_a_connector_speaks_for_the_sender_that_it_names(sender, prefix, member):
    """Contracts, section 8: the key's sender owns the orders, however else it sends (Rule 0.13)."""
    saved = in_force(senders={"shop-a": sender}, connectors={"web": {"sender": "shop-a"}})
    found = connection_of(saved, "web", PLATFORMS["shopify"])
    assert found is not None
    owner = saved.terms.senders.of_source(found.source)
    assert (owner.name, owner.prefix) == ("shop-a", prefix)
    world = World()
    world.connection = found
    world.take(shopify("customers/redact", {"customer": {"id": 7}}))
    assert world.bodies == [{"member_id": member}]


@pytest.mark.parametrize(
    ("topic", "payload", "code", "body", "reason"),
    [
        (
            "customers/redact",
            {"customer": {"id": 7, "email": "buyer@example.test"}},
            "erasure_requested",
            {"member_id": "7"},
            "customer 7 is to be erased",
        ),
        (
            "customers/data_request",
            {"customer": {"id": 7, "phone": "555"}, "orders_requested": [1]},
            "data_requested",
            {"member_id": "7"},
            "customer 7 asks for what is known of them",
        ),
        (
            "shop/redact",
            {"shop_id": 1, "shop_domain": "a.myshopify.test"},
            "erasure_requested",
            {"connector": "web"},
            "the shop a.myshopify.test is gone: all its customers are to be erased",
        ),
    ],
)
def test_what_a_platform_asks_for_its_customers_is_put_before_an_operator(
    topic, payload, code, body, reason
):
    """Rule 8.10: nothing personal stands in the letter."""
    world = World()
    world.take(shopify(topic, payload))
    assert (world.letters, world.bodies) == ([(code, f"connector web: {reason}")], [body])


def test_an_order_that_cannot_be_read_holds_up_no_look():
    world = World()
    halves = [shopify("orders/updated", {"id": 54}), shopify("orders/updated", {"id": "x" * 300})]
    world.changed = [*halves, shopify("orders/updated", order())]
    assert world.look() == 3
    world.carry_on()
    assert len(world.told) == 1
    assert [code for code, _ in world.letters] == ["unreadable_event"] * 2
    assert world.bodies[0] == {"connector": "web", "id": "54"}
    world.clock.advance(3600 * SECOND)
    world.look()
    assert world.asked_since[1] > world.asked_since[0], "the next look begins behind this one"


def digits(length: int):
    """Yield ids that no compression shortens much, no two alike."""
    number = 1
    while True:
        yield "".join(f"{hash((number, n)) % 10**16:016d}" for n in range(8))[:length]
        number += 1


def test_lines_above_our_bytes_are_not_kept_whatever_their_number():
    world = World()
    lines = [
        {**item(1, "1.00"), "id": name, "product_id": name} for name in islice(digits(128), 1_500)
    ]
    world.hear(shopify("orders/paid", order(*lines)), shopify("orders/fulfilled", order(*lines)))
    world.carry_on()
    ((code, reason),) = world.letters
    assert (code, world.told) == ("over_limit", [])
    assert reason.endswith(" bytes, at most 204800 are accepted")
    row = world.store.get(ConnectedOrder, Key("web", "55"))
    assert row is not None
    assert len(body_of(encode(row)).get("packed", b"")) < 1_000


def test_what_no_row_holds_is_refused_and_leaves_what_was_known():
    world = World()
    names = list(islice(digits(64), 800))
    lines = [{**item(1, "9.00"), "id": name} for name in names]
    world.hear(shopify("orders/paid", order(*lines)))
    world.carry_on()
    refused = []
    for number, some in enumerate(batched(digits(128), 800, 20)):
        backs = [{**back(1, "0.01"), "line_item_id": name} for name in some]
        given = shopify("refunds/create", refund(number, backs, moved("8.00")))
        try:
            world.take(given)
        except Rejected as error:
            refused.append(error.code)
    assert 0 < len(refused) < 20
    assert set(refused) == {Code.OVER_LIMIT}
    world.carry_on()
    row = world.store.get(ConnectedOrder, Key("web", "55"))
    assert row is not None
    assert len(body_of(encode(row)).get("packed", b"")) < 400 * 1024


def batched(names, size: int, times: int):
    return [list(islice(names, size)) for _ in range(times)]
