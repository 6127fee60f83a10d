"""What came of many events, for those who read figures and for those who read sentences."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rebate.contracts.figures import money

KINDS: Mapping[str, str] = {
    "mall": "Mall queue",
    "product": "Product queues",
    "stores": "Store queue",
    "store": "Store queues",
    "cashiers": "Cash desk queue",
    "cashier": "Cash desk queues",
    "order_queue": "Order queue",
    "alliance": "Free-order alliance",
    "red_packet": "Red packets by store",
    "union": "Union daily pool",
}
"""How each kind of queue is called, in the order in which they are told of."""

_WAITS = frozenset({"waiting", "held"})


def figures(outcome: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return what each kind of queue comes to: queues, entries, entries done with, amounts."""
    found: dict[str, Counter[str]] = {}
    for name, queue in outcome["queues"].items():
        sums = found.setdefault(name.split("/")[0], Counter())
        sums["queues"] += 1
        sums["pool"] += queue["pool"]
        for entry in queue["entries"]:
            waits = entry["status"] in _WAITS
            sums["entries"] += 1
            sums["waiting"] += waits
            sums["paid"] += entry["paid"]
            if waits and entry["entitlement"] is not None:
                sums["owed"] += entry["entitlement"] - entry["paid"]
    names = ("queues", "entries", "waiting", "paid", "owed", "pool")
    return {kind: {name: found[kind][name] for name in names} for kind in KINDS if kind in found}


def sentences(outcome: Mapping[str, Any], currency: str) -> Iterator[str]:
    """Yield a line for each kind of queue, and one for the whole."""
    for kind, sums in figures(outcome).items():
        yield f"{KINDS[kind]}: {_told(sums, currency)}."
    platform = outcome["platform"]
    told = ", ".join(
        f"{name.replace('_', ' ')} {money(amount, currency)}"
        for name, amount in platform.items()
        if amount or name == "contributed"
    )
    wallets = outcome["wallets"].values()
    cash = sum(wallet.get("cash", 0) + wallet.get("pending", 0) for wallet in wallets)
    yield f"In all: {told}; {len(wallets)} members hold {money(cash, currency)}."


def _told(sums: Mapping[str, int], currency: str) -> str:
    done = sums["entries"] - sums["waiting"]
    parts = [
        f"{sums['entries']} entries",
        f"{done} done",
        f"{money(sums['paid'], currency)} paid",
    ]
    if sums["waiting"]:
        owed = f" for {money(sums['owed'], currency)}" if sums["owed"] else ""
        parts.append(f"{sums['waiting']} waiting{owed}")
    if sums["pool"]:
        parts.append(f"{money(sums['pool'], currency)} in the pool")
    return ", ".join(parts)
