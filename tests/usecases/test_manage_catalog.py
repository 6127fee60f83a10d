"""Products that take part, queues that stalled, and who changed which settings."""

import pytest

from rebate.contracts.api import PAGE_SIZE
from rebate.domain.errors import Conflict, Rejected
from rebate.usecases.catalog import manage_catalog
from rebate.usecases.catalog.manage_catalog import enable_products
from rebate.usecases.queries.show_history import VERSIONS_SHOWN, show_history
from rebate.usecases.queries.show_queues import show_stalled
from rebate.usecases.storage.rows.catalog import Product
from rebate.usecases.storage.rows.keys import Key
from tests.engine import Player

PLAN = {
    "enabled": True,
    "extraction_bps": 1000,
    "entitlement": {"fixed_bps": 10000},
    "mall": "per_product",
    "exchange": {"points_bps": 5000},
}


def playing(*steps, **plan):
    settings = {"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": PLAN | plan}
    player = Player({"settings": settings, "steps": steps})
    player.play()
    return player


def product(name, *, on_sale=True, supply="self"):
    detail = {"product_id": name, "name": f"Tea {name}", "on_sale": on_sale, "supply": supply}
    return {"event": {"detail-type": "ProductSaved", "detail": detail}}


def buy(order, member, **more):
    return {"buy": {"order": order, "member": member, "paid": 10000, "product": "p1", **more}}


def stalled(**plan):
    """Three orders of a product that is then taken off sale."""
    buys = (buy(f"o{n}", f"m{n}") for n in range(3))
    return playing(product("p1"), *buys, product("p1", on_sale=False), **plan)


def enabled(player):
    return {row.id for row in player.store.scan(Product) if row.takes_part}


def test_existing_products_are_enabled_by_supply():
    """Rule 1.4 (3): the supplies that are chosen, and no others."""
    supplies = {"p1": "self", "p2": "supplier", "p3": "store", "p4": "self"}
    player = playing(
        *(product(name, supply=supply) for name, supply in supplies.items()), new_products=False
    )
    assert enabled(player) == {"p3"}
    assert enable_products(player.store, {"self"}).enabled == 2
    assert enabled(player) == {"p1", "p3", "p4"}
    assert enable_products(player.store, {"self"}).enabled == 0
    assert enable_products(player.store, {"supplier", "aggregated"}).enabled == 1


def test_enabling_goes_on_where_it_was_left(monkeypatch):
    """Each call does a bounded part; what is done is not done again."""
    monkeypatch.setattr(manage_catalog, "PRODUCTS_AT_ONCE", 3)
    monkeypatch.setattr(manage_catalog, "TOGETHER", 2)
    player = playing(*(product(f"p{n}") for n in range(7)), new_products=False)
    done = [enable_products(player.store, {"self"}) for _ in range(3)]
    assert [(each.enabled, each.more) for each in done] == [(3, True), (3, True), (1, False)]
    assert len(enabled(player)) == 7


def test_who_asks_on_from_where_a_call_ended_has_each_product_read_once(monkeypatch):
    monkeypatch.setattr(manage_catalog, "PRODUCTS_AT_ONCE", 2)
    player = playing(*(product(f"p{n}") for n in range(9)), new_products=False)
    after, read = None, []
    scan = player.store.scan

    def counted(kind, *, after=None):
        for row in scan(kind, after=after):
            read.append(row.id)
            yield row

    monkeypatch.setattr(player.store, "scan", counted)
    while (done := enable_products(player.store, {"self"}, after)).more:
        after = done.next
    assert len(read) <= 9 + 4, "the one that tells that there are more is read again"
    assert done.next is None
    assert len(enabled(player)) == 9
    with pytest.raises(Rejected, match="next"):
        enable_products(player.store, {"self"}, "nothing")


def test_enabling_loses_nothing_that_the_shop_saves_meanwhile():
    player = playing(product("p1"), product("p2"), new_products=False)
    saved = []

    def shop_saves(_writes):
        if not saved:
            saved.append(True)
            player.step(product("p1", on_sale=False))

    player.store.before_commit = shop_saves
    enable_products(player.store, {"self"})
    assert enabled(player) == {"p1", "p2"}
    row = player.store.get(Product, Key("p1"))
    assert row is not None
    assert not row.on_sale


def test_an_enabled_product_earns_an_entry():
    player = playing(product("p1"), buy("o1", "A"), new_products=False)
    assert player.outcome()["queues"] == {}
    enable_products(player.store, {"self"})
    player.step(buy("o2", "A"))
    assert len(player.outcome()["queues"]["product/p1"]["entries"]) == 1


def test_stalled_queues_are_those_of_products_off_sale_with_something_in_them():
    player = stalled()
    for step in (product("p2", on_sale=False), product("p3"), buy("x", "A", product="p3")):
        player.step(step)
    (queue,) = show_stalled(player.store, player.app.settings.in_force().terms).queues
    assert (queue.queue, queue.product_id, queue.name) == ("product/p1", "p1", "Tea p1")
    assert (queue.waiting, queue.owed) == (3, 28000)


def test_a_stalled_queue_is_cleared():
    player = stalled()
    player.app.stalls.clear("product/p1")
    assert {entry["status"] for entry in entries(player)} == {"cleared"}
    assert show_stalled(player.store, player.app.settings.in_force().terms).queues == ()


def test_a_stalled_queue_is_exchanged():
    player = stalled()
    done = player.app.stalls.exchange("product/p1", "points")
    assert (done.exchanged, done.refused, done.pending, done.next) == (3, 0, 0, None)
    assert {entry["status"] for entry in entries(player)} == {"exchanged"}
    assert player.outcome()["wallets"]["m0"] == {"cash": 2000, "points": 4000}
    again = player.app.stalls.exchange("product/p1", "points")
    assert again.exchanged == 0


@pytest.mark.parametrize(
    ("reward_order", "exchanged"), [("queue", PAGE_SIZE), ("completed_first", 0)]
)
def test_a_whole_page_is_exchanged_or_refused(reward_order, exchanged):
    """As many at once as fit into a transaction together with their answers."""
    buys = (buy(f"o{n}", f"m{n}") for n in range(PAGE_SIZE + 1))
    plan = {"extraction_bps": 0, "reward_order": reward_order}
    player = playing(product("p1"), *buys, product("p1", on_sale=False), **plan)
    done = player.app.stalls.exchange("product/p1", "points")
    assert (done.exchanged, done.refused, done.pending) == (exchanged, PAGE_SIZE - exchanged, 0)
    assert done.next == PAGE_SIZE - 1


def test_entries_that_are_held_are_not_exchanged():
    player = stalled(reward_order="completed_first")
    done = player.app.stalls.exchange("product/p1", "points")
    assert (done.exchanged, done.refused) == (0, 3)
    assert {entry["status"] for entry in entries(player)} == {"held"}


@pytest.mark.parametrize("action", ["clear", "exchange", "merge"])
def test_only_a_stalled_queue_is_ended(action):
    """A product on sale keeps its queue, and shared queues never stall."""
    player = playing(product("p1"), buy("o1", "A"), buy("c1", "A", channel="cashier", store="W"))
    before = player.outcome()
    for queue in ("product/p1", "cashier/W"):
        with pytest.raises(Conflict, match="not stalled"):
            end(player, action, queue)
    with pytest.raises(Rejected) as refused:
        end(player, action, "product/none")
    assert refused.value.code == "unknown_entry"
    assert player.outcome() == before


def test_what_is_not_offered_is_not_exchanged_into():
    player = stalled()
    with pytest.raises(Rejected) as refused:
        player.app.stalls.exchange("product/p1", "voucher")
    assert refused.value.code == "exchange_off"
    assert {entry["status"] for entry in entries(player)} == {"waiting"}


def test_the_history_tells_who_changed_what():
    player = playing({"set": {"queue_rebate": {"paused": True, "title": "排队"}}})
    newest, first = show_history(player.store).versions
    assert (newest.version, newest.saved_by, first.version) == (2, "test", 1)
    assert [(c.path, c.before, c.after) for c in newest.changed] == [
        ("queue_rebate.paused", None, True),
        ("queue_rebate.title", None, "排队"),
    ]


def test_a_long_history_comes_in_pages():
    steps = ({"set": {"queue_rebate": {"title": f"t{n}"}}} for n in range(VERSIONS_SHOWN + 3))
    player = playing(*steps)
    first = show_history(player.store)
    rest = show_history(player.store, first.next)
    versions = [each.version for each in (*first.versions, *rest.versions)]
    assert versions == list(range(VERSIONS_SHOWN + 4, 0, -1))
    assert rest.next is None
    assert all(each.changed for each in (*first.versions, *rest.versions))


def end(player, action, queue):
    more = ("points",) if action == "exchange" else ()
    getattr(player.app.stalls, action)(queue, *more)


def entries(player):
    return player.outcome()["queues"]["product/p1"]["entries"]
