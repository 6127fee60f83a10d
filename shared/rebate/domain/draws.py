"""Draws that anyone can check afterwards (Rules 1.3.3, 1.3.4, 1.6.2).

Luck is HMAC-SHA256 of a thing's name under the secret seed of a day. The seed's SHA-256 is
published before the day starts, the seed itself after it ended; so nobody could choose the luck,
and everybody can compute it again. A repeated event has the same luck.
"""

import hmac
from hashlib import sha256
from typing import Annotated, NewType

from rebate.domain.money import ZERO_BPS, Bps
from rebate.domain.names import EntryId
from rebate.domain.records import dataclass
from rebate.domain.wire import stored_as, wire

Luck = NewType("Luck", str)
"""64 hexadecimal digits, equally likely each."""


@stored_as("lottery")
@dataclass(frozen=True, slots=True)
class Lottery:
    """What may be drawn: prizes with weights, or any ratio from `low_bps` to `high_bps`.

    A range has a weight of 1 for every basis point. `miss_weight` is that of drawing nothing.
    """

    prizes: Annotated[tuple[tuple[Bps, int], ...], wire("prizes", absent=[])] = ()
    low_bps: Annotated[Bps, wire("low_bps", absent=0)] = ZERO_BPS
    high_bps: Annotated[Bps, wire("high_bps", absent=-1)] = Bps(-1)
    miss_weight: Annotated[int, wire("miss_weight", absent=0)] = 0


@stored_as("random_return")
@dataclass(frozen=True, slots=True)
class RandomReturnTerms:
    """The group that an entry joins if no group is open, and the entry's luck in it."""

    cash: Annotated[int, wire("cash")]
    points: Annotated[int, wire("points")]
    luck: Annotated[Luck, wire("luck")]


@stored_as("group")
@dataclass(frozen=True, slots=True)
class Group:
    """What is left of a queue's present group of random return (Rule 1.6.2)."""

    cash: Annotated[int, wire("cash")]
    points: Annotated[int, wire("points")]


def luck_of(seed: bytes, entry: EntryId) -> Luck:
    """Return the luck of an entry on the day of `seed`."""
    return Luck(hmac.digest(seed, entry.encode(), sha256).hex())


def commitment(seed: bytes) -> str:
    """Return what is published before the day of `seed` starts."""
    return sha256(seed).hexdigest()


def drawn_ratio(lottery: Lottery, luck: Luck) -> Bps | None:
    """Return the ratio that `luck` draws, or None for a miss.

    Weights are laid end to end, the misses last, and luck modulo their sum says where it falls;
    256 bits make all of them equally likely but for less than one part in 10^60.
    """
    if not lottery.prizes:
        width = lottery.high_bps - lottery.low_bps + 1
        spot = int(luck, 16) % (width + lottery.miss_weight)
        return lottery.low_bps + Bps(spot) if spot < width else None
    spot = int(luck, 16) % (sum(weight for _, weight in lottery.prizes) + lottery.miss_weight)
    for ratio, weight in lottery.prizes:
        if spot < weight:
            return ratio
        spot -= weight
    return None


def takes_points(group: Group, luck: Luck) -> bool:
    """Tell whether luck puts an entry on one of the points places left in its group."""
    return int(luck, 16) % (group.cash + group.points) < group.points
