"""Scheduled runs over long lines, killed at random points, pay each cent once (Rules 6.2, 7.6).

`REBATE_TEST_LINE` says over how many entries; `make prove` takes 100 000.
"""

import os
from random import Random
from typing import Any

import pytest

from rebate.contracts.events_in import OrderPaid
from rebate.domain.errors import Conflict, Unavailable
from rebate.domain.names import QueueId
from tests.books import check_books
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.usecases.disturbed import KINDS, Killed, Kind, Redelivered, Trouble

LINE = int(os.environ.get("REBATE_TEST_LINE", "400"))
SHARES = {"own": 0, "queue": 0, "average": 10_000}
ON = {"currency": "CNY", "timezone": "Asia/Shanghai"}
PLANS: dict[str, tuple[QueueId, dict[str, Any]]] = {
    "average": (
        QueueId("red_packet/W"),
        {
            "red_packet": {
                "stores": {"W": {"concession_bps": 2000}},
                "shares_bps": SHARES,
                "entitlement_bps": 10_000,
                "place_by": "paid",
            }
        },
    ),
    "union": (
        QueueId("union"),
        {
            "union": {
                "settle_on": "paid",
                "profit_share_bps": 10_000,
                "quota_bps": 11_000,
                "default_margin_bps": 10_000,
            }
        },
    ),
}


def long_line(queue: QueueId, plan: dict[str, Any]) -> Player:
    """So many orders of odd amounts, by a tenth as many members, joined and not paid out."""
    chance = Random(LINE)
    player = Player({"settings": ON | plan, "steps": ()}, settles=False)
    player.begin()
    for number in range(LINE):
        detail = {
            "order_id": f"o{number}",
            "member": {"id": f"m{chance.randrange(max(LINE // 10, 1))}"},
            "channel": "store",
            "store_id": "W",
            "paid_at": "2026-03-01T10:00:00+08:00",
            "lines": [{"line_id": "1", "paid": chance.randrange(1, 5000)}],
        }
        player.app.orders.accept(OrderPaid.model_validate(detail))
    while player.app.settler.settle(queue).unfinished:
        pass
    return player


def run_out(store: MemoryStore, document: Any, name: str, queue: QueueId, trouble: Trouble) -> Any:
    """Start the run and settle it, by a new process after every disturbance."""
    player = Redelivered(document, store)
    trouble.watch(store)
    started = False
    while True:
        try:
            if not started:
                player.app.scheduler.start(name, player.now)
                started = True
            if not player.app.settler.settle(queue).unfinished:
                return player.outcome()
        except (Killed, Conflict, Unavailable):
            player.restart()


@pytest.mark.parametrize("name", PLANS)
def test_a_run_killed_again_and_again_pays_what_an_undisturbed_one_pays(name: str) -> None:
    queue, plan = PLANS[name]
    player = long_line(queue, plan)
    before = player.outcome()["queues"][queue]
    chance = Random(name)
    kinds: dict[int, Kind | None] = {}

    def some(number: int) -> Kind | None:
        return kinds.setdefault(number, chance.choice([*KINDS, *[None] * 6]))

    quiet, troubled = player.store.fork(), player.store.fork()
    expected = run_out(quiet, player.document, name, queue, Trouble(lambda _: None))
    trouble = Trouble(some)
    assert run_out(troubled, player.document, name, queue, trouble) == expected
    assert trouble.struck > 0
    check_books(troubled)
    after = expected["queues"][queue]
    paid = sum(entry["paid"] for entry in after["entries"])
    assert paid == before["pool"] - after["pool"] > 0
