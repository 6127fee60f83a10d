"""Texts for members promise no date and no full return (rule 8.4)."""

import pytest

from rebate.contracts.explain import explain
from rebate.contracts.notice_texts import DEFAULTS, LOCALES
from rebate.contracts.phrases import said
from rebate.contracts.promises import LIMITS, promises_in
from rebate.contracts.settings import InvalidSettings, parse_settings
from tests.contracts.documents import BARE

MALL = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 2000}}


@pytest.mark.parametrize(
    "text",
    [
        "一周内到账",
        "下单后7天返还",
        "三个月内全部返完",
        "30 个工作日内返现",
        "我们保证返还",
        "全额返还",
        "100% 返",
        "您的订单必返",
        "Paid within a week.",
        "You will be paid by 3 May.",
        "100 % back",
        "We guarantee your rebate.",
        "Your money back",
    ],
)
def test_promises_are_found(text):
    assert promises_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "我们不能保证返还时间。",
        "本活动不承诺返还。",
        "最近 7 天发放 12.00 CNY。",
        "订单 {order} 收到返利 {amount}。",
        "We promise nothing.",
        "There is no guarantee.",
        "A rebate of {amount} was paid to order {order}.",
    ],
)
def test_what_promises_nothing_passes(text):
    assert promises_in(text) == []


def test_our_own_texts_promise_nothing():
    for locale in LOCALES:
        assert LIMITS[locale]
        for text in DEFAULTS[locale].values():
            assert promises_in(text) == [], text


@pytest.mark.parametrize("name", ["title", "exchange_title"])
def test_a_title_promises_nothing_either(name):
    parse_settings({**BARE, "queue_rebate": {**MALL, name: "排队返利"}})
    with pytest.raises(InvalidSettings) as refused:
        parse_settings({**BARE, "queue_rebate": {**MALL, name: "七天全返"}})
    assert [problem.path for problem in refused.value.problems] == [f"queue_rebate.{name}"]
    assert "promises" in refused.value.problems[0].message


@pytest.mark.parametrize("locale", LOCALES)
def test_who_words_a_title_is_told_what_no_check_of_it_can_see(locale):
    settings = parse_settings({**BARE, "queue_rebate": {**MALL, "title": "先来先返"}})
    told = [said(sentence.text, locale) for sentence in explain(settings)]
    assert [text for text in told if "先来先返" in text and LIMITS[locale] in text]
    plain = parse_settings({**BARE, "queue_rebate": MALL})
    assert not [text for text in map(str, explain(plain)) if LIMITS["en"] in text]
