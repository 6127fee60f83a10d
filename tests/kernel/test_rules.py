"""The worked examples of the rules, and finer points of them, played by the kernel."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.compare import differences
from tests.kernel.played import Played

CHECKOUT = Path(__file__).resolve().parents[2]
OURS = sorted((CHECKOUT / "tests" / "scenarios").glob("*.json"))
GIVEN = sorted(
    file
    for folder in ("scenarios", "cases")
    for file in (CHECKOUT.parent / "shared" / folder).glob("*.json")
)
NOT_PLAYED = {
    "07-currency-switched-under-balances": "the kernel changes no currency",
    "09-an-order-belongs-to-its-sender": "a simulation knows one sender",
    "10b-two-entries-of-one-member": "who asks is not part of a simulation",
    "0.13-another-senders-word-changes-nothing": "a simulation knows one sender",
    "0.13-prefixes-keep-two-shops-apart": "a simulation knows one sender",
    "0.9-what-waits-stands-against-another-day": "the kernel changes no currency or timezone",
    "1.4-one-deducted-line-makes-the-order-deducted": "100.0 is read by the contract, before it",
    "1.6.5-below-zero-and-made-good": "withdrawals",
    "1.6.5-below-zero": "withdrawals",
    "3-transfers": "transfers",
    "3-withdrawals": "withdrawals",
    "3.1-two-approve-then-paid-then-failed": "withdrawals",
    "3.3-spent-on-an-order-and-given-back-in-parts": "redemptions",
    "3.4-the-last-gift-goes-to-one": "transfers",
    "3.5-adjusted-by-two": "adjustments",
    "3.6-frozen-love-thaws": "frozen balances",
    "3.6-what-is-held-is-never-clawed-back": "withdrawals",
    "2.5.1-a-link-binds-once-and-no-loop": "refusals of bindings are the contract's",
    "2.5.1-an-operator-corrects-a-binding": "refusals of bindings are the contract's",
    "6.2-red-packets-that-members-collect": "red packets that members collect",
}
"""Scenarios that no simulation has to do with."""

SWITCHES = "1.4.1-"
"""Names of scenarios in which queues are put together or apart: a simulation never does."""

SHOP = {"currency": "CNY", "timezone": "Asia/Shanghai"}


def paid(order: str, member: str | None, *amounts: int, **others: Any) -> dict[str, Any]:
    lines = [{"line_id": str(n), "paid": each} for n, each in enumerate(amounts, start=1)]
    at = others.pop("at", "2026-03-01T10:00:00+08:00")
    buyer = None if member is None else {"id": member}
    detail = {"order_id": order, "member": buyer, "channel": "mall", "paid_at": at, "lines": lines}
    return {"event": {"detail-type": "OrderPaid", "detail": {**detail, **others}}}


def saved(kind: str, **detail: Any) -> dict[str, Any]:
    return {"event": {"detail-type": kind, "detail": detail}}


def outcome(settings: dict[str, Any], *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return Played(
        {"settings": {**SHOP, **settings}, "steps": list(steps), **more}
    ).outcome.document()


def base(**others: Any) -> dict[str, Any]:
    plan = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10_000}, **others}
    return {"queue_rebate": plan}


@pytest.mark.parametrize("file", [*OURS, *GIVEN], ids=lambda file: file.stem)
def test_the_kernel_plays_the_worked_examples(file):
    if file.stem in NOT_PLAYED or file.stem.startswith(SWITCHES):
        pytest.skip(NOT_PLAYED.get(file.stem, "the kernel never changes its settings"))
    document = json.loads(file.read_text(encoding="utf-8"))
    played = Played(document)
    assert played.refusals == [step.get("refused") for step in document["steps"]]
    found = played.outcome.document()
    assert list(differences(document.get("expect", {}), found)) == []


def test_a_guest_contributes_and_earns_nothing_in_any_plan():
    settings = {
        **base(),
        "order_queue": {"reward_bps": 1000},
        "alliance": {"dividend_bps": 1000, "heads_bps": [10_000], "place_by": "paid"},
        "union": {"profit_share_bps": 5000, "quota_bps": 10_000, "settle_on": "paid"},
        "referral": {"direct_bps": 500, "settle_on": "paid"},
    }
    found = outcome(settings, paid("g1", None, 10_000))
    assert [queue["entries"] for queue in found["queues"].values()] == [[], [], [], []]
    assert found["wallets"] == {}
    assert found["platform"]["contributed"] == 3000


def test_a_guests_own_part_of_a_red_packet_is_retained_and_given_up_with_a_refund():
    settings = {
        "red_packet": {
            "stores": {"W": {"concession_bps": 2000}},
            "shares_bps": {"own": 5000, "queue": 5000, "average": 0},
            "entitlement_bps": 10_000,
        }
    }
    order = paid("g1", None, 10_000, channel="store", store_id="W")
    refund = {"refund": {"order": "g1", "amount": 4000, "id": "r1"}}
    kept = outcome(settings, order)["platform"]
    assert (kept["contributed"], kept["retained"]) == (1000, 1000)
    back = outcome(settings, order, refund)["platform"]
    assert (back["contributed"], back["retained"], back["borne"]) == (600, 600, 0)


def test_what_of_a_guests_order_was_retained_is_given_up_for_all_of_it():
    settings = {
        "red_packet": {
            "stores": {"W": {"concession_bps": 2000}},
            "shares_bps": {"own": 5000, "queue": 5000, "average": 0},
            "entitlement_bps": 10_000,
            "place_by": "paid",
        }
    }
    first = paid("o1", "A", 10_000, channel="store", store_id="W")
    guest = paid("g1", None, 10_000, channel="store", store_id="W")
    found = outcome(settings, first, guest, {"refund": {"order": "g1", "amount": 5000, "id": "r"}})
    assert found["platform"]["borne"] == 0
    assert found["platform"]["retained"] == 1000 + 1000 - 1000


def test_the_own_purchase_reward_of_a_refunded_order_goes_back():
    settings = {
        "red_packet": {
            "stores": {"W": {"concession_bps": 2000}},
            "shares_bps": {"own": 5000, "queue": 5000, "average": 0},
            "entitlement_bps": 10_000,
        }
    }
    order = paid("o1", "A", 10_000, channel="store", store_id="W")
    found = outcome(settings, order, {"refund": {"order": "o1", "amount": 10_000, "id": "r1"}})
    assert found["wallets"] == {}
    platform = found["platform"]
    assert (platform["contributed"], platform["borne"], platform["clawed_back"]) == (0, 1000, 1000)


def test_a_line_that_only_queues_leaves_the_pool_alone():
    settings = base(surplus="carry", products={"q": {"part": "queues_only"}})
    steps = [
        {"buy": {"order": "o1", "member": "A", "paid": 10_000, "product": "f"}},
        {"buy": {"order": "o2", "member": "B", "paid": 10_000, "product": "q"}},
    ]
    assert outcome(settings, *steps)["queues"]["mall"]["pool"] == 1000


def test_rewards_before_and_after_a_partial_refund_are_cut_by_what_was_paid_at_first():
    settings = {"order_queue": {"reward_bps": 1000, "rewards_to_exit": 3, "repurchase": False}}
    steps = [
        {"buy": {"order": "o1", "member": "A", "paid": 10_000}},
        {"buy": {"order": "o2", "member": "B", "paid": 10_000}},
        {"refund": {"order": "o1", "amount": 4000, "id": "r1"}},
        {"buy": {"order": "o3", "member": "B", "paid": 10_000}},
        {"refund": {"order": "o1", "amount": 3000, "id": "r2"}},
    ]
    found = outcome(settings, *steps)
    assert found["wallets"]["A"] == {"cash": 600}
    assert found["platform"]["clawed_back"] == 400 + 600
    assert found["platform"]["retained"] == 300 + 400


def test_what_a_cap_cuts_of_commissions_is_not_made():
    settings = {
        "referral": {"direct_bps": 500, "indirect_bps": 500, "settle_on": "paid"},
        "guards": {"rebates_per_day": 700},
    }
    members = [{"id": "R"}, {"id": "Q", "referrer": "R"}, {"id": "A", "referrer": "Q"}]
    found = outcome(settings, paid("o1", "A", 10_000), members=members)
    assert found["wallets"] == {"Q": {"cash": 500}, "R": {"cash": 200}}
    assert found["platform"]["commissions"] == 700


def test_commissions_end_where_their_share_of_the_order_is_used_up():
    played = {"direct_bps": 500, "indirect_bps": 500, "settle_on": "paid", "max_share_bps": 800}
    members = [{"id": "R"}, {"id": "Q", "referrer": "R"}, {"id": "A", "referrer": "Q"}]
    found = outcome({"referral": played}, paid("o1", "A", 10_000), members=members)
    assert found["wallets"] == {"Q": {"cash": 500}, "R": {"cash": 300}}


def test_an_order_gives_no_more_than_its_share_of_revenue_the_last_is_cut():
    settings = {
        **base(),
        "order_queue": {"reward_bps": 1000},
        "guards": {"max_share_of_revenue_bps": 1500},
    }
    found = outcome(settings, paid("o1", "A", 10_000), paid("o2", "B", 10_000))
    assert found["platform"]["contributed"] == 2 * 1500
    assert found["queues"]["order_queue"]["entries"][0]["paid"] == 500


def test_a_period_without_a_holder_lapses_and_its_refunds_count_nowhere():
    settings = {"referral": {"settle_on": "paid", "dividend": {"bps": 1000, "rank": "shareholder"}}}
    steps = [
        paid("o1", "C", 10_000),
        {"run": "dividend"},
        saved("MemberSaved", member_id="A", rank="shareholder"),
        {"refund": {"order": "o1", "amount": 10_000, "id": "r1"}},
        paid("o2", "C", 5000),
        {"run": "dividend"},
    ]
    assert outcome(settings, *steps)["wallets"] == {"A": {"cash": 500}}


def test_profit_is_net_of_commissions_where_that_is_set():
    union = {"profit_share_bps": 10_000, "quota_bps": 10_000, "settle_on": "paid"}
    settings = {
        "union": {**union, "default_margin_bps": 2000, "net_of_commissions": True},
        "referral": {"direct_bps": 500},
    }
    members = [{"id": "R"}, {"id": "A", "referrer": "R"}]
    found = outcome(settings, paid("o1", "A", 10_000), members=members)
    assert found["queues"]["union"]["pool"] == 1500


def test_absent_fields_stay_and_null_clears_them():
    settings = base(entitlement={"fixed_bps": 1000, "by_level": {"gold": 5000}})
    steps = [
        saved("MemberSaved", member_id="A", level="gold"),
        saved("MemberSaved", member_id="A", nickname="New"),
        paid("o1", "A", 10_000),
        saved("MemberSaved", member_id="A", level=None),
        paid("o2", "A", 10_000),
    ]
    entries = outcome(settings, *steps)["queues"]["mall"]["entries"]
    assert [entry["entitlement"] for entry in entries] == [5000, 1000]


def test_a_refund_of_an_amount_is_split_over_the_lines_by_what_is_left():
    order = paid("o1", "A", 1000, 2000, 1)
    refund = {"order_id": "o1", "refund_id": "r1", "amount": 1500}
    played = Played({"settings": {**SHOP, **base()}, "steps": [order]})
    assert played.kernel.refund(refund, played.now) is None
    lines = played.kernel.world.orders["o1"].lines
    assert [line.paid for line in lines] == [500, 1000, 1]
    assert played.kernel.refund({**refund, "refund_id": "r2", "amount": 1502}, played.now)


def test_a_buyer_rises_when_an_order_completes_and_the_level_counts_for_the_next():
    levels = {"members": [{"level": "gold", "spent": 10_000, "days": 90}]}
    settings = {**base(entitlement={"fixed_bps": 1000, "by_level": {"gold": 5000}})}
    steps = [
        {"buy": {"order": "o1", "member": "A", "paid": 10_000}},
        {"complete": "o1"},
        {"buy": {"order": "o2", "member": "A", "paid": 10_000}},
    ]
    found = outcome({**settings, "levels": levels}, *steps)
    entries = found["queues"]["mall"]["entries"]
    assert [entry["entitlement"] for entry in entries] == [1000, 5000]


def test_levels_fall_to_what_conditions_still_give():
    steps = [
        {"buy": {"order": "o1", "member": "A", "paid": 10_000}},
        {"complete": "o1"},
        {"buy": {"order": "o2", "member": "A", "paid": 100}},
        {"run": "levels", "at": "2026-04-15T00:00:00+08:00"},
        {"buy": {"order": "o3", "member": "A", "paid": 100}},
        {"run": "levels", "at": "2026-08-01T00:00:00+08:00"},
        {"buy": {"order": "o4", "member": "A", "paid": 100}},
    ]
    levels = [
        {"level": "silver", "spent": 1, "days": 90},
        {"level": "gold", "orders": 1, "days": 30},
    ]
    ratios = {"fixed_bps": 1000, "by_level": {"gold": 5000, "silver": 3000}}
    settings = {**base(entitlement=ratios), "levels": {"members": levels, "fall": True}}
    entries = outcome(settings, *steps)["queues"]["mall"]["entries"]
    assert [entry["entitlement"] for entry in entries] == [1000, 50, 30, 10]


def test_a_rank_is_reached_by_those_who_were_referred_and_bought():
    settings = {
        "referral": {"settle_on": "paid", "ranks": [{"rank": "captain", "bps": 300}]},
        "levels": {"ranks": [{"rank": "captain", "referred": 2}]},
    }
    members = [{"id": "R"}, {"id": "A", "referrer": "R"}, {"id": "B", "referrer": "R"}]
    steps = [
        {"buy": {"order": "o1", "member": "A", "paid": 10_000}},
        {"complete": "o1"},
        {"buy": {"order": "o2", "member": "B", "paid": 10_000}},
        {"complete": "o2"},
        {"buy": {"order": "o3", "member": "A", "paid": 10_000}},
    ]
    assert outcome(settings, *steps, members=members)["wallets"] == {"R": {"cash": 300}}


def test_past_the_most_that_may_be_borne_a_day_the_plan_is_paused():
    settings = {**base(), "guards": {"borne_per_day": 500}}
    steps = [
        {"buy": {"order": "o1", "member": "A", "paid": 10_000}},
        {"buy": {"order": "o2", "member": "B", "paid": 10_000}},
        {"refund": {"order": "o2", "amount": 10_000, "id": "r1"}},
        {"buy": {"order": "o3", "member": "B", "paid": 10_000}},
    ]
    platform = outcome(settings, *steps)["platform"]
    assert (platform["borne"], platform["retained"]) == (1000, 2000)


def test_points_of_three_decimals_are_worth_a_unit_each():
    settings = {**base(exchange={"points_bps": 10_000}), "currency": "KWD"}
    steps = [
        {"buy": {"order": "o1", "member": "A", "paid": 5800}},
        {"exchange": {"queue": "mall", "entry": "o1/1", "into": "points"}},
    ]
    found = Played({"settings": {**SHOP, **settings}, "steps": steps}).outcome.document()
    assert found["wallets"] == {"A": {"points": 580}}
