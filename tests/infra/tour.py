"""A tour through everything that functions do, so that what they ask of AWS can be recorded."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from time import sleep
from types import ModuleType
from typing import Any, TypeAlias, get_args
from urllib.parse import urlencode

import pytest
from botocore.client import BaseClient

from functions.scheduled_audit import handler as scheduled_audit
from infra.schedule import starts_of
from infra.stage import Stage
from local.deployment import LocalDeployment
from local.streams import Stream
from rebate.adapters.clock import SystemClock
from rebate.adapters.letter_queues import LetterBatch, LetterQueues
from rebate.adapters.webhook_sender import HttpWebhookSender
from rebate.contracts.requests import JobExport
from rebate.contracts.signatures import sign
from rebate.domain import place_index
from rebate.domain.errors import Conflict
from rebate.domain.letters import DeadLetter
from rebate.domain.times import DAY, Instant
from rebate.domain.webhooks import WebhookAttempt
from rebate.usecases.audit import orders as audited_orders
from rebate.usecases.connections.connect_shop import ChangedPage
from rebate.usecases.office import exports
from rebate.usecases.orders import accept_together, store_order
from rebate.usecases.parking.park_command import TRIES_MAX
from rebate.usecases.reports import all_sums
from rebate.usecases.settlement import queue_reader
from rebate.usecases.settlement.settlement import Settlement
from rebate.usecases.storage.ports import Remove
from rebate.usecases.storage.queue_list import QUEUES
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.lists import ListItem
from rebate.usecases.webhooks.deliver_webhooks import WebhookRequest
from tests.connectors.sent import wc_order, wc_refund, woocommerce

SECRET = "a secret of a shop"
START = datetime.fromisoformat("2026-03-02T10:00:00+08:00")
MIDNIGHT = datetime.fromisoformat("2026-03-05T00:00:00+08:00")
"""When all runs of the settings are due, and all that was held."""

SMALL: Sequence[tuple[ModuleType, str, int]] = (
    (store_order, "LINES_PER_ROW", 2),
    (audited_orders, "LINES_PER_ROW", 2),
    (exports, "LINES_PER_ROW", 2),
    (accept_together, "LINES_MAX", 2),
    (store_order, "WRITES_MAX", 8),
    (place_index, "FANOUT", 4),
    (queue_reader, "FANOUT", 4),
)
"""What rows and transactions hold on the tour, so that a little is much."""

MANY = 4
"""Lines of a long order, more than one row holds; each is a queue of its own."""

FEWER = 7
"""Entries of one queue: more than its row has room for."""

Send: TypeAlias = Callable[[str, dict[str, Any]], None]

SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "enabled": True,
        "mall": "per_product",
        "new_products": False,
        "extraction_bps": 1000,
        "hold_days": 1,
        "limits": {"total": 1000},
        "exchange": {
            "points_bps": 10000,
            "voucher_bps": 10000,
            "love_bps": 10000,
            "love_as": "frozen",
        },
        "random_return": {"cash": 1, "points": 2},
        "clearing": {"every": "day"},
        "entitlement": {
            "fixed_bps": 5000,
            "lottery": {"kind": "fixed", "prizes": [{"bps": 9000, "weight": 1}]},
        },
        "products": {
            "p1": {
                "entitlement": {
                    "fixed_bps": 5000,
                    "cumulative": [{"days": 30, "at_least": 1, "bps": 6000}],
                }
            }
        },
    },
    "wallet": {
        "transfer": ["points"],
        "transfer_per_day": 9,
        "withdraw_per_day": 9,
        "love_thaw_days": 1,
        "adjust_two_above": 10**6,
    },
    "guards": {"rebates_per_day": 10**9},
    "levels": {
        "members": [{"level": "gold", "orders": 1, "days": 1}],
        "ranks": [{"rank": "captain", "referred": 99}],
        "fall": True,
    },
    "early_days": 1,
    "senders": {
        "web": {"keys": ["default"], "orders_per_minute": 100_000},
        "far": {"sources": ["elsewhere"], "orders_per_minute": 100_000},
    },
    "order_queue": {"enabled": True, "reward_bps": 6000, "rewards_to_exit": 2},
    "alliance": {
        "enabled": True,
        "dividend_bps": 1000,
        "heads_bps": [6000, 4000],
        "direct_acceleration_bps": 1000,
        "frequency": {"per": "day", "times": 500},
    },
    "red_packet": {
        "enabled": True,
        "collect": "by_member",
        "stores": {"W": {"concession_bps": 2000}},
        "shares_bps": {"own": 3000, "queue": 5000, "average": 2000},
        "entitlement_bps": 10000,
    },
    "union": {
        "enabled": True,
        "profit_share_bps": 6000,
        "quota_bps": 11000,
        "default_margin_bps": 2000,
        "referral_acceleration_bps": 1000,
    },
    "referral": {
        "direct_bps": 500,
        "indirect_bps": 200,
        "merchant_bps": 100,
        "dividend": {"bps": 100, "rank": "holder", "every": "day"},
    },
}


CONNECTED = ("hears", "partner", "looks")
"""Connectors: each is heard of by another function first."""

SETTINGS["connectors"] = {name: {"sender": name} for name in CONNECTED}
ACCOUNTS = {name: {"platform": "woocommerce", "secrets": [SECRET]} for name in CONNECTED}

UNLIMITED = {
    **SETTINGS,
    "queue_rebate": {**SETTINGS["queue_rebate"], "limits": {}},
    "alliance": {**SETTINGS["alliance"], "frequency": None},
}


def _answered(
    _sender: HttpWebhookSender, requests: Sequence[WebhookRequest]
) -> Sequence[WebhookAttempt]:
    """Answer as receivers do: well or not at all, or as gone."""
    status = {"RebatePaid": 500, "Spent": 410}
    now = SystemClock().now()
    return [
        WebhookAttempt(now, 1, status.get(json.loads(each.body)["type"], 200)) for each in requests
    ]


class ShopApi:
    """What the API of a shop says that nobody asked before."""

    def refunds(self, _order: str) -> list[Any]:
        return [wc_refund(1, "1.00")]

    def changed_since(self, _instant: int, _goes_on: str | None) -> list[Any]:
        return [ChangedPage([woocommerce(wc_order(currency="CNY"))], "1")]


class Killed(BaseException):
    """The process died."""


class Tour:
    """Goes through a deployment that is new."""

    def __init__(self, deployment: LocalDeployment, journal: Stream) -> None:
        self._deployment = deployment
        self._journal = journal
        self._at = START

    def go(self) -> None:
        self._ask("PUT", "/v1/settings", body={"version": 0, "settings": UNLIMITED, "id": "s1"})
        self._trade_without_limits()
        self._ask("PUT", "/v1/settings", body={"version": 1, "settings": SETTINGS})
        self._trade("bus", self._deliver)
        self._trade("http", self._post)
        self._fill_a_queue()
        self._connect()
        self._ask_for_entries()
        self._move_money()
        self._die()
        self._park()
        assert not self._deployment.dead_letters()
        self._send_nonsense()
        self._look()
        self._run()
        self._replay()
        self._listen()
        self._tell()

    def _tell(self) -> None:
        """The world and the members are told of all that was committed."""
        records = self._journal.read()
        for start in range(0, len(records), 100):
            batch = {"Records": records[start : start + 100]}
            for function in ("publish_events", "notify_members"):
                assert not self._deployment.functions.call(function, batch)["batchItemFailures"]

        self._tell_by_webhooks()

    def _replay(self) -> None:
        """What was set aside is kept, looked at and replayed."""
        named = json.dumps({"member_id": "linked", "email": "x"})
        letter = DeadLetter("m1", Instant(1), "on_order_paid", named, "undeliverable", "why")
        with pytest.MonkeyPatch.context() as patch:
            batch = LetterBatch([letter], lambda: None)
            patch.setattr(LetterQueues, "read", lambda _: iter([batch]))
            self._deployment.functions.call("scheduled_letters", {})
        found = self._ask("GET", "/v1/dead-letters")["letters"]
        named = next(each["letter"] for each in found if each["replays_to"])
        body = {"id": "r1", "letters": [named]}
        self._ask("POST", "/v1/dead-letters/replay", body=body)
        self._ask("POST", "/v1/erasures", body={"id": "later", "member": "linked"})

    def _listen(self) -> None:
        """Others are told by webhooks: one is well, one is dead, one is gone."""
        for name, kind in (("well", "EntryJoined"), ("dead", "RebatePaid"), ("gone", "Spent")):
            body = {"id": name, "version": 0, "address": "https://a.test/", "types": [kind]}
            self._ask("PUT", "/v1/webhooks", body=body)
        body = {"id": "well", "version": 1, "address": "https://a.test/"}
        self._ask("PUT", "/v1/webhooks", body={**body, "secret": "new"})
        self._ask("PUT", "/v1/webhooks", body={**body, "version": 2, "secret": "retire"})
        self._ask("GET", "/v1/webhooks")

    def _tell_by_webhooks(self) -> None:
        """They are told, some again, and what the dead does not take is given up in the end."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(HttpWebhookSender, "send", _answered)
            self._deployment.bus.deliver_webhooks()
            for _ in range(2):
                self._deployment.functions.call("scheduled_webhooks", {})
                self._deployment.bus.deliver_webhooks()
            body = {"id": "dead", "version": 1, "address": "https://a.test/"}
            self._ask("PUT", "/v1/webhooks", body={**body, "types": ["RebatePaid"]})
            self._deployment.functions.call("scheduled_webhooks", {})
            self._deployment.bus.deliver_webhooks()
            with _days_later(4):
                self._deployment.functions.call("scheduled_webhooks", {})
                self._deployment.bus.deliver_webhooks()
        told = self._ask("GET", "/v1/webhooks/deliveries", query={"id": "dead"})["deliveries"]
        body = {"id": "r1", "webhook": "dead", "deliveries": [told[0]["delivery"]]}
        self._ask("POST", "/v1/webhooks/redeliver", body=body)
        since = {"id": "r2", "webhook": "dead", "since": START.isoformat()}
        self._ask("POST", "/v1/webhooks/redeliver", body=since)

    def _trade_without_limits(self) -> None:
        """Nobody's entries are counted, so tickets go with their commands."""
        for order in ("m1", "m2"):
            Shop("free", self._deliver, self._next).buy(order, "A", ["p1"])
        self._deployment.settle()

    def _trade(self, name: str, send: Send) -> None:
        """Shops send all that they can, by way of the bus or over HTTP."""
        shop = Shop(name, send, self._next)
        shop.save_catalog()
        self._enable_products()
        shop.send_early()
        for number, member in enumerate("ABC"):
            shop.buy(f"m{number}", member, ["p1"])
            shop.buy(f"w{number}", member, ["p1"], channel="store", store_id="W")
        self._deployment.settle()
        for number in range(3):
            shop.complete(f"m{number}")
            shop.complete(f"w{number}")
        self._deployment.settle()
        shop.give_back("m0", 1, 10000)
        shop.give_back("w1", 1, 10000)
        self._deployment.settle()
        for _ in range(2):
            shop.buy("long", "A", _products(), paid_at=START.isoformat())
        shop.complete("long")
        shop.give_back("long", MANY, 1)
        self._deployment.settle()

    def _fill_a_queue(self) -> None:
        shop = Shop("desk", self._deliver, self._next)
        for number in range(FEWER):
            shop.buy(f"c{number}", "B", ["p1"], channel="cashier", store_id="W")
        self._deployment.settle()

    def _connect(self) -> None:
        """A shop of another platform sends an order with a refund, which is fetched."""
        named = [{"id": 1, "total": "-1.00"}]
        order = wc_order(currency="CNY", refunds=named)
        assert self._deliver_webhook(json.dumps(order)) == 200
        metadata = {"X-WC-Webhook-Topic": "order.updated"}
        self._carry_on({"payload": order, "metadata": metadata})
        self._deployment.bus.deliver_waiting()
        self._deployment.settle()

    def _deliver_webhook(self, body: str) -> int:
        digest = hmac.digest(SECRET.encode(), body.encode(), "sha256")
        event = {
            "rawPath": "/v1/connect/woocommerce/hears",
            "headers": {
                "x-wc-webhook-topic": "order.updated",
                "x-wc-webhook-signature": base64.b64encode(digest).decode(),
            },
            "body": body,
        }
        status: int = self._deployment.functions.call("on_shop_webhook", event)["statusCode"]
        return status

    def _carry_on(self, detail: Any) -> None:
        """A partner's bus brings a delivery."""
        self._deployment.bus.carry_on(json.dumps({"connector": "partner", "detail": detail}))

    def _die(self) -> None:
        """A process dies while it stores a long order, which is then delivered again.

        A completion meets others who write to its order, so it is accepted by itself.
        """
        shop = Shop("late", self._deliver_from_elsewhere, self._next)
        with pytest.raises(Killed), _failing(Killed(), commit=4):
            shop.buy("long", "A", _products())
        shop.buy("long", "A", _products())
        shop.buy("short", "A", ["p1"])
        with _failing(Conflict(), commit=1):
            shop.complete("short")
        self._deployment.settle()

    def _park(self) -> None:
        """Two orders cannot be settled for a while: one is let go on then, the other dropped.

        Sweeps find a queue that an earlier release made: it does not stand in the list of queues.
        """
        shop = Shop("fault", self._deliver, self._next)
        places = self._deployment.app.store.query(ListItem, QUEUES, limit=1)
        self._deployment.app.store.commit([Remove(ListItem, key_of(places[0]))])
        with _undecided("product/p1", "fault-"):
            shop.buy("x", "A", ["p1"])
            shop.buy("y", "A", ["p1"])
            shop.complete("x")
            for _ in range(2 * TRIES_MAX):
                self._deployment.functions.call("scheduled_sweep", {})
        listed = self._ask("GET", "/v1/parked")["parked"]
        parked = {each["order"]: each for each in reversed(listed)}
        for name, order in (("release", "fault-x"), ("drop", "fault-y")):
            body = {"id": parked[order]["id"], "reason": "tour"}
            self._ask("POST", f"/v1/parked/{name}", body=body)
        self._deployment.settle()
        assert not self._ask("GET", "/v1/parked")["parked"]

    def _send_nonsense(self) -> None:
        """Every function of the bus sets something aside."""
        for kind in ("OrderPaid", "OrderCompleted", "OrderRefunded", "MemberSaved"):
            self._deployment.bus.deliver({"detail-type": kind, "detail": {"nothing": True}})
        for name, send in (("odd", self._deliver), ("odd-http", self._post)):
            shop = Shop(name, send, self._next)
            shop.give_back("early", 1, 10**6)
            shop.buy("early", "A", ["p1"])
            shop.complete("lost")
        assert self._deliver_webhook("nonsense") == 200
        self._carry_on("nonsense")
        self._deployment.bus.deliver_waiting()
        self._deployment.settle()

    def _enable_products(self) -> None:
        """The shop saves a product at the same time, so it is enabled at the second attempt."""
        with _failing(Conflict(), commit=1):
            self._ask("POST", "/v1/products/enable", body={"supplies": ["self"]})
        self._ask("POST", "/v1/products/enable", body={"supplies": ["self"], "after": "p1"})

    def _ask_for_entries(self) -> None:
        """A member draws one entry, looks at draw and line, and exchanges what it still lacks."""
        entries = self._ask("GET", "/v1/me/entries", who="desk-B")["entries"]
        drawable = next(entry for entry in entries if entry["may_draw"])
        mine = {name: drawable[name] for name in ("queue", "entry")}
        self._ask("POST", "/v1/me/entries/draw", who="desk-B", body=mine)
        self._ask("GET", "/v1/me/entries/draw", who="desk-B", query=mine)
        self._ask("GET", "/v1/me/queue", who="desk-B", query={"id": mine["queue"]})
        body = {**mine, "into": "love"}
        self._ask("POST", "/v1/me/entries/exchange", who="desk-B", body=body)
        self._ask_for_one_of_two()

    def _ask_for_one_of_two(self) -> None:
        """Two entries of a member bear the same name: the first is meant, then the other."""
        shop = Shop("twin", self._deliver, self._next)
        for order, name in (("a/b", "c"), ("a", "b/c")):
            lines = [{"line_id": name, "product_id": "p1", "paid": 100}]
            shop.buy(order, "B", [], lines=lines)
        self._deployment.settle()
        body = {"queue": "product/p1", "entry": "twin-a/b/c", "into": "points"}
        self._ask("POST", "/v1/me/entries/exchange", who="twin-B", body=body)

    def _move_money(self) -> None:
        """Members, shops and operators ask all that they can of wallets."""
        for number, asset in enumerate(("cash", "points", "love_frozen")):
            gift = {"member": "desk-B", "asset": asset, "amount": 50_000, "reason": "tour"}
            self._ask("POST", "/v1/adjustments", body={"id": f"a{number}", **gift})
        much = {"id": "a9", "member": "desk-B", "asset": "cash", "amount": 10**7, "reason": "tour"}
        self._ask("POST", "/v1/adjustments", body=much)
        self._ask("GET", "/v1/adjustments")
        self._ask("POST", "/v1/adjustments", body={**much, "approve": False})
        other = {"id": "a8", "member": "bus-A", "asset": "love_frozen", "amount": 10, "reason": "x"}
        self._ask("POST", "/v1/adjustments", body=other)
        self._ask("POST", "/v1/thaws", body={"id": "t1", "member": "desk-B"})
        self._link()
        self._withdraw()
        self._redeem()
        passed_on = {"id": "t1", "to": "bus-A", "asset": "points", "amount": 10}
        self._ask("POST", "/v1/me/transfers", who="desk-B", body=passed_on)
        spent = {"id": "s1", "member": "desk-B", "asset": "points", "amount": 10, "order": "o"}
        self._sign("POST", "/v1/spends", body=json.dumps(spent))
        returned = {"id": "b1", "spend": "s1", "amount": 10}
        self._sign("POST", "/v1/give-backs", body=json.dumps(returned))
        self._sign("GET", "/v1/balances", query={"member": "desk-B"})
        self._ask("GET", "/v1/me/statement", who="desk-B")
        for who in ("bus-A", "nobody"):
            self._ask("POST", "/v1/me/packets/collect", who=who, body={"id": "c1"})

    def _link(self) -> None:
        """A member gets a code of the shop, and links an account that somebody invited."""
        self._deliver("MemberSaved", {"member_id": "account", "referrer_id": "bus-A"})
        for who in ("account", "lone-account"):
            self._ask("GET", "/v1/me/invite", who=who)
            wanted = dict.fromkeys(("name", "contact", "licence", "address", "category"), "x")
            self._ask("PUT", "/v1/me/application", who=who, body=wanted)
            self._ask("POST", "/v1/me/application/submit", who=who, body={})
        for each in self._applications():
            self._ask("POST", "/v1/applications/reject", body={"id": each["id"], "reason": "no"})
        asked = json.dumps({"id": "link", "member_id": "linked"})
        code = self._sign("POST", "/v1/links", body=asked)["code"]
        self._ask("POST", "/v1/me/link", who="account", body={"code": code})
        alone = json.dumps({"id": "alone", "member_id": "alone"})
        code = self._sign("POST", "/v1/links", body=alone)["code"]
        self._ask("POST", "/v1/me/link", who="lone-account", body={"code": code})
        for pool in ("members", "operators"):
            attributes = {"sub": "account", "email_verified": "true"}
            of_whom = {"userPoolId": pool, "request": {"userAttributes": attributes}}
            self._deployment.functions.call("sign_in_token", {**of_whom, "response": {}})

    def _withdraw(self) -> None:
        account = {"label": "bank", "reference": "6222"}
        for name in ("w1", "w2"):
            asked = {"id": name, "amount": 100, "account": account}
            self._ask("POST", "/v1/me/withdrawals", who="desk-B", body=asked)
            self._ask("POST", "/v1/me/withdrawals", who="desk-B", body=asked)
        named = {"id": "w1", "member": "desk-B"}
        self._ask("GET", "/v1/me/withdrawals", who="desk-B")
        self._ask("GET", "/v1/withdrawals")
        self._ask("POST", "/v1/withdrawals/decide", body={"id": "w1", "approve": True})
        self._ask("POST", "/v1/withdrawals/decide", body={"id": "w2", "approve": False})
        self._ask("GET", "/v1/withdrawals/file")
        self._ask("POST", "/v1/withdrawals/paid", body={**named, "reference": "bank-1"})
        self._ask("POST", "/v1/withdrawals/paid", body={**named, "failed": True})

    def _redeem(self) -> None:
        gift = {"id": "g", "version": 0, "name": "tea", "price": {"points": 10}, "stock": 9}
        self._ask("PUT", "/v1/gifts", body=gift)
        self._ask("GET", "/v1/gifts", who="desk-B")
        self._ask("GET", "/v1/gifts/all")
        self._ask("POST", "/v1/me/redemptions", who="desk-B", body={"id": "r1", "gift": "g"})
        self._ask("GET", "/v1/me/redemptions", who="desk-B")
        self._ask("GET", "/v1/redemptions")
        named = {"id": "r1", "member": "desk-B"}
        self._ask("POST", "/v1/redemptions/state", body={"id": "r1", "state": "sent"})
        self._ask("POST", "/v1/redemptions/state", body={**named, "state": "cancelled"})

    def _look(self) -> None:
        """Members and operators ask all that they can."""
        self._use_people()
        self._use_merchants()
        self._ask("GET", "/v1/me/entries", who="bus-B")
        self._ask("GET", "/v1/me", who="bus-B")
        self._ask("GET", "/v1/me/entries", who="bus-B", query={"sort": "newest"})
        self._ask("GET", "/v1/me/wallet", who="bus-A")
        self._ask("GET", "/v1/me/notices", who="bus-A")
        seen = {"until": START.isoformat()}
        self._ask("PUT", "/v1/me/notices/seen", who="bus-A", body=seen)
        self._ask("GET", "/v1/health")
        self._ask("GET", "/v1/openapi.json")
        self._ask("GET", "/v1/draws")
        self._ask("GET", "/v1/queues")
        self._ask("GET", "/v1/queues", query={"store": "W"})
        self._ask("GET", "/v1/queues/sums")
        self._ask("GET", "/v1/queue/days", query={"id": "product/p1"})
        self._ask("GET", "/v1/queue", query={"id": "product/p1"})
        self._ask("GET", "/v1/queue/forecast", query={"id": "product/p1"})
        self._ask("GET", "/v1/queue/law", query={"id": "product/p1"})
        self._ask("GET", "/v1/law-facts")
        self._ask("GET", "/v1/me/queue/facts", who="bus-B", query={"id": "product/p1"})
        self._ask("GET", "/v1/liability", query={"by": "age"})
        self._ask("GET", "/v1/reports/before-after", query={"plan": "queue_rebate"})
        self._ask("GET", "/v1/reports/promises")
        self._ask("GET", "/v1/reports/promises", query={"store": "W"})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(all_sums, "COUNTED_MAX", 1)
            self._ask("GET", "/v1/queues/sums")
        self._ask("GET", "/v1/reports/stores")
        self._ask("GET", "/v1/reports/members")
        self._ask("GET", "/v1/order", query={"id": "bus-m0"})
        self._ask("GET", "/v1/orders/bus-long")
        self._ask("GET", "/v1/notices/wordings")
        words = {"locale": "en", "kind": "joined", "text": "You are in line.", "version": 0}
        self._ask("PUT", "/v1/notices/wordings", body=words)
        self._ask("PUT", "/v1/notices/wordings", body={**words, "version": 1})
        self._look_at_settings()
        self._end_stalled()
        self._find_and_erase()

    def _look_at_settings(self) -> None:
        self._ask("GET", "/v1/settings")
        self._ask("GET", "/v1/settings", query={"version": "1"})
        self._ask("GET", "/v1/settings/versions")
        self._ask("POST", "/v1/settings/check", body={"settings": SETTINGS})
        guards = {**SETTINGS["guards"], "acknowledged": ["margin", "timezone=Asia/Hong_Kong"]}
        senders = {"new": {"prefix": "n-", "sources": ["n"]}}
        elsewhere = {**SETTINGS, "timezone": "Asia/Hong_Kong", "guards": guards, "senders": senders}
        late = {"version": 1, "settings": elsewhere}
        self._ask("PUT", "/v1/settings", body=late, expects=(409,))
        self._plan(2, elsewhere)
        self._ask("POST", "/v1/simulate", body={"settings": SETTINGS, "orders": 5})
        recent = {"settings": SETTINGS, "source": "recent", "orders": 50}
        self._ask("POST", "/v1/simulate", body=recent)
        self._switch(elsewhere)

    def _plan(self, version: int, settings: dict[str, Any]) -> None:
        """Plan settings for tomorrow and drop them, and for now, and let the clock save them."""
        body = {"version": version, "settings": settings}
        for ahead in (timedelta(days=1), timedelta(seconds=1)):
            at = (datetime.now(UTC) + ahead).isoformat()
            planned = self._ask("PUT", "/v1/settings", body={**body, "at": at})["planned"]
            if ahead.days:
                dropped = {"version": planned["version"]}
                self._ask("POST", "/v1/settings/planned/drop", body=dropped)
        sleep(1)
        self._deployment.functions.call("scheduled_sweep", {})
        assert self._ask("GET", "/v1/settings")["version"] == version + 1

    def _switch(self, settings: dict[str, Any]) -> None:
        """Queues are put together, completed orders settle later, refunds bear too much."""
        late = {"settle_on": "completed", "settle_after_days": 1}
        acknowledged = [*settings["guards"]["acknowledged"], "queue_rebate.mall=shared"]
        guards = {**settings["guards"], "acknowledged": acknowledged, "borne_per_day": 1}
        changed = {
            **settings,
            "queue_rebate": {**settings["queue_rebate"], **late, "mall": "shared"},
            "referral": {**settings["referral"], **late},
            "guards": guards,
        }
        self._ask("PUT", "/v1/settings", body={"version": 3, "settings": changed})
        shop = Shop("bus", self._deliver, self._next)
        shop.buy("later", "B", ["p1"])
        self._deployment.settle()
        shop.complete("later")
        self._deployment.settle()
        for order in ("m1", "m2"):
            shop.give_back(order, 1, 10000)
        self._deployment.settle()
        assert self._ask("GET", "/v1/settings")["settings"]["queue_rebate"]["paused"]

    def _end_stalled(self) -> None:
        """Products go off sale while their queues wait; what is merged is exchanged elsewhere."""
        for product in ("p2", "p3"):
            self._deliver("ProductSaved", {"product_id": product, "on_sale": False})
        self._ask("GET", "/v1/queues/stalled")
        stalled = {"queue": "product/p3"}
        self._ask("POST", "/v1/queues/stalled/exchange", body={**stalled, "into": "points"})
        self._ask("POST", "/v1/queues/stalled/clear", body=stalled)
        self._ask("POST", "/v1/queues/stalled/merge", body={"queue": "product/p2"})
        merged = self._ask("GET", "/v1/queue", query={"id": "mall"})["line"][0]
        body = {"queue": "mall", "entry": merged["entry"], "into": "points"}
        self._ask("POST", "/v1/me/entries/exchange", who=merged["member"], body=body)

    def _find_and_erase(self) -> None:
        """Operators look for orders and people, and erase one."""
        self._ask("GET", "/v1/overview")
        self._ask("GET", "/v1/orders", query={"query": "te"})
        self._ask("GET", "/v1/orders", query={"store": "W"})
        for what in ("orders", "entries", "withdrawals"):
            self._ask("GET", "/v1/exports", query={"what": what})
        self._ask("GET", "/v1/members")
        self._ask("GET", "/v1/members", query={"query": "a"})
        self._ask("POST", "/v1/notes", body={"id": "n1", "member": "desk-B", "text": "calls"})
        self._ask("GET", "/v1/member", query={"id": "desk-B"})
        self._ask("GET", "/v1/audit")
        self._ask("GET", "/v1/audits")
        self._export()
        assert self._ask("GET", "/v1/audit", query={"who": "op"})["acts"]
        account = {"label": "bank", "reference": "6222"}
        asked = {"id": "w3", "amount": 100, "account": account}
        self._ask("POST", "/v1/me/withdrawals", who="desk-B", body=asked)
        self._deployment.publish()
        for number, who in enumerate(("desk-B", "tea", "linked")):
            self._ask("POST", "/v1/erasures", body={"id": f"e{number}", "member": who})
        self._ask("POST", "/v1/withdrawals/decide", body={"id": "w3", "approve": False})

    def _export(self) -> None:
        """Everything there is is taken out by the clock."""
        for what in get_args(JobExport):
            self._ask("POST", "/v1/exports", body={"id": f"e-{what}", "what": what})
        asked = {"id": "e-books", "what": "books"}
        assert self._ask("POST", "/v1/exports", body=asked)["state"] == "waiting"
        ended = self._deployment.functions.call("scheduled_exports", {})["ended"]
        assert ended == len(get_args(JobExport))
        jobs = self._ask("GET", "/v1/exports/jobs")["exports"]
        assert {job["state"] for job in jobs} == {"done"}
        assert self._ask("GET", "/v1/exports/job", query={"id": "e-books"})["link"]

    def _run(self) -> None:
        """The clock strikes midnight, when everything is due; an audit has begun and stopped."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scheduled_audit, "SECONDS", 0)
            assert not self._deployment.functions.call("scheduled_audit", {})["over"]
        assert self._deployment.functions.call("scheduled_audit", {})["over"]
        for start in starts_of(Stage(name="tour")):
            event = {"at": MIDNIGHT.isoformat(), **start.says}
            with _days_later(2):
                answer = self._deployment.functions.call(start.function, event)
            assert start.name not in {"clear", "average", "union"} or answer["queues"], start
        thawed = datetime.now(UTC) + timedelta(days=2)
        event = {"run": "release", "at": thawed.isoformat()}
        self._deployment.functions.call("scheduled_payouts", event)
        falling = {"run": "levels", "at": "2026-05-01T00:00:00+08:00"}
        self._deployment.functions.call("scheduled_payouts", falling)

    def _next(self) -> str:
        self._at += timedelta(minutes=1)
        return self._at.isoformat()

    def _deliver(self, kind: str, detail: dict[str, Any]) -> None:
        self._deployment.bus.deliver({"detail-type": kind, "detail": detail})

    def _deliver_from_elsewhere(self, kind: str, detail: dict[str, Any]) -> None:
        """Deliver an event of a sender that is not known yet."""
        entry = {"detail-type": kind, "detail": detail, "source": "elsewhere"}
        self._deployment.bus.deliver(entry)

    def _post(self, kind: str, detail: dict[str, Any]) -> None:
        body = json.dumps({"detail-type": kind, "detail": detail})
        self._sign("POST", "/v1/events", body=body)

    def _sign(
        self, method: str, path: str, *, body: str = "", query: Mapping[str, str] | None = None
    ) -> Any:
        """Ask as a shop, who signs the body, or without one the query."""
        now = self._deployment.app.clock.now() // 1_000_000
        signed = body or urlencode(query or {})
        signature = sign(SECRET.encode(), now, signed.encode())
        headers = {"x-rebate-timestamp": str(now), "x-rebate-signature": signature}
        return self._ask(method, path, body=body, headers=headers, query=query)

    def _use_merchants(self) -> None:
        """An application, a store, its people, its bills and its terms (Rule 2.7)."""
        wanted = dict.fromkeys(("name", "contact", "licence", "address", "category"), "x")
        code = self._ask("GET", "/v1/me/invite", who="desk-B")["code"]
        for who in ("tea", "coffee"):
            self._ask("PUT", "/v1/me/application", who=who, body={**wanted, "code": code})
            self._ask("PUT", "/v1/me/application", who=who, body=wanted)
            self._ask("POST", "/v1/me/application/submit", who=who, body={})
        names = {each["member"]: each["id"] for each in self._applications()}
        asks = {"id": names["tea"], "note": "which street?", "questions": True}
        self._ask("POST", "/v1/applications/negotiate", body=asks)
        self._ask("POST", "/v1/me/application/submit", who="tea", body={})
        self._ask("POST", "/v1/applications/negotiate", body={"id": names["tea"], "note": "yes"})
        self._ask("POST", "/v1/applications/approve", body={"id": names["tea"], "store": "T"})
        self._ask("POST", "/v1/applications/reject", body={"id": names["coffee"], "reason": "no"})
        self._ask("GET", "/v1/me/application", who="tea")
        own: dict[str, Any] = {"who": "tea", "merchant": True}
        staff = {"store": "T", "code": code, "role": "cashier"}
        self._ask("PUT", "/v1/store/staff", **own, body=staff)
        bill = {"id": "b1", "store": "T", "amount": 100, "code": code}
        for _ in range(2):
            self._ask("POST", "/v1/store/bills", **own, body=bill)
        self._deployment.settle()
        back = {"id": "r1", "store": "T", "bill": "b1", "amount": 40}
        self._ask("POST", "/v1/store/bills/refund", **own, body=back)
        terms = {"store": "T", "extraction_bps": 1500}
        self._ask("PUT", "/v1/store/terms", **own, body=terms, expects=(403, 422))
        self._ask("GET", "/v1/stores", **own)
        for path in ("", "/orders", "/queues", "/staff", "/rewards"):
            self._ask("GET", f"/v1/store{path}", **own, query={"id": "T"})

    def _applications(self) -> Any:
        return self._ask("GET", "/v1/applications")["applications"]

    def _use_people(self) -> None:
        """Invitations, bindings and teams (Rules 2.5.1 and 2.8)."""
        code = self._ask("GET", "/v1/me/invite", who="desk-B")["code"]
        self._ask("PUT", "/v1/me/invite", who="desk-B", body={"show_nickname": True})
        self._ask("GET", f"/v1/invites/{code}")
        self._ask("GET", "/v1/members", query={"query": code})
        self._ask("GET", "/v1/invites/00000000", expects=(404,))
        self._ask("POST", "/v1/me/referrer", who="new", body={"code": code})
        self._ask("POST", "/v1/me/referrer", who="bus-A", body={"code": code}, expects=(409,))
        gift = {"member": "new", "asset": "cash", "amount": 500, "reason": "tour"}
        self._ask("POST", "/v1/adjustments", body={"id": "a7", **gift})
        account = {"label": "bank", "reference": "6222"}
        asked = {"id": "w1", "amount": 100, "account": account}
        self._ask("POST", "/v1/me/withdrawals", who="new", body=asked)
        self._ask("GET", "/v1/me/team", who="desk-B")
        person = self._ask("GET", "/v1/me/team", who="bus-A")["members"][0]["person"]
        self._ask("GET", "/v1/me/team", who="bus-A", query={"of": person})
        wish = {"id": "c1", "member": "new", "referrer": "bus-C", "reason": "wrong code"}
        self._ask("POST", "/v1/bindings", body=wish)
        self._ask("POST", "/v1/bindings", body={**wish, "id": "c2", "referrer": None})
        self._ask("GET", "/v1/bindings")
        self._ask("GET", "/v1/bindings/shared")

    def _ask(
        self,
        method: str,
        path: str,
        *,
        who: str | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        expects: tuple[int, ...] = (200, 204),
        merchant: bool = False,
    ) -> Any:
        """Ask the API as a member, or as an operator; return the body of the answer."""
        operator = {"sub": "op", "scope": "rebate/operator", "cognito:groups": "[admin]"}
        scope = "rebate/merchant" if merchant else "rebate/member"
        claims = {"sub": who, "scope": scope} if who else operator
        answer = self._deployment.functions.call(
            "api",
            {
                "version": "2.0",
                "routeKey": "$default",
                "rawPath": path,
                "rawQueryString": urlencode(query or {}),
                "headers": headers or {},
                "requestContext": {
                    "http": {"method": method, "path": path},
                    "stage": "$default",
                    "authorizer": {"jwt": {"claims": claims}},
                },
                "body": body if isinstance(body, str) else json.dumps(body),
                "isBase64Encoded": False,
            },
        )
        assert answer["statusCode"] in expects, (path, answer)
        is_json = answer["body"] and answer["headers"]["Content-Type"] == "application/json"
        return json.loads(answer["body"]) if is_json else None


@contextmanager
def _days_later(days: int) -> Iterator[None]:
    """Let it be so many days later."""
    now = SystemClock.now
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SystemClock, "now", lambda clock: now(clock) + days * DAY)
        yield


@contextmanager
def _failing(error: BaseException, *, commit: int) -> Iterator[None]:
    """Let the n-th commit fail before anything of it is stored."""
    ask: Callable[..., Any] = vars(BaseClient)["_make_api_call"]
    numbers = count(1)

    def ask_or_fail(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if operation == "TransactWriteItems" and next(numbers) == commit:
            raise error
        return ask(client, operation, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", ask_or_fail)
        yield


@contextmanager
def _undecided(queue: str, prefix: str) -> Iterator[None]:
    """Let a queue have a bug in what it decides on the orders whose ids begin so."""
    decide = Settlement.decide

    def decide_or_fail(work: Settlement, *given: Any) -> Any:
        order = getattr(work.pile.waiting[0].command, "order", "")
        if work.queue.id == queue and order.startswith(prefix):
            raise ValueError("a bug")
        return decide(work, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Settlement, "decide", decide_or_fail)
        yield


def _products() -> list[str]:
    return [f"p{number}" for number in range(MANY)]


class Shop:
    """Sends events whose orders and members carry its name."""

    def __init__(self, name: str, send: Send, at: Callable[[], str]) -> None:
        self._name = name
        self._send = send
        self._at = at

    def save_catalog(self) -> None:
        a, b, c = (self._of(name) for name in "ABC")
        self._send("MemberSaved", {"member_id": a, "nickname": "first"})
        self._send("MemberSaved", {"member_id": a, "nickname": "a", "rank": "holder"})
        self._send("MemberSaved", {"member_id": b, "referrer_id": a})
        self._send("MemberSaved", {"member_id": c, "referrer_id": b})
        above, top = self._of("above"), self._of("top")
        self._send("MemberSaved", {"member_id": above, "referrer_id": top})
        self._send("MemberSaved", {"member_id": a, "referrer_id": above})
        self._send("MemberSaved", {"member_id": self._of("D"), "referrer_id": self._of("E")})
        self._send("MemberSaved", {"member_id": self._of("E"), "rank": "captain"})
        self._send("ProductSaved", {"product_id": "p1", "name": "tea"})
        shop = {"store_id": "W", "referrer_id": "owner", "concession_bps": 1000}
        self._send("StoreSaved", shop)
        told = {"store_id": "W", "member_id": a}
        self._send("StoreVisited", {**told, "visited_at": self._at(), "visit_id": self._of("v")})
        self._send(
            "StoreRated", {**told, "stars": 5, "rated_at": self._at(), "rating_id": self._of("s")}
        )

    def send_early(self) -> None:
        """What becomes of an order may be told before that it was paid."""
        self.complete("early")
        self.give_back("early", 1, 5000)
        self.buy("early", "A", ["p1"])

    def buy(
        self, order: str, member: str, products: Sequence[str], *, paid: int = 10000, **rest: Any
    ) -> None:
        lines = [
            {"line_id": str(n), "product_id": product, "paid": paid}
            for n, product in enumerate(products, 1)
        ]
        detail = {
            "order_id": self._of(order),
            "member": {"id": self._of(member)},
            "channel": "mall",
            "paid_at": self._at(),
            "lines": lines,
        }
        self._send("OrderPaid", {**detail, **rest})

    def complete(self, order: str) -> None:
        self._send("OrderCompleted", {"order_id": self._of(order), "completed_at": self._at()})

    def give_back(self, order: str, lines: int, amount: int) -> None:
        detail = {
            "order_id": self._of(order),
            "refund_id": "r",
            "refunded_at": self._at(),
            "lines": [{"line_id": str(n), "amount": amount} for n in range(1, lines + 1)],
        }
        self._send("OrderRefunded", detail)

    def _of(self, name: str) -> str:
        return f"{self._name}-{name}"
