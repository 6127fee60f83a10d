"""The audit holds bonds, teams and figures against what they follow from."""

import pytest

from rebate.domain.invitations import TeamFigures, TeamMember
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.storage.ports import Put, Remove
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from tests.usecases.people.desk import back, bind, buy, people


@pytest.fixture
def player():
    bound = (bind("B", "A"), bind("C", "B"), bind("C", "A", reason="wrong", id="c1"))
    return people(*bound, buy("o1", "B"), buy("o2", "C"), back("o2", 5000))


def paths(player):
    return [difference.path for difference in audit_books(player.store).differences]


def row(player, kind):
    return next(iter(player.store.scan(kind)))


def test_sound_books_pass(player):
    assert paths(player) == []


def test_a_loop_is_found(player):
    a = player.store.get(Member, Key("A"))
    player.store.commit([Put(a.__replace__(referrer="B", bound_at=None))])
    assert paths(player) == ["members.A"]


def test_a_place_that_is_missing_or_somebody_elses_is_found(player):
    place = row(player, TeamMember)
    player.store.commit([Remove(TeamMember, key_of(place))])
    assert paths(player) == [f"members.{place.member}"]
    player.store.commit([Put(place.__replace__(member="D"))])
    assert f"team_members.{place.referrer}.D.at" in paths(player)


def test_figures_that_are_not_what_was_paid_are_found(player):
    figures = next(each for each in player.store.scan(TeamFigures) if each.member)
    player.store.commit([Put(figures.plus("2026-03", 1, 0))])
    assert paths(player) == [f"team_figures.{figures.promoter}.2026-03"]
