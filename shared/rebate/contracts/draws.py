"""Draws as everybody may check them: odds, commitments and seeds (rules 1.3.3, 1.3.4, 8.4)."""

from collections.abc import Mapping

from rebate.contracts.scalars import Amount, Bps, Count, Flag, Id, Text
from rebate.contracts.validation import Tolerant


class PrizeOdds(Tolerant):
    """A ratio that may be drawn: the chance is `weight` in the odds' `total_weight`."""

    bps: Bps
    weight: Count


class Odds(Tolerant):
    """What a draw may give, in the order in which luck counts through it.

    Either `prizes` with their weights, or any ratio from `low_bps` to `high_bps` with a weight of 1
    each; then the misses. `prize_max` is the highest entitlement that a draw gives (rule 8.4).
    """

    prizes: tuple[PrizeOdds, ...] = ()
    low_bps: Bps | None = None
    high_bps: Bps | None = None
    miss_weight: Count
    total_weight: Count
    prize_max: Amount


class DrawDay(Tolerant):
    """A day of draws: `commitment` is the SHA-256 of the seed, which is shown once the day is over.

    `late`: the seed was made when the day had begun, so was not committed to before.
    """

    day: Text
    commitment: Text
    seed: Text | None
    late: Flag


class Draws(Tolerant):
    """Days of draws, the newest first, and the odds that orders are accepted with now, by scope."""

    timezone: Text
    days: tuple[DrawDay, ...]
    odds: Mapping[Text, Odds]


class EntryDraw(Tolerant):
    """The draw of one entry: its odds stand as they were when its order was accepted.

    After it was drawn, `seed_day` is the day whose seed decides; `luck` is shown once that seed is.
    """

    queue: Id
    entry: Text
    odds: Odds
    may_draw: Flag
    drawn: Flag
    ratio_bps: Bps
    seed_day: Text | None = None
    commitment: Text | None = None
    seed: Text | None = None
    luck: Text | None = None
