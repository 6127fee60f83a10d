"""Plays a scenario document, step by step, and tells its outcome (contracts, section 4)."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from . import due, entries, events, holders, laws, queue_rebate, red_packet, referral, union, wallet
from .clock import FIRST_STEP, instant
from .draws import Draws
from .settings_check import fault
from .world import Refused, World

ENTRY_FIELDS = ("entry", "member", "status", "entitlement", "paid")


@dataclass
class Played:
    """What came of a document.

    `refusals`: for each step its error code, or None. `fitting`: for each step all codes that fit,
    where several do (the text ranks none above another). `outcomes`: the outcome after each step,
    where asked for.
    """

    outcome: dict
    refusals: list[str | None] = field(default_factory=list)
    fitting: list[tuple[str, ...]] = field(default_factory=list)
    outcomes: list[dict] = field(default_factory=list)


def play(document: dict, draws: Any = None) -> dict:
    """The outcome of a scenario document: {"queues", "wallets", "platform"}."""
    return play_steps(document, draws).outcome


def play_steps(document: dict, draws: Any = None, *, trace: bool = False) -> Played:
    """Play all steps; `draws` replaces the mapping of `Draws`, `trace` keeps every outcome."""
    document = copy.deepcopy(document)
    world = begin(document, draws)
    played = Played({})
    at = instant(FIRST_STEP) - timedelta(minutes=1)
    for number, step in enumerate(document["steps"], start=1):
        at = instant(step["at"]) if "at" in step else at + timedelta(minutes=1)
        world.now = world.settling = at
        codes: tuple[str, ...] = ()
        due.happen(world)
        wallet.thaw_due(world)
        try:
            take(world, step, number)
        except Refused as refused:
            codes = refused.codes
        laws.check(world)
        played.refusals.append(codes[0] if codes else None)
        played.fitting.append(codes)
        if trace:
            played.outcomes.append(outcome(world))
    played.outcome = outcome(world)
    return played


def begin(document: dict, draws: Any) -> World:
    """The world before the first step."""
    found = fault(document["settings"])
    assert found is None, found
    world = World(document["settings"], draws or Draws(document.get("draw_seed", "")))
    for member in document.get("members", []):
        known = world.member(member["id"])
        known["level"] = member.get("level")
        known["rank"] = member.get("rank")
    for member in document.get("members", []):
        events.bind(world, member["id"], member.get("referrer"))
    return world


def take(world: World, step: dict, number: int) -> None:
    """One step; raises `Refused`."""
    kind = next(key for key in step if key not in ("at", "refused"))
    HANDLERS[kind](world, step[kind], number)


def take_event(world: World, event: dict, _: int) -> None:
    events.HANDLERS[event["detail-type"]](world, event["detail"])


def take_completion(world: World, order_id: str, _: int) -> None:
    completed_at = world.now.isoformat()
    events.order_completed(world, {"order_id": order_id, "completed_at": completed_at})


def bought(world: World, buy: dict) -> dict:
    """The OrderPaid that a `buy` stands for."""
    rows = buy.get("lines") or [{**buy, "line": "1"}]
    lines = []
    for index, row in enumerate(rows, start=1):
        lines.append(
            {
                "line_id": str(row.get("line", index)),
                "product_id": row.get("product", "p1"),
                "supply": row.get("supply", buy.get("supply", "self")),
                "paid": row["paid"],
                "deducted": row.get("deducted", 0),
                "profit": row.get("profit"),
            }
        )
    member = None
    if buy["member"] is not None:
        level = buy["level"] if "level" in buy else world.member(buy["member"])["level"]
        member = {"id": buy["member"], "level": level}
    return {
        "order_id": buy["order"],
        "member": member,
        "channel": buy.get("channel", "mall"),
        "store_id": buy.get("store"),
        "paid_at": world.now.isoformat(),
        "lines": lines,
    }


def refunded(world: World, refund: dict, number: int) -> dict:
    """The OrderRefunded that a `refund` stands for."""
    return {
        "order_id": refund["order"],
        "refund_id": refund.get("id", f"step {number}"),
        "refunded_at": world.now.isoformat(),
        "lines": [{"line_id": str(refund.get("line", "1")), "amount": refund["amount"]}],
    }


def change_settings(world: World, patch: dict) -> None:
    """A merge patch; what would not be valid changes nothing."""
    changed = merged(world.settings, patch)
    found = fault(changed) or shift_fault(world, changed)
    if found is not None:
        raise Refused(found["code"])
    world.settings = changed
    queue_rebate.reconsider_held(world)


def shift_fault(world: World, changed: dict) -> dict | None:
    """Rules 0.9 and 1.4.1: what would change under those who wait or hold anything."""
    waiting = any(
        entry["status"] in entries.OPEN
        for queue in world.queues.values()
        for entry in queue["entries"]
    )
    holding = any(amount for wallet in world.wallets.values() for amount in wallet.values())
    if waiting or holding:
        if changed["currency"] != world.settings["currency"]:
            return {"code": "invalid_settings"}
        accepted = {"timezone", f"timezone={changed['timezone']}"}
        acknowledged = {*(changed.get("guards") or {}).get("acknowledged", [])}
        if changed["timezone"] != world.settings["timezone"] and not accepted & acknowledged:
            return {"code": "needs_acknowledgement"}
    return None


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


RUNS = {
    "clear": queue_rebate.clear,
    "average": red_packet.average,
    "union": union.run,
    "dividend": referral.dividend,
}
HANDLERS: dict[str, Callable[[World, Any, int], None]] = {
    "buy": lambda world, buy, _: events.order_paid(world, bought(world, buy)),
    "complete": take_completion,
    "refund": lambda world, refund, number: events.order_refunded(
        world, refunded(world, refund, number)
    ),
    "draw": lambda world, wish, _: holders.draw(world, wish),
    "exchange": lambda world, wish, _: holders.exchange(world, wish),
    "run": lambda world, what, _: RUNS[what](world),
    "set": lambda world, patch, _: change_settings(world, patch),
    "withdraw": lambda world, wish, _: wallet.withdraw(world, wish),
    "decide": lambda world, wish, _: wallet.decide(world, wish),
    "transfer": lambda world, wish, _: wallet.transfer(world, wish),
    "spend": lambda world, wish, _: wallet.spend(world, wish),
    "give_back": lambda world, wish, _: wallet.give_back(world, wish),
    "gift": lambda world, wish, _: wallet.gift(world, wish),
    "redeem": lambda world, wish, _: wallet.redeem(world, wish),
    "gift_state": lambda world, wish, _: wallet.gift_state(world, wish),
    "adjust": lambda world, wish, _: wallet.adjust(world, wish),
    "thaw": lambda world, wish, _: wallet.thaw(world, wish),
    "move": lambda world, wish, _: queue_rebate.move(world, wish),
    "event": take_event,
}


def outcome(world: World) -> dict:
    queues = {}
    for queue_id, queue in world.queues.items():
        rows = [{name: entry[name] for name in ENTRY_FIELDS} for entry in queue["entries"]]
        queues[queue_id] = {"pool": queue["pool"], "entries": rows}
    wallets = {}
    for member_id, balances in world.wallets.items():
        non_zero = {asset: amount for asset, amount in balances.items() if amount != 0}
        if non_zero:
            wallets[member_id] = non_zero
    platform = {**world.platform, "fees": wallet.fees(world)}
    return {"queues": queues, "wallets": wallets, "platform": platform}


def comparable(outcome: dict) -> dict:
    """An outcome without what two right engines may show or leave out: empty queues, zeros."""
    queues = {
        queue_id: queue
        for queue_id, queue in outcome["queues"].items()
        if queue["entries"] or queue["pool"]
    }
    wallets = {}
    for member_id, balances in outcome["wallets"].items():
        non_zero = {asset: amount for asset, amount in balances.items() if amount}
        if non_zero:
            wallets[member_id] = non_zero
    return {"queues": queues, "wallets": wallets, "platform": outcome["platform"]}
