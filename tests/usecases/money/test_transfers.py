"""Transfers, spends and give backs (Rules 3.2 and 3.3)."""

import pytest

from rebate.usecases.notices.notify_members import notices_of
from rebate.usecases.storage.rows.journal import Journal
from tests.usecases.money.told import give, players, wallet


def transfer(amount=40, name="t1", **more):
    wish = {"from": "A", "to": "B", "asset": "points", "amount": amount, "id": name}
    return {"transfer": {**wish, **more}}


def spend(amount=40, name="s1", **more):
    wish = {"member": "A", "asset": "points", "amount": amount, "order": "o1", "id": name}
    return {"spend": {**wish, **more}}


def give_back(amount, name="b1", of="s1"):
    return {"give_back": {"id": name, "spend": of, "amount": amount}}


POINTS = give("A", 100, "points")


def test_points_are_passed_on_and_both_see_it():
    player = players(POINTS, transfer(), transfer=["points"])
    assert (wallet(player, "A"), wallet(player, "B")) == ({"points": 60}, {"points": 40})
    rows = player.store.scan(Journal)
    told = {(n.audience, n.kind) for row in rows for n in notices_of(row)}
    assert {("member/A", "transfer_sent"), ("member/B", "transfer_received")} <= told


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"amount": 0}, "invalid_request"),
        ({"amount": -40}, "invalid_request"),
        ({"amount": 0.5}, "invalid_request"),
        ({"to": "A"}, "invalid_request"),
        ({"to": "Z"}, "unknown_member"),
        ({"to": "Z", "asset": "voucher"}, "unknown_member"),
        ({"asset": "voucher"}, "transfer_off"),
        ({"asset": "voucher", "amount": 101}, "transfer_off"),
        ({"amount": 101}, "insufficient_balance"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused_and_moves_nothing(wish, code):
    player = players(POINTS, transfer(**wish), transfer=["points", "love"])
    assert player.refusals[-1] == code
    assert (wallet(player, "A"), wallet(player, "B")) == ({"points": 100}, {})


@pytest.mark.parametrize("asset", ["love_frozen", "pending", "held"])
def test_what_is_frozen_pending_or_held_is_never_spendable(asset):
    """Pitfall 11: the check and the debit look at one balance."""
    start = [give("A", 100, "love_frozen")] if asset == "love_frozen" else []
    player = players(
        *start, transfer(asset="love"), spend(asset="love"), transfer=["points", "love"]
    )
    assert player.refusals[-2:] == ["insufficient_balance", "insufficient_balance"]


def test_transfers_of_a_day_are_counted_in_the_shops_days():
    late = {**transfer(1, "t3"), "at": "2026-03-02T00:00:00+08:00"}
    player = players(
        POINTS, transfer(1), transfer(1, "t2"), late, transfer=["points"], transfer_per_day=1
    )
    assert player.refusals[-2:] == ["over_limit", None]


def test_a_transfer_counts_once_and_its_id_for_ever():
    late = {**transfer(41), "at": "2036-03-01T00:00:00+08:00"}
    player = players(POINTS, transfer(), transfer(), late, transfer=["points"], transfer_per_day=1)
    assert player.refusals[-2:] == [None, "conflicting_event"]
    assert wallet(player, "B") == {"points": 40}


def test_ids_are_known_per_caller():
    steps = [transfer(), transfer(20, **{"from": "B", "to": "A"})]
    player = players(POINTS, *steps, transfer=["points"])
    assert (wallet(player, "A"), wallet(player, "B")) == ({"points": 80}, {"points": 20})


def test_buyers_and_referrers_are_known():
    """Rule 3.2: also where no plan has a place for them."""
    buy = {"buy": {"order": "o1", "member": "C", "paid": 100}}
    saved = {"detail-type": "MemberSaved", "detail": {"member_id": "D", "referrer_id": "E"}}
    wishes = [transfer(1, name, to=name) for name in "CDE"]
    player = players(POINTS, buy, {"event": saved}, *wishes, transfer=["points"])
    assert player.refusals[-3:] == [None, None, None]


def test_a_spend_takes_at_once_and_a_refund_alone_gives_nothing_back():
    """Pitfall 9."""
    refund = {"refund": {"order": "o1", "amount": 100, "id": "r1"}}
    buy = {"buy": {"order": "o1", "member": "A", "paid": 100, "deducted": 40}}
    player = players(POINTS, spend(), buy, refund)
    assert wallet(player, "A") == {"points": 60}


def test_what_was_spent_is_given_back_in_parts_and_never_more():
    """Pitfall 6: each once, too."""
    steps = [give_back(30), give_back(30), give_back(11, "b2"), give_back(10, "b3")]
    player = players(POINTS, spend(), *steps, give_back(1, "b4"))
    assert player.refusals[-4:] == [None, "refund_exceeds_paid", None, "refund_exceeds_paid"]
    assert wallet(player, "A") == {"points": 100}


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (spend(0), "invalid_request"),
        (spend(-1), "invalid_request"),
        (spend(101), "insufficient_balance"),
        (spend(member="Z"), "unknown_member"),
        (give_back(0), "invalid_request"),
        (give_back(-1), "invalid_request"),
        (give_back(1, of="s9"), "unknown_entry"),
    ],
)
def test_a_spend_or_give_back_that_cannot_be_is_refused(step, code):
    player = players(POINTS, spend(10, "s0"), step)
    assert player.refusals[-1] == code
    assert wallet(player, "A") == {"points": 90}


@pytest.mark.parametrize(
    "other", [spend(41), spend(order="o2"), spend(member="B"), spend(asset="love")]
)
def test_a_spend_counts_once_and_other_content_is_refused(other):
    player = players(POINTS, spend(), spend(), other)
    assert player.refusals[-2:] == [None, "conflicting_event"]
    assert wallet(player, "A") == {"points": 60}
