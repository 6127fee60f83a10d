"""What all plans do alike with entries: join, be paid, be refunded; and with contributions."""

from datetime import timedelta

from .clock import period
from .world import World

PAYABLE = "waiting"
DECIMALS = {"CNY": 2, "JPY": 0, "KWD": 3}
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


def pay(world: World, queue_id: str, entry: dict, amount: int, hold_days: int = 0) -> int:
    """Pay an entry out of its queue's pool; with `hold_days` the cash is pending (rule 1.2.8).

    What a daily cap (rule 8.4) cuts off is not paid and stays in the pool. Returns what was paid.
    """
    assert entry["status"] == PAYABLE
    amount = take_room(world, amount)
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
    return amount


def take_room(world: World, wanted: int) -> int:
    """Rule 8.4: how much of what is wanted is paid out on this day of the shop, which counts it."""
    today = period(world.settling, world.timezone, "day")
    paid = world.rebates_on.get(today, 0)
    cap = world.plan("guards").get("rebates_per_day")
    taken = wanted if cap is None else min(wanted, max(0, cap - paid))
    world.rebates_on[today] = paid + taken
    return taken


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


def lower_left_behind(entry: dict, entitlement: int) -> None:
    """Rules 1.4.1 and 1.6.5: what went on elsewhere shows here what it has by now at most."""
    entry["entitlement"] = entitlement
    entry["paid"] = min(entry["paid"], entitlement)


def credit_exchange(world: World, entry: dict, asset: str, bps: int) -> None:
    """Turn what an entry lacks into another asset (rules 1.6.1, 1.6.2)."""
    amount = exchanged(world, outstanding(entry), bps)
    entry["exchanged_into"] = {"asset": asset, "bps": bps, "amount": amount}
    world.move(amount, ("issued",), ("wallet", entry["member"], asset), asset)
    if asset == "love_frozen" and amount:
        world.frozen.append({"member": entry["member"], "amount": amount, "at": world.now})


def exchanged(world: World, amount: int, bps: int) -> int:
    """Rule 0.9.1: hundredths of what is worth one unit of the currency each."""
    decimals = DECIMALS[world.settings["currency"]]
    return amount * 100 * bps // (10**decimals * 10_000)


def give_back(world: World, entry: dict) -> None:
    """Rule 1.6.5: what exceeds the exchange of the new remainder, even below zero."""
    got = entry["exchanged_into"]
    due = exchanged(world, outstanding(entry), got["bps"])
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
    world.queue(queue_id)
    world.move(amount, ("platform", "contributed"), ("pool", queue_id))


def retain(world: World, queue_id: str, gift: dict, amount: int, contribution: int) -> None:
    """Give a surplus to the platform; what an older pool had in it is not the gift's own."""
    world.move(amount, ("pool", queue_id), ("platform", "retained"))
    gift["retained"] += min(amount, contribution)


def take_back(world: World, gift: dict, difference: int) -> None:
    """Rule 1.6.5 for a settled contribution: give up what was retained of it, bear the rest."""
    assert gift["settled"]
    give_up(world, gift, difference)


def give_up(world: World, gift: dict, difference: int) -> None:
    """Give up what was retained of a gift, as far as it goes, and bear the rest."""
    assert difference >= 0
    given_up = min(difference, gift["retained"])
    gift["retained"] -= given_up
    world.move(given_up, ("platform", "retained"), ("platform", "contributed"))
    bear(world, difference - given_up)


def bear(world: World, amount: int) -> None:
    """Rule 1.6.5.2: what the platform bears of a refund, counted by the shop's day."""
    world.move(amount, ("platform", "borne"), ("platform", "contributed"))
    today = period(world.settling, world.timezone, "day")
    world.borne_on[today] = world.borne_on.get(today, 0) + amount


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


def named(world: World, wish: dict) -> list[dict]:
    """The entries that a step may mean, in order of joining (contracts, section 4)."""
    found = world.queues.get(wish["queue"], {"entries": []})["entries"]
    if "entry" in wish:
        found = [entry for entry in found if entry["entry"] == wish["entry"]]
    else:
        found = [entry for entry in found if entry["order"] == wish["order"]]
        if "line" in wish:
            found = [entry for entry in found if entry["entry"].endswith(f"/{wish['line']}")]
    theirs = [entry for entry in found if entry["member"] == wish.get("member")]
    return theirs or found
