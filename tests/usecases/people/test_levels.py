"""Levels and ranks by conditions: exact, told, and never twice (Rule 2.9)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebate.contracts.settings import InvalidSettings, parse_settings
from rebate.domain.events import LevelReached
from rebate.domain.levels import LevelStep, TeamOrder, kept, risen
from rebate.domain.times import DAY
from rebate.usecases.notices.notify_members import notices_of
from rebate.usecases.people import levels as rising
from rebate.usecases.people import team_orders
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.keys import Key
from tests.usecases.people.desk import SETTINGS, back, bind, buy, people

GOLD = {"members": [{"level": "silver", "spent": 5_000}, {"level": "gold", "spent": 10_000}]}
STEPS = (LevelStep("a"), LevelStep("b"), LevelStep("c"))


def done(order, **more):
    return {"complete": order, **more}


def of(player, name="A"):
    row = player.store.get(Member, Key(name))
    return row.level, row.rank


def told(player):
    rows = player.store.scan(Journal)
    return [event for row in rows for event in row.events if isinstance(event, LevelReached)]


@given(st.sampled_from([None, "a", "b", "c", "other"]), st.sets(st.sampled_from("abc")))
def test_nobody_falls_by_rising_nor_rises_by_falling(now, holding):
    def holds(step):
        return step.name in holding

    names = ["a", "b", "c"]
    rank = {name: place for place, name in enumerate(names)}
    up, down = risen(STEPS, now, holds), kept(STEPS, now, holds)
    assert rank.get(up, -1) >= rank.get(now, -1)
    assert up == now or up in holding
    assert down == now or rank.get(down, -1) < rank[now]
    assert down is None or now == "other" or down in holding


def test_spending_counts_net_of_refunds():
    """Pitfall 21: gold at 1 000, buy 1 000, refund 900: no gold."""
    player = people(buy("o1", "A"), back("o1", 9000), done("o1"), levels=GOLD)
    assert of(player) == (None, None)
    for step in (buy("o2", "A", 8999), done("o2")):
        player.step(step)
    assert of(player) == ("silver", None)
    for step in (buy("o3", "A", 1), done("o3")):
        player.step(step)
    assert of(player) == ("gold", None)


def test_a_rise_is_told_once_and_a_notice_says_it():
    player = people(buy("o1", "A"), done("o1"), levels=GOLD)
    player.app.levels.rise("o1")
    player.step(done("o1", at=player.at.isoformat()))
    (event,) = told(player)
    assert (event.member, event.ladder, event.name, event.before) == ("A", "level", "gold", None)
    (row,) = [row for row in player.store.scan(Journal) if row.source == "level/A"]
    assert [(each.audience, each.kind, each.facts["name"]) for each in notices_of(row)] == [
        ("member/A", "level_reached", "gold")
    ]


def test_aggregated_goods_and_store_orders_are_spent_as_well():
    mixed = [{"line": "1", "paid": 4000, "supply": "aggregated"}, {"line": "2", "paid": 1000}]
    wish = {"buy": {"order": "o1", "member": "A", "lines": mixed}}
    at_desk = buy("o2", "A", 5000, channel="cashier", store="W", product=None)
    player = people(wish, done("o1"), at_desk, levels=GOLD)
    assert of(player)[0] == "silver"
    player.step(done("o2"))
    assert of(player)[0] == "gold"


def test_a_guest_and_an_order_of_nothing_raise_nobody():
    levels = {"members": [{"level": "gold", "orders": 1}]}
    guest = {"buy": {"order": "g", "member": None, "paid": 100}}
    player = people(guest, done("g"), buy("o1", "A", 0), done("o1"), levels=levels)
    assert of(player) == (None, None)


def test_what_the_shop_says_later_holds_and_does_not_come_back():
    player = people(buy("o1", "A"), done("o1"), levels=GOLD)
    detail = {"member_id": "A", "level": "staff"}
    event = {"event": {"detail-type": "MemberSaved", "detail": detail}}
    player.step(event)
    assert of(player)[0] == "staff"


def test_an_order_completed_before_it_was_paid_counts_when_it_comes():
    player = people(done("o1"), buy("o1", "A"), levels=GOLD)
    assert of(player)[0] == "gold"


def test_those_above_rise_too_and_a_refund_lowers_what_their_team_spent():
    levels = {"ranks": [{"rank": "captain", "team_spent": 10_000}]}
    steps = (bind("B", "A"), bind("C", "B"), bind("D", "C"))
    player = people(*steps, buy("o1", "D", 9000), done("o1"), levels=levels)
    assert {row.above: row.depth for row in player.store.scan(TeamOrder)} == {"C": 1, "B": 2}
    player.step(back("o1", 4000))
    for step in (buy("o2", "D", 4999), done("o2")):
        player.step(step)
    assert of(player, "C") == (None, None)
    for step in (buy("o3", "D", 1), done("o3")):
        player.step(step)
    assert (of(player, "C")[1], of(player, "B")[1], of(player, "A")[1]) == (
        "captain",
        "captain",
        None,
    )


def test_a_team_is_read_page_by_page_to_the_end(monkeypatch):
    monkeypatch.setattr(team_orders, "PAGE", 3)
    levels = {"ranks": [{"rank": "captain", "referred": 2, "team_spent": 10_000}]}
    player = people(bind("B", "A"), bind("C", "A"), levels=levels)
    orders = [("C", 1000), *(("B", 1000) for _ in range(9))]
    for number, (member, paid) in enumerate(orders):
        assert of(player)[1] is None
        for step in (buy(f"o{number}", member, paid), done(f"o{number}")):
            player.step(step)
    assert of(player)[1] == "captain"


def test_falling_goes_on_where_it_was_stopped_and_is_done_once(monkeypatch):
    monkeypatch.setattr(rising, "MEMBERS_A_STEP", 2)
    levels = {"members": [{"level": "gold", "orders": 1, "days": 30}], "fall": True}
    names = "ABCDEFG"
    player = people(members=names, levels=levels)
    for name in names:
        for step in (buy(f"o{name}", name), done(f"o{name}")):
            player.step(step)
    later = player.now + 40 * DAY
    commits = player.store.commits
    player.store.before_commit = lambda _: _stop_at(player, commits + 5)
    with pytest.raises(RuntimeError):
        player.app.levels.fall(later)
    player.store.before_commit = lambda _: None
    assert player.app.levels.fall(later).finished
    assert {of(player, name) for name in names} == {(None, None)}
    lost = [event.member for event in told(player) if event.fell]
    assert sorted(lost) == list(names)
    before = player.store.everything()
    player.app.levels.fall(later)
    assert player.store.everything() == before


def _stop_at(player, commits):
    if player.store.commits == commits:
        raise RuntimeError


@pytest.mark.parametrize(
    ("levels", "path"),
    [
        ({"members": [{"level": "gold"}]}, "levels.members[0]"),
        ({"members": [{"level": "gold", "spent": 1, "dayz": 3}]}, "levels.members[0].dayz"),
        ({"members": [{"level": "g", "spent": -1}]}, "levels.members[0].spent"),
        ({"members": [{"level": "g", "spent": 1, "days": 0}]}, "levels.members[0].days"),
        ({"ranks": [{"rank": "r", "orders": 1}] * 2}, "levels.ranks[1].rank"),
        ({"ranks": [{"level": "r", "orders": 1}]}, "levels.ranks[0].rank"),
    ],
)
def test_steps_that_cannot_be_are_refused_with_their_path(levels, path):
    with pytest.raises(InvalidSettings) as refused:
        parse_settings({**SETTINGS, "levels": levels})
    assert path in {problem.path for problem in refused.value.problems}


ORDERS = st.lists(
    st.tuples(
        st.sampled_from("ABC"),
        st.integers(0, 3000),
        st.sampled_from(["done", "back half", "back all"]),
        st.integers(0, 20),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(ORDERS)
def test_levels_are_those_of_a_plain_count_after_any_orders(orders):
    """B and C stand below A, and C below B; nobody falls, so each has the best there ever was."""
    rules = {
        "members": [{"level": "gold", "spent": 4000, "days": 10}],
        "ranks": [{"rank": "captain", "referred": 1, "team_spent": 3000, "days": 10}],
    }
    player = people(bind("B", "A"), bind("C", "B"), members="ABC", levels=rules)
    below = {"A": {"B": 1, "C": 2}, "B": {"C": 1}, "C": {}}
    count: list[tuple[str, int, int]] = []
    expected = dict.fromkeys("ABC", (None, None))
    for number, (member, paid, what, days) in enumerate(orders):
        player.at += timedelta(days=days)
        left = {"done": paid, "back half": paid - paid // 2, "back all": 0}[what]
        player.step(buy(f"o{number}", member, paid))
        if paid - left:
            player.step(back(f"o{number}", paid - left))
        player.step(done(f"o{number}"))
        count.append((member, left, player.now))
        since = player.now - 10 * DAY
        for name in {member, *(each for each in below if member in below[each])}:
            own = sum(left for who, left, at in count if who == name and at >= since)
            rows = [(who, left) for who, left, at in count if who in below[name] and at >= since]
            bought = {who for who, left in rows if left and below[name][who] == 1}
            level, rank = expected[name]
            level = "gold" if own >= 4000 else level
            team = sum(left for _, left in rows)
            rank = "captain" if bought and team >= 3000 else rank
            expected[name] = (level, rank)
    assert {name: of(player, name) for name in "ABC"} == expected
