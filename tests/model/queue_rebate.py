"""Rule 1, the base plan. What a line gives and gets is decided when its order is paid."""

from datetime import timedelta

from . import entries
from .arithmetic import share
from .clock import in_window, period
from .world import World, without_nulls

PLAN = "queue_rebate"
CONTRIBUTES = ("both", "funds_only")
EARNS = ("both", "queues_only")


def on_paid(world: World, order: dict) -> None:
    """Rule 0.12: contributions settle, then entries join; self-funding: join first."""
    order[PLAN] = []
    if not world.is_on(PLAN):
        return
    plan = world.plan(PLAN)
    for line in order["lines"]:
        taken = price(world, order, line)
        if taken is not None:
            order[PLAN].append(taken)
    settles_now = plan.get("settle_on", "paid") == "paid"
    if plan.get("self_funding", False):
        join_all(world, order)
        settle_all(world, order, settles_now)
    else:
        settle_all(world, order, settles_now)
        join_all(world, order)


def on_completed(world: World, order: dict) -> None:
    """Rule 0.12: held entries become payable first, then the contributions settle."""
    for taken in order[PLAN]:
        if taken["entry"] is not None and taken["entry"]["status"] == "held":
            taken["entry"]["status"] = "waiting"
    settle_all(world, order, settles_now=True)


def on_refunded(world: World, order: dict, line: dict, before: int) -> None:
    """Rule 1.6.5, for one line whose `paid` fell from `before`."""
    for taken in order[PLAN]:
        if taken["line"] is not line:
            continue
        if taken["settled"]:
            given = share(before, taken["extraction_bps"])
            due = share(line["paid"], taken["extraction_bps"])
            entries.take_back(world, taken, given - due)
        if taken["entry"] is not None:
            entries.lower_entitlement(world, taken["entry"], entitlement(taken, line["paid"]))


def price(world: World, order: dict, line: dict) -> dict | None:
    """All that the settings and the catalogue say of a line; None where it takes no part."""
    scopes = scopes_of(world, order, line)
    gives, earns = part_of(world, order, line, scopes)
    if not gives and not earns:
        return None
    taken = {
        "line": line,
        "queue": queue_of(world, order, line),
        "extraction_bps": most_specific(scopes, "extraction_bps") if gives else 0,
        "gives_nothing_at_all": is_stalled(world, order, line),
        "settled": False,
        "retained": 0,
        "entry": None,
        "highest": highest_entitlement(scopes),
    }
    taken["ratio_bps"], taken["decided_by"], taken["lottery"] = ratio(world, order, scopes)
    if earns and earns_entry(world, order, line, scopes) and entitlement(taken, line["paid"]) > 0:
        name = f"{order['id']}/{line['id']}"
        status = "waiting"
        if world.plan(PLAN).get("reward_order", "queue") == "completed_first":
            status = "held"
        amount = entitlement(taken, line["paid"])
        taken["entry"] = entries.new_entry(name, order, amount, status)
        taken["entry"]["taken"] = taken
        taken["entry"]["drawn"] = False
        count_for_limits(world, order, scopes)
    return taken


def scopes_of(world: World, order: dict, line: dict) -> list[dict]:
    """The scopes of a line from the most specific to the plan: {"id", "settings"} each."""
    plan = world.plan(PLAN)
    store = order["store"]
    found = []
    if order["channel"] == "mall":
        products = plan.get("products", {})
        found.append(scope(("product", line["product"]), products.get(line["product"])))
    if order["channel"] == "store":
        of_store = without_nulls(plan.get("store_settings", {}).get(store))
        products = of_store.get("products", {})
        found.append(scope(("store", store, line["product"]), products.get(line["product"])))
        found.append(scope(("store", store), of_store))
    if order["channel"] == "cashier":
        found.append(scope(("cashier", store), plan.get("cashier_settings", {}).get(store)))
    found.append(scope(("plan",), plan))
    return found


def scope(name: tuple, settings: dict | None) -> dict:
    return {"id": name, "settings": without_nulls(settings)}


def most_specific(scopes: list[dict], key: str) -> int:
    """Rule 1.2.1: the most specific scope that sets a ratio wins; the plan always does."""
    for each in scopes:
        if key in each["settings"]:
            return each["settings"][key]
    raise AssertionError(f"the plan does not set {key}")


def part_of(world: World, order: dict, line: dict, scopes: list[dict]) -> tuple[bool, bool]:
    """Rule 1.2.6: whether a line contributes and whether it may earn; every scope must allow it."""
    gives, earns = True, True
    for each in scopes:
        if each["id"] == ("plan",):
            continue
        part = each["settings"].get("part", "both")
        if each["id"][0] == "product" and "part" not in each["settings"]:
            part = part_by_catalogue(world, line)
        gives = gives and part in CONTRIBUTES
        earns = earns and part in EARNS
    return gives, earns


def part_by_catalogue(world: World, line: dict) -> str:
    """Rule 1.4 (2): decided when the product was first saved; one never saved takes part."""
    product = world.products.get(line["product"])
    return "both" if product is None or product["takes_part"] else "off"


def queue_of(world: World, order: dict, line: dict) -> str:
    """Rule 1.1."""
    plan = world.plan(PLAN)
    if order["channel"] == "mall":
        if plan.get("mall", "shared") == "shared" or line["product"] is None:
            return "mall"
        return f"product/{line['product']}"
    if order["channel"] == "store":
        shared = plan.get("stores", "per_store") == "shared"
        return "stores" if shared else f"store/{order['store']}"
    shared = plan.get("cashiers", "per_cashier") == "shared"
    return "cashiers" if shared else f"cashier/{order['store']}"


def is_stalled(world: World, order: dict, line: dict) -> bool:
    """Rule 1.5.5: the own queue of a product that is off sale gets no more contributions."""
    product = world.products.get(line["product"])
    own_queue = queue_of(world, order, line).startswith("product/")
    return own_queue and product is not None and not product["on_sale"]


def ratio(world: World, order: dict, scopes: list[dict]) -> tuple[int, str, dict | None]:
    """Rule 1.3: the ratio in basis points, the rule that decided, and the lottery if it did."""
    titled = [without_nulls(each["settings"].get("entitlement")) for each in scopes]
    for settings in titled:
        by_level = without_nulls(settings.get("by_level"))
        if order["level"] in by_level:
            return by_level[order["level"]], "by_level", None
    for settings in titled:
        reached = best_tier(world, order, settings.get("cumulative", []))
        if reached is not None:
            return reached, "cumulative", None
    fixed_bps = most_specific([{"settings": settings} for settings in titled], "fixed_bps")
    for settings in titled:
        if settings.get("lottery"):
            return fixed_bps, "lottery", settings["lottery"]
    return fixed_bps, "fixed", None


def best_tier(world: World, order: dict, tiers: list[dict]) -> int | None:
    """Rule 1.3.2: of all tiers reached, the highest ratio."""
    reached = [
        tier["bps"] for tier in tiers if spent(world, order, tier["days"]) >= tier["at_least"]
    ]
    return max(reached, default=None)


def spent(world: World, order: dict, days: int) -> int:
    """Rule 1.3.2: what counts of the buyer's orders completed in the days before this order."""
    total = 0
    earliest = order["paid_at"] - timedelta(hours=24 * days)
    for other in world.orders.values():
        if other is order or other["member"] != order["member"] or other["repurchase"]:
            continue
        completed_at = other["completed_at"]
        if completed_at is None or not earliest <= completed_at <= order["paid_at"]:
            continue
        for line in other["lines"]:
            if order["channel"] == "mall":
                counts = other["channel"] == "mall" and line["supply"] != "aggregated"
            else:
                counts = other["channel"] != "mall" and other["store"] == order["store"]
            if counts:
                total += line["paid"]
    return total


def highest_entitlement(scopes: list[dict]) -> int | None:
    """Rule 1.2.7: the lowest of the highest entitlements that scopes set."""
    highest = [bounds(each)["max_entitlement"] for each in scopes if "max_entitlement" in bounds(each)]
    return min(highest, default=None)


def bounds(each: dict) -> dict:
    return without_nulls(each["settings"].get("bounds"))


def entitlement(taken: dict, paid: int) -> int:
    """Rules 1.2.2 and 1.2.7."""
    amount = share(paid, taken["ratio_bps"])
    if taken["highest"] is not None:
        amount = min(amount, taken["highest"])
    return amount


def earns_entry(world: World, order: dict, line: dict, scopes: list[dict]) -> bool:
    """Rules 1.4 (4), 1.2.7, 1.5.3 and 1.5.4."""
    deducted = any(each["deducted"] > 0 for each in order["lines"])
    policy = world.plan(PLAN).get("deducted_orders", "join")
    if deducted and policy == "contribute_only":
        return False
    for each in scopes:
        if line["paid"] < bounds(each).get("min_paid", 0):
            return False
        windows = each["settings"].get("windows", [])
        inside = [in_window(order["paid_at"], world.timezone, window) for window in windows]
        if windows and not any(inside):
            return False
        if past_limit(world, order, each):
            return False
    return True


def past_limit(world: World, order: dict, each: dict) -> bool:
    """Rule 1.5.4: counted are the entries that ever joined under the scope."""
    limits = without_nulls(each["settings"].get("limits"))
    day = period(order["paid_at"], world.timezone, "day")
    under = [
        joined
        for joined in world.joined
        if joined["member"] == order["member"] and each["id"] in joined["scopes"]
    ]
    today = [joined for joined in under if joined["day"] == day]
    if "per_day" in limits and len(today) >= limits["per_day"]:
        return True
    return "total" in limits and len(under) >= limits["total"]


def count_for_limits(world: World, order: dict, scopes: list[dict]) -> None:
    day = period(order["paid_at"], world.timezone, "day")
    ids = [each["id"] for each in scopes]
    world.joined.append({"member": order["member"], "day": day, "scopes": ids})


def join_all(world: World, order: dict) -> None:
    for taken in order[PLAN]:
        if taken["entry"] is not None:
            entries.join(world, taken["queue"], taken["entry"])
            return_at_random(world, order, taken)


def return_at_random(world: World, order: dict, taken: dict) -> None:
    """Rule 1.6.2: an entry on a points place of its group is turned into points at once."""
    makeup = random_return_of(world, order)
    if not makeup:
        return
    entry = taken["entry"]
    group = world.groups.get(taken["queue"])
    if group is None or group["cash"] + group["points"] == 0:
        number = 0 if group is None else group["number"] + 1
        group = {"number": number, "index": 0, "cash": makeup["cash"], "points": makeup["points"]}
        world.groups[taken["queue"]] = group
    day = period(order["paid_at"], world.timezone, "day")
    for_points = world.draws.is_points(day, taken["queue"], entry["entry"], dict(group))
    group["index"] += 1
    group["points" if for_points else "cash"] -= 1
    if for_points:
        entry["status"] = "converted"
        bps = world.plan(PLAN)["exchange"]["points_bps"]
        entries.credit_exchange(world, entry, "points", bps)


def random_return_of(world: World, order: dict) -> dict | bool:
    """Rule 1.5.2: store and cashier may have their own; absent: the plan's; false: off."""
    plan = world.plan(PLAN)
    own = {}
    if order["channel"] == "store":
        own = without_nulls(plan.get("store_settings", {}).get(order["store"]))
    if order["channel"] == "cashier":
        own = without_nulls(plan.get("cashier_settings", {}).get(order["store"]))
    return own.get("random_return", plan.get("random_return", False))


def settle_all(world: World, order: dict, settles_now: bool) -> None:
    """In line order; each line's contribution settles once."""
    for taken in order[PLAN]:
        if settles_now and not taken["settled"]:
            settle(world, order, taken)


def settle(world: World, order: dict, taken: dict) -> None:
    """Rules 1.2.3, 0.7, 0.8 and 1.6.4: a contribution, and what the pool holds, is paid out."""
    if taken["gives_nothing_at_all"]:
        return
    plan = world.plan(PLAN)
    queue_id = taken["queue"]
    contribution = share(taken["line"]["paid"], taken["extraction_bps"])
    older = world.queue(queue_id)["pool"]
    entries.contribute(world, queue_id, taken, contribution)
    if plan.get("paused", False):
        entries.retain(world, queue_id, taken, contribution, contribution)
        return
    passing_over = None if plan.get("self_funding", False) else order["id"]
    receivers = entries.waiting(world, queue_id, passing_over)
    hold_days = plan.get("hold_days", 0)
    amount = older + contribution
    surplus = entries.fill_in_turn(world, queue_id, receivers, amount, hold_days)
    if plan.get("surplus", "retain") == "retain":
        entries.retain(world, queue_id, taken, surplus, contribution)


def clear(world: World) -> None:
    """Rule 1.6.3: all held and waiting entries of the chosen queues."""
    chosen = without_nulls(world.plan(PLAN).get("clearing")).get("queues", "all")
    for queue_id, queue in world.queues.items():
        kind = kind_of(queue_id)
        if kind is None or not (chosen == "all" or queue_id in chosen or kind in chosen):
            continue
        for entry in queue["entries"]:
            if entry["status"] in entries.OPEN:
                entry["status"] = "cleared"


def kind_of(queue_id: str) -> str | None:
    """The kind of one of this plan's queues; None for those of other plans."""
    first = queue_id.split("/")[0]
    kinds = {"stores": "store", "cashiers": "cashier"}
    kind = kinds.get(first, first)
    return kind if kind in ("mall", "product", "store", "cashier") else None
