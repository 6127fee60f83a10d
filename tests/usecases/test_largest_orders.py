"""Orders as large as the door lets in (contracts, section 1) settle in every plan.

The store refuses what DynamoDB refuses: rows of more than 400 KB, transactions of more than 4 MB,
long keys. Ids are as long as they may be and as hard to compress as digests are.
"""

import json
import random
from collections.abc import Mapping
from typing import Any

import pytest

from rebate.adapters import memory
from rebate.contracts.envelopes import DETAIL_BYTES_MAX
from rebate.contracts.events_in import LINES_MAX
from rebate.contracts.identifiers import BYTES_MAX, CHARS_MAX
from rebate.usecases.audit.audit_books import audit_books
from tests.books import check_books
from tests.engine import Player
from tests.strategies import EFFORT

BASE: dict[str, Any] = {
    "enabled": True,
    "extraction_bps": 9000,
    "entitlement": {"fixed_bps": 10000},
}
PLANS: dict[str, dict[str, Any]] = {
    "queue_rebate": {"queue_rebate": BASE},
    "self_funding": {"queue_rebate": {**BASE, "self_funding": True}},
    "random_return": {
        "queue_rebate": {
            **BASE,
            "exchange": {"points_bps": 10000},
            "random_return": {"cash": 1, "points": 1},
        }
    },
    "held": {
        "queue_rebate": {
            **BASE,
            "hold_days": 7,
            "settle_on": "completed",
            "settle_after_days": 3,
            "reward_order": "completed_first",
        },
        "guards": {"max_share_of_revenue_bps": 9500},
    },
    "order_queue": {"order_queue": {"enabled": True, "reward_bps": 3000, "rewards_to_exit": 1}},
    "alliance": {
        "alliance": {"enabled": True, "dividend_bps": 4000, "heads_bps": [5000, 3000, 2000]}
    },
    "red_packet": {
        "red_packet": {
            "enabled": True,
            "stores": {"W": {"concession_bps": 2000}},
            "shares_bps": {"own": 3000, "queue": 5000, "average": 2000},
            "entitlement_bps": 10000,
        }
    },
    "union": {
        "union": {
            "enabled": True,
            "settle_on": "paid",
            "profit_share_bps": 6000,
            "quota_bps": 11000,
        }
    },
    "referral": {"referral": {"enabled": True, "direct_bps": 500, "indirect_bps": 200}},
}

ALPHABETS = {
    "ascii": [chr(code) for code in range(ord("!"), ord("~")) if chr(code) not in '"\\'],
    "escaped": list('"\\#%/') + [chr(code) for code in range(ord("0"), ord("z"))],
    "chinese": [chr(code) for code in range(0x4E00, 0x9FA5)],
    "four bytes": [chr(code) for code in range(0x20000, 0x2A000)],
}


class Measured(Player):
    """Plays large orders; `dice` names what they hold."""

    def __init__(self, settings: Mapping[str, Any], alphabet: str, lines: int) -> None:
        whole = {"currency": "CNY", "timezone": "Asia/Shanghai", **settings}
        super().__init__({"settings": whole, "steps": []})
        self.dice, self.alphabet, self.lines = random.Random(alphabet), alphabet, lines
        self.begin()

    def name(self, bytes_max: int = BYTES_MAX) -> str:
        """Return an id of as many bytes and characters as there may be."""
        found = ""
        while len(found) < CHARS_MAX:
            longer = found + self.dice.choice(ALPHABETS[self.alphabet])
            if len(longer.encode()) > bytes_max:
                break
            found = longer
        return found

    def tell(self, kind: str, at: str, **detail: Any) -> None:
        self.step({"event": {"detail-type": kind, "detail": detail}, "at": at})

    def buy(self, at: str, where: Mapping[str, Any]) -> dict[str, Any]:
        """Bring an order of as many bytes as its event may have, and return what it says."""
        order: dict[str, Any] = {"order_id": self.name(), "member": {"id": self.name()}}
        order |= {"paid_at": at, **where}
        room = DETAIL_BYTES_MAX - _bytes({**order, "lines": []})
        lines: list[dict[str, Any]] = []
        for left in range(self.lines, 0, -1):
            line: dict[str, Any] = {"line_id": "", "paid": self.dice.randint(10**4, 10**5)}
            given = room // left - _bytes(line) - 1
            line["line_id"] = self.name(given)
            while _bytes(line) - _bytes({**line, "line_id": ""}) > given:
                line["line_id"] = line["line_id"][:-1]
            room -= _bytes(line) + 1
            lines.append(line)
        self.tell("OrderPaid", at, **order, lines=lines)
        return {**order, "lines": lines}


def _bytes(said: Any) -> int:
    return len(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode())


CASES = [(plan, "ascii", LINES_MAX) for plan in PLANS] + [
    ("queue_rebate", "escaped", LINES_MAX),
    ("queue_rebate", "chinese", 800),
    ("random_return", "four bytes", LINES_MAX),
    ("held", "four bytes", 800),
]
SHORT = [case for case in CASES if case[0] not in {"self_funding", "random_return"}]


@pytest.mark.parametrize(("plan", "alphabet", "lines"), CASES if EFFORT > 1 else SHORT)
def test_the_largest_orders_settle_and_so_does_a_small_one_after_them(
    plan: str, alphabet: str, lines: int
) -> None:
    """Paid, paid off by others like it, completed, and given back in part and in full."""
    where = {"channel": "store", "store_id": "W"} if plan == "red_packet" else {"channel": "mall"}
    player = Measured(PLANS[plan], alphabet, lines)
    orders = [player.buy(f"2026-03-01T1{n}:00:00+08:00", where) for n in range(2)]
    bought = [{"line_id": "1", "paid": 100}]
    at = "2026-03-01T15:00:00+08:00"
    small = {"order_id": "after", "member": {"id": "Z"}, "paid_at": at, **where}
    player.tell("OrderPaid", at, **small, lines=bought)
    at = "2026-03-02T10:00:00+08:00"
    for order in (*orders, small):
        player.tell("OrderCompleted", at, order_id=order["order_id"], completed_at=at)
    for number, parts in enumerate((3, 1)):
        at = f"2026-03-1{number}T10:00:00+08:00"
        left = {line["line_id"]: line["paid"] for line in orders[0]["lines"]}
        back = [{"line_id": each, "amount": paid // parts} for each, paid in left.items()]
        if parts == 1:
            back = [{"line_id": each, "amount": paid - paid // 3} for each, paid in left.items()]
        order, refund = orders[0]["order_id"], player.name()
        player.tell(
            "OrderRefunded", at, order_id=order, refund_id=refund, refunded_at=at, lines=back
        )
    check_books(player.store)
    assert audit_books(player.store).differences == []
    assert set(player.refusals) == {None}, "all of it was accepted"
    if plan not in {"held", "referral"}:
        entries = [e for queue in player.outcome()["queues"].values() for e in queue["entries"]]
        assert entries[-1]["entry"].startswith("after")


def test_the_store_refuses_what_is_larger() -> None:
    """Else what is shown above would be shown of nothing."""
    assert memory.ITEM_BYTES_MAX == 400 * 1024
    assert memory.TRANSACTION_BYTES_MAX == 4 * 1024 * 1024
