"""Who referred whom: refused in every way in where it must be, and told (Rules 2.5 and 2.5.1)."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebate.domain.errors import Code, Rejected
from rebate.domain.invitations import LETTERS, TeamMember, code_of, read_code
from rebate.usecases.events.publish_events import events_of
from rebate.usecases.notices.notify_members import notices_of
from rebate.usecases.office.places import ALL_MEMBERS
from rebate.usecases.people.bind_referrer import bind_by_code, bind_referrer
from rebate.usecases.people.correct_binding import Correction, correct_binding
from rebate.usecases.people.invite import TRIES_AN_HOUR, invite, inviter_known, show_nickname
from rebate.usecases.people.show_bindings import show_bindings
from rebate.usecases.people.show_team import show_team
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.lists import ListItem
from tests.usecases.people.desk import back, bind, buy, people


def referrers(player):
    return {row.id: row.referrer for row in player.store.scan(Member) if row.referrer}


def refused(desk, member, code):
    with pytest.raises(Rejected) as rejected:
        bind_by_code(desk, member, code)
    return rejected.value.code


def test_a_code_is_forty_bits_in_eight_letters_that_cannot_be_mistaken():
    assert len(set(LETTERS)) == 32
    assert {len(code_of(bits)) for bits in (0, 1, 2**40 - 1)} == {8}
    assert len({code_of(2**place) for place in range(40)}) == 40
    assert read_code(" oil0-1abc".replace("C", "c")) == "0110" + "1ABC"


@pytest.mark.parametrize("text", ["", "ABC", "ABCDEFGHJ", "ABCD EFG!", "UUUUUUUU", "ÄBCDEFGH"])
def test_what_is_no_code_is_refused_before_it_is_looked_for(text):
    desk = people().app.people
    assert refused(desk, "A", text) is Code.INVALID_REQUEST


def test_whoever_is_bound_is_among_all_members_once():
    """Whom a code stores first is found in the office, and so is who refers them."""
    player = people()
    desk = player.app.people
    bind_by_code(desk, "B", invite(desk, "A").code)
    bind_by_code(desk, "C", invite(desk, "B").code)
    bind_referrer(desk, "D", "E")
    bind_referrer(desk, "F", "E")
    listed = [item.member or item.id for each in ALL_MEMBERS for item in of_list(player, each)]
    assert sorted(listed) == sorted(row.id for row in player.store.scan(Member))
    assert {"B", "C", "D", "E", "F"} <= {*listed}


def of_list(player, name):
    return player.store.query(ListItem, name)


def test_a_member_has_one_code_for_ever():
    desk = people().app.people
    assert invite(desk, "A") == invite(desk, "A")
    assert invite(desk, "A").code != invite(desk, "B").code


def test_who_follows_a_code_is_bound_once_and_both_are_told():
    player = people()
    desk = player.app.people
    code = invite(desk, "A").code
    assert bind_by_code(desk, "B", code.lower()) == "A"
    assert bind_by_code(desk, "B", code) == "A"
    assert refused(desk, "B", invite(desk, "C").code) is Code.REFERRER_BOUND
    rows = [row for row in player.store.scan(Journal) if row.source == "binding/B"]
    (told,) = [event for row in rows for event in events_of(row)]
    assert (told.kind, told.detail["member"], told.detail["referrer"], told.detail["by"]) == (
        "ReferrerBound",
        "B",
        "A",
        "code",
    )
    notices = [notice for row in rows for notice in notices_of(row)]
    assert {(each.audience, each.kind) for each in notices} == {
        ("member/B", "referrer_bound"),
        ("member/A", "team_joined"),
    }


def test_one_own_code_a_loop_and_who_has_bought_are_refused():
    """Pitfalls 17 and 18."""
    player = people(bind("B", "A"), bind("C", "B"), buy("o1", "D"))
    desk = player.app.people
    codes = {name: invite(desk, name).code for name in "ABCD"}
    assert refused(desk, "A", codes["A"]) is Code.REFERRER_BOUND
    assert refused(desk, "A", codes["C"]) is Code.REFERRER_BOUND
    assert refused(desk, "D", codes["A"]) is Code.REFERRER_BOUND
    assert refused(desk, "E", "00000000") is Code.UNKNOWN_MEMBER
    assert referrers(player) == {"B": "A", "C": "B"}


def test_who_has_bought_before_that_was_written_down_is_known_by_their_tickets():
    player = people(buy("o1", "D"), queue_rebate=MALL)
    row = player.store.get(Member, Key("D"))
    player.store.rows[Member]["D"][""] = row.__replace__(bought=None)
    assert refused(player.app.people, "D", invite(player.app.people, "A").code) is (
        Code.REFERRER_BOUND
    )


MALL = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}}

NAMES = "ABCDE"
WAYS = st.sampled_from(["code", "shop", "operator"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(WAYS, st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=14))
def test_no_loop_of_any_length_by_any_way_in(bonds):
    """Pitfall 17."""
    player = people(members=NAMES)
    names = itertools.count()
    for way, member, referrer in bonds:
        if way == "shop":
            detail = {"member_id": member, "referrer_id": referrer}
            player.step({"event": {"detail-type": "MemberSaved", "detail": detail}})
        else:
            more = {"reason": "a test", "id": f"c{next(names)}"} if way == "operator" else {}
            player.step(bind(member, referrer, **more))
        bound = referrers(player)
        for name in NAMES:
            above, steps = bound.get(name), 0
            while above is not None:
                assert above != name
                above, steps = bound.get(above), steps + 1
                assert steps <= len(NAMES)
    places = {row.member: row.referrer for row in player.store.scan(TeamMember)}
    assert places == referrers(player)


def test_a_correction_is_kept_with_who_and_why_and_nobody_corrects_their_own():
    player = people(bind("B", "A"))
    player.step(bind("B", "C", reason="wrong code", id="c1", by="olga"))
    (kept,) = show_bindings(player.store).bindings
    assert (kept.member, kept.before, kept.referrer, kept.reason, kept.by) == (
        "B",
        "A",
        "C",
        "wrong code",
        "olga",
    )
    assert show_bindings(player.store, "B").bindings == (kept,)
    assert show_bindings(player.store, "A").bindings == ()
    wish = Correction("B", "D", "mine")
    for own in "BCD":
        with pytest.raises(Rejected) as rejected:
            correct_binding(player.app.people, "c2", wish, by="x", own_members=[own])
        assert rejected.value.code is Code.NOT_YOURS


def test_a_team_is_two_levels_of_nicknames_with_what_each_earned():
    """Rule 2.8."""
    player = people(bind("B", "A"), bind("C", "B"), bind("D", "C"))
    for name in "BCD":
        detail = {"member_id": name, "nickname": f"nick {name}"}
        player.step({"event": {"detail-type": "MemberSaved", "detail": detail}})
    for step in (buy("o1", "B"), buy("o2", "C"), buy("o3", "C", 20_000), buy("o4", "D")):
        player.step(step)
    team = show_team(player.store, "CNY", "A")
    (b,) = team.members
    assert (team.level, b.nickname, b.earned, b.orders, b.bought) == (1, "nick B", 1000, 1, True)
    assert (team.buyers, team.buyers_ever) == ({"2026-03": 2}, 2)
    below = show_team(player.store, "CNY", "A", of=b.person)
    (c,) = below.members
    assert (below.level, c.nickname, c.earned, c.orders) == (2, "nick C", 1500, 2)
    assert [(m.month, m.earned, m.orders) for m in c.months] == [("2026-03", 1500, 2)]
    with pytest.raises(Rejected):
        show_team(player.store, "CNY", "A", of=c.person)
    assert "C" not in (c.person, b.person)


def test_a_refund_lowers_what_was_earned_and_who_gave_all_back_has_not_bought():
    player = people(bind("B", "A"), buy("o1", "B"), back("o1", 4000))
    (b,) = show_team(player.store, "CNY", "A").members
    assert (b.earned, b.orders) == (600, 1)
    player.step(back("o1", 6000))
    team = show_team(player.store, "CNY", "A")
    assert [(b.earned, b.orders) for b in team.members] == [(0, 0)]
    assert (team.buyers, team.buyers_ever) == ({}, 0)


def test_a_month_is_that_of_the_shop():
    """Pitfall 45: 23:50 on the last of the month, where the shop is."""
    player = people(bind("B", "A"))
    player.step({**buy("o1", "B"), "at": "2026-03-31T23:50:00+08:00"})
    player.step({**buy("o2", "B"), "at": "2026-04-01T00:10:00+08:00"})
    (b,) = show_team(player.store, "CNY", "A").members
    assert [(m.month, m.orders) for m in b.months] == [("2026-03", 1), ("2026-04", 1)]


def test_a_large_team_is_shown_in_pages_each_once():
    """Pitfall 38: bound at one instant, or nearly."""
    player = people()
    for number in range(120):
        player.step(bind(f"m{number}", "A"))
    found, after = [], None
    while True:
        page = show_team(player.store, "CNY", "A", after=after)
        found += [each.person for each in page.members]
        after = page.next
        if after is None:
            break
    assert len(found) == len(set(found)) == 120


def test_a_nickname_is_shown_if_its_owner_allows():
    player = people()
    detail = {"member_id": "A", "nickname": "小明"}
    player.step({"event": {"detail-type": "MemberSaved", "detail": detail}})
    desk = player.app.people
    assert inviter_known(desk, invite(desk, "A")) is None
    assert inviter_known(desk, show_nickname(desk, "A", shows=True)) == "小明"
    assert inviter_known(desk, show_nickname(desk, "A", shows=False)) is None


def test_tries_are_limited_and_good_codes_are_none():
    """Pitfall 20."""
    desk = people().app.people
    code = invite(desk, "A").code
    for _ in range(TRIES_AN_HOUR):
        assert refused(desk, "B", "00000000") is Code.UNKNOWN_MEMBER
    assert refused(desk, "B", "00000000") is Code.OVER_LIMIT
    assert refused(desk, "B", code) is Code.OVER_LIMIT
    assert bind_by_code(desk, "C", code) == "A"
    desk.clock.advance(3_600_000_000)
    assert bind_by_code(desk, "B", code) == "A"
