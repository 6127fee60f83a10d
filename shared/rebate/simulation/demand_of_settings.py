"""What has to be made up for settings to have any effect: completions, stores, referrers."""

from collections.abc import Sequence
from dataclasses import replace

from rebate.simulation.demand import Demand
from rebate.simulation.rules import SimulationRules

_COMPLETED_HOURS = 72
_STORE_SHARE = 30
_REFERRED = 30


def suited(demand: Demand, every: Sequence[SimulationRules]) -> Demand:
    """Return the demand with what the settings wait for, or name, or pay by."""
    stores = tuple(sorted({store for rules in every for store in stores_named(rules)}))
    referral = any("referral" in rules.on for rules in every)
    return replace(
        demand,
        stores=stores,
        store_share=_STORE_SHARE if stores else 0,
        referred=_REFERRED if referral else 0,
        completed_hours=_COMPLETED_HOURS if any(map(wants_completions, every)) else None,
    )


def wants_completions(rules: SimulationRules) -> bool:
    """Tell whether settings wait for orders to be completed."""
    switches = rules.switches
    plans = [plan for plan in rules.on if plan != "queue_rebate"]
    if any(not rules.on_payment(plan) for plan in plans):
        return True
    if "queue_rebate" not in rules.on:
        return False
    return bool(not switches.on_payment or switches.completed_first or switches.hold_days)


def stores_named(rules: SimulationRules) -> tuple[str, ...]:
    """Return the stores that settings name."""
    plans = rules.plans
    named = {
        *plans["red_packet"].get("stores", {}),
        *plans["alliance"].get("merchants", {}),
        *plans["queue_rebate"].get("store_settings", {}),
    }
    return tuple(sorted(named))
