"""Scopes of settings, and which of their rules decides an entry's ratio (Rules 1.2, 1.3, 1.5)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, TypeAlias

from rebate.domain.draws import Lottery
from rebate.domain.money import NOTHING, ZERO_BPS, Amount, Bps
from rebate.domain.orders import Choice
from rebate.domain.records import dataclass, field
from rebate.domain.windows import Window
from rebate.domain.wire import money, stored_as, wire


@stored_as("tier")
@dataclass(frozen=True, slots=True)
class Tier:
    """A ratio for members whose completed orders of the last `days` add up to enough."""

    days: Annotated[int, wire("days")]
    at_least: Annotated[Amount, money("at_least")]
    bps: Annotated[Bps, wire("bps")]


@stored_as("scope", 2)
@dataclass(frozen=True, slots=True)
class Scope:
    """What one scope sets; None and empty: not set. Names are for people: `product p-9`.

    `counts` names the entries that its limits count: all of the plan (`plan`), or those of a
    mall product, a store, a store's product or a desk.
    """

    name: Annotated[str, wire("name")]
    counts: Annotated[str, wire("counts")]
    part: Annotated[str | None, wire("part", absent=None)] = None
    extraction_bps: Annotated[Bps | None, wire("extraction_bps", absent=None)] = None
    fixed_bps: Annotated[Bps | None, wire("fixed_bps", absent=None)] = None
    by_level: Annotated[Mapping[str, Bps], wire("by_level", absent={})] = field(
        default_factory=dict
    )
    cumulative: Annotated[tuple[Tier, ...], wire("cumulative", absent=[])] = ()
    lottery: Annotated[Lottery | None, wire("lottery", absent=None)] = None
    windows: Annotated[tuple[Window, ...], wire("windows", absent=[])] = ()
    per_day: Annotated[int | None, wire("per_day", absent=None)] = None
    total: Annotated[int | None, wire("total", absent=None)] = None
    min_paid: Annotated[Amount, money("min_paid", absent=0)] = NOTHING
    max_entitlement: Annotated[Amount | None, money("max_entitlement", absent=None)] = None

    @property
    def is_limited(self) -> bool:
        """Whether it counts entries (Rule 1.5.4)."""
        return self.per_day is not None or self.total is not None


Scopes: TypeAlias = Sequence[Scope]
"""The scopes of a line, the most specific first; the plan's is the last."""

Spent: TypeAlias = Callable[[int], Amount]
"""What the buyer's completed orders of the last so many days add up to (Rule 1.3.2)."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """The entitlement ratio of a line, which rule of which scope gave it, and what did not."""

    bps: Bps
    rule: str
    scope: str
    passed_over: tuple[Choice, ...]
    lottery: Lottery | None = None

    @property
    def decided_by(self) -> str:
        """For people: `member level of product p-9`."""
        return f"{self.rule} of {self.scope}"


LEVEL, CUMULATIVE, LOTTERY, FIXED = "member level", "cumulative spend", "lottery", "fixed"


def extraction(scopes: Scopes) -> Bps:
    """Return the contribution ratio: the most specific scope that sets one (Rule 1.2.1)."""
    return next((s.extraction_bps for s in scopes if s.extraction_bps is not None), ZERO_BPS)


def takes_part(scopes: Scopes) -> tuple[bool, bool]:
    """Return whether a line contributes and whether it may earn an entry (Rule 1.2.6).

    Every scope must allow it; one that names no part allows both.
    """
    parts = [scope.part or "both" for scope in scopes]
    contributes = all(part in {"both", "funds_only"} for part in parts)
    return contributes, all(part in {"both", "queues_only"} for part in parts)


def entitlement(scopes: Scopes, level: str | None, spent: Spent) -> Ratio:
    """Return the ratio by precedence: for each rule, from the most specific scope on (Rule 1.3).

    A lottery starts with the fixed ratio (Rule 1.3.3); the plan's fixed ratio is always set.
    """
    passed: list[Choice] = []
    fixed = next(s for s in scopes if s.fixed_bps is not None)
    start = fixed.fixed_bps or ZERO_BPS
    rules: tuple[tuple[str, Callable[[Scope], Bps | str]], ...] = (
        (LEVEL, lambda scope: _by_level(scope, level)),
        (CUMULATIVE, lambda scope: _by_spend(scope, spent)),
        (LOTTERY, lambda scope: start if scope.lottery else "not set"),
    )
    for rule, ask in rules:
        for scope in scopes:
            outcome = ask(scope)
            if isinstance(outcome, int):
                lottery = scope.lottery if rule == LOTTERY else None
                return Ratio(outcome, rule, scope.name, tuple(passed), lottery)
            if outcome != "not set":
                passed.append(Choice(rule, scope.name, outcome))
    return Ratio(start, FIXED, fixed.name, tuple(passed))


def _by_level(scope: Scope, level: str | None) -> Bps | str:
    if not scope.by_level:
        return "not set"
    if level is None:
        return "the buyer has no level"
    return scope.by_level.get(level, f"no ratio for level {level}")


def _by_spend(scope: Scope, spent: Spent) -> Bps | str:
    if not scope.cumulative:
        return "not set"
    reached = [tier.bps for tier in scope.cumulative if spent(tier.days) >= tier.at_least]
    return max(reached) if reached else "no tier reached"
