"""The line around an entry: five before it, five behind it, however long the line is (Rule 1.8)."""

from typing import Any

import pytest

from rebate.domain.errors import Rejected
from rebate.domain.names import EntryId, MemberId, QueueId
from rebate.usecases.queries.show_progress import NEIGHBOURS, show_progress
from tests.engine import Player

ORDERS = 150
DONE = 44
"""Orders at the head of the line that were paid all that they may get."""


@pytest.fixture(scope="module")
def shop() -> Player:
    """Each order pays three tenths of one before it, and none leaves otherwise."""
    plan = {"extraction_bps": 3000, "entitlement": {"fixed_bps": 10000}}
    document: dict[str, Any] = {"currency": "CNY", "timezone": "UTC", "queue_rebate": plan}
    steps: list[dict[str, Any]] = [
        {"buy": {"order": f"o{n}", "member": f"m{n}", "paid": 100}} for n in range(ORDERS)
    ]
    player = Player({"settings": document, "steps": steps})
    player.play()
    return player


def around(shop: Player, member: int, entry: str) -> list[tuple[int, bool]]:
    terms, queue = shop.app.settings.in_force().terms, QueueId("mall")
    seen = show_progress(
        shop.store, terms, MemberId(f"m{member}"), queue, around=EntryId(f"{entry}/1")
    )
    return [(each.place, each.mine) for each in seen.line]


@pytest.mark.parametrize("member", [DONE, DONE + 1, 60, 75, 76, 77, 100, 128, ORDERS - 1])
def test_neighbours_stand_on_both_sides_as_far_as_there_are_any(shop: Player, member: int) -> None:
    place = member - DONE + 1
    first, last = max(place - NEIGHBOURS, 1), min(place + NEIGHBOURS, ORDERS - DONE)
    seen = around(shop, member, f"o{member}")
    assert (place, True) in seen
    assert [each for each, _ in seen][: last - first + 1] == list(range(first, last + 1))
    assert sum(mine for _, mine in seen) == 1


def test_an_entry_of_somebody_else_is_not_looked_around(shop: Player) -> None:
    with pytest.raises(Rejected, match="no entry o99/1"):
        around(shop, 98, "o99")
