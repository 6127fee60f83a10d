"""What an operator can accept the risk of (rules 2.5, 3.6, 8.4)."""

from rebate.contracts.settings.model import Settings

DEPTH_RISK = "referral.max_depth"
MARGIN_RISK = "margin"
HOLD_RISK = "hold_days"
RISKS = {
    DEPTH_RISK: (DEPTH_RISK, "max_depth", "referral_depth"),
    MARGIN_RISK: (MARGIN_RISK,),
    HOLD_RISK: (HOLD_RISK, "queue_rebate.hold_days"),
}
"""By risk, the names by which `guards.acknowledged` accepts it (rules 2.5, 3.6, 8.4)."""


def acknowledged(settings: Settings, risk: str) -> bool:
    """Tell whether the operator accepts the risk."""
    return any(name in settings.guards.acknowledged for name in RISKS[risk])


def acknowledged_at(settings: Settings, risk: str, figure: str) -> bool:
    """Tell whether the operator accepts the risk at this figure; a bare name holds for any."""
    return any(name in settings.guards.acknowledged for name in (risk, f"{risk}={figure}"))
