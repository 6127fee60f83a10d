"""What must hold after every step, whatever the step was."""

from . import prices
from .world import CASH_ASSETS, GIVERS, World


def check(world: World) -> None:
    balances_are_sums_of_movements(world)
    money_is_conserved(world)
    payments_are_accounted_for(world)
    contributions_match_orders(world)
    entries_are_sound(world)


def balances_are_sums_of_movements(world: World) -> None:
    """Rule 3: every balance equals the sum of its postings."""
    sums: dict[tuple, int] = {}
    for movement in world.movements:
        source, target = movement["source"], movement["target"]
        sums[source] = sums.get(source, 0) - movement["amount"]
        sums[target] = sums.get(target, 0) + movement["amount"]
    for member_id, wallet in world.wallets.items():
        for asset, amount in wallet.items():
            assert amount == sums.get(("wallet", member_id, asset), 0)
    for queue_id, queue in world.queues.items():
        assert queue["pool"] == sums.get(("pool", queue_id), 0)
        assert queue["pool"] >= 0
    for figure, amount in world.platform.items():
        sign = -1 if figure in GIVERS else 1
        assert amount == sign * sums.get(("platform", figure), 0)
        assert amount >= 0 or figure == "adjusted", figure


def cash_in_wallets(world: World) -> int:
    return sum(wallet.get(asset, 0) for wallet in world.wallets.values() for asset in CASH_ASSETS)


def money_is_conserved(world: World) -> None:
    """Rule 0.10."""
    figures = world.platform
    given = figures["contributed"] + figures["borne"] + figures["commissions"]
    given += figures["adjusted"]
    kept = figures["withdrawn"] + figures["clawed_back"] + figures["repurchased"]
    pools = sum(queue["pool"] for queue in world.queues.values())
    assert given == cash_in_wallets(world) + kept + pools + figures["retained"]


def payments_are_accounted_for(world: World) -> None:
    """What entries, buyers and referrers were paid and kept is in wallets or went on from there.

    An entry that went on in another queue counts there what it was paid here (Rule 1.4.1).
    """
    every = [entry for queue in world.queues.values() for entry in queue["entries"]]
    paid = sum(entry["paid"] for entry in every if entry["status"] != "merged")
    earned = paid + world.own_rewards + world.platform["commissions"]
    earned += world.platform["adjusted"]
    spent = world.platform["withdrawn"] + world.platform["repurchased"]
    assert earned == cash_in_wallets(world) + spent
    pending = sum(wallet.get("pending", 0) for wallet in world.wallets.values())
    assert pending == sum(lot["amount"] for lot in world.pending)


def contributions_match_orders(world: World) -> None:
    """`contributed` is what all settled orders owe for what is paid of them now."""
    total = sum(
        amount
        for order in world.orders.values()
        for part, amount in order["given"].items()
        if part[0] != "referral" and is_settled(order, part)
    )
    assert world.platform["contributed"] == total


def is_settled(order: dict, part: tuple) -> bool:
    if part[0] == prices.PLAN:
        return any(
            taken["settled"] for taken in order[prices.PLAN] if taken["line"]["id"] == part[1]
        )
    return part == ("red_packet", "own") or order[part[0]]["settled"]


def entries_are_sound(world: World) -> None:
    for queue in world.queues.values():
        for entry in queue["entries"]:
            assert entry["paid"] >= 0
            assert entry["entitlement"] is not None or entry["paid"] == sum(
                reward["paid"] for reward in entry["received"]
            )
            if entry["entitlement"] is None:
                continue
            assert entry["paid"] <= entry["entitlement"], entry
            if entry["status"] == "completed":
                assert entry["paid"] == entry["entitlement"], entry
            if entry["status"] in ("held", "waiting"):
                assert entry["paid"] < entry["entitlement"], entry
            if entry["status"] == "refunded":
                assert entry["entitlement"] == 0
