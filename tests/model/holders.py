"""What the holder of an entry may do: exchange it (rule 1.6.1) or draw (rule 1.3.3)."""

from . import entries
from .clock import period
from .prices import PLAN, entitlement
from .world import Refused, World, without_nulls

INTO = {"points": "points_bps", "love": "love_bps", "voucher": "voucher_bps"}


def exchange(world: World, queue_id: str, name: str, into: str) -> None:
    """All that a waiting entry still lacks becomes points, love value or vouchers."""
    entry = entries.find(world, queue_id, name)
    if entry is None:
        raise Refused("unknown_entry")
    exchange_settings = without_nulls(world.plan(PLAN).get("exchange"))
    codes = []
    if entry["status"] != "waiting":
        codes.append("entry_not_waiting")
    if INTO[into] not in exchange_settings or "taken" not in entry:
        codes.append("exchange_off")
    if codes:
        raise Refused(*codes)
    asset = into
    if into == "love" and exchange_settings.get("love_as", "available") == "frozen":
        asset = "love_frozen"
    entries.credit_exchange(world, entry, asset, exchange_settings[INTO[into]])
    entry["status"] = "exchanged"


def draw(world: World, queue_id: str, name: str) -> None:
    """Once, while held or waiting and paid nothing, where the lottery decided the ratio."""
    entry = entries.find(world, queue_id, name)
    if entry is None:
        raise Refused("unknown_entry")
    taken = entry.get("taken")
    codes = []
    if entry["status"] not in entries.OPEN:
        codes.append("entry_not_waiting")
    if entry["paid"] > 0:
        codes.append("already_paid")
    if entry.get("drawn"):
        codes.append("already_drawn")
    if taken is None or taken["lottery"] is None:
        raise Refused(*codes, "no_lottery")
    if codes:
        raise Refused(*codes)
    entry["drawn"] = True
    day = period(world.now, world.timezone, "day")
    prize_bps = world.draws.prize(day, queue_id, name, taken["lottery"])
    if prize_bps is None:
        return
    taken["ratio_bps"] = prize_bps
    highest = world.settings.get("guards", {}).get("lottery_prize_max") or 5_000_000
    taken["highest"] = min(highest, taken["highest"] if taken["highest"] is not None else highest)
    entry["entitlement"] = entitlement(taken, taken["line"]["paid"])
    if entry["entitlement"] == 0:
        entry["status"] = "completed"
