"""Adjustments by one operator or two, and love value that thaws (Rules 3.5 and 3.6)."""

import pytest

from rebate.domain.errors import Rejected
from rebate.domain.names import MemberId
from rebate.domain.requests import FrozenLove
from rebate.domain.times import DAY, later
from rebate.usecases.money import thaw as thaw_module
from rebate.usecases.money.adjust import Adjustment, adjust
from rebate.usecases.money.thaw import thaw_due
from tests.usecases.money.told import give, hold, platform, players, wallet

A = MemberId("A")


@pytest.mark.parametrize("asset", ["cash", "points", "love", "love_frozen", "voucher"])
def test_any_balance_is_credited_and_debited(asset):
    player = players(give("A", 100, asset), give("A", -30, asset))
    assert wallet(player, "A") == {asset: 70}
    assert platform(player) == ({"adjusted": 70} if asset == "cash" else {})


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"amount": 0}, "invalid_request"),
        ({"amount": 1.5}, "invalid_request"),
        ({"reason": " "}, "invalid_request"),
        ({"member": "Z"}, "unknown_member"),
        ({"amount": -101}, "insufficient_balance"),
    ],
)
def test_an_adjustment_that_cannot_be_is_refused(wish, code):
    step = give("A", 1)
    step["adjust"] |= wish
    player = players(give("A", 100), step)
    assert player.refusals[-1] == code
    assert wallet(player, "A") == {"cash": 100}


def test_below_zero_only_where_it_is_said():
    player = players(give("A", -5), give("A", -5, below_zero=True))
    assert player.refusals == ["insufficient_balance", None]
    assert wallet(player, "A") == {"cash": -5}


def test_the_same_again_counts_once_and_other_content_is_refused():
    player = players(give("A", 5, id="a1"), give("A", 5, id="a1"), give("A", 6, id="a1"))
    assert player.refusals == [None, None, "conflicting_event"]
    assert wallet(player, "A") == {"cash": 5}


@pytest.mark.parametrize("amount", [101, -101])
def test_above_the_limit_another_operator_has_to_ask_for_the_same(amount):
    start = give("A", 100, by="x"), give("A", 100, by="x"), give("A", 100, by="x")
    first, again = (give("A", amount, id="a1", by=by) for by in "xx")
    player = players(*start, first, again, adjust_two_above=100)
    assert wallet(player, "A") == {"cash": 300}
    player.step(give("A", amount, id="a1", by="y"))
    player.step(give("A", amount, id="a1", by="z"))
    hold(player)
    assert wallet(player, "A") == {"cash": 300 + amount}


def test_one_operator_rejects_what_another_asked_for():
    no = give("A", 500, id="a1", by="y", approve=False)
    yes = give("A", 500, id="a1", by="z")
    player = players(give("A", 500, id="a1", by="x"), no, no, yes, adjust_two_above=100)
    assert player.refusals == [None, None, None, "conflicting_event"]
    assert wallet(player, "A") == {}


def test_what_is_carried_out_cannot_be_rejected_nor_what_nobody_asked_for():
    no = [give("A", 5, id=name, approve=False) for name in ("a1", "a2")]
    player = players(give("A", 5, id="a1"), *no)
    assert player.refusals == [None, "conflicting_event", "unknown_entry"]


def test_nobody_adjusts_their_own():
    player = players()
    with pytest.raises(Rejected, match="own"):
        adjust(
            player.app.wallets,
            "a1",
            Adjustment(A, "cash", 100, "bonus"),
            player.now,
            by="olga",
            own_members=[A],
        )


def thaw(**more):
    return {"thaw": {"member": "A", **more}}


FROZEN = give("A", 100, "love_frozen", id="f1")


def test_an_operator_thaws_a_part_or_all():
    player = players(FROZEN, thaw(amount=30), thaw())
    assert wallet(player, "A") == {"love": 100}


@pytest.mark.parametrize("wish", [{"amount": 101}, {"amount": 0}, {"amount": -1}, {"member": "B"}])
def test_a_thaw_that_cannot_be_is_refused(wish):
    player = players(FROZEN, thaw(**wish))
    assert player.refusals[-1] in {"insufficient_balance", "invalid_request"}
    assert wallet(player, "A") == {"love_frozen": 100}


def test_a_thaw_counts_once():
    player = players(FROZEN, thaw(amount=30, id="t"), thaw(amount=30, id="t"), thaw(id="t"))
    assert player.refusals[-2:] == [None, "conflicting_event"]
    assert wallet(player, "A") == {"love": 30, "love_frozen": 70}


def at(day, step):
    return {**step, "at": f"2026-03-{day:02d}T10:00:00+08:00"}


def test_love_value_thaws_by_itself_after_the_set_days_and_not_before():
    early = {**give("B", 1, id="b"), "at": "2026-03-03T09:59:59+08:00"}
    player = players(at(1, FROZEN), at(2, give("A", 7, "love_frozen")), early, love_thaw_days=2)
    assert wallet(player, "A") == {"love_frozen": 107}
    player.step(at(3, give("B", 1)))
    assert wallet(player, "A") == {"love": 100, "love_frozen": 7}
    player.step(at(4, give("B", 1)))
    assert wallet(player, "A") == {"love": 107}
    hold(player)


@pytest.mark.parametrize("at_once", [1, 2, 40])
def test_each_lot_thaws_once_however_often_and_wherever_a_run_is_begun_again(monkeypatch, at_once):
    """Pitfall 15: also after a reply that was lost half-way."""
    monkeypatch.setattr(thaw_module, "LOTS_AT_ONCE", at_once)
    lots = [give("A", 10 + n, "love_frozen", id=f"f{n}") for n in range(5)]
    player = players(*lots, love_thaw_days=1)
    due = later(player.now, DAY)
    crashes = iter((1, 2))

    def crash(_writes):
        if next(crashes, None):
            raise ConnectionError

    player.store.after_commit = crash
    for _ in range(4):
        try:
            thaw_due(player.app.wallets, due)
        except ConnectionError:
            continue
    assert wallet(player, "A") == {"love": 60}
    assert not list(player.store.scan(FrozenLove))
    hold(player)


def test_a_lot_that_is_credited_while_another_is_thawed_disturbs_neither():
    """Between reading the wallet and reading the lots."""
    player = players(give("A", 100, "love_frozen", id="f1"), love_thaw_days=1)
    due = later(player.now, DAY)
    query = player.store.query

    def credit_first(kind, *args, **more):
        if kind is FrozenLove:
            player.store.query = query
            player.step(give("A", 100, "love_frozen", id="f2"))
        return query(kind, *args, **more)

    player.store.query = credit_first
    thaw_due(player.app.wallets, due)
    assert wallet(player, "A") == {"love": 100, "love_frozen": 100}
    hold(player)


def test_what_an_operator_thawed_before_is_taken_from_the_oldest_lots():
    player = players(
        at(1, FROZEN), at(2, give("A", 50, "love_frozen")), at(2, thaw(amount=60)), love_thaw_days=2
    )
    player.step(at(3, give("B", 1)))
    assert wallet(player, "A") == {"love": 100, "love_frozen": 50}
    player.step(at(4, give("B", 1)))
    assert wallet(player, "A") == {"love": 150}


def test_an_exchange_into_frozen_love_thaws_from_the_instant_it_was_asked_for():
    plan = {
        "enabled": True,
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000},
        "exchange": {"love_bps": 10000, "love_as": "frozen"},
    }
    steps = [
        {"set": {"queue_rebate": plan}},
        {"buy": {"order": "o1", "member": "A", "paid": 500}},
        at(5, {"exchange": {"queue": "mall", "entry": "o1/1", "into": "love"}}),
    ]
    player = players(*steps, love_thaw_days=3)
    assert wallet(player, "A") == {"love_frozen": 500}
    player.step(at(8, give("B", 1)))
    assert wallet(player, "A") == {"love": 500}
    hold(player)
