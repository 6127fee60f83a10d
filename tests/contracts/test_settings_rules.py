"""What the fields of the settings must be together."""

from datetime import UTC, datetime, time

import pytest

from rebate.contracts.settings import InvalidSettings, Settings, parse_settings
from rebate.contracts.settings.clearing import ClearingSettings
from rebate.contracts.settings.plans.queue_rebate.model import QueueRebate
from tests.contracts.documents import BARE, FULL, MINIMAL, changed, without


def refused(document: object) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as refusal:
        parse_settings(document)
    return {problem.path: problem.message for problem in refusal.value.problems}


@pytest.mark.parametrize(
    "path",
    [
        "queue_rebate.extraction_bps",
        "queue_rebate.entitlement.fixed_bps",
        "order_queue.reward_bps",
        "alliance.dividend_bps",
        "alliance.heads_bps",
        "red_packet.stores",
        "red_packet.shares_bps",
        "red_packet.entitlement_bps",
        "union.profit_share_bps",
        "union.quota_bps",
    ],
)
def test_a_plan_that_is_on_needs_its_ratios_and_lists(path):
    assert path in refused(without(MINIMAL, path))
    plan = path.split(".")[0]
    parse_settings(changed(without(MINIMAL, path), f"{plan}.enabled", False))


@pytest.mark.parametrize(
    ("path", "value", "at"),
    [
        ("red_packet.shares_bps", {"own": 3000, "queue": 5000}, "red_packet.shares_bps"),
        ("red_packet.shares_bps", {"own": 10000, "queue": 1}, "red_packet.shares_bps"),
        ("alliance.heads_bps", [5000, 5001], "alliance.heads_bps"),
        ("alliance.heads_bps", [], "alliance.heads_bps"),
        ("alliance.max_paid", -1, "alliance.max_paid"),
        ("alliance.channels", [], "alliance.channels"),
        ("alliance.products", [], "alliance.products"),
        ("alliance.channels", ["mal"], "alliance.channels[0]"),
        ("timezone", "Asia/Nowhere", "timezone"),
        ("timezone", "../etc", "timezone"),
        ("timezone", "", "timezone"),
        ("timezone", "America", "timezone"),
        ("currency", "cny", "currency"),
        ("currency", "CNYX", "currency"),
        ("union.run_at", "24:00", "union.run_at"),
        ("union.run_at", "7:30", "union.run_at"),
        ("referral.ranks", [{"rank": "a", "bps": 1}] * 2, "referral.ranks[1].rank"),
        ("wallet.withdraw_fee_bps", 10001, "wallet.withdraw_fee_bps"),
        ("wallet.transfer", ["cash"], "wallet.transfer[0]"),
        (
            "referral.dividend",
            {"bps": 1, "rank": "a", "weights": {"A": 2}},
            "referral.dividend.weights",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_refused(path, value, at):
    assert at in refused(changed(MINIMAL, path, value))


def test_the_highest_amount_is_not_below_the_lowest():
    document = changed(changed(MINIMAL, "alliance.min_paid", 100), "alliance.max_paid", 99)
    assert "alliance.max_paid" in refused(document)


@pytest.mark.parametrize(
    ("lottery", "at"),
    [
        ({"kind": "fixed", "prizes": []}, "lottery.prizes"),
        ({"kind": "range", "low_bps": 2, "high_bps": 1}, "lottery.low_bps"),
        ({"kind": "rang", "low_bps": 1, "high_bps": 2}, "lottery.kind"),
        ({"kind": "fixed", "prizes": [{"bps": 1, "weight": 0}]}, "lottery.prizes[0].weight"),
    ],
)
@pytest.mark.parametrize("scope", ["queue_rebate", "queue_rebate.products.p"])
def test_a_lottery_that_cannot_be_drawn_is_refused(lottery, at, scope):
    document = changed(MINIMAL, f"{scope}.entitlement.lottery", lottery)
    assert f"{scope}.entitlement.{at}" in refused(document)


def test_a_range_may_be_a_single_ratio():
    lottery = {"kind": "range", "low_bps": 5, "high_bps": 5, "miss_weight": 1}
    parse_settings(changed(MINIMAL, "queue_rebate.entitlement.lottery", lottery))


def test_the_plan_has_no_cumulative_rule():
    document = changed(MINIMAL, "queue_rebate.entitlement.cumulative", [])
    assert "queue_rebate.entitlement.cumulative" in refused(document)


@pytest.mark.parametrize(
    ("window", "at"),
    [
        ({"from": "2026-03-01T00:00:00+08:00", "to": "2026-03-01T00:00:00+08:00"}, ".to"),
        ({"from": "2026-03-01T00:00:00", "to": "2026-03-02T00:00:00+08:00"}, ".from"),
        ({"weekdays": [], "start": "08:00", "end": "09:00"}, ".weekdays"),
        ({"weekdays": [0], "start": "08:00", "end": "09:00"}, ".weekdays[0]"),
        ({"start": "08:00"}, ".end"),
        ({"start": "08:00", "end": "09:00", "from": "2026-03-01T00:00:00Z"}, ".start"),
        ("always", ""),
    ],
)
@pytest.mark.parametrize("scope", ["queue_rebate", "queue_rebate.cashier_settings.W"])
def test_a_window_that_is_none_is_refused(window, at, scope):
    assert f"{scope}.windows[0]{at}" in refused(changed(MINIMAL, f"{scope}.windows", [window]))


def test_windows_are_dates_or_times_and_may_cross_midnight():
    plan = parse_settings(FULL).queue_rebate
    assert plan is not None
    dates, times = plan.products["p-9"].windows
    assert dates.starts_at.astimezone(UTC) == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert (times.weekdays, times.start, times.end) == ((6, 7), time(20), time(2))
    assert times.crosses_midnight


@pytest.mark.parametrize(
    ("clearing", "at"),
    [
        ({"every": "once"}, "at"),
        ({"every": "once", "at": "2026-03-01T00:00:00"}, "at"),
        ({"every": "day", "at": "2026-03-01T00:00:00+08:00"}, "at"),
        ({"every": "day", "weekday": 1}, "weekday"),
        ({"every": "week", "day": 1}, "day"),
        ({"every": "week", "weekday": 8}, "weekday"),
        ({"every": "month", "day": 32}, "day"),
        ({"queues": []}, "queues"),
        ({"queues": ["mall", "alliance"]}, "queues[1]"),
        ({"queues": ["store/"]}, "queues[0]"),
        ({"queues": "mall"}, "queues"),
        ({"every": "year"}, "every"),
    ],
)
def test_a_clearing_that_makes_no_schedule_is_refused(clearing, at):
    document = changed(MINIMAL, "queue_rebate.clearing", clearing)
    assert f"queue_rebate.clearing.{at}" in refused(document)


def test_clearings_read_as_schedules():
    def clearing(**fields: object) -> ClearingSettings:
        settings = parse_settings(changed(MINIMAL, "queue_rebate.clearing", fields))
        plan = settings.plan("queue_rebate")
        assert isinstance(plan, QueueRebate)
        assert plan.clearing is not None
        return plan.clearing

    assert clearing(at="03:30").time_of_day == time(3, 30)
    assert clearing(every="week", weekday=7).on_weekday == 7
    assert clearing(every="week").on_weekday == 1
    assert clearing(every="month", day=31).on_day == 31
    once = clearing(every="once", at="2026-03-01T00:00:00+08:00")
    assert once.instant == datetime(2026, 2, 28, 16, tzinfo=UTC)


@pytest.mark.parametrize("scope", ["", ".store_settings.W", ".cashier_settings.W"])
def test_random_return_needs_a_points_ratio(scope):
    path = f"queue_rebate{scope}.random_return"
    document = changed(MINIMAL, path, {"cash": 1, "points": 2})
    assert f"{path}.points" in refused(document)
    parse_settings(changed(document, "queue_rebate.exchange", {"points_bps": 10000}))
    assert path in refused(changed(MINIMAL, path, {}))


def test_random_return_is_off_by_false():
    for path in ("random_return", "store_settings.W.random_return"):
        parse_settings(changed(MINIMAL, f"queue_rebate.{path}", False))
        assert refused(changed(MINIMAL, f"queue_rebate.{path}", True))


@pytest.mark.parametrize("ratio", ["extraction", "entitlement"])
def test_a_floor_is_not_above_its_ceiling(ratio):
    bounds = {f"{ratio}_floor_bps": 2, f"{ratio}_ceiling_bps": 1}
    for scope in ("queue_rebate", "queue_rebate.products.p"):
        document = changed(MINIMAL, f"{scope}.bounds", bounds)
        assert f"{scope}.bounds.{ratio}_floor_bps" in refused(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("store_settings.W.extraction_bps", 400),
        ("store_settings.W.extraction_bps", 3100),
        ("cashier_settings.W.extraction_bps", 400),
        ("store_settings.W.products.p.extraction_bps", 3100),
        ("store_settings.W.entitlement.fixed_bps", 900),
        ("store_settings.W.entitlement.by_level.gold", 13001),
        ("cashier_settings.W.entitlement.fixed_bps", 13001),
    ],
)
def test_stores_set_their_ratios_within_the_plans_bounds(path, value):
    bounds = {
        "extraction_floor_bps": 500,
        "extraction_ceiling_bps": 3000,
        "entitlement_floor_bps": 1000,
        "entitlement_ceiling_bps": 13000,
    }
    bounded = changed(MINIMAL, "queue_rebate.bounds", bounds)
    assert f"queue_rebate.{path}" in refused(changed(bounded, f"queue_rebate.{path}", value))
    parse_settings(changed(bounded, f"queue_rebate.{path}", 2000))
    parse_settings(changed(bounded, "queue_rebate.products.p.extraction_bps", 9000))


def test_the_products_of_a_store_keep_within_the_stores_bounds():
    store = {
        "bounds": {"entitlement_ceiling_bps": 5000},
        "products": {
            "p": {"entitlement": {"cumulative": [{"days": 1, "at_least": 1, "bps": 6000}]}}
        },
    }
    document = changed(MINIMAL, "queue_rebate.store_settings.W", store)
    path = "queue_rebate.store_settings.W.products.p.entitlement.cumulative[0].bps"
    assert path in refused(document)


class TestRepurchaseChains:
    """Rule 4.6."""

    def plan(self, **changes: object) -> Settings:
        return parse_settings({**BARE, "order_queue": {"reward_bps": 10000, **changes}})

    def test_one_reward_of_all_that_was_paid_might_never_end(self):
        for reward in (10000, 13000):
            with pytest.raises(InvalidSettings, match="rewards_to_exit"):
                self.plan(rewards_to_exit=1, reward_bps=reward)

    def test_chains_that_run_out_of_money_or_rewards_are_fine(self):
        self.plan(rewards_to_exit=1, reward_bps=9999)
        self.plan(rewards_to_exit=2, reward_bps=20000)
        self.plan(rewards_to_exit=1, repurchase=False)
        self.plan(rewards_to_exit=1, enabled=False)


class TestReferralDepth:
    """Rule 2.5."""

    def depth(self, depth: int, *acknowledged: str, enabled: bool = True) -> Settings:
        plan = {"max_depth": depth, "enabled": enabled}
        guards = {"acknowledged": list(acknowledged)}
        return parse_settings({**BARE, "referral": plan, "guards": guards})

    def test_two_levels_need_no_acknowledgement(self):
        self.depth(2)

    def test_three_levels_are_refused_until_acknowledged(self):
        with pytest.raises(InvalidSettings, match=r"referral\.max_depth") as refusal:
            self.depth(3)
        assert refusal.value.code == "needs_acknowledgement"
        assert refusal.value.problems[0].code == "needs_acknowledgement"
        self.depth(3, "referral.max_depth")

    def test_another_acknowledgement_does_not_do(self):
        with pytest.raises(InvalidSettings):
            self.depth(3, "margin")

    def test_a_plan_that_is_off_pays_on_no_level(self):
        self.depth(3, enabled=False)

    def test_settings_that_are_wrong_besides_are_invalid(self):
        with pytest.raises(InvalidSettings) as refusal:
            parse_settings({**BARE, "referral": {"max_depth": 3}, "order_queue": {}})
        assert refusal.value.code == "invalid_settings"
