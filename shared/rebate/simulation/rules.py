"""The settings' document, compiled: what the kernel asks of it for every order, looked up once.

The document is one that `contracts.settings` found valid; a field that is null is not set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from rebate.domain.currencies import decimals_of
from rebate.domain.draws import Lottery
from rebate.domain.money import WHOLE, ZERO_BPS, Amount, Bps
from rebate.domain.times import DAY, Instant, instant_of
from rebate.domain.windows import Dates, Hours, Window
from rebate.simulation.scopes import Chain, SimulatedScope, chain_of

PLANS = ("queue_rebate", "order_queue", "alliance", "red_packet", "union", "referral")
_ALWAYS = (Instant(-(2**62)), Instant(2**62))
_PRIZE_MAX = 5_000_000


def without_nulls(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a document without the fields that are null: they are not set."""
    if isinstance(value, Mapping):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list | tuple) else value


@dataclass(slots=True)
class Switches:
    """How queue rebates are settled (Rule 1.4): the settings in force when they are."""

    on_payment: bool
    completed_first: bool
    self_funding: bool
    carries: bool
    paused: bool
    hold_days: int


class SimulationRules:
    """One version of the settings, as the kernel uses it; `plans` are the documents of those on."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document: dict[str, Any] = without_nulls(document)
        self.zone = ZoneInfo(self.document["timezone"])
        self.points_scale: int = 10 ** decimals_of(self.document["currency"])
        self.plans = {name: self._plan(name) for name in PLANS}
        self.on = frozenset(name for name in PLANS if self._is_on(name))
        guards = self.document.get("guards", {})
        self.rebates_per_day: Amount | None = guards.get("rebates_per_day")
        self.max_share_bps: Bps | None = guards.get("max_share_of_revenue_bps")
        self.borne_per_day: Amount | None = guards.get("borne_per_day")
        self.prize_max: Amount = guards.get("lottery_prize_max", _PRIZE_MAX)
        self.base = self.plans["queue_rebate"]
        self.switches = _switches(self.base)
        self.levels: dict[str, Any] = self.document.get("levels", {})
        self.has_levels = bool(self.levels.get("members") or self.levels.get("ranks"))
        self.settles_late = any(map(self.after_days, PLANS))
        self._chains: dict[tuple[str, str | None, str | None], Chain] = {}
        self._scope = compiled_scope(("plan",), self.base)

    def _plan(self, name: str) -> dict[str, Any]:
        return self.document.get(name) or {}

    def _is_on(self, name: str) -> bool:
        return name in self.document and bool(self.plans[name].get("enabled", True))

    def after_days(self, plan: str) -> int:
        """Return how long after completion what a plan owes is settled (Rule 1.6.5.1)."""
        return int(self.plans[plan].get("settle_after_days", 0))

    def on_payment(self, plan: str) -> bool:
        """Tell whether a plan of whole orders settles at payment, else at completion."""
        own = self.plans[plan]
        if plan in {"alliance", "red_packet"}:
            return bool(own.get("place_by", "completed") == "paid")
        default = "paid" if plan == "order_queue" else "completed"
        return bool(own.get("settle_on", default) == "paid")

    def points(self, outstanding: Amount, bps: Bps) -> Amount:
        """Return what an amount comes to in hundredths of points at a ratio (Rule 0.9.1)."""
        return Amount(outstanding * 100 * bps // (self.points_scale * WHOLE))

    def chain(self, channel: str, store: str | None, product: str | None) -> Chain:
        """Return what the settings say of a line (Rule 1.5)."""
        key = (channel, store, product if channel != "cashier" else None)
        found = self._chains.get(key)
        if found is None:
            found = self._chains[key] = self._chain(*key)
        return found

    def _chain(self, channel: str, store: str | None, product: str | None) -> Chain:
        plan = self.base
        if channel == "mall":
            own = compiled_scope(("product", product), plan.get("products", {}).get(product or ""))
            apart = plan.get("mall") == "per_product" and product is not None
            queue = f"product/{product}" if apart else "mall"
            return chain_of(queue, [own, self._scope], plan.get("random_return"), mall=True)
        if channel == "cashier":
            settings = plan.get("cashier_settings", {}).get(store) or {}
            queue = "cashiers" if plan.get("cashiers") == "shared" else f"cashier/{store}"
            own = compiled_scope(("cashier", store), settings)
            makeup = settings.get("random_return", plan.get("random_return"))
            return chain_of(queue, [own, self._scope], makeup)
        settings = plan.get("store_settings", {}).get(store) or {}
        queue = "stores" if plan.get("stores") == "shared" else f"store/{store}"
        narrow = compiled_scope(
            ("store", store, product), settings.get("products", {}).get(product or "")
        )
        wide = compiled_scope(("store", store), settings)
        makeup = settings.get("random_return", plan.get("random_return"))
        return chain_of(queue, [narrow, wide, self._scope], makeup)

    @property
    def has_limits(self) -> bool:
        """Whether any scope counts entries (Rule 1.5.4)."""
        scopes = [self.base]
        for name in ("products", "store_settings", "cashier_settings"):
            scopes += [own or {} for own in self.base.get(name, {}).values()]
        scopes += [
            own or {}
            for store in self.base.get("store_settings", {}).values()
            for own in (store or {}).get("products", {}).values()
        ]
        return any(scope.get("limits") for scope in scopes)


def _switches(plan: Mapping[str, Any]) -> Switches:
    return Switches(
        on_payment=plan.get("settle_on", "paid") == "paid",
        completed_first=plan.get("reward_order", "queue") == "completed_first",
        self_funding=bool(plan.get("self_funding", False)),
        carries=plan.get("surplus", "retain") == "carry",
        paused=bool(plan.get("paused", False)),
        hold_days=int(plan.get("hold_days", 0)),
    )


def compiled_scope(key: tuple[str | None, ...], own: Mapping[str, Any] | None) -> SimulatedScope:
    """Return what a scope sets; `key` names the entries that its limits count."""
    settings = own or {}
    ratios = settings.get("entitlement", {})
    bounds, limits = settings.get("bounds", {}), settings.get("limits", {})
    return SimulatedScope(
        key=key,
        part=settings.get("part"),
        extraction_bps=settings.get("extraction_bps"),
        fixed_bps=ratios.get("fixed_bps"),
        by_level=ratios.get("by_level", {}),
        tiers=tuple(
            (tier["days"] * DAY, tier["at_least"], tier["bps"])
            for tier in ratios.get("cumulative", ())
        ),
        lottery=_lottery(ratios.get("lottery")),
        windows=tuple(map(_window, settings.get("windows", ()))),
        per_day=limits.get("per_day"),
        total=limits.get("total"),
        min_paid=bounds.get("min_paid", 0),
        highest=bounds.get("max_entitlement"),
    )


def _lottery(own: Mapping[str, Any] | None) -> Lottery | None:
    if not own:
        return None
    miss = own.get("miss_weight", 0)
    if own["kind"] == "range":
        return Lottery((), own["low_bps"], own["high_bps"], miss)
    prizes = tuple((prize["bps"], prize.get("weight", 1)) for prize in own["prizes"])
    return Lottery(prizes, miss_weight=miss)


def _window(own: Mapping[str, Any]) -> Window:
    if "from" in own or "to" in own:
        first, last = _ALWAYS
        begins = instant_of(datetime.fromisoformat(own["from"])) if "from" in own else first
        ends = instant_of(datetime.fromisoformat(own["to"])) if "to" in own else last
        return Dates(begins, ends)
    start, end = own.get("start", "00:00"), own.get("end", "00:00")
    days = frozenset(own.get("weekdays") or ())
    return Hours(time.fromisoformat(start), time.fromisoformat(end), days)


def concession_of(rules: SimulationRules, store: str | None, own: Bps | None) -> Bps:
    """Return what a store concedes: a plan's setting, else its own (Rule 2.4)."""
    packets = rules.plans["red_packet"].get("stores", {}) if "red_packet" in rules.on else {}
    merchants = rules.plans["alliance"].get("merchants", {}) if "alliance" in rules.on else {}
    for named in (packets, merchants):
        ratio = (named.get(store) or {}).get("concession_bps")
        if ratio is not None:
            return Bps(ratio)
    return own or ZERO_BPS
