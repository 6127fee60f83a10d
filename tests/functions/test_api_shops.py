"""Events over HTTP: signed, then accepted as from the bus, and answered."""

import base64
import json

import boto3
import pytest

from functions.api.handler import handler
from rebate import bootstrap
from rebate.contracts.signatures import TOLERANCE_SECONDS, sign
from tests.functions.cloud import REGION, bought, envelope, sample

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
    older = {**envelope("product_saved", on_sale=False), "time": "2026-01-01T00:00:00Z"}
    assert _post(cloud, older)[1]["outcome"] == "outdated"


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


def _post(cloud, event, *, secret=SECRET, seconds=0):
    body = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    headers = _headers(cloud, body, secret=secret, seconds=seconds)
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
