"""Draws as everybody may check them: odds, commitments and seeds (rules 1.3.3, 1.3.4, 8.4)."""

from collections.abc import Mapping

from rebate.domain.money import Amount, Bps
from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class PrizeOdds:
    """A ratio that may be drawn: the chance is `weight` in the odds' `total_weight`."""

    bps: Bps
    weight: int


@dataclass(frozen=True, slots=True)
class Odds:
    """What a draw may give, in the order in which luck counts through it.

    Either `prizes` with their weights, or any ratio from `low_bps` to `high_bps` with a weight of 1
    each; then the misses. `prize_max` is the highest entitlement that a draw gives (rule 8.4).
    """

    prizes: tuple[PrizeOdds, ...]
    low_bps: Bps | None
    high_bps: Bps | None
    miss_weight: int
    total_weight: int
    prize_max: Amount | None


@dataclass(frozen=True, slots=True)
class DrawDay:
    """A day of draws: `commitment` is the SHA-256 of the seed, which is shown once the day is over.

    `late`: the seed was made when the day had begun, so was not committed to before. `mixed_with`
    is what became known after the commitment: with it, draws come from HMAC-SHA256(seed,
    mixed_with) in place of the seed.
    """

    day: str
    commitment: str
    seed: str | None
    late: bool
    mixed_with: str | None = None


@dataclass(frozen=True, slots=True)
class Draws:
    """Days of draws, the newest first, and the odds that orders are accepted with now, by scope."""

    timezone: str
    days: tuple[DrawDay, ...]
    odds: Mapping[str, Odds]


@dataclass(frozen=True, slots=True)
class EntryDraw:
    """The draw of one entry: its odds stand as they were when its order was accepted.

    After it was drawn, `seed_day` is the day whose seed decides; `luck` is shown once that seed is.
    """

    queue: str
    entry: str
    odds: Odds
    may_draw: bool
    drawn: bool
    ratio_bps: Bps
    seed_day: str | None = None
    commitment: str | None = None
    seed: str | None = None
    luck: str | None = None
    mixed_with: str | None = None
