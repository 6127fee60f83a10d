"""Scopes of settings, and the chain of them that rules a line (Rules 1.2, 1.3 and 1.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from rebate.domain.draws import Lottery
from rebate.domain.money import ZERO_BPS, Amount, Bps
from rebate.domain.windows import Window

Key: TypeAlias = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class SimulatedScope:
    """What one scope sets; None and empty: not set. `tiers` are (microseconds, least, ratio)."""

    key: Key
    part: str | None
    extraction_bps: Bps | None
    fixed_bps: Bps | None
    by_level: Mapping[str, Bps]
    tiers: tuple[tuple[int, Amount, Bps], ...]
    lottery: Lottery | None
    windows: tuple[Window, ...]
    per_day: int | None
    total: int | None
    min_paid: Amount
    highest: Amount | None


@dataclass(frozen=True, slots=True)
class Chain:
    """The scopes of a line, folded into one, the most specific first.

    `by_catalog`: the product's own scope names no part, so the catalog may leave it out (Rule
    1.4 (2)). `tiers`, `windows` and `limits` are those of each scope that has any. `makeup` is the
    (cash, points) places of a group of random return. `is_plain`: ratios are fixed and nothing
    but the amount decides whether an entry is earned.
    """

    queue: str
    keys: tuple[Key, ...]
    gives: bool
    earns: bool
    by_catalog: bool
    extraction_bps: Bps
    fixed_bps: Bps
    by_level: Mapping[str, Bps]
    tiers: tuple[tuple[tuple[int, Amount, Bps], ...], ...]
    lottery: Lottery | None
    windows: tuple[tuple[Window, ...], ...]
    limits: tuple[tuple[Key, int | None, int | None], ...]
    min_paid: Amount
    highest: Amount | None
    makeup: tuple[int, int] | None
    is_plain: bool


def chain_of(
    queue: str,
    scopes: Sequence[SimulatedScope],
    makeup: Mapping[str, Any] | None,
    *,
    mall: bool = False,
) -> Chain:
    """Fold scopes: the most specific that sets a ratio wins, what restricts adds up."""
    parts = [scope.part or "both" for scope in scopes]
    by_level: dict[str, Bps] = {}
    for scope in reversed(scopes):
        by_level.update(scope.by_level)
    tiers = tuple(scope.tiers for scope in scopes if scope.tiers)
    windows = tuple(scope.windows for scope in scopes if scope.windows)
    limits = tuple(
        (scope.key, scope.per_day, scope.total)
        for scope in scopes
        if scope.per_day is not None or scope.total is not None
    )
    lottery = next((scope.lottery for scope in scopes if scope.lottery), None)
    groups = (makeup["cash"], makeup["points"]) if makeup else None
    return Chain(
        queue=queue,
        keys=tuple(scope.key for scope in scopes),
        gives=all(part in {"both", "funds_only"} for part in parts),
        earns=all(part in {"both", "queues_only"} for part in parts),
        by_catalog=mall and scopes[0].part is None,
        extraction_bps=_first([scope.extraction_bps for scope in scopes]),
        fixed_bps=_first([scope.fixed_bps for scope in scopes]),
        by_level=by_level,
        tiers=tiers,
        lottery=lottery,
        windows=windows,
        limits=limits,
        min_paid=max(scope.min_paid for scope in scopes),
        highest=min((s.highest for s in scopes if s.highest is not None), default=None),
        makeup=groups,
        is_plain=not (by_level or tiers or lottery or windows or limits or groups),
    )


def _first(ratios: Sequence[Bps | None]) -> Bps:
    return next((ratio for ratio in ratios if ratio is not None), ZERO_BPS)
