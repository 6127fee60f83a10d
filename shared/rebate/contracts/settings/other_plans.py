"""Settings of the plans that work on whole orders: rules 4 to 7."""

from collections.abc import Mapping
from typing import Literal

from rebate.contracts.scalars import (
    Amount,
    Bps,
    Clock,
    Flag,
    Id,
    PartBps,
    PositiveAmount,
    PositiveCount,
)
from rebate.contracts.settings.fields import REQUIRED, setting
from rebate.contracts.validation import Strict

Moment = Literal["paid", "completed"]
Period = Literal["day", "week", "month"]
Channel = Literal["mall", "store", "cashier"]
_WHEN_ON = "Required in a plan that is on."


class OrderQueue(Strict):
    """Order queue (订单排队): one line, N rewards, then out (rule 4)."""

    enabled: Flag = setting("On", "开启", "4", example=True, default=True)
    settle_on: Moment = setting("Settle on", "结算时间", "4.1", example="paid", default="paid")
    reward_bps: Bps | None = setting("Reward", "奖励比例", "4.1", example=3000, note=_WHEN_ON)
    rewards_to_exit: PositiveCount = setting(
        "Rewards until out", "出局次数", "4.3", example=5, default=5
    )
    referrer_first: Flag = setting(
        "Referrer first", "推荐关系优先", "4.2", example=True, default=True
    )
    repurchase: Flag = setting("Forced repurchase", "强制复投", "4.4", example=True, default=True)


class MerchantTerms(Strict):
    """What a merchant concedes of each order; absent: what the catalog says of the store."""

    concession_bps: Bps | None = setting("Concession", "让利比例", "5.2", example=2000)


class Frequency(Strict):
    """How often one member may take part."""

    per: Period = setting("Per", "周期", "5.5", example="day", default=REQUIRED)
    times: PositiveCount = setting("Times", "次数", "5.5", example=3, default=REQUIRED)


class Alliance(Strict):
    """Free-order alliance (排队免单之异业联盟): rule 5."""

    enabled: Flag = setting("On", "开启", "5", example=True, default=True)
    place_by: Moment = setting(
        "Place by", "排队时间", "5.1", example="completed", default="completed"
    )
    dividend_bps: Bps | None = setting("Dividend", "分红比例", "5.2", example=4000, note=_WHEN_ON)
    merchants: Mapping[Id, MerchantTerms] = setting(
        "Merchants", "联盟商家", "5.2", example={"W": {"concession_bps": 2000}}, default={}
    )
    heads_bps: tuple[PartBps, ...] = setting(
        "Shares of the heads",
        "同时奖励比例",
        "5.2",
        example=[5000, 3000, 2000],
        default=(),
        note="One share for each entry served at once; at most 10 000 in all. " + _WHEN_ON,
    )
    free_bps: Bps = setting("Free amount", "免单比例", "5.3", example=10000, default=10_000)
    surplus: Literal["retain", "carry"] = setting(
        "Surplus", "结余", "5.3", example="carry", default="carry"
    )
    min_paid: Amount = setting("Lowest amount", "最低订单金额", "5.5", example=0, default=0)
    max_paid: Amount | None = setting("Highest amount", "最高订单金额", "5.5", example=1000000)
    channels: tuple[Channel, ...] | None = setting(
        "Channels", "参与渠道", "5.5", example=["mall", "store", "cashier"], note="Absent: all."
    )
    products: tuple[Id, ...] | None = setting(
        "Products", "参与商品", "5.5", example=["p-9"], note="Absent: all."
    )
    frequency: Frequency | None = setting(
        "Frequency", "参与频率", "5.5", example={"per": "day", "times": 3}, note="Absent: no limit."
    )
    direct_acceleration_bps: Bps = setting(
        "Direct acceleration", "直推加速", "5.6", example=500, default=0
    )
    repurchase_acceleration_bps: Bps = setting(
        "Repurchase acceleration", "复购加速", "5.6", example=500, default=0
    )


class RedPacketStore(Strict):
    """One store's part in the red packets."""

    concession_bps: Bps = setting("Concession", "让利比例", "6.1", example=2000, default=REQUIRED)


class RedPacketShares(Strict):
    """How a concession is split; the three sum to 10 000."""

    own: PartBps = setting("Own-purchase reward", "自购奖", "6.2", example=3000, default=0)
    queue: PartBps = setting("Queue reward", "排队奖", "6.2", example=5000, default=0)
    average: PartBps = setting("Average reward", "平均奖", "6.2", example=2000, default=0)

    @property
    def in_order(self) -> tuple[int, int, int]:
        """The shares in the order in which left-over units are given (rule 6.2)."""
        return self.own, self.queue, self.average


class RedPacket(Strict):
    """Red packets by store (订单排队领红包): rule 6."""

    enabled: Flag = setting("On", "开启", "6", example=True, default=True)
    stores: Mapping[Id, RedPacketStore] | None = setting(
        "Stores",
        "参与门店",
        "6.1",
        example={"W": {"concession_bps": 2000}},
        note=_WHEN_ON,
    )
    shares_bps: RedPacketShares | None = setting(
        "Shares",
        "奖励分配",
        "6.2",
        example={"own": 3000, "queue": 5000, "average": 2000},
        note=_WHEN_ON,
    )
    entitlement_bps: Bps | None = setting(
        "Entitlement", "权益比例", "6.2", example=10000, note=_WHEN_ON
    )
    place_by: Moment = setting(
        "Place by", "排队时间", "6.2", example="completed", default="completed"
    )
    average_every: Period = setting(
        "Average reward every", "平均奖周期", "6.2", example="day", default="day"
    )


class UnionScope(Strict):
    """What a product or store sets for itself; absent means the plan's (rule 7.5)."""

    profit_share_bps: Bps | None = setting("Share of profit", "利润比例", "7.5", example=5000)
    quota_bps: Bps | None = setting("Quota", "额度比例", "7.5", example=12000)


class Union(Strict):
    """Union daily pool (工会排队): rule 7."""

    enabled: Flag = setting("On", "开启", "7", example=True, default=True)
    settle_on: Moment = setting(
        "Settle on", "结算时间", "7.1", example="completed", default="completed"
    )
    profit_share_bps: Bps | None = setting(
        "Share of profit", "利润比例", "7.1", example=6000, note=_WHEN_ON
    )
    quota_bps: Bps | None = setting("Quota", "额度比例", "7.2", example=11000, note=_WHEN_ON)
    default_margin_bps: Bps = setting(
        "Margin where none is known",
        "默认毛利率",
        "7.1",
        example=2000,
        default=0,
        note="Used for a line whose event and product name no profit or margin.",
    )
    referral_acceleration_bps: Bps = setting(
        "Referral acceleration", "推荐加速", "7.4", example=1000, default=0
    )
    run_at: Clock | None = setting(
        "Daily run at", "每日结算时间", "7.3", example="00:30", note="Absent: 00:00."
    )
    payout_per_day: PositiveAmount | None = setting(
        "Highest payout a day", "每日发放上限", "7.5", example=30000000, note="Absent: no limit."
    )
    products: Mapping[Id, UnionScope] = setting(
        "Products",
        "商品独立设置",
        "7.5",
        example={"p-9": {"quota_bps": 12000}},
        default={},
        note="An order of several products has their mean, weighed by what was paid.",
    )
    stores: Mapping[Id, UnionScope] = setting(
        "Stores",
        "门店独立设置",
        "7.5",
        example={"W": {"profit_share_bps": 5000}},
        default={},
        note="Stands before the products'.",
    )
