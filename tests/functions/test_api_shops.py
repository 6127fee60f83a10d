"""Events over HTTP: signed, then accepted as from the bus, and answered."""

import base64
import json

import boto3
import pytest

from functions.api.handler import handler
from rebate import bootstrap
from rebate.contracts.signatures import TOLERANCE_SECONDS, sign
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.keys import Key
from tests.functions.cloud import REGION, SETTINGS, bought, envelope, sample

SECRET = b"new secret"


def test_a_signed_event_is_accepted(cloud):
    assert _post(cloud, bought("o1", "A")) == (200, {"outcome": "accepted", "queues": ["mall"]})
    cloud.settle()
    assert len(cloud.outcome()["queues"]["mall"]["entries"]) == 1


def test_a_repeated_event_is_no_error(cloud):
    _post(cloud, bought("o1", "A"))
    assert _post(cloud, bought("o1", "A")) == (200, {"outcome": "duplicate", "queues": []})


def test_an_event_ahead_of_its_order_is_kept(cloud):
    assert _post(cloud, sample("order_completed"))[1]["outcome"] == "kept"


def test_the_catalog_is_saved(cloud):
    assert _post(cloud, sample("product_saved"))[1]["outcome"] == "saved"
    assert _post(cloud, sample("product_saved"))[1]["outcome"] == "duplicate"
    older = envelope("product_saved", on_sale=False)
    assert _post(cloud, older, seconds=-60)[1]["outcome"] == "outdated"


def test_what_was_signed_within_the_window_undoes_nothing_when_it_comes_again(cloud):
    """Of the same second or not, and though the sender's clock is ahead."""
    for ahead in (0, 100):
        signed = []
        for level in ("gold", "silver"):
            body = json.dumps(envelope("member_saved", level=level), ensure_ascii=False)
            signed.append((body, _headers(cloud, body, seconds=ahead)))
        for body, headers in (*signed, signed[0]):
            assert cloud.request("POST", "/v1/events", body, headers=headers)[0] == 200
        assert bootstrap.app().store.get(Member, Key("A")).level == "silver"


KEYED = {**SETTINGS, "senders": {"a": {"keys": ["k1"], "prefix": "a-"}, "b": {"keys": ["k2"]}}}


@pytest.fixture
def keyed(cloud, monkeypatch):
    """Two shops with keys of their own, of which one is being replaced."""
    monkeypatch.setenv("REBATE_SHOP_KEYS", "k1:old one\nk1:one\nk2:two")
    bootstrap.app.cache_clear()
    cloud.use(KEYED)
    return cloud


@pytest.mark.parametrize("secret", [b"one", b"old one"])
def test_a_key_speaks_for_its_sender(keyed, secret):
    assert _post(keyed, bought("o1", "A"), key="k1", secret=secret)[0] == 200
    keyed.settle()
    (entry,) = keyed.outcome()["queues"]["mall"]["entries"]
    assert (entry["entry"], entry["member"]) == ("a-o1/1", "a-A")


@pytest.mark.parametrize(("key", "secret"), [("k1", b"two"), ("k1", SECRET), ("k3", b"one")])
def test_the_secret_of_another_key_is_refused(keyed, key, secret):
    _refused(keyed, _post(keyed, bought("o1", "A"), key=key, secret=secret))


def test_another_senders_word_about_an_order_changes_nothing(keyed):
    paid = bought("o1", "A")
    assert _post(keyed, paid, key="k2", secret=b"two")[0] == 200
    back = envelope("order_refunded", order_id="o1", lines=[{"line_id": "1", "amount": 1}])
    status, said = _post(keyed, back)
    assert (status, said["code"]) == (409, "conflicting_event")
    assert _post(keyed, back, key="k2", secret=b"two")[0] == 200


def test_the_secret_of_a_key_lies_in_a_parameter_of_its_own(keyed, monkeypatch):
    ssm = boto3.client("ssm", region_name=REGION)
    shared = "/rebate/test/shop-secrets"
    for name, value in ((shared, "shared"), (f"{shared}/k1", "kept apart")):
        ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    monkeypatch.setenv("REBATE_SHOP_SECRET_PARAMETER", shared)
    bootstrap.app.cache_clear()
    assert _post(keyed, bought("o1", "A"), key="k1", secret=b"kept apart")[0] == 200
    assert _post(keyed, bought("o2", "A"), key="k2", secret=b"shared")[0] == 401


def test_only_type_and_detail_are_needed(cloud):
    event = {name: sample("member_saved")[name] for name in ("detail-type", "detail")}
    assert _post(cloud, event)[1]["outcome"] == "saved"


def test_a_body_may_come_encoded(cloud):
    body = json.dumps(bought("o1", "A"), ensure_ascii=False).encode()
    event = sample("http_request")
    event |= {
        "rawPath": "/v1/events",
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    event["requestContext"]["http"] |= {"method": "POST", "path": "/v1/events"}
    now = cloud.now()
    event["headers"] |= {
        "X-Rebate-Timestamp": str(now),
        "X-Rebate-Signature": sign(SECRET, now, body),
    }
    assert handler(event, None)["statusCode"] == 200


def test_a_secret_that_is_being_replaced_is_good_still(cloud):
    assert _post(cloud, bought("o1", "A"), secret=b"old secret")[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-rebate-timestamp": None},
        {"x-rebate-signature": None},
        {"x-rebate-signature": ""},
        {"x-rebate-signature": "v1=00"},
        {"x-rebate-signature": "ü"},
        {"x-rebate-timestamp": "soon"},
        {"x-rebate-timestamp": "-1"},
        {"x-rebate-timestamp": "9" * 5000},
    ],
)
def test_what_nobody_signed_is_refused(cloud, headers):
    body = json.dumps(bought("o1", "A"))
    signed = _headers(cloud, body) | headers if headers else {}
    given = {name: value for name, value in signed.items() if value is not None}
    _refused(cloud, cloud.request("POST", "/v1/events", body, headers=given))


def test_what_was_changed_after_it_was_signed_is_refused(cloud):
    headers = _headers(cloud, json.dumps(bought("o1", "A", 100)))
    body = json.dumps(bought("o1", "A", 999))
    _refused(cloud, cloud.request("POST", "/v1/events", body, headers=headers))


def test_a_timestamp_belongs_to_its_signature(cloud):
    body = json.dumps(bought("o1", "A"))
    headers = _headers(cloud, body) | {"x-rebate-timestamp": str(cloud.now() - 1)}
    _refused(cloud, cloud.request("POST", "/v1/events", body, headers=headers))


@pytest.mark.parametrize("seconds", [-TOLERANCE_SECONDS - 2, TOLERANCE_SECONDS + 2])
def test_what_was_signed_long_ago_or_hereafter_is_refused(cloud, seconds):
    _refused(cloud, _post(cloud, bought("o1", "A"), seconds=seconds))


@pytest.mark.parametrize("seconds", [-TOLERANCE_SECONDS + 5, TOLERANCE_SECONDS - 5])
def test_clocks_may_differ_a_little(cloud, seconds):
    assert _post(cloud, bought("o1", "A"), seconds=seconds)[0] == 200


def test_another_secret_is_refused(cloud):
    _refused(cloud, _post(cloud, bought("o1", "A"), secret=b"guess"))


def test_without_a_secret_everything_is_refused(cloud, monkeypatch):
    monkeypatch.delenv("REBATE_SHOP_SECRET")
    bootstrap.app.cache_clear()
    _refused(cloud, _post(cloud, bought("o1", "A"), secret=b""))


def test_the_secret_is_read_from_the_parameter(cloud, monkeypatch):
    ssm = boto3.client("ssm", region_name=REGION)
    name = "/rebate/test/shop-secret"
    ssm.put_parameter(Name=name, Value="kept secret\n", Type="SecureString", Overwrite=True)
    monkeypatch.setenv("REBATE_SHOP_SECRET_PARAMETER", name)
    bootstrap.app.cache_clear()
    assert _post(cloud, bought("o1", "A"), secret=b"kept secret")[0] == 200
    assert _post(cloud, bought("o2", "A"))[0] == 401


def test_a_secret_that_cannot_be_read_is_nobodys_fault(cloud, monkeypatch):
    monkeypatch.setenv("REBATE_SHOP_SECRET_PARAMETER", "/not/there")
    bootstrap.app.cache_clear()
    status, said = _post(cloud, bought("o1", "A"))
    assert (status, said["code"]) == (503, "unavailable")


@pytest.mark.parametrize(
    ("body", "status", "code", "path"),
    [
        ("no JSON", 422, "unreadable_event", ""),
        (b"\xff\xfe".decode("latin-1"), 422, "unreadable_event", ""),
        ({"detail-type": "OrderPaid"}, 422, "unreadable_event", "detail"),
        ({"detail-type": "Order", "detail": {}}, 422, "unreadable_event", "detail-type"),
        ({"detail-type": "OrderCompleted", "detail": {}}, 422, "unreadable_event", "order_id"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused_by_field(cloud, body, status, code, path):
    answer, said = _post(cloud, body)
    assert (answer, said["code"]) == (status, code)
    assert said["problems"][0]["path"] == path


def test_a_known_order_with_other_content_is_refused(cloud):
    _post(cloud, bought("o1", "A", 100))
    status, said = _post(cloud, bought("o1", "A", 101))
    assert (status, said["code"]) == (409, "conflicting_event")


def test_a_refund_of_more_than_was_paid_is_refused(cloud):
    _post(cloud, sample("order_paid"))
    lines = [{"line_id": "1", "amount": 16801}]
    status, said = _post(cloud, envelope("order_refunded", lines=lines))
    assert (status, said["code"]) == (422, "refund_exceeds_paid")


def _post(cloud, event, *, secret=SECRET, seconds=0, key=None):
    body = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    headers = _headers(cloud, body, secret=secret, seconds=seconds)
    headers |= {} if key is None else {"x-rebate-key": key}
    return cloud.request("POST", "/v1/events", body, headers=headers)


def _headers(cloud, body, *, secret=SECRET, seconds=0):
    at = cloud.now() + seconds
    return {
        "x-rebate-timestamp": str(at),
        "x-rebate-signature": sign(secret, at, body.encode()),
    }


def _refused(cloud, answer):
    status, said = answer
    assert (status, said["code"]) == (401, "bad_signature")
    assert cloud.as_operator("GET", "/v1/orders/o1")[0] == 404
