"""Shops deliver their webhooks to the demonstration: in every order, each twice, one outcome."""

import base64
import hmac
import http.client
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, permutations
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from local.bus import CONNECT
from local.deployment import LocalDeployment, deployed
from local.environment import DEMO_SECRET
from local.http import served
from rebate.adapters import shop_api
from rebate.connectors import PLATFORMS, PlatformDelivery
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings
from tests.connectors.cases import CASES, Case

pytestmark = pytest.mark.engine

PAYLOADS = Path(__file__).parents[3] / "shared" / "payloads"
ORDERS_MAX = 12
"""In how many orders the deliveries of a case are made: all that there are of three, and some."""


class FakeShop:
    """A shop of WooCommerce's: its refunds by order, which it gives after `failures`."""

    def __init__(self) -> None:
        self.refunds: dict[str, Sequence[Any]] = {}
        self.failures: list[int] = []
        self.asked: list[tuple[str, int]] = []

    def answer(self, path: str) -> tuple[int, bytes]:
        order = urlsplit(path).path.split("/")[-2]
        status = self.failures.pop(0) if self.failures else 200
        self.asked.append((order, status))
        return status, json.dumps(self.refunds[order]).encode()


class _Requests(BaseHTTPRequestHandler):
    def __init__(self, shop: FakeShop, *args: Any) -> None:
        self._shop = shop
        super().__init__(*args)

    def do_GET(self) -> None:
        status, body = self._shop.answer(self.path)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def fake_shop(monkeypatch) -> Iterator[FakeShop]:
    """A shop, whose account the deployment has that is made next."""
    shop = FakeShop()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Requests, shop))
    thread = Thread(target=partial(server.serve_forever, poll_interval=0.01), daemon=True)
    thread.start()
    account = {
        "secrets": [DEMO_SECRET],
        "url": f"http://127.0.0.1:{server.server_port}",
        "user": "ck_1",
        "password": "cs_1",
    }
    accounts = {name: {"platform": name, **account} for name in ("shopify", "woocommerce")}
    monkeypatch.setenv("REBATE_CONNECTORS", json.dumps(accounts))
    monkeypatch.setattr(shop_api, "_RETRY", shop_api._RETRY.new(backoff_factor=0))
    try:
        yield shop
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class World:
    """A deployment that shops deliver to, and what was put on its bus."""

    deployment: LocalDeployment
    shop: FakeShop
    address: str = ""
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def deliver(self, platform: str, delivery: PlatformDelivery) -> int:
        """Deliver as the platform does, signed; return what was answered."""
        payload = delivery.payload
        body = (payload if isinstance(payload, str) else json.dumps(payload, default=str)).encode()
        digest = base64.b64encode(hmac.digest(DEMO_SECRET.encode(), body, "sha256")).decode()
        headers = {**delivery.headers, PLATFORMS[platform].signature_header: digest}
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc)
        connection.request("POST", f"/v1/connect/{platform}/{platform}", body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask as an operator; return the answer, which has to be a good one."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc)
        headers = {"X-Dev-Operator": "olga"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status == 200, text
        return json.loads(text)

    def carry_on(self) -> None:
        """Bring what is to be told to the bus, and what is on the bus to who takes it."""
        self.deployment.bus.deliver_waiting()
        self.deployment.bus.deliver_waiting()

    def entitlements(self) -> dict[str, dict[str, int]]:
        """Return what entries may get, by order and line."""
        app = self.deployment.app
        queues = show_outcome(app.store, app.settings.in_force().terms)["queues"]
        found: dict[str, dict[str, int]] = {}
        for each in queues["mall"]["entries"] if "mall" in queues else []:
            order, _, line = each["entry"].partition("/")
            found.setdefault(order, {})[line] = each["entitlement"]
        return found

    def events_of(self, order: str) -> dict[str, Any]:
        """Return what was told of an order, by what it is about; never two things of one."""
        found: dict[str, Any] = {}
        for source, event in self.told:
            detail = event["detail"]
            if detail["order_id"] == order:
                assert source == "web"
                known = found.setdefault(key_of(event), event)
                assert known == event
        return found


@contextmanager
def connected(clients: Any, shop: FakeShop, currency: str, setting: Any = ()) -> Iterator[World]:
    """Yield a deployment with a connector of each platform."""
    settings = {
        "currency": currency,
        "timezone": "America/New_York",
        "queue_rebate": {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}},
        "connectors": {name: {"sender": "web", **dict(setting)} for name in PLATFORMS},
    }
    with deployed(clients, f"{uuid4().hex[:8]}-") as deployment:
        app = deployment.app
        save_settings(app.store, app.clock, settings, expects=0, by="test")
        world = World(deployment, shop)
        put = deployment.bus.put

        def listen(entry: Mapping[str, Any]) -> None:
            event = {name: entry[name] for name in ("detail-type", "detail")}
            world.told.append((entry["source"], event))
            put(entry)

        deployment.bus.put = listen  # type: ignore[method-assign]
        with served(deployment.functions, 0, None) as world.address:
            yield world


def key_of(event: Mapping[str, Any]) -> str:
    return f"{event['detail-type']} {event['detail'].get('refund_id', '')}"


def renamed(document: Any, names: Mapping[str, str]) -> Any:
    """Return JSON with other orders in it."""
    match document:
        case dict():
            return {key: renamed(value, names) for key, value in document.items()}
        case list() | tuple():
            return [renamed(value, names) for value in document]
        case int() | str() if str(document) in names:
            return type(document)(names[str(document)])
    return document


def shared_cases() -> Iterator[Case]:
    """Yield the shared samples."""
    for path in sorted(PAYLOADS.glob("*.in.json")):
        entries = json.loads(path.read_text(), parse_float=Decimal)
        expected = json.loads(path.with_name(path.name.replace(".in.", ".expect.")).read_text())
        yield Case(
            path.name.removesuffix(".in.json"),
            [
                PlatformDelivery(
                    each["headers"],
                    each["payload"],
                    tuple(each["refunds"]) if "refunds" in each else None,
                )
                for each in entries
            ],
            expected["events"],
            currency=expected["settings"]["currency"],
            platform=path.name.split("-")[0],
        )


def orders_of(case: Case) -> set[str]:
    """Return the orders that a case is about."""
    told = {event["detail"]["order_id"] for event in case.events}
    bodies = [each.payload for each in case.deliveries if isinstance(each.payload, dict)]
    return told or {str(each.get("order_id", each.get("id"))) for each in bodies}


def ways(case: Case) -> list[tuple[PlatformDelivery, ...]]:
    """Return the orders in which a case's deliveries are made, each twice."""
    if case.in_order:
        return [tuple(each for each in case.deliveries for _ in range(2))]
    found = list(islice(permutations(case.deliveries), 10_000))
    chance = random.Random(case.name)
    if len(found) > ORDERS_MAX:
        found = chance.sample(found, ORDERS_MAX)
    doubled = [[*each, *each] for each in found]
    for place, each in enumerate(doubled):
        if place % 2:
            chance.shuffle(each)
    return [tuple(each) for each in doubled]


def play(world: World, case: Case) -> list[dict[str, str]]:
    """Deliver a case in every order, each as of orders of its own, and look what was told.

    Returns what its orders were called each time, by what they are called in the case.
    """
    called = []
    for number, deliveries in enumerate(ways(case)):
        prefix = f"{uuid4().int % 10**9}"
        names = {order: f"{prefix}{number:03d}{order}" for order in orders_of(case)}
        called.append(names)
        for place, delivery in enumerate(deliveries):
            if delivery.refunds is not None:
                world.shop.refunds |= dict.fromkeys(names.values(), delivery.refunds)
                world.shop.failures = [429, 503]
            sent = PlatformDelivery(delivery.headers, renamed(delivery.payload, names))
            assert world.deliver(case.platform, sent) == 200
            if place % 3 == number % 3:
                world.deployment.bus.deliver_waiting()
        world.carry_on()
        for order in names.values():
            events = [renamed(event, names) for event in case.events]
            about = [event for event in events if event["detail"]["order_id"] == order]
            assert world.events_of(order) == {key_of(event): event for event in about}
    assert [letter.reason for letter in world.deployment.dead_letters()] == []
    world.deployment.settle()
    return called


ALL = [*shared_cases(), *CASES]
WORLDS = sorted({(case.currency, case.setting) for case in ALL})


@pytest.mark.parametrize("kind", WORLDS, ids=str)
def test_any_order_each_twice_comes_to_one_outcome(clients, fake_shop, kind):
    """Pitfall 30: the shared samples, and those that were worked out by hand."""
    with connected(clients, fake_shop, *kind) as world:
        cases = [case for case in ALL if (case.currency, case.setting) == kind]
        called = [play(world, case) for case in cases]
        found = world.entitlements()
        for case, each in zip(cases, called, strict=True):
            outcomes = [{order: found.get(name) for order, name in names.items()} for names in each]
            assert all(outcome == outcomes[0] for outcome in outcomes), case.name
        assert not audit_books(world.deployment.app.store).differences


LIFE = next(case for case in CASES if case.name == "a refund by lines, and one without")


def test_a_refund_is_fetched_with_pauses_and_retries(clients, fake_shop):
    """The life of an order of WooCommerce's, whose shop is busy, then does not answer for long.

    What is known is told meanwhile; what could not be fetched is set aside, and told when an
    operator lets it be tried once more.
    """
    (ended,) = LIFE.deliveries
    created = PlatformDelivery(ended.headers, {**ended.payload, "refunds": []})
    fake_shop.refunds = {"11": ended.refunds}
    with connected(clients, fake_shop, LIFE.currency) as world:
        assert world.deliver("woocommerce", created) == 200
        world.carry_on()
        assert list(world.events_of("11")) == ["OrderPaid "]
        fake_shop.failures = [429, 500, 502, 503] * 7
        assert world.deliver("woocommerce", ended) == 200
        world.carry_on()
        assert list(world.events_of("11")) == ["OrderPaid "]
        (letter,) = world.ask("GET", "/v1/dead-letters")["letters"]
        assert (letter["code"], letter["replays_to"]) == ("undeliverable", CONNECT)
        assert len(fake_shop.asked) == 25, "five times, with four tries more each"
        replayed = {"id": "r1", "letters": [letter["letter"]]}
        assert world.ask("POST", "/v1/dead-letters/replay", replayed)["replayed"] == 1
        world.carry_on()
        assert world.events_of("11") == {key_of(event): event for event in LIFE.events}
        assert [status for _, status in fake_shop.asked[25:]] == [500, 502, 503, 200]
        world.deployment.settle()
        assert world.entitlements()["11"] == {"1": 5846 - 2030 - 522, "2": 4000 - 500 - 478}
        assert not audit_books(world.deployment.app.store).differences
