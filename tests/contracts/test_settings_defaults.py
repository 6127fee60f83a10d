"""The document as a whole: what it holds when nothing is said, and that it round trips."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.contracts.settings import (
    InvalidSettings,
    merge_patch,
    parse_settings,
    settings_document,
)
from tests.contracts.documents import BARE, FULL, MINIMAL, changed

CONTRACT_DEFAULTS = {
    "queue_rebate.enabled": True,
    "queue_rebate.new_products": True,
    "queue_rebate.mall": "shared",
    "queue_rebate.stores": "per_store",
    "queue_rebate.cashiers": "per_cashier",
    "queue_rebate.settle_on": "paid",
    "queue_rebate.reward_order": "queue",
    "queue_rebate.deducted_orders": "join",
    "queue_rebate.self_funding": False,
    "queue_rebate.surplus": "retain",
    "queue_rebate.paused": False,
    "queue_rebate.hold_days": 0,
    "queue_rebate.exchange": None,
    "queue_rebate.random_return": None,
    "queue_rebate.clearing": None,
    "queue_rebate.entitlement.lottery": None,
    "queue_rebate.windows": (),
    "queue_rebate.limits.per_day": None,
    "queue_rebate.limits.total": None,
    "queue_rebate.bounds.min_paid": 0,
    "queue_rebate.bounds.max_entitlement": None,
    "queue_rebate.products": {},
    "queue_rebate.store_settings": {},
    "queue_rebate.cashier_settings": {},
    "queue_rebate.display.progress": True,
    "queue_rebate.display.earned": True,
    "queue_rebate.display.waiting": True,
    "queue_rebate.display.member": True,
    "queue_rebate.display.waiting_amount": True,
    "order_queue.settle_on": "paid",
    "order_queue.rewards_to_exit": 5,
    "order_queue.referrer_first": True,
    "order_queue.repurchase": True,
    "alliance.place_by": "completed",
    "alliance.surplus": "carry",
    "alliance.free_bps": 10000,
    "alliance.merchants": {},
    "alliance.min_paid": 0,
    "alliance.max_paid": None,
    "alliance.channels": None,
    "alliance.products": None,
    "alliance.frequency": None,
    "alliance.direct_acceleration_bps": 0,
    "alliance.repurchase_acceleration_bps": 0,
    "red_packet.place_by": "completed",
    "red_packet.average_every": "day",
    "union.settle_on": "completed",
    "union.default_margin_bps": None,
    "union.referral_acceleration_bps": 0,
    "referral.settle_on": "completed",
    "referral.direct_bps": 0,
    "referral.indirect_bps": 0,
    "referral.ranks": (),
    "referral.max_depth": 2,
    "referral.dividend": None,
    "referral.merchant_bps": 0,
    "wallet.withdraw_min": 0,
    "wallet.withdraw_fee_bps": 0,
    "wallet.withdraw_per_day": None,
    "wallet.transfer": (),
    "guards.rebates_per_day": None,
    "guards.max_share_of_revenue_bps": None,
    "guards.lottery_prize_max": 5_000_000,
    "guards.acknowledged": (),
}


@pytest.mark.parametrize(("path", "value"), CONTRACT_DEFAULTS.items())
def test_what_is_not_set_is_as_the_contract_says(path, value):
    found = parse_settings(MINIMAL)
    for name in path.split("."):
        found = getattr(found, name)
    assert found == value
    assert type(found) is type(value)


def test_love_value_is_credited_as_available_unless_set():
    plan = parse_settings(changed(MINIMAL, "queue_rebate.exchange", {"love_bps": 1})).queue_rebate
    assert plan is not None
    assert plan.exchange is not None
    assert plan.exchange.love_as == "available"


def test_clearing_is_daily_at_midnight_for_all_queues_unless_set():
    plan = parse_settings(changed(MINIMAL, "queue_rebate.clearing", {})).queue_rebate
    assert plan is not None
    assert plan.clearing is not None
    assert (plan.clearing.every, plan.clearing.at, plan.clearing.queues) == ("day", "00:00", "all")


def test_currency_and_timezone_are_enough_and_all_plans_are_off():
    assert parse_settings(BARE).plans_on() == ()


def test_a_plan_that_is_there_is_on_unless_it_says_otherwise():
    assert len(parse_settings(MINIMAL).plans_on()) == 6
    off = parse_settings({**BARE, "alliance": {"enabled": False}})
    assert off.plans_on() == ()


def test_the_example_of_the_contract_is_valid():
    assert len(parse_settings(FULL).plans_on()) == 6


def test_null_is_the_same_as_left_out():
    nulls = {**MINIMAL, "wallet": None, "union": None, "guards": {"lottery_prize_max": None}}
    left_out = {key: value for key, value in MINIMAL.items() if key != "union"}
    assert parse_settings(nulls) == parse_settings(left_out)


@pytest.mark.parametrize("document", [BARE, MINIMAL, FULL])
def test_settings_are_equal_after_writing_and_reading(document):
    settings = parse_settings(document)
    written = settings_document(settings)
    assert parse_settings(written) == settings
    assert settings_document(parse_settings(written)) == written


def test_random_return_that_is_off_for_a_store_stays_off():
    document = changed(FULL, "queue_rebate.store_settings.W.random_return", False)
    written = settings_document(parse_settings(document))
    assert written["queue_rebate"]["store_settings"]["W"]["random_return"] is False


def test_settings_never_change():
    settings = parse_settings(FULL)
    with pytest.raises(ValueError, match="frozen"):
        settings.currency = "USD"


def test_the_shops_timezone_is_at_hand():
    assert parse_settings(BARE).zone.key == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("document", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_does_what_rfc_7396_shows(document, patch, result):
    assert merge_patch(document, patch) == result


def test_a_patch_turns_one_setting_and_leaves_the_others():
    patched = merge_patch(FULL, {"queue_rebate": {"paused": True}})
    assert parse_settings(patched) == parse_settings(changed(FULL, "queue_rebate.paused", True))
    assert FULL["queue_rebate"]["paused"] is False


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def problem_lines(document: object) -> list[str]:
    try:
        parse_settings(document)
    except InvalidSettings as refusal:
        return [str(problem) for problem in refusal.problems]
    return []


@given(st.sampled_from(sorted(FULL)), values)
def test_whatever_is_written_gives_settings_or_problems(name, value):
    lines = problem_lines({**FULL, name: value})
    assert all(len(line.splitlines()) == 1 for line in lines)
