"""What the holder of an entry may do: exchange it (rule 1.6.1) or draw (rule 1.3.3)."""

from collections.abc import Callable

from . import entries
from .clock import period
from .prices import PLAN, entitlement
from .world import Refused, World, without_nulls

INTO = {"points": "points_bps", "love": "love_bps", "voucher": "voucher_bps"}


def exchange(world: World, wish: dict) -> None:
    """All that a waiting entry still lacks becomes points, love value or vouchers."""
    into = wish["into"]
    exchange_settings = without_nulls(world.plan(PLAN).get("exchange"))

    def faults(entry: dict) -> list[str]:
        codes = []
        if entry["status"] != "waiting":
            codes.append("entry_not_waiting")
        if INTO[into] not in exchange_settings or "taken" not in entry:
            codes.append("exchange_off")
        return codes

    entry = meant(world, wish, faults)
    asset = into
    if into == "love" and exchange_settings.get("love_as", "available") == "frozen":
        asset = "love_frozen"
    entries.credit_exchange(world, entry, asset, exchange_settings[INTO[into]])
    entry["status"] = "exchanged"


def meant(world: World, wish: dict, faults: Callable[[dict], list[str]]) -> dict:
    """Contracts, section 4: of several entries of a name the first in line of which it may be."""
    found = entries.named(world, wish)
    if not found:
        raise Refused("unknown_entry")
    for entry in found:
        if not faults(entry):
            return entry
    raise Refused(*faults(found[0]))


def why_not_drawn(entry: dict) -> list[str]:
    """All codes that fit; once, while held or waiting and paid nothing, by the lottery's ratio."""
    taken = entry.get("taken")
    codes = []
    if entry["status"] not in entries.OPEN:
        codes.append("entry_not_waiting")
    if entry["paid"] > 0:
        codes.append("already_paid")
    if entry.get("drawn"):
        codes.append("already_drawn")
    if taken is None or taken["lottery"] is None:
        codes.append("no_lottery")
    return codes


def draw(world: World, wish: dict) -> None:
    entry = meant(world, wish, why_not_drawn)
    taken = entry["taken"]
    entry["drawn"] = True
    day = period(world.now, world.timezone, "day")
    prize_bps = world.draws.prize(day, wish["queue"], entry["entry"], taken["lottery"])
    if prize_bps is None:
        return
    taken["ratio_bps"] = prize_bps
    highest = world.settings.get("guards", {}).get("lottery_prize_max") or 5_000_000
    taken["highest"] = min(highest, taken["highest"] if taken["highest"] is not None else highest)
    entry["entitlement"] = entitlement(taken, taken["line"]["paid"])
    if entry["entitlement"] == 0:
        entry["status"] = "completed"
