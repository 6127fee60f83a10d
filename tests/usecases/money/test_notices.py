"""Members are told, in their language, what was moved for or by them (Rules 1.7 and 3).

Chinese texts have Chinese punctuation, hence the exception for this module.
"""
# ruff: noqa: RUF001

import pytest

from rebate.usecases.notices.notify_members import notify
from rebate.usecases.notices.show_notices import show_notices
from rebate.usecases.storage.rows.journal import Journal
from tests.usecases.money.told import give, players


def texts(*steps, member="A", locale="en", **wallet):
    player = players(*steps, **wallet)
    rows = sorted(player.store.scan(Journal), key=lambda row: row.at)
    assert sum(notify(player.store, row) for row in rows)
    terms = player.app.settings.in_force().terms
    return [each.text for each in show_notices(player.store, terms, member, locale).notices]


WITHDRAWN = [
    give("A", 100000),
    {"withdraw": {"member": "A", "amount": 10000, "id": "w1"}},
    {"decide": {"id": "w1", "approve": True}},
    {"decide": {"id": "w1", "paid": "b1"}},
    {"decide": {"id": "w1", "failed": True}},
]
GIFT = [
    give("A", 5000, "points"),
    {"gift": {"id": "tea", "price": {"points": 1000}}},
    {"redeem": {"member": "A", "gift": "tea", "id": "r1"}},
    {"gift_state": {"id": "r1", "state": "sent", "tracking": "SF 1"}},
    {"gift_state": {"id": "r1", "state": "cancelled"}},
]


def test_of_a_withdrawal():
    assert texts(*WITHDRAWN, withdraw_fee_bps=100) == [
        (
            "The payout of your withdrawal of 100.00 CNY failed; the amount is in your balance "
            "again, and you may ask anew."
        ),
        "Your withdrawal of 100.00 CNY was paid out: 99.00 CNY to your account.",
        "Your withdrawal of 100.00 CNY was approved.",
        "Your wallet was credited with 1 000.00 CNY: for the test",
    ]


def test_of_a_gift_in_chinese():
    assert texts(*GIFT, locale="zh-CN") == [
        "礼品 tea 兑换已取消，10.00 积分 已退回。",
        "礼品 tea 已发货。SF 1",
        "已用 10.00 积分 兑换礼品 tea，共 1 件。",
        "钱包入账 50.00 积分：for the test",
    ]


@pytest.mark.parametrize(
    ("member", "text"),
    [("A", "You passed 0.40 points on to B."), ("B", "A passed 0.40 points on to you.")],
)
def test_of_a_transfer_both(member, text):
    wish = {"from": "A", "to": "B", "asset": "points", "amount": 40}
    told = texts(give("A", 100, "points"), {"transfer": wish}, member=member, transfer=["points"])
    assert told[0] == text


def test_of_what_was_spent_given_back_debited_and_thawed():
    assert texts(
        give("A", 100, "points"),
        {"spend": {"member": "A", "asset": "points", "amount": 40, "order": "o1", "id": "s1"}},
        {"give_back": {"id": "b1", "spend": "s1", "amount": 15}},
        give("A", -5, "points"),
        give("A", 7, "love_frozen"),
        {"thaw": {"member": "A"}},
    )[:-1] == [
        "0.07 love value can be used now.",
        "Your wallet was credited with 0.07 love value (frozen): for the test",
        "Your wallet was debited by 0.05 points: for the test",
        "0.15 points of order o1 were given back.",
        "0.40 points were spent on order o1.",
    ]
