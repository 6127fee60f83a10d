"""Reading a history: what is plain by hand, the rest by the contract, all as replay takes it."""

import json

import pytest

from local.compare import differences
from rebate.simulation.tape import COMPLETED, NOTHING, ORDER, PLAIN, REFUNDED, SAVED
from tests.kernel import histories

AT = "2026-03-01T10:00:00+08:00"
PLAN = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10_000}}
SHOP = {"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": PLAN}
SENDERS = {
    "a": {"sources": ["a"], "prefix": "a-", "order_max": 500},
    "b": {"sources": ["b"], "prefix": "b-", "members": "shared", "types": ["OrderPaid"]},
    "c": {"sources": ["c"], "stores": ["W"]},
}


def history_of(lines, **settings):
    return histories.history_of(lines, {**SHOP, **settings})


def line(kind, **detail):
    return json.dumps({"detail-type": kind, "time": AT, "detail": detail}).encode()


def order(name="o1", paid=100, **others):
    lines = others.pop("lines", [{"line_id": "1", "paid": paid}])
    detail = {"order_id": name, "member": {"id": "A"}, "channel": "mall", "paid_at": AT}
    return line("OrderPaid", **{**detail, "lines": lines, **others})


ONE = [{"line_id": "1", "amount": 1}]
REFUND = {"order_id": "o1", "refund_id": "r", "refunded_at": AT}


def test_each_kind_of_event_has_a_row():
    two = [{"line_id": "1", "paid": 1}, {"line_id": "2", "paid": 2}]
    refund = {"order_id": "o1", "refund_id": "r", "refunded_at": AT}
    lines = [
        order(),
        order("o2", lines=two),
        line("OrderCompleted", order_id="o1", completed_at=AT),
        line("OrderRefunded", **refund, lines=[{"line_id": "1", "amount": 5}]),
        line("MemberSaved", member_id="A", level="gold"),
        line("StoreVisited", store_id="W", visited_at=AT, visit_id="v", member_id=None),
    ]
    history = history_of(lines)
    assert history.set_aside == []
    assert list(history.tape.kinds) == [PLAIN, ORDER, COMPLETED, REFUNDED, SAVED]


@pytest.mark.parametrize(
    "others",
    [
        {"channel": "store", "store_id": "W"},
        {"lines": [{"line_id": "1", "paid": 1, "deducted": 1}]},
        {"lines": [{"line_id": "1", "paid": 1, "profit": 0}]},
        {"lines": [{"line_id": "1", "paid": 1, "supply": "aggregated"}]},
        {"member": {"id": "中国"}},
    ],
)
def test_what_says_more_than_a_plain_order_keeps_its_detail(others):
    tape = history_of([order(**others)]).tape
    assert list(tape.kinds) == [ORDER]
    assert list(differences(others, tape.detail(0))) == []


def test_a_level_that_is_left_out_is_not_a_level_of_null():
    tape = history_of([order("o1"), order("o2", member={"id": "A", "level": None})]).tape
    assert "level" not in tape.detail(0)["member"]
    assert tape.detail(1)["member"]["level"] is None


def test_a_guest_has_no_member():
    tape = history_of([order(member=None), order("o2", member=None, channel="mall")]).tape
    assert tape.detail(0)["member"] is None
    assert tape.has_guests


@pytest.mark.parametrize(
    ("bad", "code", "reason"),
    [
        (b"{", "unreadable_event", "JSON"),
        (b"[1]", "unreadable_event", "object"),
        (order(paid=-1), "unreadable_event", "lines[0].paid"),
        (order(paid=1.5), "unreadable_event", "lines[0].paid"),
        (order(paid=True), "unreadable_event", "lines[0].paid"),
        (
            order(lines=[{"line_id": "1", "paid": 1, "deducted": False}]),
            "unreadable_event",
            "lines[0].deducted",
        ),
        (order(paid_at="2026-03-01"), "unreadable_event", "paid_at"),
        (order("o1-r1"), "unreadable_event", "order_id"),
        (order("o2", currency="USD"), "wrong_currency", "CNY"),
        (order("o2", note="x" * 210_000), "unreadable_event", "detail"),
        (order("o2").replace(AT.encode(), b"yesterday", 1), "unreadable_event", "time"),
        (line("OrderRefunded", **REFUND, lines=ONE, amount=1), "unreadable_event", "amount"),
        (line("OrderRefunded", **REFUND, lines=ONE, currency="USD"), "wrong_currency", "CNY"),
        (order(member={"id": ""}), "unreadable_event", "member.id"),
        (line("OrderPayed"), "unreadable_event", "OrderPaid"),
        (line("OrderCompleted", order_id="o1"), "unreadable_event", "completed_at"),
        (order(paid=101), "conflicting_event", "o1"),
    ],
)
def test_what_replay_sets_aside_is_set_aside_with_line_and_reason(bad, code, reason):
    history = history_of([order(), b"", bad, order("o9")])
    (aside,) = history.set_aside
    assert (aside.line, aside.code) == (3, code)
    assert reason in aside.reason
    assert history.tape.orders == ["o1", "o9"]


def sent_by(source, event):
    return json.dumps({**json.loads(event), "source": source}).encode()


def test_an_order_is_its_senders_and_what_others_tell_of_it_is_set_aside():
    done = line("OrderCompleted", order_id="o1", completed_at=AT)
    early = [sent_by("b", done), sent_by("a", done), sent_by("a", order())]
    later = [sent_by("b", done), sent_by("b", order()), sent_by("b", order("o2"))]
    mine = sent_by("b", line("OrderCompleted", order_id="o2", completed_at=AT))
    history = history_of([*early, *later, mine])
    assert [aside.line for aside in history.set_aside] == [1, 4, 5]
    assert {aside.code for aside in history.set_aside} == {"conflicting_event"}
    assert list(history.tape.kinds) == [NOTHING, COMPLETED, PLAIN, PLAIN, COMPLETED]


def test_without_a_source_all_is_of_one_sender():
    done = line("OrderCompleted", order_id="o1", completed_at=AT)
    assert history_of([order(), done, order("o2")]).set_aside == []


def test_the_same_order_again_is_no_event():
    again = order(paid_at="2026-03-01T02:00:00+00:00", source="other")
    history = history_of([order(), again, order()])
    assert (len(history.tape), history.repeated, history.set_aside) == (1, 2, [])


def test_senders_are_heard_as_the_settings_have_them():
    lines = [
        sent_by("a", order()),
        sent_by("b", order()),
        sent_by("a", order("o2", paid=501)),
        sent_by("b", line("OrderCompleted", order_id="o1", completed_at=AT)),
        sent_by("c", order("o3", channel="store", store_id="V")),
        sent_by("c", order("o4", channel="store", store_id="W")),
    ]
    history = history_of(lines, senders=SENDERS)
    codes = [(aside.line, aside.code) for aside in history.set_aside]
    assert codes == [(3, "over_limit"), (4, "forbidden"), (5, "forbidden")]
    buyers = [history.tape.detail(row)["member"]["id"] for row in range(3)]
    assert (history.tape.orders, buyers) == (["a-o1", "b-o1", "o4"], ["a-A", "A", "A"])
