"""Draws: as likely as their weights say, and the same whenever they are computed (Rule 1.3.4)."""

import hmac
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.draws import Group, Lottery, Luck, commitment, drawn_ratio, luck_of, takes_points
from rebate.domain.money import NOTHING, Amount, Bps
from rebate.domain.names import EntryId
from rebate.domain.tickets import Entry, Status, drawn
from tests.strategies import a_line, examples, lucks

SEED = bytes(range(32))
DRAWS = 20_000


def lucks_of_a_day(count: int = DRAWS) -> list[Luck]:
    return [luck_of(SEED, EntryId(f"o{number}/1")) for number in range(count)]


def chi_square(counted: Mapping[Any, int], weights: Mapping[int | None, int]) -> float:
    whole, drawn_in_all = sum(weights.values()), sum(counted.values())
    expected = {prize: drawn_in_all * weight / whole for prize, weight in weights.items()}
    return sum((counted.get(prize, 0) - each) ** 2 / each for prize, each in expected.items())


def test_luck_is_what_anyone_computes_from_the_revealed_seed() -> None:
    name = EntryId("o-1001/1")
    assert luck_of(SEED, name) == hmac.new(SEED, b"o-1001/1", sha256).hexdigest()
    assert commitment(SEED) == sha256(SEED).hexdigest()
    assert luck_of(SEED, name) == luck_of(SEED, name)
    assert luck_of(SEED, EntryId("o-1001/2")) != luck_of(SEED, name)


@pytest.mark.parametrize("miss_weight", [0, 4])
def test_prizes_are_drawn_as_often_as_their_weights_say(miss_weight: int) -> None:
    """Chi-square below the value that chance exceeds once in 10 000 (3 and 4 kinds)."""
    lottery = Lottery(((Bps(1000), 1), (Bps(2000), 5), (Bps(5000), 10)), miss_weight=miss_weight)
    counted = Counter(drawn_ratio(lottery, luck) for luck in lucks_of_a_day())
    weights: dict[int | None, int] = {1000: 1, 2000: 5, 5000: 10}
    if miss_weight:
        weights[None] = miss_weight
    assert set(counted) == set(weights)
    assert chi_square(counted, weights) < (21.1 if miss_weight else 18.5)


def test_a_range_is_drawn_evenly_from_its_lowest_to_its_highest_ratio() -> None:
    """All of 20 ratios, ends included; chi-square as above for 20 kinds."""
    counted = Counter(
        drawn_ratio(Lottery((), Bps(1000), Bps(1019)), luck) for luck in lucks_of_a_day()
    )
    assert set(counted) == set(range(1000, 1020))
    assert chi_square(counted, dict.fromkeys(range(1000, 1020), 1)) < 52.0


def test_a_prize_without_weight_is_never_drawn() -> None:
    lottery = Lottery(((Bps(1000), 0), (Bps(2000), 1)))
    assert {drawn_ratio(lottery, luck) for luck in lucks_of_a_day(500)} == {2000}


def test_every_group_of_random_return_has_as_many_points_places_as_set() -> None:
    """However the draws fall (Rule 1.6.2), and each place is a points place as often as others."""
    by_place: Counter[int] = Counter()
    groups = 2000
    for number in range(groups):
        group, points = Group(1, 2), 0
        for place in range(3):
            won = takes_points(group, luck_of(SEED, EntryId(f"g{number}/{place}")))
            group = Group(group.cash - (not won), group.points - won)
            points += won
            by_place[place] += won
        assert (points, group) == (2, Group(0, 0))
    assert all(abs(by_place[place] / groups - 2 / 3) < 0.05 for place in range(3))


@examples(100)
@given(lucks)
def test_a_draw_replaces_the_ratio_once(luck: Luck) -> None:
    """Up or down; the entitlement follows, within its cap and the highest prize."""
    lottery = Lottery(((Bps(500), 1), (Bps(20_000), 1)))
    line = a_line("1", 1000, gets=10_000, lottery=lottery, entry=Entry(Amount(1000), 0))
    after = drawn(line, luck, prize_max=Amount(1500))
    assert after.entry is not None
    assert after.entry.entitlement == {500: 50, 20_000: 1500}[after.entitlement_bps or 0]
    assert after.entry.drawn


@examples(50)
@given(lucks)
def test_a_miss_leaves_the_ratio(luck: Luck) -> None:
    lottery = Lottery(((Bps(500), 0),), miss_weight=1)
    line = a_line("1", 1000, gets=10_000, lottery=lottery, entry=Entry(Amount(1000), 0))
    after = drawn(line, luck, prize_max=None)
    assert after.entry == Entry(Amount(1000), 0, drawn=True)
    assert after.entitlement_bps == 10_000


def test_a_draw_of_nothing_ends_the_entry() -> None:
    lottery = Lottery(((Bps(0), 1),))
    line = a_line("1", 1000, gets=10_000, lottery=lottery, entry=Entry(Amount(1000), 0))
    after = drawn(line, lucks_of_a_day(1)[0], prize_max=None)
    assert after.entry == Entry(NOTHING, 0, status=Status.COMPLETED, drawn=True)


@examples(100)
@given(st.integers(0, 2**256 - 1), st.integers(1, 50), st.integers(0, 50))
def test_luck_falls_into_weights_laid_end_to_end(number: int, weight: int, miss: int) -> None:
    """The way in which anyone can check a draw by hand."""
    lottery = Lottery(((Bps(1000), weight), (Bps(2000), 2 * weight)), miss_weight=miss)
    ends = [0, weight, 3 * weight, 3 * weight + miss]
    spot = number % ends[-1]
    expected = next(
        prize
        for (low, high), prize in zip(pairwise(ends), (1000, 2000, None), strict=True)
        if low <= spot < high
    )
    assert drawn_ratio(lottery, Luck(f"{number:064x}")) == expected
