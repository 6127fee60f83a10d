"""Merchants: from a draft to a store, its rights, bills, terms and figures (Rule 2.7)."""

import itertools
from typing import Any

import pytest

from rebate.domain.errors import Code, Mismatch, Rejected
from rebate.domain.events import MerchantApplied, MerchantDecided
from rebate.domain.merchants import NegotiatedTerms
from rebate.domain.money import Amount, Bps
from rebate.domain.orders import Order
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.merchants.apply import edit_application, own_application, submit_application
from rebate.usecases.merchants.change_terms import TermsAsked, change_terms
from rebate.usecases.merchants.decide_application import Decider, approve, negotiate, reject
from rebate.usecases.merchants.enter_bill import BillAsked, enter_bill
from rebate.usecases.merchants.rights import change_staff, rights_of, staff_of
from rebate.usecases.merchants.show_applications import application_shown, show_applications
from rebate.usecases.merchants.show_store import (
    RewardsAsked,
    show_store,
    show_store_queues,
    show_store_rewards,
)
from rebate.usecases.people.invite import invite
from rebate.usecases.storage.rows.catalog import Shop
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.keys import Key
from tests.usecases.merchants.shop import AGREED, OLGA, TEA, applied, opened
from tests.usecases.people.desk import REFERRAL, bind, buy, people

STORE = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}}
BOUNDS = {"extraction_bps": [500, 3000], "fixed_bps": [1000, 12000]}


@pytest.fixture
def player():
    return people(members="MNRAB", queue_rebate={**STORE, "bounds": BOUNDS})


@pytest.fixture
def desk(player):
    return player.app.people


def refused(code, step, *args, **more):
    with pytest.raises(Rejected) as rejected:
        step(*args, **more)
    assert rejected.value.code is code


def test_from_a_draft_to_a_store_with_all_steps_kept(player, desk):
    code = invite(desk, "R").code
    draft = edit_application(desk, "M", TEA._replace(licence=""), code)
    assert (draft.state, draft.referrer) == ("draft", "R")
    refused(Code.INVALID_REQUEST, submit_application, desk, "M")
    edit_application(desk, "M", TEA)
    asked = submit_application(desk, "M")
    assert submit_application(desk, "M") == asked
    with pytest.raises(Mismatch):
        edit_application(desk, "M", TEA._replace(name="other"))
    negotiate(desk, asked.id, NegotiatedTerms(), "which street?", OLGA, asks=True)
    with pytest.raises(Mismatch, match="questions"):
        approve(desk, asked.id, "W", OLGA)
    edit_application(desk, "M", TEA._replace(address="West Lake 2"))
    submit_application(desk, "M")
    negotiate(desk, asked.id, AGREED, "agreed", OLGA)
    done = approve(desk, asked.id, "W", OLGA)
    assert approve(desk, asked.id, "W", OLGA) == done
    shop = player.store.get(Shop, Key("W"))
    assert (shop.name, shop.concession_bps, shop.merchant_bps, shop.referrer) == (
        "Tea house",
        1500,
        50,
        "R",
    )
    assert [(each.store, each.role) for each in rights_of(desk, "M")] == [("W", "owner")]
    states = [step.state for step in own_application(desk, "M").steps]
    assert states == [
        *("draft", "draft", "submitted", "negotiating", "negotiating"),
        *("submitted", "negotiating", "approved"),
    ]
    told = [event for row in player.store.scan(Journal) for event in row.events]
    assert [type(e) for e in told if isinstance(e, MerchantApplied | MerchantDecided)].count(
        MerchantDecided
    ) == 1
    assert [row.id for row in show_applications(player.store, "approved").applications] == [done.id]
    assert show_applications(player.store, "submitted").applications == ()
    assert audit_books(player.store).differences == []


def test_a_rejected_one_may_apply_again_and_an_approved_one_for_another_store(desk):
    first = applied(desk_app(desk))
    refused(Code.INVALID_REQUEST, reject, desk, first.id, " ", OLGA)
    reject(desk, first.id, "no licence", OLGA)
    with pytest.raises(Mismatch):
        approve(desk, first.id, "W", OLGA)
    second = opened(desk_app(desk))
    assert second.id != first.id
    third = opened(desk_app(desk), store="X")
    assert third.store == "X"
    assert {each.store for each in rights_of(desk, "M")} == {"W", "X"}


class desk_app:  # noqa: N801 - what has people
    def __init__(self, desk):
        self.people = desk


@pytest.mark.parametrize("own", ["M", "R"])
def test_nobody_decides_on_what_is_their_own_or_earns_them(player, desk, own):
    """Pitfall 13: the applicant, and who would earn of the store."""
    player.step(bind("M", "R"))
    asked = applied(player.app)
    me = Decider("me", [own])
    refused(Code.NOT_YOURS, approve, desk, asked.id, "W", me)
    refused(Code.NOT_YOURS, reject, desk, asked.id, "no", me)
    refused(Code.NOT_YOURS, negotiate, desk, asked.id, AGREED, "", me)


def test_the_names_of_operators_are_for_operators(player):
    done = opened(player.app)
    mine, theirs = application_shown(done, names=False), application_shown(done, names=True)
    assert {step.by for step in mine.steps} == {None, "M"}
    assert "olga" in {step.by for step in theirs.steps}
    assert (mine.agreed_merchant_bps, theirs.agreed_merchant_bps) == (None, 50)


def test_one_s_own_code_and_no_application_are_refused(desk):
    refused(Code.REFERRER_BOUND, edit_application, desk, "M", TEA, invite(desk, "M").code)
    refused(Code.UNKNOWN_ENTRY, submit_application, desk, "M")
    refused(Code.UNKNOWN_ENTRY, approve, desk, "none", "W", OLGA)


def test_who_brought_the_store_in_gets_what_was_negotiated():
    """Rule 2.7.1: 0.50 % of what the store concedes, 15 %, not the plan's 1 %."""
    referral = {**REFERRAL, "merchant_bps": 100}
    player = people(bind("M", "R"), members="MRA", referral=referral)
    opened(player.app)
    player.step(buy("o1", "A", 100_000, channel="store", store="W"))
    assert player.outcome()["wallets"]["R"]["cash"] == 100_000 * 15 // 100 * 50 // 10_000


W: Any = "W"
A: Any = "A"
FOREIGN = [
    lambda app, who: show_store(app.people, W, who),
    lambda app, who: show_store_queues(app.people, W, who),
    lambda app, who: show_store_rewards(app.people, W, who, RewardsAsked()),
    lambda app, who: staff_of(app.people, W, who),
    lambda app, who: change_staff(app.people, W, who, A, "cashier"),
    lambda app, who: change_terms(app.people, W, who, TermsAsked("store", Bps(1000))),
    lambda app, who: enter_bill(app.people, app.orders, W, who, BillAsked("b1", Amount(100))),
]
OWNERS_ONLY = FOREIGN[3:6]


@pytest.mark.parametrize("step", FOREIGN)
def test_a_foreign_store_shows_and_does_nothing(player, step):
    """Pitfall 16: by every way in, before and after a right was taken away."""
    opened(player.app)
    opened(player.app, store="X", member="N")
    for who in ("N", "A", "R"):
        refused(Code.NOT_YOURS, step, player.app, who)
    change_staff(player.app.people, "W", "M", "A", "cashier")
    if step in OWNERS_ONLY:
        refused(Code.NOT_YOURS, step, player.app, "A")
    change_staff(player.app.people, "W", "M", "A", None)
    refused(Code.NOT_YOURS, step, player.app, "A")
    assert list(player.store.scan(Order)) == []


def test_staff_is_changed_by_owners_who_keep_their_own_right(player, desk):
    opened(player.app)
    refused(Code.FORBIDDEN, change_staff, desk, "W", "M", "M", None)
    refused(Code.UNKNOWN_MEMBER, change_staff, desk, "W", "M", "nobody", "cashier")
    for role in ("cashier", "cashier", "owner"):
        change_staff(desk, "W", "M", "A", role)
    assert {each.member: each.role for each in staff_of(desk, "W", "A")} == {
        "M": "owner",
        "A": "owner",
    }
    change_staff(desk, "W", "A", "M", None)
    assert rights_of(desk, "M") == []


def bill(player, name="b1", amount=10_000, code=None, by="M"):
    asked = BillAsked(name, amount, code)
    return enter_bill(player.app.people, player.app.orders, "W", by, asked)


def settle(player):
    for queue in ("cashier/W", "store/W"):
        player.app.settler.settle(queue)


def test_a_bill_becomes_an_order_of_the_desk_once(player, desk):
    opened(player.app)
    code = invite(desk, "A").code
    done = bill(player, code=code)
    assert bill(player, code=code) == done
    with pytest.raises(Mismatch):
        bill(player, amount=1, code=code)
    for amount in (0, -1, 1.5):
        refused(Code.INVALID_REQUEST, bill, player, "b9", amount)
    refused(Code.UNKNOWN_MEMBER, bill, player, "b9", 100, "00000000")
    bill(player, "b2")
    settle(player)
    (order, guests) = sorted(player.store.scan(Order), key=lambda each: each.id)
    assert (order.id, order.member, order.channel, order.store, order.sender) == (
        "bill/W/b1",
        "A",
        "cashier",
        "W",
        "rebate",
    )
    assert (order.completed_at, guests.member) == (order.paid_at, None)
    (entry,) = player.outcome()["queues"]["cashier/W"]["entries"]
    assert (entry["member"], entry["paid"]) == ("A", 1000)
    assert audit_books(player.store).differences == []


@pytest.mark.parametrize("name", ["x-r1", "x" * 128])
def test_a_bill_may_be_called_as_no_order_may(player, name):
    opened(player.app)
    assert bill(player, name).order != bill(player, f"y{name}"[:128]).order


def test_what_a_store_sees_of_itself(player, desk):
    opened(player.app)
    codes = [invite(desk, name).code for name in "AB"]
    for name, code in zip("12", codes, strict=True):
        bill(player, name, 10_000, code)
    settle(player)
    seen = show_store(desk, "W", "M")
    assert (seen.name, seen.role, seen.concession_bps) == ("Tea house", "owner", 1500)
    assert (seen.today["orders"], seen.today["sales"], seen.today["rebated"]) == (2, 20_000, 1000)
    assert [day.figures["contributed"] for day in seen.months] == [2000]
    (queue,) = show_store_queues(desk, "W", "M").queues
    assert (queue.queue, queue.entries) == ("cashier/W", 2)
    asked = RewardsAsked("cashier/W")
    (reward,) = show_store_rewards(desk, "W", "M", asked).rewards
    assert (reward.order, reward.amount, reward.kind) == ("bill/W/1", 1000, "queue")
    refused(Code.NOT_YOURS, show_store_rewards, desk, "W", "M", RewardsAsked("cashier/other"))
    later = RewardsAsked("cashier/W", starts_at=desk.clock.now())
    assert show_store_rewards(desk, "W", "M", later).rewards == ()


def test_rewards_are_shown_in_pages_each_once(player, desk, monkeypatch):
    monkeypatch.setattr("rebate.usecases.merchants.show_store.PAGE_SIZE", 3)
    opened(player.app)
    code = invite(desk, "A").code
    for number in range(8):
        bill(player, str(number), 10_000, code)
        settle(player)
    found, after = [], None
    for _ in itertools.repeat(None, 20):
        page = show_store_rewards(desk, "W", "M", RewardsAsked("cashier/W"), after)
        found += [each.at for each in page.rewards]
        if page.next is None:
            break
        after = int(page.next)
    assert len(found) == 7
    assert found == sorted(found, reverse=True)


def test_terms_are_set_within_the_bounds_and_hold_for_the_next_order(player, desk):
    opened(player.app)
    for asked in (TermsAsked("store", 499), TermsAsked("store", None, 12_001)):
        refused(Code.INVALID_SETTINGS, change_terms, desk, "W", "M", asked)
    version = desk.settings.in_force().version
    done = change_terms(desk, "W", "M", TermsAsked("cashier", 2000, 5000))
    assert (done.extraction_bps, done.fixed_bps, done.fixed_bounds) == (2000, 5000, (1000, 12000))
    assert change_terms(desk, "W", "M", TermsAsked("cashier", 2000, 5000)) == done
    assert desk.settings.in_force().version == version + 1
    bill(player, code=invite(desk, "A").code)
    settle(player)
    (entry,) = player.outcome()["queues"]["cashier/W"]["entries"]
    assert entry["entitlement"] == 5000


def test_without_bounds_a_store_sets_nothing():
    player = people(members="M", queue_rebate=STORE)
    opened(player.app)
    asked = TermsAsked("store", 1000)
    refused(Code.FORBIDDEN, change_terms, player.app.people, "W", "M", asked)
