"""Gifts: price and stock together or neither, and what becomes of a redemption (Rule 3.4)."""

import pytest

from rebate.domain.errors import Conflict
from rebate.domain.gifts import Gift
from rebate.domain.ledger import BalanceType
from rebate.usecases.money.save_gift import save_gift
from rebate.usecases.storage.rows.keys import Key
from tests.usecases.money.told import give, players, wallet


def offer(**more):
    return {"gift": {"id": "g1", "price": {"points": 30}, "stock": 2, **more}}


def redeem(name="r1", **more):
    return {"redeem": {"member": "A", "gift": "g1", "id": name, **more}}


def go_on(state, name="r1", **more):
    return {"gift_state": {"id": name, "state": state, **more}}


POINTS = give("A", 100, "points")


def stock(player):
    return player.store.get(Gift, Key("g1")).stock


@pytest.mark.parametrize("asset", ["points", "love", "voucher"])
def test_a_gift_takes_its_price_and_one_from_the_stock(asset):
    player = players(give("A", 100, asset), offer(price={asset: 30}), redeem())
    assert (wallet(player, "A"), stock(player)) == ({asset: 70}, 1)


@pytest.mark.parametrize(
    ("gift", "wish", "code"),
    [
        ({}, {"gift": "g9"}, "unknown_entry"),
        ({}, {"member": "Z"}, "unknown_member"),
        ({"on": False}, {}, "gift_closed"),
        ({"from": "2026-03-02T00:00:00+08:00"}, {}, "gift_closed"),
        ({"to": "2026-03-01T00:00:00+08:00"}, {}, "gift_closed"),
        ({"on": False, "price": {"points": 101}}, {}, "gift_closed"),
        ({"price": {"points": 101}, "stock": 0}, {}, "insufficient_balance"),
        ({"price": {"love": 1}}, {}, "insufficient_balance"),
        ({"stock": 0}, {}, "out_of_stock"),
        ({}, {"quantity": 3}, "out_of_stock"),
        ({"limit": 1}, {"quantity": 2}, "over_limit"),
        ({}, {"quantity": 0}, "invalid_request"),
        ({}, {"quantity": -1}, "invalid_request"),
        ({}, {"quantity": 1.5}, "invalid_request"),
    ],
)
def test_a_redemption_that_cannot_be_takes_neither_price_nor_stock(gift, wish, code):
    player = players(POINTS, offer(**gift), redeem(**wish))
    assert player.refusals[-1] == code
    assert (wallet(player, "A"), stock(player)) == ({"points": 100}, gift.get("stock", 2))


def test_a_stock_that_is_not_counted_never_ends():
    player = players(POINTS, offer(stock=None), redeem(quantity=2), redeem("r2"))
    assert (wallet(player, "A"), stock(player)) == ({"points": 10}, None)


def test_a_redemption_counts_once_and_other_content_is_refused():
    player = players(POINTS, offer(), redeem(), redeem(), redeem(quantity=2))
    assert player.refusals[-2:] == [None, "conflicting_event"]
    assert (wallet(player, "A"), stock(player)) == ({"points": 70}, 1)


def test_a_gift_is_sent_and_done():
    steps = [go_on("sent", tracking="SF 1"), go_on("sent"), go_on("done"), go_on("done")]
    player = players(POINTS, offer(), redeem(), *steps)
    assert set(player.refusals) == {None}


@pytest.mark.parametrize(
    "steps",
    [
        [go_on("done")],
        [go_on("sent", tracking="SF 1"), go_on("sent", tracking="SF 2")],
        [go_on("sent"), go_on("done"), go_on("cancelled")],
        [go_on("cancelled"), go_on("sent")],
    ],
)
def test_a_state_that_cannot_follow_is_refused(steps):
    player = players(POINTS, offer(), redeem(), *steps)
    assert player.refusals[-1] == "conflicting_event"


@pytest.mark.parametrize("sent", [[], [go_on("sent")]])
def test_a_cancelled_one_gives_price_stock_and_limit_back_once(sent):
    cancelled = [go_on("cancelled"), go_on("cancelled"), redeem("r2", quantity=2)]
    player = players(POINTS, offer(limit=2), redeem(quantity=2), *sent, *cancelled)
    assert set(player.refusals) == {None}
    assert (wallet(player, "A"), stock(player)) == ({"points": 40}, 0)


def test_a_redemption_is_named_by_its_member_where_several_are_called_so():
    steps = [redeem(), redeem(member="B"), go_on("sent"), go_on("sent", member="B")]
    player = players(POINTS, give("B", 30, "points"), offer(), *steps)
    assert player.refusals[-2:] == ["invalid_request", None]


def test_stock_changes_by_a_difference_that_undoes_no_redemption():
    player = players(POINTS, offer(), redeem(), offer(stock=None, stock_change=5))
    assert stock(player) == 6
    player.step(offer(stock=None, stock_change=-7))
    assert (player.refusals[-1], stock(player)) == ("out_of_stock", 6)


def test_stock_is_set_only_at_the_version_at_which_it_was_read():
    player = players(POINTS, offer(), redeem())
    gift = Gift("g1", "g1", BalanceType.POINTS, 30, stock=9)
    with pytest.raises(Conflict):
        save_gift(player.app.wallets, gift, by="olga", expects=1)
    assert save_gift(player.app.wallets, gift, by="olga", expects=2).stock == 9
