"""Settings that give back more than the margin (rule 8.4)."""

import pytest

from rebate.contracts.settings import InvalidSettings, guard_findings, parse_settings
from tests.contracts.documents import BARE, MINIMAL, changed

ONLY_BASE = {**BARE, "queue_rebate": MINIMAL["queue_rebate"]}


def findings(document, margin_bps):
    return guard_findings(parse_settings(document), margin_bps)


def test_a_margin_that_is_not_known_refuses_nothing():
    assert findings(changed(ONLY_BASE, "queue_rebate.extraction_bps", 20000), None) == ()


def test_giving_back_the_whole_margin_is_allowed():
    assert findings(ONLY_BASE, 1000) == ()


def test_giving_back_more_than_the_margin_is_found_in_every_channel():
    found = findings(ONLY_BASE, 999)
    assert [problem.path for problem in found] == ["queue_rebate.extraction_bps"] * 3
    assert all(problem.code == "needs_acknowledgement" for problem in found)
    assert "an order by mall gives back up to 10 %" in str(found[0])


def test_an_acknowledged_margin_is_not_found():
    assert findings(changed(ONLY_BASE, "guards.acknowledged", ["margin"]), 999) == ()


def test_the_highest_ratio_of_any_product_counts():
    document = changed(ONLY_BASE, "queue_rebate.products.p.extraction_bps", 5000)
    (found,) = findings(document, 4000)
    assert found.path == "queue_rebate.products.p.extraction_bps"


def test_a_product_that_contributes_nothing_does_not_count():
    product = {"extraction_bps": 5000, "part": "queues_only"}
    assert findings(changed(ONLY_BASE, "queue_rebate.products.p", product), 4000) == ()


def test_stores_and_their_products_count_for_stores_alone():
    document = changed(ONLY_BASE, "queue_rebate.store_settings.W.products.p.extraction_bps", 5000)
    (found,) = findings(document, 4000)
    assert "an order by store" in found.message


def test_plans_add_up():
    document = {**ONLY_BASE, "order_queue": {"reward_bps": 3000}}
    assert len(findings(document, 3999)) == 3
    assert findings(document, 4000) == ()


def test_every_plan_and_the_referral_rewards_are_counted():
    document = {
        **MINIMAL,
        "referral": {
            "direct_bps": 500,
            "indirect_bps": 200,
            "ranks": [{"rank": "a", "bps": 300}, {"rank": "b", "bps": 400}],
            "dividend": {"bps": 100, "rank": "s"},
            "merchant_bps": 50,
            "merchant_base": "turnover",
        },
    }
    found = {problem.message.split(" gives")[0]: problem for problem in findings(document, 5000)}
    mall = 1000 + 3000 + 4000 + 3000 + 500 + 200 + 400 + 100 + 50
    assert f"up to {mall / 100:g} %" in found["an order by mall"].message
    assert f"up to {(mall + 2000) / 100:g} %" in found["an order by store"].message


def test_plans_that_are_off_cost_nothing():
    off = {name: {"enabled": False} for name in MINIMAL if isinstance(MINIMAL[name], dict)}
    assert findings({**BARE, **off}, 0) == ()


def test_an_alliance_without_the_channel_costs_it_nothing():
    document = {
        **BARE,
        "alliance": {
            "dividend_bps": 1000,
            "heads_bps": [10000],
            "channels": ["mall"],
            "merchants": {"W": {"concession_bps": 3000}},
        },
    }
    assert len(findings(document, 0)) == 1
    document["alliance"]["channels"] = ["store", "mall"]
    assert [p.path for p in findings(document, 0)] == [
        "alliance.dividend_bps",
        "alliance.merchants.W.concession_bps",
    ]


def test_a_products_own_share_of_profit_counts():
    document = {**BARE, "union": {"profit_share_bps": 5000, "quota_bps": 10000}}
    assert findings(document, 6000) == ()
    document["union"]["products"] = {"p": {"profit_share_bps": 12000}}
    assert {p.path for p in findings(document, 6000)} == {"union.products.p.profit_share_bps"}


def test_settings_that_could_give_more_than_the_cap_on_revenue_are_refused():
    document = {**ONLY_BASE, "guards": {"max_share_of_revenue_bps": 1000}}
    parse_settings(document)
    document["guards"] = {"max_share_of_revenue_bps": 999}
    with pytest.raises(InvalidSettings) as refused:
        parse_settings(document)
    assert {p.path for p in refused.value.problems} == {"guards.max_share_of_revenue_bps"}
    assert refused.value.code == "invalid_settings"


@pytest.mark.parametrize(("margin", "most"), [(2000, 1000), (None, 5000)])
def test_profit_is_the_default_margin_or_else_all_of_the_price(margin, most):
    plan = {"profit_share_bps": 5000, "quota_bps": 10000, "default_margin_bps": margin}
    document = {**BARE, "union": plan, "guards": {"max_share_of_revenue_bps": most}}
    parse_settings(document)
    document["guards"]["max_share_of_revenue_bps"] = most - 1
    with pytest.raises(InvalidSettings):
        parse_settings(document)
