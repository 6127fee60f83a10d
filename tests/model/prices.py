"""Rules 1.1 to 1.5: what the settings and the catalogue say of a line of an order."""

from datetime import timedelta

from .arithmetic import share
from .clock import in_window, period
from .world import World, without_nulls

PLAN = "queue_rebate"
CONTRIBUTES = ("both", "funds_only")
EARNS = ("both", "queues_only")


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
        if order["member"] is None:
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
    found = [bounds(each).get("max_entitlement") for each in scopes]
    return min((highest for highest in found if highest is not None), default=None)


def bounds(each: dict) -> dict:
    return without_nulls(each["settings"].get("bounds"))


def entitlement(taken: dict, paid: int) -> int:
    """Rules 1.2.2 and 1.2.7."""
    amount = share(paid, taken["ratio_bps"])
    if taken["highest"] is not None:
        amount = min(amount, taken["highest"])
    return amount


def earns_entry(world: World, order: dict, line: dict, scopes: list[dict]) -> bool:
    """Rules 0.14, 1.4 (4), 1.2.7, 1.5.3 and 1.5.4."""
    if order["member"] is None:
        return False
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
