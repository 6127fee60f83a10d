"""What all plans do alike with entries: join, be paid, be refunded; and with contributions."""

from datetime import timedelta

from .arithmetic import share
from .clock import period
from .world import World

PAYABLE = "waiting"
OPEN = ("held", "waiting")


def join(world: World, queue_id: str, entry: dict) -> None:
    """Take the last place in a line. `entitlement` None: the plan counts rewards instead."""
    world.queue(queue_id)["entries"].append(entry)


def new_entry(name: str, order: dict, entitlement: int | None, status: str = "waiting") -> dict:
    return {
        "entry": name,
        "order": order["id"],
        "member": order["member"],
        "status": status,
        "entitlement": entitlement,
        "paid": 0,
        "rewards": 0,
    }


def outstanding(entry: dict) -> int:
    return entry["entitlement"] - entry["paid"]


def waiting(world: World, queue_id: str, passing_over: str | None = None) -> list[dict]:
    """Entries that may be paid, by place, without those of the order `passing_over`."""
    return [
        entry
        for entry in world.queue(queue_id)["entries"]
        if entry["status"] == PAYABLE and entry["order"] != passing_over
    ]


def pay(world: World, queue_id: str, entry: dict, amount: int, hold_days: int = 0) -> None:
    """Pay an entry out of its queue's pool; with `hold_days` the cash is pending (rule 1.2.8).

    What a daily cap (rule 8.4) cuts off is not paid and stays in the pool.
    """
    assert entry["status"] == PAYABLE
    amount = min(amount, left_of_daily_cap(world, amount))
    today = period(world.now, world.timezone, "day")
    world.rebates_on[today] = world.rebates_on.get(today, 0) + amount
    entry["paid"] += amount
    wallet = ("wallet", entry["member"], "pending" if hold_days else "cash")
    world.move(amount, ("pool", queue_id), wallet)
    if hold_days and amount:
        lot = {"member": entry["member"], "order": entry["order"], "amount": amount}
        world.pending.append({**lot, "days": hold_days})
        release(world)
    if entry["entitlement"] is not None:
        assert outstanding(entry) >= 0
        if outstanding(entry) == 0:
            entry["status"] = "completed"


def left_of_daily_cap(world: World, wanted: int) -> int:
    """Rule 8.4: how much of what is wanted may still be paid on this day of the shop."""
    cap = world.plan("guards").get("rebates_per_day")
    if cap is None:
        return wanted
    return max(0, cap - world.rebates_on.get(period(world.now, world.timezone, "day"), 0))


def release(world: World) -> None:
    """Rule 1.2.8: what is due by now becomes available."""
    still_pending = []
    for lot in world.pending:
        completed_at = world.orders[lot["order"]]["completed_at"]
        if completed_at is not None and completed_at + timedelta(days=lot["days"]) <= world.now:
            wallet = ("wallet", lot["member"])
            world.move(lot["amount"], (*wallet, "pending"), (*wallet, "cash"))
        else:
            still_pending.append(lot)
    world.pending = still_pending


def claw_back(world: World, member: str, order_id: str, amount: int) -> None:
    """Rule 1.6.5: from the member's pending cash (this order's first), then from cash."""
    own = [lot for lot in world.pending if lot["order"] == order_id]
    others = [lot for lot in world.pending if lot["order"] != order_id]
    for lot in own + others:
        if lot["member"] != member:
            continue
        taken = min(lot["amount"], amount)
        lot["amount"] -= taken
        amount -= taken
        world.move(taken, ("wallet", member, "pending"), ("platform", "clawed_back"))
    world.pending = [lot for lot in world.pending if lot["amount"] > 0]
    world.move(amount, ("wallet", member, "cash"), ("platform", "clawed_back"))


def lower_entitlement(world: World, entry: dict, entitlement: int) -> None:
    """Rule 1.6.5 for the refunded order's own entry."""
    assert entitlement <= entry["entitlement"]
    entry["entitlement"] = entitlement
    excess = entry["paid"] - entitlement
    if excess > 0:
        entry["paid"] = entitlement
        claw_back(world, entry["member"], entry["order"], excess)
    if entry["status"] in ("held", "waiting", "completed"):
        if entitlement == 0:
            entry["status"] = "refunded"
        elif entry["paid"] == entitlement:
            entry["status"] = "completed"
    if entry["status"] in ("exchanged", "converted"):
        give_back(world, entry)


def credit_exchange(world: World, entry: dict, asset: str, bps: int) -> None:
    """Turn what an entry lacks into another asset (rules 1.6.1, 1.6.2)."""
    amount = share(outstanding(entry), bps)
    entry["exchanged_into"] = {"asset": asset, "bps": bps, "amount": amount}
    world.move(amount, ("issued",), ("wallet", entry["member"], asset), asset)
    if asset == "love_frozen" and amount:
        world.frozen.append({"member": entry["member"], "amount": amount, "at": world.now})


def give_back(world: World, entry: dict) -> None:
    """Rule 1.6.5: what exceeds the exchange of the new remainder, even below zero."""
    got = entry["exchanged_into"]
    due = share(outstanding(entry), got["bps"])
    assert due <= got["amount"]
    wallet = ("wallet", entry["member"], got["asset"])
    world.move(got["amount"] - due, wallet, ("issued",), got["asset"])
    got["amount"] = due


def contribute(world: World, queue_id: str, gift: dict, amount: int) -> None:
    """Put a contribution into its queue's pool, from where it is paid out, retained or carried.

    `gift` remembers what an order (or line) gave: {"settled", "retained"}.
    """
    assert not gift["settled"]
    gift["settled"] = True
    gift["retained"] = 0
    world.queue(queue_id)
    world.move(amount, ("platform", "contributed"), ("pool", queue_id))


def retain(world: World, queue_id: str, gift: dict, amount: int, contribution: int) -> None:
    """Give a surplus to the platform; what an older pool had in it is not the gift's own."""
    world.move(amount, ("pool", queue_id), ("platform", "retained"))
    gift["retained"] += min(amount, contribution)


def take_back(world: World, gift: dict, difference: int) -> None:
    """Rule 1.6.5 for a settled contribution: give up what was retained of it, bear the rest."""
    assert gift["settled"]
    assert difference >= 0
    given_up = min(difference, gift["retained"])
    gift["retained"] -= given_up
    world.move(given_up, ("platform", "retained"), ("platform", "contributed"))
    world.move(difference - given_up, ("platform", "borne"), ("platform", "contributed"))


def fill_in_turn(world: World, queue_id: str, receivers: list[dict], amount: int, hold: int) -> int:
    """Rule 1.2.3: the first up to what it lacks, then the next; returns what nobody could take."""
    for entry in receivers:
        if amount == 0:
            break
        payout = min(amount, outstanding(entry))
        pay(world, queue_id, entry, payout, hold)
        amount -= payout
    return amount


def oldest_of(entries: list[dict], member: str | None) -> dict | None:
    """A member's oldest entry among these, if there is one."""
    for entry in entries:
        if member is not None and entry["member"] == member:
            return entry
    return None


def find(world: World, queue_id: str, name: str) -> dict | None:
    for entry in world.queues.get(queue_id, {"entries": []})["entries"]:
        if entry["entry"] == name:
            return entry
    return None
