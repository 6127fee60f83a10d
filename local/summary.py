"""What came of many events, for those who read figures and for those who read sentences."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rebate.contracts.figures import money
from rebate.domain.names import QueueId
from rebate.domain.plans.registry import PLANS

WEB = Path(__file__).parent.parent / "web"
PAGES = WEB / "dist"
"""The pages of members and operators, as `make` has built them."""

_WAITS = frozenset({"waiting", "held"})


def figures(outcome: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return what each kind of queue comes to: queues, entries, entries done with, amounts."""
    found: dict[str, Counter[str]] = {}
    for name, queue in outcome["queues"].items():
        sums = found.setdefault(_kind(name), Counter())
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
    known = [kind.name for plan in PLANS for kind in plan.kinds]
    return {
        kind: {name: found[kind][name] for name in names}
        for kind in (*known, *sorted(found.keys() - set(known)))
        if kind in found
    }


def _kind(queue: str) -> str:
    name = PLANS.queue(QueueId(queue))
    return name.kind.name if name else queue.partition("/")[0]


def sentences(outcome: Mapping[str, Any], currency: str) -> Iterator[str]:
    """Yield a line for each kind of queue, and one for the whole."""
    called = _texts()
    for kind, sums in figures(outcome).items():
        yield f"{called.get(f'kind.{kind}', kind)}: {_told(sums, currency)}."
    platform = outcome["platform"]
    told = ", ".join(
        f"{name.replace('_', ' ')} {money(amount, currency)}"
        for name, amount in platform.items()
        if amount or name == "contributed"
    )
    wallets = outcome["wallets"].values()
    cash = sum(wallet.get("cash", 0) + wallet.get("pending", 0) for wallet in wallets)
    yield f"In all: {told}; {len(wallets)} members hold {money(cash, currency)}."


def _texts() -> Mapping[str, str]:
    """Return what the pages call things; nothing where they are not on this machine."""
    file = WEB / "texts/en/names.json"
    texts: Mapping[str, str] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return texts


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
