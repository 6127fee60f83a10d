"""A tour through everything that functions do, so that what they ask of AWS can be recorded."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from local.deployment import Deployment
from rebate.contracts.signatures import sign

SECRET = "a shop's secret"
START = datetime.fromisoformat("2026-03-02T10:00:00+08:00")
MANY = 130

SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "enabled": True,
        "mall": "per_product",
        "extraction_bps": 1000,
        "hold_days": 1,
        "limits": {"total": 1000},
        "exchange": {"points_bps": 10000, "voucher_bps": 10000},
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
    "guards": {"rebates_per_day": 10**9},
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
}


class Tour:
    """Goes through a deployment that is new."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._at = START

    def go(self) -> None:
        self._ask("PUT", "/v1/settings", body={"version": 0, "settings": SETTINGS})
        self._catalog()
        self._send_nonsense()
        self._orders()
        self._long_orders()
        self._look()
        self._run()
        self._deployment.publish()
        self._deployment.recover()

    def _catalog(self) -> None:
        self._send("MemberSaved", member_id="A", nickname="a")
        self._send("MemberSaved", member_id="B", referrer_id="A")
        self._send("MemberSaved", member_id="C", referrer_id="B")
        self._send("ProductSaved", product_id="p1", name="tea")
        self._send("StoreSaved", store_id="W", name="corner", referrer_id="A", concession_bps=1000)

    def _send_nonsense(self) -> None:
        """Every function of the bus sets something aside."""
        for kind in ("OrderPaid", "OrderCompleted", "OrderRefunded", "MemberSaved"):
            self._deployment.bus.deliver({"detail-type": kind, "detail": {"nothing": True}})

    def _orders(self) -> None:
        """Some are paid, completed and given back, in all kinds of queue."""
        for number in range(12):
            buyer = "ABC"[number % 3]
            self._buy(f"m{number}", buyer, ["p1"])
            self._buy(f"w{number}", buyer, ["p1"], channel="store", store_id="W")
        self._settle()
        for number in range(12):
            self._complete(f"m{number}")
            self._complete(f"w{number}")
        self._settle()
        self._refund("m0", ["1"])
        self._refund("w1", ["1"])
        self._settle()

    def _long_orders(self) -> None:
        """One order with more queues than fit in a transaction; a line with many entries."""
        lines = [str(n) for n in range(1, MANY + 1)]
        self._buy("long", "A", [f"p{n}" for n in range(MANY)])
        self._settle()
        self._complete("long")
        self._refund("long", lines)
        self._settle()
        self._buy_again("long")
        for number in range(MANY):
            self._buy(f"c{number}", "B", ["p1"], channel="cashier", store_id="W")
        self._settle()

    def _look(self) -> None:
        """Members, operators and shops ask all that they can."""
        mine = {"queue": "product/p1", "entry": "m8/1"}
        self._ask("POST", "/v1/me/entries/draw", who="C", body=mine)
        self._ask("POST", "/v1/me/entries/exchange", who="C", body={**mine, "into": "points"})
        self._ask("GET", "/v1/me/entries", who="B")
        self._ask("GET", "/v1/me/wallet", who="A")
        self._ask("GET", "/v1/me/queue", who="B", id="cashier/W")
        for path, query in (
            ("/v1/health", {}),
            ("/v1/queues", {}),
            ("/v1/queue", {"id": "product/p1"}),
            ("/v1/order", {"id": "m0"}),
            ("/v1/orders/long", {}),
            ("/v1/settings", {}),
        ):
            self._ask("GET", path, **query)
        self._ask("POST", "/v1/settings/check", body={"settings": SETTINGS})
        self._shop_sends()

    def _shop_sends(self) -> None:
        lines = [str(n) for n in range(1, MANY + 1)]
        self._post("MemberSaved", {"member_id": "D", "referrer_id": "A"})
        self._post("ProductSaved", {"product_id": "p2"})
        self._post("StoreSaved", {"store_id": "V"})
        self._post("OrderPaid", self._paid("s1", "D", ["p1"], "store", "W"))
        self._post("OrderPaid", self._paid("s2", "D", [f"p{n}" for n in range(MANY)]))
        self._post("OrderCompleted", {"order_id": "s2", "completed_at": self._next()})
        self._post("OrderRefunded", self._refunded("s2", lines))

    def _run(self) -> None:
        tick = {"at": self._next()}
        self._deployment.functions.call("scheduled_payouts", {**tick, "run": "average"})
        self._deployment.functions.call("scheduled_payouts", {**tick, "run": "union"})
        self._deployment.functions.call("scheduled_clear", tick)
        self._deployment.functions.call("scheduled_sweep", tick)

    def _buy(self, order: str, member: str, products: list[str], **rest: Any) -> None:
        detail = self._paid(order, member, products)
        self._send("OrderPaid", **{**detail, **rest})

    def _complete(self, order: str) -> None:
        self._send("OrderCompleted", order_id=order, completed_at=self._next())

    def _refund(self, order: str, lines: list[str]) -> None:
        self._send("OrderRefunded", **self._refunded(order, lines))

    def _paid(
        self,
        order: str,
        member: str,
        products: list[str],
        channel: str = "mall",
        store: str | None = None,
    ) -> dict[str, Any]:
        lines = [
            {"line_id": str(n), "product_id": product, "paid": 10000}
            for n, product in enumerate(products, 1)
        ]
        at, buyer = self._next(), {"id": member}
        known = {"order_id": order, "member": buyer, "channel": channel, "paid_at": at}
        return {**known, "store_id": store, "lines": lines}

    def _refunded(self, order: str, lines: list[str]) -> dict[str, Any]:
        given_back = [{"line_id": line, "amount": 5000} for line in lines]
        known = {"order_id": order, "refund_id": "r", "refunded_at": self._next()}
        return {**known, "lines": given_back}

    def _next(self) -> str:
        self._at += timedelta(minutes=1)
        return self._at.isoformat()

    def _settle(self) -> None:
        self._deployment.settle()

    def _send(self, kind: str, **detail: Any) -> None:
        before = len(self._deployment.dead_letters())
        self._deployment.bus.deliver({"detail-type": kind, "detail": detail})
        letters = self._deployment.dead_letters()
        assert len(letters) == before, letters[-1]

    def _post(self, kind: str, detail: dict[str, Any]) -> None:
        body = json.dumps({"detail-type": kind, "detail": detail})
        now = self._deployment.app.clock.now() // 1_000_000
        signature = sign(SECRET.encode(), now, body.encode())
        headers = {"x-rebate-timestamp": str(now), "x-rebate-signature": signature}
        self._ask("POST", "/v1/events", body=body, headers=headers)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        who: str | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> None:
        """Ask the API as a member, or as an operator; what an entry forbids is an answer, too."""
        claims = {"sub": who or "op", "scope": "rebate/member" if who else "rebate/operator"}
        answer = self._deployment.functions.call(
            "api",
            {
                "version": "2.0",
                "routeKey": "$default",
                "rawPath": path,
                "rawQueryString": urlencode(query),
                "queryStringParameters": query,
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
        assert answer["statusCode"] in {200, 204, 409}, (path, answer)
