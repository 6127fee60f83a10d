"""Webhooks of other platforms: who signed, what is answered, and what comes of them on the bus."""

import base64
import copy
import hmac
import json

import boto3
import pytest

from functions.connect_orders.handler import handler as connect_orders
from functions.on_shop_webhook.handler import handler as on_shop_webhook
from functions.scheduled_connect.handler import handler as scheduled_connect
from rebate import bootstrap
from rebate.adapters.connector_work import ConnectorWork
from rebate.domain.errors import Unavailable
from rebate.usecases.connections.connect_shop import ChangedPage
from tests.connectors.sent import back, item, moved, order, refund, shopify, wc_order, wc_refund
from tests.functions.cloud import REGION, SETTINGS, batch, context, failed, sample

SECRET = "a secret of this shop"
ACCOUNTS = {
    "web": {"platform": "shopify", "secrets": ["the old secret of it", SECRET]},
    "woo": {
        "platform": "woocommerce",
        "secrets": [SECRET],
        "url": "https://shop.example.test",
        "user": "ck_1",
        "password": "cs_1",
    },
    "bare": {"platform": "woocommerce", "secrets": [""]},
    "unknown": {"platform": "shopify", "secrets": [SECRET]},
}
CONNECTORS = {
    "web": {"sender": "shop-a"},
    "woo": {"sender": "shop-b"},
    "bare": {"sender": "shop-c"},
}
PAID = order(item(1, "60.00"), item(2, "40.00"))
UNFIT = (
    {**PAID, "id": "9" * 2_000},
    {**PAID, "id": "a\ud800b"},
    {**PAID, "id": "a\x00b"},
    {**PAID, "customer": {"id": "7" * 300_000}},
    {**PAID, "currency": "U" * 500_000},
    {**PAID, "financial_status": "p" * 500_000},
    {**PAID, "line_items": [{**item(1, "1.00"), "id": "\ud800"}]},
    {**PAID, "line_items": [{**item(1, "1.00"), "product_id": "p" * 3_000}]},
    {**PAID, "processed_at": "0001-01-01T00:00:00+12:00"},
)
"""Orders that have the right fields, and in them what can neither be stored nor settled."""
WHOLE = refund(1, [back(1, "60.00"), back(2, "40.00")], moved("100.00"))


@pytest.fixture(autouse=True)
def _connected(cloud, monkeypatch):
    monkeypatch.setenv("REBATE_CONNECTORS", json.dumps(ACCOUNTS))
    bootstrap.app.cache_clear()
    cloud.use({**SETTINGS, "currency": "USD", "connectors": CONNECTORS})


def deliver(
    topic, payload, *, key="web", platform="shopify", secret=SECRET, encoded=False, signature=None
):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signed = base64.b64encode(hmac.new(secret.encode(), body, "sha256").digest()).decode()
    names = {
        "shopify": ("x-shopify-topic", "x-shopify-hmac-sha256"),
        "woocommerce": ("x-wc-webhook-topic", "x-wc-webhook-signature"),
    }
    topic_header, signature_header = names.get(platform, names["shopify"])
    event = copy.deepcopy(sample("http_request"))
    event["rawPath"] = f"/v1/connect/{platform}/{key}"
    event["headers"] |= {topic_header: topic, signature_header: signature or signed}
    event["isBase64Encoded"] = encoded
    event["body"] = base64.b64encode(body).decode() if encoded else body.decode("latin-1")
    return on_shop_webhook(event, context("on_shop_webhook"))["statusCode"]


def carry_on(cloud):
    """Bring what is to be done until nothing is; return what was put on the bus."""
    messages = cloud.connected()
    if messages:
        assert failed(connect_orders(batch(*messages), context("connect_orders"))) == []
    told = [(each["source"], each["detail-type"], each["detail"]) for each in cloud.bus.told]
    cloud.bus.told.clear()
    return told


def test_a_signed_order_is_put_on_the_bus_under_its_sender(cloud):
    assert deliver("orders/paid", PAID) == 200
    ((source, kind, detail),) = carry_on(cloud)
    assert (source, kind, detail["order_id"]) == ("shop-a", "OrderPaid", "55")
    assert [line["paid"] for line in detail["lines"]] == [6000, 4000]


def test_the_bytes_are_signed_as_they_came(cloud):
    """Pitfall 27: also where the gateway has wrapped them in Base64."""
    text = json.dumps({**PAID, "note": "a & b / c ü"}, ensure_ascii=False, indent=3)
    assert deliver("orders/paid", text.encode(), encoded=True) == 200
    assert deliver("orders/paid", text.replace("/", "\\/").encode(), encoded=True) == 200
    assert len(carry_on(cloud)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another secret of it"},
        {"signature": "AAAA"},
        {"key": "nobody"},
        {"key": "woo"},
        {"key": "unknown"},
        {"key": ""},
        {"platform": "woocommerce", "key": "bare", "secret": ""},
    ],
)
def test_what_its_shop_has_not_signed_is_refused_and_leaves_nothing(cloud, wrong):
    """Pitfall 28: nor does a connector without a secret take what is signed with none."""
    assert deliver("orders/paid", PAID, **wrong) == 401
    assert (cloud.connected(), cloud.dead_letters()) == ([], [])


def test_both_secrets_are_good_while_one_is_replaced(cloud):
    assert deliver("orders/paid", PAID, secret="the old secret of it") == 200


def test_a_platform_that_there_is_not_is_not_found(cloud):
    assert deliver("orders/paid", PAID, platform="myspace") == 404


def test_a_ping_is_answered_200_though_nobody_signed_it(cloud):
    """Pitfall 29."""
    ping = b"webhook_id=5"
    assert deliver("", ping, platform="woocommerce", key="woo", signature="none") == 200
    assert cloud.connected() == []


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("orders/paid", order(test=True)),
        ("orders/paid", order(customer=None)),
        ("orders/paid", order(financial_status="pending")),
        ("orders/paid", order(currency="CAD")),
        ("customers/update", {"id": 1}),
        ("orders/edited", {"order_edit": {"order_id": 55}}),
    ],
)
def test_what_is_not_converted_is_answered_200_and_told_nobody(cloud, topic, payload):
    """Pitfall 29: a platform switches off what fails."""
    assert deliver(topic, payload) == 200
    assert carry_on(cloud) == []
    assert cloud.dead_letters() == []


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe\x00\x08",
        b'{"id": 1}',
        b"[" * 99_999,
        *(json.dumps(each).encode() for each in UNFIT),
        json.dumps(PAID).replace('"60.00"', "NaN").encode(),
        json.dumps(PAID).replace('"60.00"', "9" * 5_000).encode(),
    ],
)
def test_what_cannot_be_read_is_answered_200_and_set_aside_with_its_reason(cloud, payload):
    assert deliver("orders/paid", payload, encoded=True) == 200
    ((_, said),) = cloud.dead_letters()
    assert said["code"] == "unreadable_event"
    assert said["reason"].startswith("connector web: payload")


def test_a_request_to_forget_a_customer_is_put_before_an_operator_without_the_rest_of_it(cloud):
    asked = {"shop_id": 1, "customer": {"id": 7, "email": "buyer@example.test"}}
    assert deliver("customers/redact", asked) == 200
    ((body, said),) = cloud.dead_letters()
    assert (json.loads(body), said["code"]) == ({"member_id": "7"}, "erasure_requested")
    assert said["reason"] == "connector web: customer 7 is to be erased"


def test_repeats_are_known_by_what_they_say(cloud):
    for _ in range(2):
        assert deliver("orders/paid", PAID) == 200
    assert len(cloud.connected()) == 2, "the first was not carried out yet"
    deliver("orders/paid", PAID)
    assert len(carry_on(cloud)) == 1
    deliver("orders/paid", PAID)
    assert cloud.connected() == []


def test_500_lines_900_kilobytes_and_6_megabytes_are_taken(cloud):
    """Pitfall 31."""
    lines = [item(number, "1.00", note="x" * 1000) for number in range(1, 501)]
    payload = json.dumps(order(*lines)).encode()
    assert len(payload) > 600_000
    for size in (900_000, 6_000_000):
        sent = payload + b" " * (size - len(payload))
        assert deliver("orders/paid", sent, encoded=True) == 200
    ((_, _, detail),) = carry_on(cloud)
    assert len(detail["lines"]) == 500


def test_what_is_above_our_own_limits_is_set_aside_with_its_reason(cloud):
    """Pitfall 31."""
    lines = [item(number, "1.00") for number in range(1, 2002)]
    assert deliver("orders/paid", order(*lines)) == 200
    assert carry_on(cloud) == []
    ((_, said),) = cloud.dead_letters()
    assert said["code"] == "over_limit"
    assert said["reason"] == "OrderPaid has 2001 lines, at most 2000 are accepted"


def test_what_could_not_be_stored_is_asked_for_again(cloud, monkeypatch):
    monkeypatch.setattr(ConnectorWork, "add", _unavailable)
    assert deliver("orders/paid", PAID) == 503
    monkeypatch.undo()
    monkeypatch.setenv("REBATE_CONNECTORS", json.dumps(ACCOUNTS))
    assert deliver("orders/paid", PAID) == 200
    assert len(carry_on(cloud)) == 1


def _unavailable(*_):
    raise Unavailable("the queue is not there")


def test_a_bus_that_does_not_take_it_is_tried_again(cloud):
    deliver("orders/paid", PAID)
    messages = cloud.connected()
    cloud.bus.refuses = "OrderPaid"
    assert failed(connect_orders(batch(*messages), context("connect_orders"))) == ["m0"]
    cloud.bus.refuses = ""
    assert failed(connect_orders(batch(*messages), context("connect_orders"))) == []
    assert [each["detail-type"] for each in cloud.bus.told] == ["OrderPaid"]


def test_a_delivery_by_a_partners_bus_goes_the_same_way(cloud):
    metadata = {"X-Shopify-Topic": "orders/paid", "X-Shopify-Shop-Domain": "a.myshopify.test"}
    body = json.dumps({"connector": "web", "detail": {"payload": PAID, "metadata": metadata}})
    assert failed(connect_orders(batch(body), context("connect_orders"))) == []
    ((source, kind, _),) = carry_on(cloud)
    assert (source, kind) == ("shop-a", "OrderPaid")
    wrong = json.dumps({"connector": "web", "detail": {"payload": PAID}})
    assert failed(connect_orders(batch(wrong), context("connect_orders"))) == []
    ((_, said),) = cloud.dead_letters()
    assert said["reason"] == "detail.metadata: is required"


def test_a_connector_that_nobody_knows_waits(cloud):
    body = json.dumps({"connector": "gone", "order": "55"})
    assert failed(connect_orders(batch(body), context("connect_orders"))) == ["m0"]


class Reads:
    """A shop's API."""

    def __init__(self, refunds=(), changed=()):
        self._refunds, self._changed = refunds, changed

    def refunds(self, _order):
        return list(self._refunds)

    def changed_since(self, _instant, _goes_on):
        return [ChangedPage(self._changed, "1")]


def test_refunds_of_woocommerce_are_fetched_outside_the_request(cloud, monkeypatch):
    asked = []

    def shop_api(_outside, key):
        asked.append(key)
        return Reads(refunds=[wc_refund(3, "9.00")])

    monkeypatch.setattr(bootstrap.Outside, "shop_api", shop_api)
    sent = wc_order(refunds=[{"id": 3, "total": "-9.00"}])
    assert deliver("order.updated", sent, platform="woocommerce", key="woo") == 200
    assert asked == []
    kinds = [kind for _, kind, _ in carry_on(cloud)]
    assert (asked, kinds) == (["woo"], ["OrderPaid", "OrderRefunded"])


def test_refunds_that_cannot_be_fetched_are_tried_again(cloud, monkeypatch):
    monkeypatch.setattr(bootstrap.Outside, "shop_api", lambda *_: _unavailable())
    sent = wc_order(refunds=[{"id": 3, "total": "-9.00"}])
    assert deliver("order.updated", sent, platform="woocommerce", key="woo") == 200
    assert failed(connect_orders(batch(*cloud.connected()), context("connect_orders"))) == ["m0"]
    kinds = [each["detail-type"] for each in cloud.bus.told]
    assert kinds == ["OrderPaid"], "what is known is told meanwhile"


def test_every_hour_what_changed_is_heard_and_a_dead_shop_holds_up_no_other(cloud, monkeypatch):
    changed = [shopify("orders/updated", {**PAID, "refunds": [WHOLE]})]

    def shop_api(_outside, key):
        if key != "web":
            raise Unavailable("no answer")
        return Reads(changed=changed)

    monkeypatch.setattr(bootstrap.Outside, "shop_api", shop_api)
    looked = scheduled_connect({"at": "2026-03-02T10:35:00Z"}, context("scheduled_connect"))
    assert looked == {"web": 1, "woo": None, "bare": None}
    assert [kind for _, kind, _ in carry_on(cloud)] == ["OrderPaid", "OrderRefunded"]


def test_accounts_are_read_from_the_parameter(cloud, monkeypatch):
    ssm = boto3.client("ssm", region_name=REGION)
    name = "/rebate/test/connectors"
    ssm.put_parameter(Name=name, Value=json.dumps(ACCOUNTS), Type="SecureString", Overwrite=True)
    monkeypatch.delenv("REBATE_CONNECTORS")
    monkeypatch.setenv("REBATE_CONNECTORS_PARAMETER", name)
    bootstrap.app.cache_clear()
    assert deliver("orders/paid", PAID) == 200
    monkeypatch.setenv("REBATE_CONNECTORS_PARAMETER", "/not/there")
    bootstrap.app.cache_clear()
    assert deliver("orders/paid", PAID) == 503
