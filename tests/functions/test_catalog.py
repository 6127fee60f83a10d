"""Members, products and stores as the shop saves them (Rules 1.4 (2), 2.4, 2.5)."""

import copy
from datetime import datetime

import pytest

from functions.on_catalog_saved.handler import handler as on_catalog_saved
from rebate.bootstrap import app
from rebate.contracts.events_in import MemberSaved
from rebate.domain.errors import Unavailable
from rebate.domain.times import instant_of
from rebate.usecases.catalog.save_catalog import CatalogAcceptance
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.catalog import Member, Product, Shop
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.stores import StoreTraffic
from tests.functions.cloud import SETTINGS, batch, context, envelope, sample


def test_what_the_shop_says_is_kept(cloud):
    names = ("member_saved", "product_saved", "store_saved")
    assert cloud.send(*(sample(name) for name in names)) == []
    member = _member("A")
    assert (member.level, member.referrer, member.nickname) == ("gold", "B", "小明")
    product = app().store.get(Product, Key("p-9"))
    assert (product.name, product.margin_bps, product.takes_part) == ("绿茶 250 g", 4000, True)
    shop = app().store.get(Shop, Key("W"))
    assert (shop.referrer, shop.concession_bps) == ("B", 2000)


@pytest.mark.parametrize("name", ["member_saved", "product_saved", "store_saved"])
def test_a_repeated_event_writes_nothing(cloud, name):
    cloud.send(sample(name))
    before = _rows()
    assert cloud.send(sample(name)) == []
    assert _rows() == before


def test_null_clears_and_what_is_left_out_is_unchanged(cloud):
    cloud.send(sample("member_saved"))
    cloud.send(_says("2026-02-21T00:00:00Z", level=None), _says("2026-02-21T00:00:00Z", rank="r"))
    member = _member("A")
    assert (member.level, member.rank, member.nickname) == (None, "r", "小明")


def test_fields_are_as_of_their_own_times_in_whatever_order_they_come(cloud):
    cloud.send(
        _says("2026-02-22T00:00:00Z", nickname="b"), _says("2026-02-21T00:00:00Z", level="g")
    )
    cloud.send(_says("2026-02-20T00:00:00Z", level="old", nickname="a", rank="r"))
    member = _member("A")
    assert (member.level, member.nickname, member.rank) == ("g", "b", "r")


def test_what_a_product_is_by_itself_comes_back_when_it_is_cleared(cloud):
    cloud.send(envelope("product_saved", on_sale=False, supply="supplier"))
    later = {**envelope("product_saved"), "time": "2026-02-21T00:00:00Z"}
    cloud.send(later | {"detail": {"product_id": "p-9", "on_sale": None, "supply": None}})
    product = app().store.get(Product, Key("p-9"))
    assert (product.on_sale, product.supply, product.margin_bps) == (True, "self", 4000)


def test_an_older_event_that_comes_late_replaces_nothing(cloud):
    cloud.send(sample("member_saved"), _saved("2026-02-19T00:00:00Z", level="silver"))
    assert _member("A").level == "gold"
    newer, older = sample("product_saved"), envelope("product_saved", on_sale=False)
    cloud.send(newer, {**older, "time": "2026-02-19T00:00:00Z"})
    assert app().store.get(Product, Key("p-9")).on_sale
    older = envelope("store_saved", concession_bps=1)
    cloud.send(sample("store_saved"), {**older, "time": "2026-02-19T00:00:00Z"})
    assert app().store.get(Shop, Key("W")).concession_bps == 2000


def test_a_time_to_come_does_not_lock_out_later_events(cloud):
    cloud.send(_saved("2999-01-01T00:00:00Z", level="silver"))
    event = sample("member_saved")
    del event["time"]
    cloud.send(event)
    assert _member("A").level == "gold"


def test_a_referral_binds_once_and_nothing_is_saved_with_another(cloud):
    cloud.send(sample("member_saved"), _saved("2026-02-21T00:00:00Z", referrer_id="C", level="x"))
    assert (_member("A").referrer, _member("A").level) == ("B", "gold")
    ((_, said),) = cloud.dead_letters()
    assert said["code"] == "referrer_bound"


def test_no_referrer_and_the_same_change_nothing(cloud):
    cloud.send(sample("member_saved"), _says("2026-02-22T00:00:00Z", referrer_id=None))
    cloud.send(_says("2026-02-22T00:00:00Z", referrer_id="B"))
    assert _member("A").referrer == "B"
    assert cloud.dead_letters() == []


def test_an_older_event_still_binds_a_referrer(cloud):
    cloud.send(_saved("2026-02-21T00:00:00Z", referrer_id=None, level="x"))
    cloud.send(_saved("2026-02-20T00:00:00Z", referrer_id="B", level="y"))
    assert (_member("A").referrer, _member("A").level) == ("B", "x")


def test_nobody_refers_themselves_and_all_else_is_saved(cloud):
    cloud.send(envelope("member_saved", referrer_id="A"))
    assert (_member("A").referrer, _member("A").level) == (None, "gold")


@pytest.mark.parametrize("length", [2, 3, 5])
def test_referrals_form_no_loop(cloud, length):
    names = [f"m{number}" for number in range(length)]
    for member, referrer in zip(names, names[1:] + names[:1], strict=True):
        cloud.send(envelope("member_saved", member_id=member, referrer_id=referrer))
    assert [_member(name).referrer for name in names] == [*names[1:], None]


def test_two_bonds_that_would_make_a_loop_together_are_not_both_made(cloud):
    """B is bound below A while the walk above B, which ended at B, is not committed yet."""
    store = _Interrupted(app().store)
    desk = CatalogAcceptance(store, app().clock, app().settings)
    store.meanwhile = lambda: app().catalog.save(_refers("B", to="A"))
    saved = desk.save(_refers("A", to="B"))
    assert (_member("A").referrer, _member("B").referrer) == (None, "A")
    assert saved.unbound == "B stands below A"


def test_a_row_that_others_keep_writing_to_comes_again(cloud):
    store = _Interrupted(app().store, once=False)
    versions = iter(range(1, 100))
    store.meanwhile = lambda: app().store.commit([Put(Member("A", version=next(versions)))])
    desk = CatalogAcceptance(store, app().clock, app().settings)
    with pytest.raises(Unavailable):
        desk.save(MemberSaved(member_id="A", level="gold"))


def test_who_brought_a_store_in_is_bound_once(cloud):
    cloud.send(sample("store_saved"))
    later = {**envelope("store_saved", referrer_id="C"), "time": "2026-02-21T00:00:00Z"}
    cloud.send(later)
    assert app().store.get(Shop, Key("W")).referrer == "B"
    assert [said["code"] for _, said in cloud.dead_letters()] == ["referrer_bound"]


def test_new_members_are_bound_below_a_long_line_without_walking_it(cloud):
    for number in range(40):
        app().catalog.save(_refers(f"m{number + 1}", to=f"m{number}"))
    store = _Counting(app().store)
    CatalogAcceptance(store, app().clock, app().settings).save(_refers("new", to="m40"))
    assert (_member("new").referrer, store.gets) == ("m40", 2)


@pytest.mark.parametrize(
    ("supply", "takes_part"),
    [("self", False), ("supplier", False), ("aggregated", False), ("store", True)],
)
def test_whether_a_new_product_takes_part_is_decided_once(cloud, supply, takes_part):
    off = copy.deepcopy(SETTINGS)
    off["queue_rebate"]["new_products"] = False
    cloud.use(off)
    cloud.send(envelope("product_saved", supply=supply))
    cloud.use(SETTINGS)
    later = {**envelope("product_saved", supply=supply), "time": "2026-02-21T00:00:00Z"}
    cloud.send(later)
    product = app().store.get(Product, Key("p-9"))
    assert (product.takes_part, product.saved_at) == (takes_part, _instant("2026-02-21T00:00:00Z"))


def test_order_events_are_none_of_the_catalogs(cloud):
    on_catalog_saved(batch(sample("order_paid")), context("on_catalog_saved"))
    ((_, said),) = cloud.dead_letters()
    assert (
        "must be MemberSaved, ProductSaved, StoreSaved, StoreVisited or StoreRated here"
        in said["reason"]
    )


class _Interrupted:
    """A store before whose commits somebody else acts, once or every time."""

    def __init__(self, store, *, once=True):
        self._store, self._once = store, once
        self.meanwhile = None

    def commit(self, writes):
        act, self.meanwhile = self.meanwhile, None if self._once else self.meanwhile
        if act:
            act()
        self._store.commit(writes)

    def __getattr__(self, name):
        return getattr(self._store, name)


class _Counting:
    """A store that counts the rows that are asked for one by one."""

    def __init__(self, store):
        self._store, self.gets = store, 0

    def get(self, kind, key):
        self.gets += 1
        return self._store.get(kind, key)

    def __getattr__(self, name):
        return getattr(self._store, name)


def _says(time, **said):
    """Return an event that says no more of member A."""
    event = envelope("member_saved")
    return {**event, "time": time, "detail": {"member_id": "A", **said}}


def _refers(member, *, to):
    return MemberSaved(member_id=member, referrer_id=to)


def _saved(time, **changes):
    return {**envelope("member_saved", **changes), "time": time}


def _member(name):
    return app().store.get(Member, Key(name))


def _rows():
    return [list(app().store.scan(kind)) for kind in (Member, Product, Shop)]


def _instant(text):
    return instant_of(datetime.fromisoformat(text))


def test_visits_and_ratings_go_the_same_way_and_count_once(cloud):
    told = [sample(name) for name in ("store_visited", "store_rated")]
    assert cloud.send(*told, *told) == []
    days = list(app().store.scan(StoreTraffic))
    assert [(d.day, d.store, d.visits, d.ratings, d.stars) for d in days] == [
        ("2026-03-01", "W", 1, 1, 4)
    ]


def test_a_visit_known_with_other_content_is_set_aside(cloud):
    cloud.send(sample("store_visited"))
    cloud.send(envelope("store_visited", member_id="B"))
    ((_, said),) = cloud.dead_letters()
    assert said["code"] == "conflicting_event"
