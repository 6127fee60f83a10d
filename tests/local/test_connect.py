"""Shops deliver their webhooks to the demonstration: in any order, each twice, one outcome."""

import base64
import hmac
import http.client
import json
import random
from urllib.parse import urlsplit

import pytest

from local.environment import DEMO_SECRET
from local.http import served
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings
from tests.connectors.sent import back, item, moved, order, refund

pytestmark = pytest.mark.engine

SETTINGS = {
    "currency": "USD",
    "timezone": "America/New_York",
    "queue_rebate": {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}},
    "connectors": {"demo-shopify": {"sender": "web"}},
}
TWO = (item(1, "60.00", tax="6.00"), item(2, "40.00", tax="4.00"))
SHIPPED = order(
    *TWO,
    fulfillment_status="fulfilled",
    fulfillments=[{"status": "success", "created_at": "2026-03-04T10:00:00-05:00"}],
    updated_at="2026-03-04T10:00:01-05:00",
)
PART = refund(1, [back(1, "10.00", "1.00")], moved("11.00"))
ENDED = {
    **SHIPPED,
    "financial_status": "partially_refunded",
    "cancelled_at": "2026-03-06T10:00:00-05:00",
    "updated_at": "2026-03-06T10:00:01-05:00",
    "refunds": [PART],
}
LATER = order(item(3, "50.00"), id=56, customer={"id": 8}, processed_at="2026-03-03T09:00:00-05:00")
LIFE = [
    ("orders/paid", order(*TWO)),
    ("orders/fulfilled", SHIPPED),
    ("refunds/create", PART),
    ("orders/cancelled", ENDED),
    ("orders/paid", LATER),
]
EXPECTED = {"55/1": 5500, "55/2": 4400, "56/3": 5000}


def deliver(address, topic, payload):
    body = json.dumps(payload, indent=2).encode()
    digest = hmac.digest(DEMO_SECRET.encode(), body, "sha256")
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    headers = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
    }
    connection.request("POST", "/v1/connect/shopify/demo-shopify", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("seed", range(3))
def test_any_order_each_twice_comes_to_one_outcome(deployment, seed):
    """Pitfall 30."""
    app = deployment.app
    save_settings(app.store, app.clock, SETTINGS, expects=0, by="test")
    deliveries = [*LIFE, *LIFE]
    random.Random(seed).shuffle(deliveries)
    with served(deployment.functions, 0, None) as address:
        for place, (topic, payload) in enumerate(deliveries):
            assert deliver(address, topic, payload) == 200
            if place % 3 == seed:
                deployment.bus.deliver_waiting()
        deployment.bus.deliver_waiting()
        deployment.bus.deliver_waiting()
    deployment.settle()
    outcome = show_outcome(app.store, app.settings.in_force().terms)
    entries = {each["entry"]: each for each in outcome["queues"]["mall"]["entries"]}
    assert {name: each["entitlement"] for name, each in entries.items()} == EXPECTED
    assert outcome["platform"]["contributed"] == 550 + 440 + 500
    assert deployment.dead_letters() == []
    assert not audit_books(app.store).differences
