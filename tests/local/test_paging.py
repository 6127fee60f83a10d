"""Lists are paged without losing a row or showing one twice (pitfall 38).

Of every route that has pages much is made at one instant, and more between two pages: what was
there when the first page was asked for comes exactly once.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest

from local.deployment import LocalDeployment
from local.memory import deployed_in_memory
from rebate.contracts import api
from rebate.contracts.routes import ROUTES
from rebate.domain.commands import Clear
from rebate.domain.letters import DeadLetter
from rebate.domain.times import Instant
from rebate.domain.webhooks import WebhookDelivery
from rebate.usecases.letters.keep_letters import keep_letters
from rebate.usecases.reports import all_sums, show_liability
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.audits import AuditRun
from rebate.usecases.storage.rows.inbox import Inbox, Parked

NOW = Instant(1_772_352_000_000_000)
AT = "2026-03-01T08:00:00+00:00"
MANY = 105
"""More than two pages of 50."""

SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "extraction_bps": 10,
        "entitlement": {"fixed_bps": 10000},
        "exchange": {"points_bps": 10000},
    },
    "referral": {"settle_on": "paid", "direct_bps": 500, "merchant_bps": 100},
    "wallet": {
        "withdraw_min": 1,
        "withdraw_per_day": None,
        "adjust_two_above": 1000,
        "transfer": ["points"],
    },
}


class World:
    """A deployment in which nothing takes time."""

    def __init__(self, deployment: LocalDeployment) -> None:
        self.deployment = deployment
        self.app = deployment.app
        save_settings(self.app.store, self.app.clock, SETTINGS, expects=0, by="test")
        deployment.stop_clock_at(NOW)

    def ask(
        self, who: str, method: str, path: str, body: Any = None, query: str = ""
    ) -> dict[str, Any]:
        """Ask as `audience:name`; return the answer, which has to be a good one."""
        audience, _, name = who.partition(":")
        claims = {"sub": name, "username": name, "scope": f"rebate/{audience}"}
        if audience == "operator":
            claims["cognito:groups"] = "[admin]"
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {},
            "requestContext": {
                "http": {"method": method, "path": path},
                "stage": "$default",
                "authorizer": {"jwt": {"claims": claims}},
            },
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
        }
        answer = self.deployment.functions.call("api", event)
        assert answer["statusCode"] == 200, (path, answer.get("body"))
        found: dict[str, Any] = json.loads(answer["body"])
        return found

    def happens(self, kind: str, **detail: Any) -> None:
        self.deployment.bus.deliver({"detail-type": kind, "detail": detail, "time": AT})
        assert self.deployment.dead_letters() == []

    def buys(self, order: str, member: str = "A", **more: Any) -> str:
        line = {"line_id": "1", "paid": 1000, **more.pop("line", {})}
        what = {"channel": "mall", "paid_at": AT, "lines": [line], **more}
        self.happens("OrderPaid", order_id=order, member={"id": member}, **what)
        self.deployment.settle()
        return order

    def code(self, member: str) -> str:
        return str(self.ask(f"member:{member}", "GET", "/v1/me")["invite"]["code"])

    def gives(self, member: str, asset: str, amount: int, name: str) -> str:
        body = {"id": name, "member": member, "asset": asset, "amount": amount, "reason": "x"}
        self.ask("operator:otto", "POST", "/v1/adjustments", body)
        return name

    def knows(self, member: str) -> str:
        self.happens("MemberSaved", member_id=member)
        return member

    def rich(self, member: str) -> None:
        """Let a member have money and points, and something to redeem."""
        self.knows(member)
        self.gift("g")
        for asset in ("cash", "points"):
            self.gives(member, asset, 1000, asset)

    def gift(self, name: str, version: int = 0) -> str:
        body = {"id": name, "version": version, "name": "tea", "price": {"points": 1}}
        self.ask("operator:otto", "PUT", "/v1/gifts", {**body, "stock": 1000})
        return name

    def store_opens(self) -> None:
        """Open a store of M, whom R brought."""
        self.applies("M", self.code("R"))
        name = self.ask("operator:olga", "GET", "/v1/applications")["applications"][0]["id"]
        agreed = {"id": name, "merchant_bps": 50, "note": "x"}
        self.ask("operator:olga", "POST", "/v1/applications/negotiate", agreed)
        self.ask("operator:olga", "POST", "/v1/applications/approve", {"id": name, "store": "W"})

    def applies(self, member: str, code: str) -> str:
        names = ("name", "contact", "licence", "address", "category")
        body = {**dict.fromkeys(names, "x"), "concession_bps": 2000, "code": code}
        self.ask(f"member:{member}", "PUT", "/v1/me/application", body)
        self.ask(f"member:{member}", "POST", "/v1/me/application/submit", {"id": "s"})
        return member

    def withdraws(self, member: str, name: str, reference: str = "6222") -> str:
        account = {"label": "bank", "reference": reference}
        body = {"id": name, "amount": 1, "account": account}
        self.ask(f"member:{member}", "POST", "/v1/me/withdrawals", body)
        return name

    def redeems(self, name: str) -> str:
        body = {"id": name, "gift": "g", "quantity": 1}
        self.ask("member:A", "POST", "/v1/me/redemptions", body)
        return name


@dataclass(frozen=True)
class Listing:
    """A list: who asks for it, in which field it stands, and what tells one row from another.

    `add` lets one more stand in it, by its number. `many` are there when it is read, more than a
    page of them.
    """

    who: str
    field: str
    name: str
    add: Callable[[World, int], object]
    query: str = ""
    many: int = MANY
    prepare: Callable[[World], object] = lambda _: None
    then: Callable[[World], object] = lambda _: None
    part: str = ""
    """Where the list stands in a larger answer."""

    def named(self, item: Mapping[str, Any]) -> str:
        return " ".join(str(item[name]) for name in self.name.split())


def _bound(world: World, number: int) -> None:
    member = world.knows(f"m{number}")
    body = {"id": "b", "code": world.code("A")}
    world.ask(f"member:{member}", "POST", "/v1/me/referrer", body)


def _corrected(world: World, number: int) -> None:
    member = world.knows(f"m{number}")
    body = {"id": f"c{number}", "member": member, "referrer": "A", "reason": "x"}
    world.ask("operator:otto", "POST", "/v1/bindings", body)


def _sharing(world: World, number: int) -> None:
    """Let two withdraw to one account, the second of whom the first referred."""
    pair = [world.knows(f"{who}{number}") for who in ("first", "second")]
    body = {"id": "b", "code": world.code(pair[0])}
    world.ask(f"member:{pair[1]}", "POST", "/v1/me/referrer", body)
    for member in pair:
        world.gives(member, "cash", 10, f"start {member}")
        world.withdraws(member, "w", reference=f"account {number}")


def _off_sale(world: World, number: int) -> None:
    world.happens("ProductSaved", product_id=f"p{number}", name="x", on_sale=True)
    _queue(world, number)
    world.happens("ProductSaved", product_id=f"p{number}", on_sale=False)


def _per_product(world: World) -> None:
    plan = {**SETTINGS["queue_rebate"], "mall": "per_product"}
    settings = {**SETTINGS, "queue_rebate": plan}
    save_settings(world.app.store, world.app.clock, settings, expects=1, by="test")


def _queue(world: World, number: int) -> None:
    world.buys(f"o{number}", line={"product_id": f"p{number}"})


def _parked(world: World, number: int) -> None:
    row = Inbox("mall", f"{NOW:020}#{number}", Clear(NOW))  # type: ignore[arg-type]
    world.app.store.commit([Put(Parked(f"mall#{number}", row, "too large", NOW))])


def _letter(world: World, number: int) -> None:
    letter = DeadLetter(f"l{number}", NOW, "settle", "{}", "unreadable_event", "x")
    keep_letters(world.app.store, [letter])


def _audit(world: World, number: int) -> None:
    world.app.store.commit([Put(AuditRun(Instant(NOW + number)))])


def _endpoint(world: World) -> None:
    body = {"id": "crm", "version": 0, "address": "https://crm.example/hooks"}
    world.ask("operator:otto", "PUT", "/v1/webhooks", body)


def _delivery(world: World, number: int) -> None:
    name, event = f"msg_{number}", f"mall#{number}#0"
    row = WebhookDelivery("crm", name, event, "EntryJoined", NOW, "{}", NOW)
    world.app.store.commit([Put(row)])


def _bill(world: World, number: int) -> None:
    """Enter a bill that pays an amount of its own to the first of all."""
    amount = 1_000_000 + 1_000 * number
    body = {"id": f"b{number}", "store": "W", "amount": amount, "code": world.code("A")}
    world.ask("merchant:M", "POST", "/v1/store/bills", body)
    world.deployment.settle()


def _bill_that_is_paid(world: World) -> None:
    world.store_opens()
    _bill(world, -1)


def _saved(world: World, number: int) -> None:
    save_settings(world.app.store, world.app.clock, SETTINGS, expects=number + 1, by="test")


def _noted(world: World, number: int) -> None:
    body = {"id": f"n{number}", "member": "A", "text": f"note {number}"}
    world.ask("operator:otto", "POST", "/v1/notes", body)


def _notice(world: World, number: int) -> None:
    world.buys(f"o{number}")
    world.deployment.publish()


def _two_for_one(world: World, number: int) -> None:
    """Ask for an adjustment that needs a second operator."""
    world.gives("A", "cash", 5000, f"large {number}")


def of_member(part: str, name: str, add: Callable[[World, int], object], **more: Any) -> Listing:
    """Return a part of what operators see of the member A."""
    field = {"statement": "lines", "team": "members"}.get(part, part)
    return Listing(OLGA, field, name, add, f"id=A&part={part}", part=part, **more)


A, M, OLGA = "member:A", "merchant:M", "operator:olga"
known = partial(World.knows, member="A")
rich = partial(World.rich, member="A")
ordered = lambda world, number: world.buys(f"o{number}")  # noqa: E731 - a word for tables
withdrawn = lambda world, number: world.withdraws("A", f"w{number}")  # noqa: E731
redeemed = lambda world, number: world.redeems(f"r{number}")  # noqa: E731
adjusted = lambda world, number: world.gives("A", "cash", 1, f"a{number}")  # noqa: E731
offered = lambda world, number: world.gift(f"g{number:03}")  # noqa: E731
saved = lambda world, number: world.knows(f"m{number}")  # noqa: E731

LISTINGS: dict[str, list[Listing]] = {
    "GET /v1/me/entries": [
        Listing(A, "entries", "entry", ordered),
        Listing(A, "entries", "entry", ordered, "sort=newest"),
        Listing(A, "entries", "entry", ordered, "state=waiting&plan=queue_rebate"),
    ],
    "GET /v1/me/queue": [Listing(A, "line", "place", ordered, "id=mall")],
    "GET /v1/me/notices": [Listing(A, "notices", "id", _notice)],
    "GET /v1/me/wallet": [Listing(A, "statement", "source", adjusted, prepare=known)],
    "GET /v1/me/statement": [
        Listing(A, "lines", "source", adjusted, prepare=known),
        Listing(A, "lines", "source", adjusted, "asset=cash", prepare=known),
    ],
    "GET /v1/me/withdrawals": [Listing(A, "withdrawals", "id", withdrawn, prepare=rich)],
    "GET /v1/gifts": [Listing(A, "gifts", "id", offered)],
    "GET /v1/me/redemptions": [Listing(A, "redemptions", "id", redeemed, prepare=rich)],
    "GET /v1/me/team": [Listing(A, "members", "person", _bound, prepare=known)],
    "GET /v1/applications": [
        Listing(
            OLGA,
            "applications",
            "member",
            lambda world, number: world.applies(f"m{number}", world.code("R")),
            prepare=lambda world: world.knows("R"),
        )
    ],
    "GET /v1/store/orders": [
        Listing(M, "orders", "order", _bill, "id=W", prepare=World.store_opens),
        Listing(M, "orders", "order", _bill, "id=W&state=completed", prepare=World.store_opens),
    ],
    "GET /v1/store/rewards": [
        Listing(
            M,
            "rewards",
            "amount",
            _bill,
            "id=W&queue=cashier/W&from=2026-01-01",
            prepare=_bill_that_is_paid,
        )
    ],
    "GET /v1/queues": [Listing(OLGA, "queues", "queue", _queue, prepare=_per_product)],
    "GET /v1/queue": [Listing(OLGA, "line", "entry", ordered, "id=mall")],
    "GET /v1/queue/forecast": [Listing(OLGA, "line", "entry", ordered, "id=mall")],
    "GET /v1/liability": [
        Listing(
            OLGA,
            "rows",
            "queue",
            _queue,
            "by=queue",
            prepare=_per_product,
            then=lambda world: world.deployment.functions.call("scheduled_sweep", {}),
        )
    ],
    "GET /v1/queues/stalled": [Listing(OLGA, "queues", "queue", _off_sale, prepare=_per_product)],
    "GET /v1/withdrawals": [Listing(OLGA, "withdrawals", "id", withdrawn, prepare=rich)],
    "GET /v1/adjustments": [Listing(OLGA, "adjustments", "id", _two_for_one, prepare=known)],
    "GET /v1/gifts/all": [Listing(OLGA, "gifts", "id", offered)],
    "GET /v1/redemptions": [Listing(OLGA, "redemptions", "id", redeemed, prepare=rich)],
    "GET /v1/bindings": [Listing(OLGA, "bindings", "id", _corrected, prepare=known)],
    "GET /v1/bindings/shared": [Listing(OLGA, "shared", "member", _sharing)],
    "GET /v1/parked": [Listing(OLGA, "parked", "id", _parked)],
    "GET /v1/orders": [
        Listing(OLGA, "orders", "order_id", ordered),
        Listing(OLGA, "orders", "order_id", ordered, "member=A&state=paid"),
        Listing(OLGA, "orders", "order_id", ordered, "query=10"),
    ],
    "GET /v1/members": [Listing(OLGA, "members", "id", saved)],
    "GET /v1/member": [
        of_member("entries", "entry", ordered),
        of_member("statement", "source", adjusted, prepare=known),
        of_member("orders", "order_id", ordered),
        of_member("withdrawals", "id", withdrawn, prepare=rich),
        of_member("redemptions", "id", redeemed, prepare=rich),
        of_member("team", "person", _bound, prepare=known),
        of_member("notes", "text", _noted, prepare=known),
    ],
    "GET /v1/audit": [Listing(OLGA, "acts", "id", adjusted, prepare=known)],
    "GET /v1/audits": [Listing(OLGA, "audits", "began_at", _audit)],
    "GET /v1/settings/versions": [Listing(OLGA, "versions", "version", _saved)],
    "GET /v1/webhooks/deliveries": [
        Listing(OLGA, "deliveries", "webhook_id", _delivery, "id=crm", prepare=_endpoint)
    ],
    "GET /v1/dead-letters": [Listing(OLGA, "letters", "letter", _letter)],
}


def pages(world: World, route: str, listing: Listing) -> Iterator[list[str]]:
    """Yield what stands on each page, by name."""
    query = listing.query
    while True:
        answer = world.ask(listing.who, "GET", route.removeprefix("GET "), query=query)
        answer = answer[listing.part] if listing.part else answer
        yield [listing.named(item) for item in answer[listing.field]]
        if answer["next"] is None:
            return
        query = "&".join(filter(None, [listing.query, urlencode({"after": answer["next"]})]))


@pytest.mark.parametrize(
    ("route", "listing"),
    [
        pytest.param(route, listing, id=f"{route.removeprefix('GET ')}?{listing.query}")
        for route, listings in LISTINGS.items()
        for listing in listings
    ],
)
def test_what_is_there_comes_once_while_more_arrives(route, listing, monkeypatch):
    """Pitfall 38; also where there are more queues than one answer counts."""
    monkeypatch.setattr(all_sums, "COUNTED_MAX", 100)
    for module in (api, show_liability):
        monkeypatch.setattr(module, "QUEUES_PAGE", 50)
    with deployed_in_memory() as deployment:
        world = World(deployment)
        listing.prepare(world)
        for number in range(listing.many):
            listing.add(world, number)
        listing.then(world)
        there = [name for page in pages(world, route, listing) for name in page]
        assert len(there) == len(set(there)) >= listing.many
        seen: list[str] = []
        for number, page in enumerate(pages(world, route, listing), listing.many):
            seen += page
            assert number < listing.many + 20, "there is an end"
            listing.add(world, number)
        assert number > listing.many, "there are several pages"
        assert len(seen) == len(set(seen))
        assert set(there) <= set(seen)


def test_every_list_that_has_pages_is_among_them():
    paged = {route.key for route in ROUTES if any(each.name == "after" for each in route.query)}
    assert paged == set(LISTINGS)
