"""Orders and members are found by what people know of them, page by page (contracts, section 6)."""

from datetime import datetime
from typing import Any

import pytest

from rebate.domain.names import MemberId, OrderId, StoreId
from rebate.domain.records import replace
from rebate.domain.times import instant_of
from rebate.usecases.office.search_members import search_members
from rebate.usecases.office.search_orders import WantedOrders, search_orders
from rebate.usecases.storage.office import KnownName, OrderPlace
from rebate.usecases.storage.ports import Put
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.plans import MALL

AT = "2026-03-01T10:00:00+08:00"


class Shop:
    """A shop that sells, and whose operators look for things."""

    def __init__(self) -> None:
        self.player = Player({"settings": MALL, "steps": []}, MemoryStore())
        self.player.begin()
        self.terms = self.player.app.settings.in_force().terms

    def buys(self, order: str, member: str | None = "A", paid: int = 10000, **more: Any) -> None:
        at = more.pop("at", AT)
        self.player.step(
            {"buy": {"order": order, "member": member, "paid": paid, **more}, "at": at}
        )

    def saved(self, kind: str, **detail: Any) -> None:
        self.player.deliver(kind, detail)

    def found(self, query: str | None = None, **wanted: Any) -> list[str]:
        page = search_orders(self.player.store, self.terms, WantedOrders(**wanted), query)
        return [order.order_id for order in page.orders]

    def members(self, query: str | None = None) -> list[str]:
        return [each.id for each in search_members(self.player.store, "CNY", query).members]


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.saved("MemberSaved", member_id="A", nickname="张小美")
    shop.saved("MemberSaved", member_id="B", nickname="Anna  Berg")
    shop.saved("ProductSaved", product_id="p9", name="Green tea")
    shop.buys("o1", "A", 16800)
    shop.buys("o2", "B", 5000, product="p9", at="2026-03-02T23:50:00+08:00")
    shop.buys("o3", None, 5000, product="never saved", at="2026-03-03T10:00:00+08:00")
    shop.buys("o4", "A", 70, channel="store", store="W", at="2026-03-04T10:00:00+08:00")
    return shop


@pytest.mark.parametrize(
    ("query", "orders"),
    [
        ("o2", ["o2"]),
        ("A", ["o4", "o1"]),
        ("张小", ["o4", "o1"]),
        ("anna berg", ["o2"]),
        ("p9", ["o2"]),
        ("GREEN", ["o2"]),
        ("never saved", ["o3"]),
        ("2026-03-02", ["o2"]),
        ("168", ["o1"]),
        ("168.0", ["o1"]),
        ("0.70", ["o4"]),
        ("168.001", []),
        ("nobody", []),
    ],
)
def test_orders_are_found_by_what_people_know(shop: Shop, query: str, orders: list[str]) -> None:
    assert shop.found(query) == orders


def test_what_is_asked_for_together_holds_together(shop: Shop) -> None:
    shop.player.step({"complete": "o2"})
    shop.player.step({"refund": {"order": "o1", "line": "1", "amount": 16800, "id": "r"}})
    assert shop.found() == ["o4", "o3", "o2", "o1"]
    assert shop.found(state="completed") == ["o2"]
    assert shop.found(state="refunded") == ["o1"]
    assert shop.found("50", member=MemberId("B")) == ["o2"]
    assert shop.found(store=StoreId("W")) == ["o4"]
    assert shop.found("o1", member=MemberId("B")) == []
    at = instant_of(datetime.fromisoformat("2026-03-02T23:50:00+08:00"))
    assert shop.found(starts_at=at) == ["o4", "o3", "o2"]
    assert shop.found(ends_at=at) == ["o1"]


def test_500_orders_of_one_instant_come_each_once_while_new_ones_arrive() -> None:
    """Pitfall 38."""
    shop = Shop()
    wanted = {f"o{number}" for number in range(500)}
    for order in sorted(wanted):
        shop.buys(order, "A", 100)
    seen: list[str] = []
    after, pages = None, 0
    while True:
        page = search_orders(shop.player.store, shop.terms, WantedOrders(), None, after)
        seen += [each.order_id for each in page.orders]
        shop.buys(f"new{pages}", "B", 100, at="2026-03-05T10:00:00+08:00")
        pages += 1
        if (after := page.next) is None:
            break
    assert pages >= 10
    assert sorted(seen) == sorted(wanted)


def test_members_are_found_by_id_and_by_how_their_name_begins(shop: Shop) -> None:
    assert shop.members("张") == ["A"]
    assert shop.members("anna") == ["B"]
    assert shop.members("B") == ["B"]
    assert shop.members("小美") == []
    assert shop.members() == ["B", "A"]
    found = search_members(shop.player.store, "CNY", "A").members[0]
    assert (found.nickname, found.balances) == ("张小美", {"cash": 1000})


def test_a_member_is_found_by_the_name_they_have_now(shop: Shop) -> None:
    shop.saved("MemberSaved", member_id="A", nickname="李雷")
    assert (shop.members("张"), shop.members("李雷")) == ([], ["A"])
    shop.saved("MemberSaved", member_id="A", nickname=None)
    assert shop.members("李雷") == []
    assert {row.id for row in shop.player.store.scan(KnownName)} == {"B", "p9"}


def test_who_is_only_named_as_a_referrer_or_buys_first_is_listed(shop: Shop) -> None:
    shop.saved("MemberSaved", member_id="C", referrer_id="D")
    shop.buys("o9", "E")
    assert sorted(shop.members()) == ["A", "B", "C", "D", "E"]


def test_an_attempt_that_was_given_up_is_no_order(shop: Shop) -> None:
    """Places of a long order are stored ahead of the order itself."""
    first = next(shop.player.store.scan(OrderPlace))
    shop.player.store.commit([Put(replace(first, order=OrderId("never")))])
    assert shop.found() == ["o4", "o3", "o2", "o1"]
