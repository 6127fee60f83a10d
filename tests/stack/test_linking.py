"""The token trigger as it is deployed: whoever links signs in as the member of their orders."""

import base64
import json
import time

import pytest

from infra.stage import Stage
from rebate.contracts.signatures import sign
from tests.stack.cloud import running
from tests.stack.deployment import STAGE, synthesised
from tests.stack.examples import QUEUE_REBATE, paid

SECRET = "a secret of the stack's shop"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    templates = synthesised(tmp_path_factory.mktemp("cdk.out"), http_events=True)
    with running(templates, tmp_path_factory.mktemp("linking")) as cloud:
        name = Stage(name=STAGE).secrets_name
        cloud.clients.parameters.put_parameter(Name=name, Value=SECRET, Type="SecureString")
        cloud.put_in_force(QUEUE_REBATE)
        yield cloud


def claims_of(token):
    """Return what a token says; the gateway checks that the pool made it."""
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_a_of_an_order_signs_in_as_a(cloud):
    cloud.send("OrderPaid", paid("first", "A"))
    cloud.settle()
    ann = cloud.sign_in_member("ann")
    assert claims_of(ann.token)["contact_verified"] == "true"
    assert "member_id" not in claims_of(ann.token)
    assert ann.get("/v1/me/entries")["entries"] == []

    body = json.dumps({"id": "l1", "member_id": "A"})
    now = int(time.time())
    signed = {
        "X-Rebate-Timestamp": str(now),
        "X-Rebate-Signature": sign(SECRET.encode(), now, body.encode()),
    }
    offer = cloud.api.ask("POST", "/v1/links", body=json.loads(body), more=signed)
    assert offer.status == 200, offer
    code = {"code": offer.body["code"]}
    link = cloud.api.ask("POST", "/v1/me/link", ann.token, code)
    assert (link.status, link.body["member"]) == (200, "A")

    token = ann.again()
    assert claims_of(token)["member_id"] == "A"
    assert claims_of(token)["sub"] == ann.id
    for each in (token, ann.token):
        (entry,) = cloud.api.ask("GET", "/v1/me/entries", each).body["entries"]
        assert entry["order_id"] == "first"
    assert cloud.api.ask("GET", "/v1/me", token).body["member"] == "A"
    bob = cloud.sign_in_member("bob")
    assert cloud.api.ask("POST", "/v1/me/link", bob.token, code).status in {403, 422}
    assert "member_id" not in claims_of(bob.again())
