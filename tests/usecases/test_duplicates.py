"""Delivery is at least once: what comes again changes nothing, what contradicts is refused."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.errors import Code, Mismatch, Rejected
from rebate.domain.names import QueueId
from rebate.usecases.schedules.start_runs import queues_with_mail
from tests.books import check_books
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.model import comparable
from tests.model.generate import OTHERS, QUEUE_REBATE, documents
from tests.strategies import examples

SCENARIOS = sorted((Path(__file__).parent.parent / "scenarios").glob("*.json"))
EVERY_FEATURE = tuple(sorted({*QUEUE_REBATE, *OTHERS}))
PLANS = ("queue_rebate", "order_queue", "alliance", "red_packet", "union", "referral")
BARE: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {"enabled": True, "extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}},
}
PAID: dict[str, Any] = {
    "order_id": "o1",
    "member": {"id": "A", "level": "gold"},
    "channel": "mall",
    "paid_at": "2026-03-01T10:00:00+08:00",
    "lines": [{"line_id": "1", "paid": 10_000}, {"line_id": "2", "paid": 500}],
}
COMPLETED = {"order_id": "o1", "completed_at": "2026-03-05T09:00:00+08:00"}
REFUNDED: dict[str, Any] = {
    "order_id": "o1",
    "refund_id": "r1",
    "refunded_at": "2026-03-06T09:00:00+08:00",
    "lines": [{"line_id": "1", "amount": 4_000}],
}


@dataclass
class Twice(Player):
    """Every event comes twice before anything is settled, and is settled twice."""

    store: MemoryStore = field(default_factory=MemoryStore)
    delivered: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def deliver(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        self.delivered.append((detail_type, detail))
        self.settles = False
        try:
            super().deliver(detail_type, detail)
            super().deliver(detail_type, detail)
        finally:
            self.settles = True
        self.settle(queues_with_mail(self.store))

    def settle(self, queues: Iterable[QueueId]) -> None:
        again = list(queues)
        super().settle([*again, *again])


def plain(document: dict[str, Any]) -> dict[str, Any]:
    return comparable(Player(document).play())


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_every_event_may_come_twice(file: Path) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    player = Twice(document)
    assert comparable(player.play()) == plain(document)
    check_books(player.store)


@examples(40)
@given(st.data())
def test_all_events_of_a_life_may_come_again_at_its_end(data: st.DataObject) -> None:
    """As from an archive, in any order; what was refused is refused again."""
    plans = data.draw(st.sampled_from([(plan,) for plan in PLANS] + [PLANS]))
    document = data.draw(documents(plans=plans, features=EVERY_FEATURE, most_steps=25))
    player = Twice(document)
    expected = comparable(player.play())
    events = [event for event in player.delivered if event[0].startswith("Order")]
    Random(data.draw(st.integers(0, 2**32))).shuffle(events)
    for event in events:
        refusal = _refusal(player, *event)
        assert refusal in {None, Code.CONFLICTING_EVENT, Code.REFUND_EXCEEDS_PAID}
    assert comparable(player.outcome()) == expected
    check_books(player.store)


def _refusal(player: Player, detail_type: str, detail: Mapping[str, Any]) -> Code | None:
    try:
        player.deliver(detail_type, detail)
    except Rejected as rejected:
        return rejected.code
    return None


CONTRADICTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "another amount": ("OrderPaid", {"lines": [{"line_id": "1", "paid": 10_001}]}),
    "another buyer": ("OrderPaid", {"member": {"id": "B", "level": "gold"}}),
    "another level": ("OrderPaid", {"member": {"id": "A", "level": None}}),
    "another instant": ("OrderPaid", {"paid_at": "2026-03-01T10:00:00.000001+08:00"}),
    "a line less": ("OrderPaid", {"lines": PAID["lines"][:1]}),
    "another completion": ("OrderCompleted", {"completed_at": "2026-03-05T09:00:01+08:00"}),
    "another refund": ("OrderRefunded", {"lines": [{"line_id": "1", "amount": 3_999}]}),
    "a refund of another line": ("OrderRefunded", {"lines": [{"line_id": "2", "amount": 500}]}),
}
EVENTS = {"OrderPaid": PAID, "OrderCompleted": COMPLETED, "OrderRefunded": REFUNDED}


def settled() -> Player:
    player = Player({"settings": BARE, "steps": []})
    player.begin()
    for detail_type, detail in EVENTS.items():
        player.deliver(detail_type, detail)
    return player


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_known_id_with_other_content_is_refused_and_changes_nothing(name: str) -> None:
    detail_type, changes = CONTRADICTIONS[name]
    player = settled()
    before = player.store.everything()
    with pytest.raises(Mismatch):
        player.deliver(detail_type, {**EVENTS[detail_type], **changes})
    assert player.store.everything() == before


@pytest.mark.parametrize("detail_type", EVENTS)
def test_the_same_content_in_other_words_is_the_same_event(detail_type: str) -> None:
    """Unknown fields, defaults that are spelled out and other offsets make no difference."""
    player = settled()
    before = player.store.everything()
    detail = {**EVENTS[detail_type], "sender_version": 7}
    if detail_type == "OrderPaid":
        detail |= {"store_id": None, "paid_at": "2026-03-01T02:00:00Z"}
        detail["lines"] = [{**line, "quantity": 1, "deducted": 0} for line in PAID["lines"]]
    player.deliver(detail_type, detail)
    assert player.store.everything() == before


@pytest.mark.parametrize(
    "lines",
    [
        [{"line_id": "1", "amount": 6_001}],
        [{"line_id": "2", "amount": 501}],
        [{"line_id": "1", "amount": 1}, {"line_id": "2", "amount": 501}],
        [{"line_id": "3", "amount": 1}],
    ],
    ids=["more than is left", "more than was paid", "one line of two", "an unknown line"],
)
def test_a_refund_that_exceeds_what_was_paid_changes_nothing(lines: list[dict[str, Any]]) -> None:
    """Rule 1.6.5: of the first line 4 000 of 10 000 are refunded already."""
    player = settled()
    before = player.store.everything()
    with pytest.raises(Rejected) as refused:
        player.deliver("OrderRefunded", {**REFUNDED, "refund_id": "r2", "lines": lines})
    assert refused.value.code is Code.REFUND_EXCEEDS_PAID
    assert player.store.everything() == before


def test_an_early_refund_that_turns_out_to_exceed_what_was_paid_changes_no_amount() -> None:
    """It is set aside when the order comes, which is settled without it; and refused afterwards."""
    player = Player({"settings": BARE, "steps": []})
    player.begin()
    excessive = {**REFUNDED, "lines": [{"line_id": "1", "amount": 10_001}]}
    player.deliver("OrderRefunded", excessive)
    player.deliver("OrderPaid", PAID)
    alone = Player({"settings": BARE, "steps": []})
    alone.begin()
    alone.deliver("OrderPaid", PAID)
    assert player.outcome() == alone.outcome()
    with pytest.raises(Rejected):
        player.deliver("OrderRefunded", excessive)
    assert player.outcome() == alone.outcome()
