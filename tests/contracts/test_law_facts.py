"""Facts of law are shown where settings trigger them, once their text was checked (rule 8.7)."""

import re
from typing import Any, get_args

import pytest

from rebate.contracts.law_facts import (
    DELIVERED,
    NO_ADVICE,
    TRIGGERS,
    facts_to_show,
    law_facts,
)
from rebate.contracts.settings import InvalidSettings, parse_settings
from rebate.contracts.settings.law import Trigger
from tests.contracts.documents import BARE, MINIMAL

LOTTERY = {"kind": "range", "low_bps": 1000, "high_bps": 9000}
MALL: dict[str, Any] = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 2000}}


def ids(document: dict[str, Any]) -> set[str]:
    return {fact.id for fact in law_facts(parse_settings(document), "en").facts if fact.triggered}


@pytest.mark.parametrize(
    ("settings", "fact", "expected"),
    [
        ({"queue_rebate": MALL}, "cn-consumption-rebate-2018", False),
        (
            {"queue_rebate": {**MALL, "entitlement": {"fixed_bps": 10_000}}},
            "cn-consumption-rebate-2018",
            True,
        ),
        (
            {"queue_rebate": {**MALL, "entitlement": {"fixed_bps": 3001}}},
            "cn-consumption-rebate-2018",
            True,
        ),
        ({"referral": {"direct_bps": 1}}, "cn-pyramid-selling", True),
        ({"referral": {"direct_bps": 1, "enabled": False}}, "cn-pyramid-selling", False),
        (
            {"queue_rebate": {**MALL, "products": {"p": {"entitlement": {"lottery": LOTTERY}}}}},
            "cn-prize-maximum",
            True,
        ),
        ({"queue_rebate": MALL}, "cn-prize-maximum", False),
        ({"wallet": {"withdraw_min": 1000}}, "cn-payment-licence", True),
        ({"queue_rebate": MALL}, "cn-pipl", True),
        ({"queue_rebate": {**MALL, "display": {"member": False}}}, "cn-pipl", False),
        ({"currency": "GBP"}, "uk-matrix-2005", True),
        ({"currency": "EUR"}, "eu-pyramid", True),
        ({"currency": "USD", "order_queue": {"reward_bps": 1}}, "us-koscot", True),
        ({"order_queue": {"reward_bps": 1}}, "us-koscot", False),
    ],
)
def test_settings_trigger_facts(settings: dict[str, Any], fact: str, expected: bool) -> None:
    assert (fact in ids({**BARE, **settings})) is expected


def test_only_what_was_checked_is_shown() -> None:
    document = {**BARE, "currency": "EUR", "referral": {"direct_bps": 1}}
    shown = facts_to_show(parse_settings(document), "en")
    assert [fact.id for fact in shown] == ["eu-pyramid"]
    assert shown[0].checked_on == "2026-11-27"


def test_an_operator_checks_a_fact_and_adds_one() -> None:
    own = {"subject": "本地规定", "says": "……", "jurisdiction": "CN-SH", "checked_on": "2026-05-02"}
    document = {
        **BARE,
        "referral": {"direct_bps": 1},
        "law_facts": {"cn-pyramid-selling": {"checked_on": "2026-05-01"}, "ours": own},
    }
    shown = {fact.id: fact for fact in facts_to_show(parse_settings(document), "zh-CN")}
    assert shown["cn-pyramid-selling"].checked_on == "2026-05-01"
    assert "第七条" in shown["cn-pyramid-selling"].says
    assert (shown["ours"].subject, shown["ours"].trigger) == ("本地规定", "always")


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"checked_on": "yesterday"}, "law_facts.x.checked_on"),
        ({"trigger": "never"}, "law_facts.x.trigger"),
        ({"sais": "x"}, "law_facts.x.sais"),
    ],
)
def test_what_is_no_fact_is_refused(wrong: dict[str, str], path: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        parse_settings({**BARE, "law_facts": {"x": wrong}})
    assert [problem.path for problem in refused.value.problems] == [path]


def test_delivered_facts_are_whole_in_both_languages() -> None:
    assert len({fact.id for fact in DELIVERED}) == len(DELIVERED)
    assert {fact.trigger for fact in DELIVERED} <= set(TRIGGERS) == set(get_args(Trigger))
    for fact in DELIVERED:
        assert set(fact.says) == set(fact.subject) == {"zh-CN", "en"} == set(NO_ADVICE)
        assert re.match(r"https?://", fact.source_url)
        assert fact.source
        assert fact.says["en"].isascii()


def test_the_lead_says_that_it_is_no_advice() -> None:
    assert "no legal advice" in law_facts(parse_settings(MINIMAL), "en").lead
