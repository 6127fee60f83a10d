"""Draws over the API: commitments before the day, odds before the draw, refusals by code."""

from datetime import timedelta

import pytest

from functions.scheduled_draws.handler import handler as scheduled_draws
from rebate.bootstrap import app
from rebate.domain.times import day_of
from tests.functions.cloud import SETTINGS, bought, context

LOTTERY = {"kind": "fixed", "prizes": [{"bps": 5000, "weight": 1}], "miss_weight": 1}
ENTITLEMENT = {"fixed_bps": 10000, "lottery": LOTTERY}
ENTRY = {"queue": "mall", "entry": "o1/1"}
QUERY = "queue=mall&entry=o1%2F1"


@pytest.fixture
def lottery(cloud):
    """A plan whose lottery decides, and one order under it."""
    cloud.use(
        {**SETTINGS, "queue_rebate": {**SETTINGS["queue_rebate"], "entitlement": ENTITLEMENT}}
    )
    cloud.send(bought("o1", "A"))
    cloud.settle()


def today():
    return day_of(app().clock.now(), app().settings.in_force().terms.zone)


def test_the_coming_days_are_committed_to_and_their_seeds_kept_secret(cloud):
    made = scheduled_draws({}, context("scheduled_draws"))["commitments"]
    assert list(made) == [(today() + timedelta(days=ahead)).isoformat() for ahead in (1, 2)]
    status, seen = cloud.request("GET", "/v1/draws")
    assert status == 200
    assert {day["day"]: day["commitment"] for day in seen["days"]} == made
    assert [(day["seed"], day["late"]) for day in seen["days"]] == [(None, False)] * 2


def test_a_start_that_is_repeated_commits_to_the_same(cloud):
    assert scheduled_draws({}, None) == scheduled_draws({}, None)


def test_a_past_day_shows_its_seed(cloud):
    yesterday = today() - timedelta(days=1)
    app().seeds.of(yesterday)
    _, seen = cloud.request("GET", "/v1/draws", query=f"day={yesterday}")
    assert len(seen["days"][0]["seed"]) == 64


def test_what_is_no_day_is_refused(cloud):
    status, body = cloud.request("GET", "/v1/draws", query="day=soon")
    assert (status, body["problems"][0]["path"]) == (422, "day")


def test_odds_are_public_before_the_draw(cloud, lottery):
    _, seen = cloud.request("GET", "/v1/draws")
    assert seen["odds"]["plan"]["total_weight"] == 2
    _, mine = cloud.as_member("A", "GET", "/v1/me/entries/draw", query=QUERY)
    assert (mine["may_draw"], mine["drawn"], mine["odds"]["miss_weight"]) == (True, False, 1)


def test_a_drawn_entry_names_the_day_and_keeps_its_luck_until_that_is_over(cloud, lottery):
    assert cloud.as_member("A", "POST", "/v1/me/entries/draw", ENTRY)[0] == 204
    _, mine = cloud.as_member("A", "GET", "/v1/me/entries/draw", query=QUERY)
    assert (mine["may_draw"], mine["drawn"]) == (False, True)
    assert mine["ratio_bps"] in {5000, 10000}
    assert mine["seed_day"] == today().isoformat()
    assert len(mine["commitment"]) == 64
    assert (mine["seed"], mine["luck"]) == (None, None)


def draw(cloud, member="A"):
    return cloud.as_member(member, "POST", "/v1/me/entries/draw", ENTRY)


def test_a_second_draw_is_refused(cloud, lottery):
    draw(cloud)
    before = cloud.outcome()
    status, body = draw(cloud)
    assert (status, body["code"]) == (409, "already_drawn")
    assert cloud.outcome() == before


def test_a_draw_after_a_payout_is_refused(cloud, lottery):
    cloud.send(bought("o2", "B"))
    cloud.settle()
    before = cloud.outcome()
    status, body = draw(cloud)
    assert (status, body["code"]) == (409, "already_paid")
    assert cloud.outcome() == before


def test_a_draw_by_another_member_is_refused(cloud, lottery):
    before = cloud.outcome()
    status, body = draw(cloud, "B")
    assert (status, body["code"]) == (403, "not_yours")
    assert cloud.outcome() == before
    assert cloud.as_member("B", "GET", "/v1/me/entries/draw", query=QUERY)[0] == 404


def test_a_draw_that_no_lottery_offers_is_refused(cloud):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    status, body = draw(cloud)
    assert (status, body["code"]) == (422, "no_lottery")
    assert cloud.as_member("A", "GET", "/v1/me/entries/draw", query=QUERY)[0] == 422
