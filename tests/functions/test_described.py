"""What holds answers against the document finds what it does not say."""

import json

import pytest

from tests.functions.described import check_described

HEADERS = {"Content-Type": "application/json"}
TAKEN = {"outcome": "accepted", "queues": ["mall"]}


def answered(status: int, body: object, **headers: str) -> dict[str, object]:
    return {"statusCode": status, "headers": HEADERS | headers, "body": json.dumps(body)}


def test_what_is_described_passes():
    check_described("POST", "/v1/events", None, answered(200, TAKEN))


@pytest.mark.parametrize(
    ("path", "answer", "says"),
    [
        ("/v1/events", answered(200, TAKEN | {"more": 1}), "more"),
        ("/v1/events", answered(200, {"queues": []}), "outcome"),
        ("/v1/events", answered(418, TAKEN), "418 is not described"),
        (
            "/v1/events",
            {**answered(200, TAKEN), "headers": {"Content-Type": "text/xml"}},
            "text/xml",
        ),
        ("/v1/nowhere", answered(200, {}), "is not described"),
    ],
)
def test_what_is_not_described_is_found(path, answer, says):
    with pytest.raises(AssertionError, match=says):
        check_described("POST", path, None, answer)


def test_a_request_that_is_taken_has_to_be_described():
    body = json.dumps({"detail-type": "OrderPaid", "detail": {}})
    with pytest.raises(AssertionError, match="was taken"):
        check_described("POST", "/v1/events", body, answered(200, TAKEN))
