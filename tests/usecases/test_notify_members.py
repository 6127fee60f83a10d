"""Notices: what members are told, worded as the operator words it, however often it is told."""

import pytest

from rebate.contracts import api
from rebate.contracts.notice_texts import DEFAULTS, KINDS, LOCALES
from rebate.contracts.notices import InvalidWording, insist_usable
from rebate.contracts.promises import promises_in
from rebate.domain.errors import Conflict, Unavailable
from rebate.usecases.notices.notify_members import NOTICES_A_ROW, notify
from rebate.usecases.notices.show_notices import show_notices
from rebate.usecases.notices.word_notices import save_wording, show_wordings
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.notices import Notice
from tests.engine import Player

PLAN = {"enabled": True, "extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}}
LOTTERY = {"kind": "fixed", "prizes": [{"bps": 5000}]}
BASE = {"currency": "CNY", "timezone": "Asia/Shanghai"}


def played(*steps, plan=PLAN, **more):
    player = Player({"settings": BASE | {"queue_rebate": plan} | more, "steps": steps})
    player.play()
    deliver(player)
    return player


def deliver(player):
    rows = sorted(player.store.scan(Journal), key=lambda row: (row.at, row.number))
    return sum(notify(player.store, row) for row in rows)


def inbox(player, member, locale="en", after=None):
    terms = player.app.settings.in_force().terms
    return show_notices(player.store, terms, member, locale, after)


def texts(player, member, locale="en"):
    return [notice.text for notice in reversed(inbox(player, member, locale).notices)]


def kinds(player, member):
    return [notice.kind for notice in reversed(inbox(player, member).notices)]


def buy(order, member, paid=10000, **more):
    return {"buy": {"order": order, "member": member, "paid": paid, **more}}


def test_a_member_is_told_of_joining_being_paid_and_completing():
    """One's entry joins, later orders pay it, and with the last of what it lacks it leaves."""
    player = played(buy("o1", "A", 1000), buy("o2", "B"))
    assert texts(player, "A") == [
        "Order o1 is in line.",
        "Order o1 received a rebate of 10.00 CNY.",
        "Order o1 has left the line; it received 10.00 CNY in all.",
    ]
    assert texts(player, "B", "zh-CN") == ["订单 o2 已进入排队。"]


def test_a_row_that_is_brought_again_tells_nothing_new():
    """Deliveries are at least once; ids are made of the row, so a second one changes nothing."""
    player = played(buy("o1", "A"), buy("o2", "B"))
    before = list(player.store.scan(Notice))
    assert deliver(player) == len(before)
    assert list(player.store.scan(Notice)) == before
    assert [notice.id for notice in inbox(player, "A").notices] == ["mall#2#0", "mall#1#0"]


def test_what_one_commit_tells_a_member_shares_rows_and_is_read_one_by_one(monkeypatch):
    """The orders of B pay sixty small entries of A in one commit; pages end within a row."""
    small = [buy(f"o{n:02d}", "A", 100) for n in range(60)]
    player = played(*small, buy("big", "B", 100_000))
    rows = [row for row in player.store.scan(Notice) if row.audience == "member/A"]
    told = [notice for row in rows for notice in row.each()]
    assert max(len(row.others) for row in rows) == NOTICES_A_ROW - 1
    for size in (1, 7, 25):
        monkeypatch.setattr(api, "PAGE_SIZE", size)
        read, after = [], None
        while True:
            page = inbox(player, "A", after=after)
            assert len(page.notices) <= size
            read += page.notices
            after = page.next
            if after is None:
                break
        assert [each.id for each in read] == [
            each.id for each in sorted(told, key=lambda each: key_of(each).sort, reverse=True)
        ]


def test_a_lost_reply_between_two_deliveries_loses_no_notice():
    """A crash after the write, then the row once more: each notice is there once."""
    player = Player({"settings": BASE | {"queue_rebate": PLAN}, "steps": [buy("o1", "A")]})
    player.play()

    def lose(_writes):
        raise Unavailable("the reply was lost")

    player.store.after_commit = lose
    with pytest.raises(Unavailable):
        deliver(player)
    player.store.after_commit = lambda _: None
    deliver(player)
    assert kinds(player, "A") == ["joined"]


def test_a_draw_is_told_of_when_it_opens_and_when_it_is_made():
    plan = PLAN | {"entitlement": {"fixed_bps": 10000, "lottery": LOTTERY}}
    player = played(buy("o1", "A"), {"draw": {"queue": "mall", "entry": "o1/1"}}, plan=plan)
    assert sorted(kinds(player, "A")) == ["draw_available", "drawn", "joined"]
    assert "Order o1 drew a ratio of 50 %." in texts(player, "A")


def test_a_missed_draw_says_that_the_ratio_stays():
    lottery = LOTTERY | {"prizes": [{"bps": 5000, "weight": 1}], "miss_weight": 999_999_999}
    plan = PLAN | {"entitlement": {"fixed_bps": 10000, "lottery": lottery}}
    player = played(buy("o1", "A"), {"draw": {"queue": "mall", "entry": "o1/1"}}, plan=plan)
    assert kinds(player, "A")[-1] == "draw_missed"


def test_exchanges_and_refunds_name_what_moved():
    player = played(
        buy("o1", "A"),
        buy("o2", "B"),
        {"refund": {"order": "o1", "line": "1", "amount": 9500, "id": "r1"}},
        {"exchange": {"queue": "mall", "entry": "o2/1", "into": "points"}},
        plan=PLAN | {"exchange": {"points_bps": 5000}},
    )
    refunded = "what it may receive falls, and 5.00 CNY was taken back."
    assert any(refunded in text for text in texts(player, "A"))
    assert texts(player, "B")[-1] == "What order o2 was waiting for became 50.00 points."


def test_a_converted_entry_shows_as_completed():
    """Rule 1.6.2: members never see that chance turned an entry into points; only what they got."""
    plan = PLAN | {
        "exchange": {"points_bps": 10000},
        "random_return": {"cash": 1, "points": 1},
        "entitlement": {"fixed_bps": 10000, "lottery": LOTTERY},
    }
    player = played(buy("o1", "A"), buy("o2", "A"), plan=plan)
    told = kinds(player, "A")
    assert told.count("completed") == 1
    assert told.count("draw_available") == 1
    assert "converted" not in told


def test_a_clearing_is_one_row_and_each_member_reads_their_own_share():
    """However many wait: who lost nothing is told nothing, who joined later neither."""
    player = played(
        buy("o1", "A"), buy("o2", "A"), buy("o3", "B", 500), {"run": "clear"}, buy("o4", "C")
    )
    rows = [row for row in player.store.scan(Notice) if row.kind == "cleared"]
    assert len(rows) == 1
    (told,) = [n for n in inbox(player, "A").notices if n.kind == "cleared"]
    assert told.facts | {"queue": "mall", "entries": 2, "owed": 18950} == told.facts
    assert "2 of your entries ended, and 189.50 CNY will not be paid" in told.text
    assert "cleared" in kinds(player, "B")
    assert "cleared" not in kinds(player, "C")


def test_each_of_two_clearings_is_told_to_those_whom_it_ended():
    player = played(buy("o1", "A"), {"run": "clear"}, buy("o2", "B"), {"run": "clear"})
    assert kinds(player, "A") == ["joined", "cleared"]
    assert kinds(player, "B") == ["joined", "cleared"]


def test_pausing_is_told_to_those_who_were_there():
    pause = {"set": {"queue_rebate": {"paused": True}}}
    player = played(buy("o1", "A"), pause, {"set": {"queue_rebate": {"paused": False}}})
    assert "paused" not in kinds(player, "nobody")
    assert [kind for kind in kinds(player, "A") if kind != "joined"] == ["paused", "resumed"]


def test_settings_that_change_nothing_else_tell_members_nothing():
    player = played(buy("o1", "A"), {"set": {"queue_rebate": {"title": "排队"}}})
    assert kinds(player, "A") == ["joined"]


def test_withdrawals_are_told_of_once_decided():
    player = played(
        buy("o1", "A"),
        buy("o2", "B", 100000),
        {"withdraw": {"member": "A", "amount": 1000, "id": "w1"}},
        {"decide": {"id": "w1", "approve": False}},
        {"withdraw": {"member": "A", "amount": 2000, "id": "w2"}},
        {"decide": {"id": "w2", "approve": True}},
    )
    assert texts(player, "A")[-2:] == [
        "Your withdrawal of 10.00 CNY was declined; the amount is in your balance again.",
        "Your withdrawal of 20.00 CNY was approved.",
    ]


def test_a_repurchase_that_the_balance_does_not_cover_is_told():
    plan = {"enabled": True, "reward_bps": 1000, "rewards_to_exit": 1}
    steps = (buy("o1", "A"), buy("o2", "B"))
    player = Player({"settings": BASE | {"order_queue": plan}, "steps": steps})
    player.play()
    deliver(player)
    assert "repurchase_missed" in kinds(player, "A")


def test_pages_hold_every_notice_once():
    """More notices than a page: following `next` finds each exactly once, the newest first."""
    player = played(
        *(buy(f"o{n:03d}", "A", 100000) for n in range(40)), {"run": "clear"}, buy("x", "A")
    )
    seen, after = [], None
    while True:
        page = inbox(player, "A", after=after)
        seen += page.notices
        after = page.next
        if after is None:
            break
    assert len(seen) == len({notice.id for notice in seen}) > 80
    assert [n.at for n in seen] == sorted((n.at for n in seen), reverse=True)
    assert [n.kind for n in seen].count("cleared") == 1


def test_a_hidden_queue_is_not_named():
    """Rule 1.4 (19): what the shop does not show of the queue, notices do not show either."""
    shown = played(buy("o1", "A"))
    hidden = played(buy("o1", "A"), plan=PLAN | {"display": {"progress": False}})
    assert inbox(shown, "A").notices[0].facts["queue"] == "mall"
    assert "queue" not in inbox(hidden, "A").notices[0].facts


def test_a_changed_wording_holds_for_past_notices_too():
    player = played(buy("o1", "A"))
    clock = player.app.clock
    word(player, "joined", "Welcome: {order}!", expects=0)
    assert texts(player, "A") == ["Order o1 is in line."]
    word(player, "joined", "Welcome: {order}!", expects=1, by="peter")
    assert texts(player, "A") == ["Welcome: o1!"]
    word(player, "joined", None, expects=2)
    assert texts(player, "A") == ["Order o1 is in line."]
    shown = {(w.locale, w.kind): w for w in show_wordings(player.store).wordings}
    assert shown["en", "joined"].version == 3
    assert shown["en", "joined"].saved_by == "olga"
    assert shown["zh-CN", "joined"].version == 0
    assert clock.now()


def test_two_operators_do_not_overwrite_each_other():
    player = played()
    word(player, "joined", "One", expects=0)
    with pytest.raises(Conflict):
        word(player, "joined", "Two", expects=0)
    assert {w.draft for w in show_wordings(player.store).wordings} == {None, "One"}


def wording(player):
    shown = show_wordings(player.store).wordings
    return next(each for each in shown if (each.locale, each.kind) == ("en", "joined"))


def test_a_text_of_ones_own_counts_once_somebody_else_saves_the_same():
    """Rule 8.4: no check finds every promise, so a second person reads it."""
    player = played()
    for expects, by in enumerate(["olga", "olga"]):
        word(player, "joined", "One", expects=expects, by=by)
        now = wording(player)
        assert (now.text, now.draft, now.drafted_by) == (now.default, "One", "olga")
    word(player, "joined", "Two", expects=2, by="peter")  # another draft approves of nothing
    assert (wording(player).draft, wording(player).drafted_by) == ("Two", "peter")
    word(player, "joined", "Two", expects=3, by="olga")
    now = wording(player)
    assert (now.text, now.draft) == ("Two", None)
    assert (now.saved_by, now.approved_by) == ("peter", "olga")


def test_what_was_reviewed_counts_at_once_and_drops_a_draft():
    player = played()
    word(player, "joined", "One", expects=0)
    word(player, "joined", "One", expects=1, by="peter")
    word(player, "joined", "Two", expects=2)
    word(player, "joined", "One", expects=3)  # the text in force again: the draft is dropped
    assert (wording(player).text, wording(player).draft) == ("One", None)
    assert wording(player).approved_by == "peter"
    word(player, "joined", wording(player).default, expects=4)
    assert (wording(player).text, wording(player).approved_by) == (wording(player).default, None)


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("joinedd", "x", 'the nearest is "joined"'),
        ("joined", " ", "must not be empty"),
        ("joined", "x" * 501, "at most 500"),
        ("joined", "{ordr}", 'the nearest is "order"'),
        ("joined", "{order.__class__}", "is not known here"),
        ("joined", "保证返还", "promises what nobody can know"),
        ("joined", "We Guarantee it", "promises what nobody can know"),
    ],
)
def test_a_wording_that_cannot_be_used_is_refused(kind, text, message):
    with pytest.raises(InvalidWording, match=message):
        insist_usable(kind, text)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_has_a_default_that_promises_nothing(locale):
    """Rule 8.4: neither a date nor a full return is promised to members."""
    assert set(DEFAULTS[locale]) == set(KINDS)
    for kind, text in DEFAULTS[locale].items():
        assert promises_in(text) == []
        insist_usable(kind, text)


def word(player, kind, text, *, expects, by="olga"):
    save_wording(player.store, player.app.clock, "en", kind, text, expects=expects, by=by)
