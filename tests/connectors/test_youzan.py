"""What is made of Youzan's messages: a third platform, in one module."""

import json
from hashlib import md5
from urllib.parse import quote

import pytest

from rebate.connectors import PLATFORMS, ConnectorRules, PlatformDelivery, UnreadableDelivery
from tests.connectors.sent import backs_of, paid_of, reasons_of, told, types_of

CNY = ConnectorRules("CNY")


def message(kind, msg, **rest):
    encoded = msg if isinstance(msg, str) else quote(json.dumps(msg, ensure_ascii=False))
    return PlatformDelivery(
        {"Event-Type": kind, "Client-Id": "c"}, {"msg": encoded, "test": False, **rest}
    )


def line(oid, payment, **rest):
    return {"oid": oid, "item_id": 7, "num": 2, "price": "9.90", "payment": payment, **rest}


def trade(*lines, pay_time="2026-09-10 08:00:00", **buyer):
    info = {"tid": "E1", "created": "2026-09-10 07:59:00", "pay_time": pay_time}
    full = {
        "order_info": {**info, "update_time": pay_time or info["created"]},
        "orders": list(lines) or [line("11", "60.00"), line("12", "40.00")],
        "buyer_info": buyer or {"yz_open_id": "open-1"},
        "pay_info": {"payment": "108.00", "post_fee": "8.00"},
    }
    return {"full_order_info": full}


def back(name, fee, oids, **rest):
    about = {"tid": "E1", "update_time": "2026-09-12 09:00:00"}
    return {**about, "refund_id": name, "refunded_fee": fee, "oids": oids, **rest}


PAID = message("trade_TradePaid", trade())


def convert(*deliveries):
    return told("youzan", *deliveries, rules=CNY)


def test_a_paid_trade_is_an_order_in_yuan_on_chinas_clock():
    (event,) = convert(PAID, message("trade_TradeBuyerPay", trade())).events
    assert event.detail == {
        "order_id": "E1",
        "member": {"id": "open-1"},
        "channel": "mall",
        "paid_at": "2026-09-10T08:00:00+08:00",
        "lines": [
            {"line_id": "11", "product_id": "7", "quantity": 2, "paid": 6000},
            {"line_id": "12", "product_id": "7", "quantity": 2, "paid": 4000},
        ],
    }


def test_a_trade_that_is_not_paid_and_one_without_a_buyer_are_told():
    unpaid = message("trade_TradeCreate", trade(pay_time=""))
    assert reasons_of(convert(unpaid)) == ["not paid"]
    assert types_of(convert(unpaid, PAID)) == ["OrderPaid"]
    guest = message("trade_TradePaid", trade(yz_open_id=""))
    assert reasons_of(convert(guest)) == ["guest: no customer"]


def test_a_trade_that_succeeded_is_completed():
    done = message("trade_TradeSuccess", {"tid": "E1", "update_time": "2026-09-20 10:00:00"})
    (event,) = convert(done).events
    assert event.detail["completed_at"] == "2026-09-20T10:00:00+08:00"


@pytest.mark.parametrize("oids", ["11", '["11"]', ["11"]])
def test_a_refund_goes_back_to_the_line_that_it_names(oids):
    given = message("youzan_trade_RefundSuccess", back("r1", "15.50", oids))
    assert backs_of(convert(given, PAID)) == {"r1": {"11": 1550}}


def test_a_refund_of_several_lines_is_divided_by_what_is_left_of_each():
    first = message("trade_refund_RefundSuccess", back("r1", "60.00", "11"))
    both = {**back("r2", "20.00", "11,12"), "update_time": "2026-09-13 09:00:00"}
    converted = convert(PAID, first, message("trade_refund_RefundSuccess", both))
    assert backs_of(converted) == {"r1": {"11": 6000}, "r2": {"12": 2000}}


def test_a_refund_of_an_order_not_known_names_its_line_or_its_amount():
    one = message("youzan_trade_RefundSuccess", back("r1", "15.50", "11"))
    assert backs_of(convert(one)) == {"r1": {"11": 1550}}
    two = message("youzan_trade_RefundSuccess", back("r2", "15.50", "11,12"))
    assert convert(two).events[0].detail["amount"] == 1550


def test_a_seller_who_agrees_ends_a_refund_unless_goods_come_back():
    kind = "trade_refund_RefundSellerAgree"
    only = message(kind, back("r1", "15.50", "11", refund_type="REFUND_ONLY"))
    assert backs_of(convert(PAID, only)) == {"r1": {"11": 1550}}
    returning = message(kind, back("r1", "15.50", "11", refund_type="REFUND_AND_RETURN"))
    assert reasons_of(convert(PAID, returning)) == ["refund r1: the goods are not back yet"]


def test_a_message_may_hold_an_object_and_test_messages_are_left_out():
    plain = PlatformDelivery({"event-type": "trade_TradePaid"}, {"msg": trade()})
    assert paid_of(convert(plain)) == {"11": 6000, "12": 4000}
    assert reasons_of(convert(message("trade_TradePaid", trade(), test=True))) == ["test message"]
    assert reasons_of(convert(message("ITEM_INFO", {}))) == ["ITEM_INFO tells nothing that counts"]


@pytest.mark.parametrize(
    ("delivery", "path"),
    [
        (message("trade_TradePaid", "%7B"), "payload.msg"),
        (message("trade_TradePaid", {}), "payload.msg.full_order_info"),
        (message("trade_TradeSuccess", {"tid": "E1"}), "payload.msg.update_time"),
        (message("", {}), "headers.Event-Type"),
    ],
)
def test_what_has_another_shape_is_refused_naming_the_field(delivery, path):
    with pytest.raises(UnreadableDelivery) as refused:
        convert(delivery)
    assert path in {problem.path for problem in refused.value.problems}


def test_a_message_is_signed_by_client_id_body_and_secret():
    body = '{"msg": "茶"}'.encode()
    signature = md5(b"client-1" + body + b"a client's secret").hexdigest()
    youzan = PLATFORMS["youzan"]
    assert youzan.signs([b"client-1:a client's secret"], signature, body)
    assert not youzan.signs([b"client-1:another secret"], signature, body)
    assert not youzan.signs([b"client-1:a client's secret"], signature, body + b" ")
