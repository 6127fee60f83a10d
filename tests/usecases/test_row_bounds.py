"""Every row that can grow has a bound in bytes, and fits at its largest into 400 KB."""

import random
import string
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from rebate.adapters.memory import ITEM_BYTES_MAX
from rebate.adapters.tables import TABLES
from rebate.contracts.events_in import LINES_MAX
from rebate.contracts.settings import InvalidSettings, parse_settings
from rebate.contracts.settings.document import BYTES_MAX
from rebate.contracts.settings.entitlement import PRIZES_MAX
from rebate.contracts.settings.plans.order_queue import REWARDS_MAX
from rebate.contracts.settings.plans.referral import RANKS_MAX
from rebate.domain.errors import Code, Rejected
from rebate.domain.ledger import Reason
from rebate.domain.money import Amount
from rebate.domain.names import LineId, MemberId, OrderId, QueueId
from rebate.domain.orders import Order
from rebate.domain.records import replace
from rebate.domain.tickets import COMMITS_KEPT, Entry, Ticket, TicketLine
from rebate.domain.times import Instant
from rebate.domain.wallets import Wallet
from rebate.domain.write_budget import bytes_of_ticket
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.rows.keys import Key
from tests.books import check_books
from tests.engine import Player
from tests.plans import MALL, mall_with

_TABLES = {table.kind: table for table in TABLES}
_CHARS = string.ascii_letters + string.digits + "-_.!$&()*+,;=@:"


def size_of(row: object) -> int:
    """Return what an item has, as DynamoDB counts it."""
    item = _TABLES[type(row)].item(row)
    values = (content for value in item.values() for content in value.values())
    return sum(len(v) if isinstance(v, bytes) else len(str(v).encode()) for v in values) + 100


class Names:
    """Names that are as hard to compress as digests are."""

    def __init__(self) -> None:
        self._dice = random.Random(7)

    def __call__(self, length: int) -> str:
        return "".join(self._dice.choices(_CHARS, k=length))


def products(length: int, count: int, choices: Mapping[str, Any]) -> dict[str, Any]:
    name = Names()
    return mall_with(products={name(length): choices for _ in range(count)})


@pytest.mark.parametrize(
    ("length", "choices"), [(128, {}), (20, {}), (30, {"part": "off", "extraction_bps": 1234})]
)
def test_the_largest_settings_are_kept(length: int, choices: Mapping[str, Any]) -> None:
    each = length + len(str(choices)) + 6
    document = products(length, (BYTES_MAX - 2000) // each, choices)
    player = Player({"settings": document, "steps": []})
    player.begin()
    assert player.app.settings.in_force().version == 1


def test_larger_settings_are_refused_and_change_nothing() -> None:
    player = Player({"settings": MALL, "steps": []})
    player.begin()
    larger = products(128, BYTES_MAX // 128, {})
    with pytest.raises(Rejected, match=f"must have at most {BYTES_MAX} bytes as JSON") as refused:
        save_settings(player.store, player.app.clock, larger, expects=1, by="test")
    assert refused.value.code is Code.INVALID_SETTINGS
    assert player.app.settings.in_force().version == 1


@pytest.mark.parametrize(
    ("plan", "path"),
    [
        (
            {
                "queue_rebate": {
                    **MALL["queue_rebate"],
                    "entitlement": {
                        "fixed_bps": 1,
                        "lottery": {
                            "kind": "fixed",
                            "prizes": [{"bps": n} for n in range(PRIZES_MAX + 1)],
                        },
                    },
                }
            },
            "queue_rebate.entitlement.lottery.prizes",
        ),
        (
            {"order_queue": {"reward_bps": 3000, "rewards_to_exit": REWARDS_MAX + 1}},
            "order_queue.rewards_to_exit",
        ),
        (
            {
                "referral": {
                    "direct_bps": 500,
                    "ranks": [{"rank": f"r{n}", "bps": n} for n in range(RANKS_MAX + 1)],
                }
            },
            "referral.ranks",
        ),
    ],
)
def test_lists_that_rows_keep_are_bounded(plan: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        parse_settings({"currency": "CNY", "timezone": "Asia/Shanghai", **plan})
    assert [problem.path for problem in refused.value.problems] == [path]
    assert "at most" in refused.value.problems[0].message


def test_an_order_keeps_what_came_early_beside_the_most_queues_and_bounds() -> None:
    """Each line in a queue of its own, each with its part of what all may come to (Rule 8.4)."""
    name = Names()
    guards = {"max_share_of_revenue_bps": 100_000}
    settings = {**mall_with(mall="per_product", settle_on="completed"), "guards": guards}
    settings["queue_rebate"] |= {"settle_after_days": 7}
    player = Player({"settings": settings, "steps": []}, settles=False)
    player.begin()
    lines = [
        {"line_id": name(30), "product_id": name(30), "paid": 9000 + n} for n in range(LINES_MAX)
    ]
    kept = 0
    while player.refusals.count("over_limit") == 0:
        back = [{"line_id": name(70), "amount": 1} for _ in range(400)]
        told = {"order_id": "o", "refund_id": f"r{kept}", "refunded_at": "2026-03-01T09:00:00Z"}
        player.step({"event": {"detail-type": "OrderRefunded", "detail": {**told, "lines": back}}})
        kept += 1
    order = {"order_id": "o", "member": {"id": name(128)}, "channel": "mall", "lines": lines}
    order |= {"paid_at": "2026-03-01T10:00:00Z"}
    player.step({"event": {"detail-type": "OrderPaid", "detail": order}})
    assert player.refusals[-2:] == ["over_limit", None]
    header = player.store.get(Order, Key("o"))
    assert len(header.early) == kept - 1
    assert ITEM_BYTES_MAX // 2 < size_of(header) < ITEM_BYTES_MAX


def test_a_ticket_keeps_the_most_rewards_of_which_no_two_are_alike() -> None:
    line = TicketLine(
        LineId(""),
        Amount(10**15),
        Amount(10**15),
        entry=Entry(None, 0),
        first_entitlement_base=Amount(1),
    )
    ticket = Ticket(QueueId("order_queue"), OrderId("o"), MemberId("A"), (line,), Instant(1))
    dice = random.Random(3)
    for _ in range(REWARDS_MAX):
        paid = dice.randint(10**14, 10**15)
        entry = ticket.lines[0].entry
        assert entry is not None
        rewarded = entry.rewarded(Amount(paid), Amount(paid - 1), Reason.QUEUE)
        ticket = ticket.with_line(0, replace(line, entry=rewarded))
    assert size_of(ticket) < ITEM_BYTES_MAX


def test_an_order_pays_everybody_of_the_most_ranks_at_once() -> None:
    ranks = [{"rank": f"r{n}", "bps": 10 * (n + 1)} for n in range(RANKS_MAX)]
    referral = {
        "settle_on": "paid",
        "direct_bps": 500,
        "indirect_bps": 200,
        "ranks": ranks,
        "max_depth": 100,
    }
    settings = {"currency": "CNY", "timezone": "Asia/Shanghai", "referral": referral}
    settings["guards"] = {"acknowledged": ["referral.max_depth=100"]}
    chain = [{"id": f"m{n}", "rank": f"r{n}"} for n in range(RANKS_MAX)]
    for below, above in pairwise(chain):
        below["referrer"] = above["id"]
    members = [{"id": "buyer", "referrer": "m0"}, *chain]
    player = Player({"settings": settings, "members": members, "steps": []})
    player.begin()
    player.step({"buy": {"order": "o", "member": "buyer", "paid": 10**6}})
    paid = [player.store.get(Wallet, Key(f"m{n}")) for n in range(RANKS_MAX)]
    assert all(paid), "each stands a rank above the one before"
    check_books(player.store)


def test_an_order_that_is_refunded_cent_by_cent_names_its_first_and_last_commits() -> None:
    """Else its ticket would grow with every refund; the buyer's statement has the others."""
    refunds = 230
    buy = {"buy": {"order": "o1", "member": "A", "paid": 10000}}
    steps = [{"refund": {"order": "o1", "amount": 1, "id": f"r{n}"}} for n in range(refunds)]
    player = Player({"settings": MALL, "steps": [buy, *steps]})
    player.play()
    (ticket,) = player.store.scan(Ticket)
    assert ticket.lines[0].entitlement_base == 10000 - refunds
    assert ticket.commits == (*range(1, 21), *range(refunds + 2 - 180, refunds + 2))
    assert audit_books(player.store, full=True).differences == []
    largest = replace(ticket, commits=tuple(10**12 + n for n in range(COMMITS_KEPT)))
    counted = bytes_of_ticket(largest) - bytes_of_ticket(replace(ticket, commits=()))
    assert size_of(largest) - size_of(replace(ticket, commits=())) < counted
