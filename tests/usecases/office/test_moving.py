"""A shop takes its books out, into an empty deployment, and goes on as it would have.

`python -m tests.usecases.office.test_moving 100000` does the same with so many members.
"""

import json
import random
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

from rebate.contracts.imports import read_import
from rebate.domain.names import QueueId
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.office.exports import Period, export_json
from tests.engine import Player
from tests.fakes import MemoryStore

AT = "2026-02-01T10:00:00+08:00"
SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "extraction_bps": 3000,
        "entitlement": {"fixed_bps": 10000, "by_level": {"gold": 12000}},
        "mall": "per_product",
        "exchange": {"points_bps": 5000},
    },
    "alliance": {"dividend_bps": 1000, "heads_bps": [6000, 4000]},
    "referral": {"settle_on": "paid", "direct_bps": 500, "indirect_bps": 200},
    "wallet": {"transfer": ["points"]},
}
PRODUCTS, STORES = 7, 5


class Shop:
    """A shop over its use cases."""

    def __init__(self) -> None:
        self.player = Player({"settings": SETTINGS, "steps": []}, MemoryStore())
        self.player.begin()

    def does(self, *steps: dict[str, Any]) -> None:
        for step in steps:
            self.player.step(step)
            assert self.player.refusals[-1] is None, step

    def brings(self, lines: Iterable[str]) -> int:
        file = read_import("".join(lines).encode())
        counted = sum(self.player.app.imports.carry_out(file))
        self.player.settle(map(QueueId, queues()))
        return counted

    def books(self) -> list[str]:
        terms = self.player.app.settings.in_force().terms
        return list(export_json(self.player.store, terms, "books", Period()))

    def waiting(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return who waits for how much, in order of each line."""
        found = {
            name: [
                (entry["entry"], entry["member"], entry["entitlement"] - entry["paid"])
                for entry in queue["entries"]
                if entry["status"] == "waiting"
            ]
            for name, queue in self.player.outcome()["queues"].items()
        }
        return {name: entries for name, entries in found.items() if entries}

    def wallets(self) -> Any:
        return self.player.outcome()["wallets"]

    def pools(self) -> dict[str, int]:
        found = self.player.outcome()["queues"]
        return {name: queue["pool"] for name, queue in found.items() if queue["pool"]}

    def holds(self) -> None:
        assert audit_books(self.player.store, full=True).differences == []


def queues() -> list[str]:
    """Return where older places wait; the alliance keeps what its heads do not share."""
    products = [f"product/p{number}" for number in range(PRODUCTS)]
    stores = [f"{kind}/W{number}" for kind in ("store", "cashier") for number in range(STORES)]
    return [*products, *stores, *["alliance"] * 5]


def older_system(members: int) -> Iterator[dict[str, Any]]:
    """Yield what an older system knew of so many members: some of each thing."""
    chance = random.Random(members)
    for number in range(members):
        name = f"会员-{number}"
        known = {"id": f"m{number}", "kind": "member", "member": name, "nickname": f"N {number}"}
        if number:
            known["referrer"] = f"会员-{chance.randrange(number)}"
        if number % 3 == 0:
            known["level"] = "gold"
        yield known
    for number in range(members):
        name = f"会员-{number}"
        for asset in ("cash", "points", "love", "love_frozen", "voucher"):
            if chance.random() < 0.4:
                line = {"id": f"b{number}{asset}", "kind": "balance", "member": name}
                yield {**line, "asset": asset, "amount": chance.randrange(1, 10**6)}
        queue = chance.choice(queues())
        place = {"id": f"p{number}", "kind": "place", "queue": queue, "order": f"old-{number}"}
        entitlement = chance.randrange(100, 20_000)
        yield {
            **place,
            **({"completed_at": AT} if queue == "alliance" else {"line": "1"}),
            "member": name,
            "entitlement": entitlement,
            "paid": chance.randrange(entitlement),
            "order_paid": 2 * entitlement,
            "paid_at": AT,
        }


def a_day(number: int, members: int, orders: int) -> Iterator[dict[str, Any]]:
    """Yield what a day brings: orders of all queues, some completed, refunded or exchanged."""
    chance = random.Random(number)
    for each in range(orders):
        order = f"day{number}-{each}"
        buy = {"order": order, "member": f"会员-{chance.randrange(members)}"}
        place = chance.choice(queues())
        kind, _, name = place.partition("/")
        where = {"channel": kind, "store": name} if kind in {"store", "cashier"} else {}
        product = {"product": name} if kind == "product" else {}
        yield {"buy": {**buy, **where, **product, "paid": chance.randrange(1_000, 90_000)}}
        if chance.random() < 0.7:
            yield {"complete": order}
        if chance.random() < 0.2:
            yield {"refund": {"order": order, "line": "1", "amount": 500, "id": f"r{order}"}}


def moves(members: int, orders: int) -> None:
    """Let a shop live, move, and go on beside the one that stayed; insist that they are alike."""
    stays, moved = Shop(), Shop()
    lines = [json.dumps(line, ensure_ascii=False) + "\n" for line in older_system(members)]
    assert stays.brings(lines) == len(lines)
    stays.does(*a_day(1, members, orders))
    books = stays.books()
    for counted in (len(books), 0):
        assert moved.brings(books) == counted
    assert moved.pools() == stays.pools() != {}
    assert moved.waiting() == stays.waiting()
    assert moved.wallets() == stays.wallets()
    assert _lacking(moved.books()) == _lacking(books), "they can be taken out again"
    for each in (stays, moved):
        each.does(*a_day(2, members, orders))
    assert moved.pools() == stays.pools()
    assert moved.waiting() == stays.waiting()
    assert moved.wallets() == stays.wallets()
    assert any(wallet.get("cash") for wallet in moved.wallets().values())
    stays.holds()
    moved.holds()


def _lacking(books: Iterable[str]) -> list[dict[str, Any]]:
    """Return books with each place for what it lacks, for which it is brought."""
    rows = sorted(map(json.loads, books), key=lambda row: str(row["id"]))
    for row in rows:
        if row["kind"] == "place":
            row["entitlement"] -= row.pop("paid")
    return rows


def test_a_shop_of_hundreds_moves_and_goes_on_as_it_would_have() -> None:
    moves(300, 60)


if __name__ == "__main__":
    begun = time.monotonic()
    moves(int(sys.argv[1]), 300)
    print(f"{sys.argv[1]} members moved and went on alike, {time.monotonic() - begun:.0f} s")
