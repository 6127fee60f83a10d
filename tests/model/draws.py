"""Rule 1.3.4: draws from HMAC-SHA256(secret seed of the day, entry id).

The text fixes the digest's ingredients and neither how the day's seed is made nor how a digest
becomes a prize. So all of it is behind three methods; hand `play` an object of your own to
inject an engine's mapping.
"""

import hashlib
import hmac


class Draws:
    """One plausible mapping: the digest as a big integer, reduced modulo the weights."""

    def __init__(self, draw_seed: str) -> None:
        self.draw_seed = draw_seed

    def digest(self, day: str, name: str) -> bytes:
        """The digest of an entry (or a place in a group) on a day of the shop."""
        seed_of_the_day = hmac.digest(self.draw_seed.encode(), day.encode(), hashlib.sha256)
        return hmac.digest(seed_of_the_day, name.encode(), hashlib.sha256)

    def prize(self, day: str, queue_id: str, name: str, lottery: dict) -> int | None:
        """The drawn ratio in basis points; None for a miss."""
        number = int.from_bytes(self.digest(day, name), "big")
        if lottery["kind"] == "range":
            low, high = lottery["low_bps"], lottery["high_bps"]
            miss = lottery.get("miss_weight") or 0
            assert miss == 0, "a range that may miss is not defined"
            return low + number % (high - low + 1)
        tickets = []
        for prize in lottery["prizes"]:
            tickets += [prize["bps"]] * prize.get("weight", 1)
        tickets += [None] * (lottery.get("miss_weight") or 0)
        return tickets[number % len(tickets)]

    def is_points(self, day: str, queue_id: str, name: str, group: dict) -> bool:
        """Rule 1.6.2: whether this place of its group is for points.

        `group` tells what is left of it before this place is filled: {"cash", "points"}, and its
        number from 0 and the index of this place: {"number", "index"}.
        """
        number = int.from_bytes(self.digest(day, name), "big")
        return number % (group["cash"] + group["points"]) < group["points"]
