"""What a simulation came to, as replay tells it (contracts, section 4)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from rebate.domain.money import sum_of
from rebate.simulation.state import SimulatedQueue
from rebate.simulation.world import World

EntryTold: TypeAlias = tuple[str, str | None, str, int | None, int]
"""(name, member, status, entitlement, paid)."""

FIELDS = ("entry", "member", "status", "entitlement", "paid")


@dataclass(frozen=True, slots=True)
class QueueTold:
    """A queue's pool, and how to tell its entries, which may be millions, one after another."""

    pool: int
    entries: Callable[[], Iterable[EntryTold]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Queues and wallets by name, in order of names, and the platform's figures."""

    queues: dict[str, QueueTold]
    wallets: dict[str, dict[str, int]]
    platform: dict[str, int]

    def document(self) -> dict[str, Any]:
        """Return it as a document with exactly three parts."""
        queues = {
            name: {
                "pool": queue.pool,
                "entries": [dict(zip(FIELDS, entry, strict=True)) for entry in queue.entries()],
            }
            for name, queue in self.queues.items()
        }
        return {"queues": queues, "wallets": self.wallets, "platform": self.platform}


def outcome_of(world: World) -> Outcome:
    """Return what the kernel's world came to."""
    queues = {name: _queue(world.queues[name]) for name in sorted(world.queues)}
    return Outcome(queues, _wallets(world), platform_of(world.platform, world.commissions))


def platform_of(sums: Mapping[str, int], commissions: int) -> dict[str, int]:
    """Return the platform's figures; nobody withdraws or adjusts in a simulation."""
    nothing = dict.fromkeys(("withdrawn", "adjusted", "fees"), 0)
    return {**sums, "commissions": commissions, **nothing}


def _queue(queue: SimulatedQueue) -> QueueTold:
    def entries() -> Iterator[EntryTold]:
        for entry in queue.entries:
            yield entry.name, entry.member, entry.status, entry.entitlement, entry.paid

    return QueueTold(queue.pool, entries)


def _wallets(world: World) -> dict[str, dict[str, int]]:
    """Return non-zero balances by member and asset."""
    found: dict[str, dict[str, int]] = {}
    for asset, balances in world.wallets.by_asset.items():
        for member, amount in balances.items():
            if amount:
                found.setdefault(member, {})[asset] = amount
    return {member: found[member] for member in sorted(found)}


def check_books(world: World) -> None:
    """Insist that money was only moved (Rule 0.10): a difference is a bug of the kernel."""
    platform, wallets = world.platform, world.wallets.by_asset
    came = platform["contributed"] + platform["borne"] + world.commissions
    held = sum(sum(wallets[asset].values()) for asset in ("cash", "pending", "held"))
    pools = sum_of(queue.pool for queue in world.queues.values())
    kept = platform["clawed_back"] + platform["repurchased"] + platform["retained"]
    assert came == held + pools + kept, f"{came - held - pools - kept} came from nowhere"
