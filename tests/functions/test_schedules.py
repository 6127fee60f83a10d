"""What the clock starts: clearings and payouts, for the instant for which they were scheduled."""

import copy
from datetime import datetime

import pytest

from functions.scheduled_clear.handler import handler as clear
from functions.scheduled_payouts.handler import handler as pay_out
from rebate.contracts.schedules import UnreadableTick
from rebate.contracts.settings import parse_settings
from rebate.domain.times import instant_of
from rebate.usecases.schedules.due_runs import run_due
from rebate.usecases.settings.terms import terms_of
from tests.functions.cloud import SETTINGS, bought, context, envelope, sample

UNION = {"profit_share_bps": 6000, "quota_bps": 11000, "settle_on": "paid", "run_at": "00:30"}
RED_PACKET = {
    "stores": {"W": {"concession_bps": 2000}},
    "shares_bps": {"own": 3000, "queue": 5000, "average": 2000},
    "entitlement_bps": 10000,
    "place_by": "paid",
}
REFERRAL = {
    "settle_on": "paid",
    "direct_bps": 0,
    "dividend": {"bps": 100, "rank": "shareholder", "every": "month", "split": "equal"},
}
PLAIN = {"currency": "CNY", "timezone": "Asia/Shanghai"}


def test_a_clearing_ends_what_was_settled_before_it(cloud):
    cloud.send(bought("o1", "A", paid_at="2026-03-01T23:59:59+08:00"))
    cloud.settle()
    assert clear(sample("scheduled_clear"), context("scheduled_clear")) == {"queues": ["mall"]}
    cloud.send(bought("o2", "B", paid_at="2026-03-02T00:00:01+08:00"))
    cloud.settle()
    entries = cloud.outcome()["queues"]["mall"]["entries"]
    assert [entry["status"] for entry in entries] == ["cleared", "waiting"]


def test_a_clearing_that_is_started_twice_clears_once(cloud):
    cloud.send(bought("o1", "A", paid_at="2026-03-01T23:59:59+08:00"))
    cloud.settle()
    for _ in range(2):
        clear(sample("scheduled_clear"), None)
        cloud.settle()
    cloud.send(bought("o2", "B", paid_at="2026-03-02T00:00:01+08:00"))
    cloud.settle()
    assert [e["status"] for e in cloud.outcome()["queues"]["mall"]["entries"]] == [
        "cleared",
        "waiting",
    ]


@pytest.mark.parametrize("at", ["2026-03-01T15:59:00Z", "2026-03-01T16:01:00Z"])
def test_a_tick_at_another_minute_clears_nothing(cloud, at):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    assert clear({"at": at, "if_due": True}, None) == {"queues": []}


def test_a_start_that_is_no_tick_clears_whatever_the_settings_say(cloud):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    cloud.use(PLAIN)
    assert clear({"at": "2026-03-01T12:34:00+08:00"}, None) == {"queues": ["mall"]}


@pytest.mark.parametrize("event", [{}, {"at": "soon"}, {"at": "2026-03-01T00:00:00"}])
def test_a_start_without_an_instant_is_refused(cloud, event):
    with pytest.raises(UnreadableTick, match="at: must be an ISO 8601 time"):
        clear(event, None)
    with pytest.raises(UnreadableTick, match="at: must be an ISO 8601 time"):
        pay_out({**event, "run": "union"}, None)


def test_an_unknown_run_is_refused(cloud):
    with pytest.raises(UnreadableTick, match='the nearest is "average"'):
        pay_out({"at": "2026-03-01T00:00:00Z", "run": "avarage"}, None)


@pytest.mark.parametrize("if_due", [1, "yes", None])
def test_a_start_that_is_due_or_not_says_so(cloud, if_due):
    with pytest.raises(UnreadableTick, match="if_due: must be true or false"):
        clear({"at": "2026-03-01T00:00:00Z", "if_due": if_due}, None)


def test_the_days_pool_is_paid_in_order_of_purchase(cloud):
    cloud.use({**PLAIN, "union": UNION})
    lines = [{"line_id": "1", "paid": 10000, "profit": 5000}]
    cloud.send(
        envelope("order_paid", order_id="o1", lines=lines),
        envelope("order_paid", order_id="o2", lines=lines, member={"id": "B"}),
    )
    cloud.settle()
    assert pay_out(sample("scheduled_payouts"), None) == {"queues": ["union"]}
    cloud.settle()
    assert cloud.wallets() == {"A": {"cash": 6000}}


def test_average_rewards_are_split_over_all_that_wait(cloud):
    cloud.use({**PLAIN, "red_packet": RED_PACKET})
    desk = {"channel": "cashier", "store_id": "W"}
    cloud.send(bought("o1", "A", **desk), bought("o2", "B", **desk))
    cloud.settle()
    before = cloud.outcome()["queues"]["red_packet/W"]["pool"]
    tick = {"at": "2026-03-01T16:00:00Z", "run": "average", "if_due": True}
    assert pay_out(tick, None) == {"queues": ["red_packet/W"]}
    cloud.settle()
    assert (before, cloud.outcome()["queues"]["red_packet/W"]["pool"]) == (800, 0)


def test_the_dividend_is_shared_among_those_of_its_rank(cloud):
    cloud.use({**PLAIN, "referral": REFERRAL})
    cloud.send(envelope("member_saved", rank="shareholder", referrer_id=None), bought("o1", "B"))
    cloud.settle()
    tick = {"at": "2026-03-31T16:00:00Z", "run": "dividend", "if_due": True}
    for _ in range(2):
        assert pay_out(tick, None) == {"queues": []}
    assert cloud.wallets() == {"A": {"cash": 100}}


def test_what_is_held_becomes_available_when_it_is_due(cloud):
    held = copy.deepcopy(SETTINGS)
    held["queue_rebate"]["hold_days"] = 7
    cloud.use(held)
    cloud.send(bought("o1", "A"), bought("o2", "B"), envelope("order_completed", order_id="o1"))
    cloud.settle()
    for at, found in (("2026-03-12T00:59:00Z", "pending"), ("2026-03-12T01:00:00Z", "cash")):
        pay_out({"at": at, "run": "release", "if_due": True}, None)
        assert cloud.wallets() == {"A": {found: 1000}}


def test_a_payout_that_is_not_due_pays_nothing(cloud):
    cloud.use({**PLAIN, "union": UNION, "red_packet": RED_PACKET, "referral": REFERRAL})
    for run in ("union", "average", "dividend"):
        tick = {"at": "2026-03-01T16:01:00Z", "run": run, "if_due": True}
        assert pay_out(tick, None) == {"queues": []}


@pytest.mark.parametrize(
    ("clearing", "at", "due"),
    [
        ({"every": "day", "at": "03:30"}, "2026-03-01T03:30:59+08:00", True),
        ({"every": "day", "at": "03:30"}, "2026-03-01T03:31:00+08:00", False),
        ({"every": "week"}, "2026-03-02T00:00:00+08:00", True),
        ({"every": "week"}, "2026-03-03T00:00:00+08:00", False),
        ({"every": "week", "weekday": 7}, "2026-03-01T00:00:00+08:00", True),
        ({"every": "month"}, "2026-03-01T00:00:00+08:00", True),
        ({"every": "month", "day": 31}, "2026-02-28T00:00:00+08:00", True),
        ({"every": "month", "day": 31}, "2026-03-30T00:00:00+08:00", False),
        ({"every": "once", "at": "2026-03-01T12:00:00Z"}, "2026-03-01T20:00:00+08:00", True),
        ({"every": "once", "at": "2026-03-01T12:00:00Z"}, "2026-03-02T20:00:00+08:00", False),
    ],
)
def test_a_clearing_is_due_at_its_minute_in_the_shops_timezone(clearing, at, due):
    assert run_due("clear", _terms(clearing=clearing), _at(at)) is due


def test_a_clearing_at_a_time_that_the_zone_skips_is_due_when_the_skip_ends():
    terms = _terms(clearing={"at": "02:30"}, timezone="Europe/Berlin")
    assert run_due("clear", terms, _at("2026-03-29T03:30:00+02:00"))
    assert not run_due("clear", terms, _at("2026-03-29T01:30:00+01:00"))


@pytest.mark.parametrize("change", [{"enabled": False}, {"clearing": None}])
def test_no_clearing_is_due_where_none_is_set(change):
    assert not run_due("clear", _terms(**change), _at("2026-03-01T00:00:00+08:00"))
    assert not run_due("clear", terms_of(parse_settings(PLAIN)), _at("2026-03-01T00:00:00+08:00"))


@pytest.mark.parametrize(
    ("plans", "run", "at", "due"),
    [
        ({"union": UNION}, "union", "2026-03-01T00:30:00+08:00", True),
        ({"union": {**UNION, "run_at": None}}, "union", "2026-03-01T00:00:00+08:00", True),
        ({"union": {**UNION, "enabled": False}}, "union", "2026-03-01T00:30:00+08:00", False),
        ({}, "union", "2026-03-01T00:30:00+08:00", False),
        ({}, "average", "2026-03-01T00:00:00+08:00", False),
        ({}, "dividend", "2026-03-01T00:00:00+08:00", False),
        ({"referral": REFERRAL}, "dividend", "2026-03-01T00:00:00+08:00", True),
        ({"referral": REFERRAL}, "dividend", "2026-03-02T00:00:00+08:00", False),
        ({}, "release", "2026-03-01T12:34:00+08:00", True),
        ({"red_packet": RED_PACKET}, "average", "2026-03-04T00:00:00+08:00", True),
        (
            {"red_packet": {**RED_PACKET, "average_every": "week"}},
            "average",
            "2026-03-04T00:00:00+08:00",
            False,
        ),
        (
            {"red_packet": {**RED_PACKET, "average_every": "month"}},
            "average",
            "2026-03-01T00:00:00+08:00",
            True,
        ),
    ],
)
def test_payouts_are_due_as_their_plans_say(plans, run, at, due):
    assert run_due(run, terms_of(parse_settings({**PLAIN, **plans})), _at(at)) is due


def _terms(*, timezone="Asia/Shanghai", **changes):
    document = copy.deepcopy(SETTINGS)
    document["timezone"] = timezone
    document["queue_rebate"] |= changes
    return terms_of(parse_settings(document))


def _at(text):
    return instant_of(datetime.fromisoformat(text))
