"""Settings of the wallet (rule 3) and the guards (rule 8.4)."""

from typing import Literal

from rebate.contracts.scalars import Amount, Bps, Count, Days, Id, PartBps
from rebate.contracts.settings.fields import setting
from rebate.contracts.validation import Strict

LOTTERY_PRIZE_MAX = 5_000_000
"""50 000.00 in minor units (rule 8.4)."""


class WalletSettings(Strict):
    """Withdrawals and transfers."""

    withdraw_min: Amount = setting("Lowest withdrawal", "最低提现", "3", example=1000, default=0)
    withdraw_fee_bps: PartBps = setting("Withdrawal fee", "提现手续费", "3", example=50, default=0)
    withdraw_per_day: Count | None = setting(
        "Withdrawals a day", "每日提现次数", "3", example=3, note="Absent: no limit."
    )
    transfer: tuple[Literal["points", "love"], ...] = setting(
        "Transfers between members", "转赠", "3", example=["points", "love"], default=()
    )
    two_approvals_above: Amount | None = setting(
        "Two approvals above",
        "双人审核起点",
        "3.1",
        example=500000,
        note="A higher withdrawal needs two different operators. Absent: one is enough.",
    )
    transfer_per_day: Count | None = setting(
        "Transfers a day", "每日转赠次数", "3.1", example=5, note="Absent: no limit."
    )
    love_thaw_days: Days | None = setting(
        "Days until love value thaws",
        "爱心值解冻天数",
        "3.6",
        example=30,
        note="Days of 24 hours after it was credited as frozen. Absent: operators thaw it.",
    )
    adjust_two_above: Amount | None = setting(
        "Two approvals of adjustments above",
        "双人调整起点",
        "3.5",
        example=100000,
        note="Of any balance, credited or debited. Absent: one operator is enough.",
    )


class Guards(Strict):
    """What keeps the shop from giving more than it can."""

    rebates_per_day: Amount | None = setting(
        "Highest rebates a day", "每日返利上限", "8.4", example=10000000
    )
    borne_per_day: Amount | None = setting(
        "Most that is borne a day",
        "每日承担上限",
        "1.6.5.2",
        example=1000000,
        note="What refunds take back that was paid out already. The refund that passes it is "
        "carried out; then the base plan is paused until you resume it. Absent: no limit.",
    )
    max_share_of_revenue_bps: Bps | None = setting(
        "Highest share of revenue",
        "返利占营收上限",
        "8.4",
        example=3000,
        note="Settings that could give back more of an order are refused. Absent: no limit.",
    )
    lottery_prize_max: Amount = setting(
        "Highest lottery prize",
        "抽奖奖品上限",
        "8.4",
        example=5000000,
        default=LOTTERY_PRIZE_MAX,
        note="Value of a drawn entitlement in minor units.",
    )
    acknowledged: tuple[Id, ...] = setting(
        "Acknowledged",
        "已确认风险",
        "8.4",
        example=["referral.max_depth=3"],
        default=(),
        note="Risks that the operator accepts, each at its figure and whatever is milder: "
        "`referral.max_depth=3`, `margin=4500` (what an order may give back in all), "
        "`hold_days=0`, and while entries wait `timezone=Asia/Tokyo` or "
        "`queue_rebate.mall=per_product`. A name without a figure holds for the figure of the "
        "version that first had it.",
    )
