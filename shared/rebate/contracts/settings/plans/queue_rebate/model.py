"""Settings of the base plan, queue rebate (排队返利): rule 1."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from rebate.contracts.scalars import Bps, Days, Flag, Id, Text
from rebate.contracts.settings.clearing import ClearingSettings
from rebate.contracts.settings.entitlement import PlanEntitlement
from rebate.contracts.settings.fields import setting
from rebate.contracts.settings.plans.plan_settings import after_days
from rebate.contracts.settings.scopes import (
    Bounds,
    CashierScope,
    Limits,
    ProductScope,
    RandomReturnSettings,
    StoreScope,
    Window,
)
from rebate.contracts.validation import Strict

SettleOn = Literal["paid", "completed"]
Surplus = Literal["retain", "carry"]


class ExchangeSettings(Strict):
    """What a waiting entry may be turned into; a ratio that is not set is not offered."""

    points_bps: Bps | None = setting("Points for the rest", "兑换积分比例", "1.6.1", example=10000)
    love_bps: Bps | None = setting(
        "Love value for the rest", "兑换爱心值比例", "1.6.1", example=8000
    )
    love_as: Literal["available", "frozen"] = setting(
        "Love value is credited as",
        "爱心值入账方式",
        "1.6.1",
        example="available",
        default="available",
    )
    voucher_bps: Bps | None = setting(
        "Vouchers for the rest", "兑换购物券比例", "1.6.1", example=12000
    )


class DisplaySettings(Strict):
    """What members see; operators see all (rule 1.4, 19 to 23)."""

    progress: Flag = setting("Progress", "显示排队进度", "1.4 (19)", example=True, default=True)
    earned: Flag = setting("Earned", "显示累计奖励", "1.4 (20)", example=True, default=True)
    waiting: Flag = setting("Waiting", "显示待奖励", "1.4 (21)", example=True, default=True)
    member: Flag = setting("Member", "显示会员信息", "1.4 (22)", example=True, default=True)
    waiting_amount: Flag = setting(
        "Waiting amount", "显示待奖励金额", "1.4 (23)", example=True, default=True
    )


def _off_is_none(value: Any) -> Any:
    return None if value is False else value


class QueueRebate(Strict):
    """The base plan: works line by line (rule 0.4.1)."""

    enabled: Flag = setting("On", "开启", "1.4 (1)", example=True, default=True)
    title: Text | None = setting("Display name", "显示名称", "1.4 (7)", example="排队返利")
    exchange_title: Text | None = setting(
        "Exchange button", "兑换按钮名称", "1.4 (8)", example="兑换"
    )
    new_products: Flag = setting(
        "New products take part", "新商品自动参与", "1.4 (2)", example=True, default=True
    )
    deducted_orders: Literal["join", "contribute_only"] = setting(
        "Orders with deductions", "抵扣订单", "1.4 (4)", example="join", default="join"
    )
    settle_on: SettleOn = setting(
        "Settle on", "结算时间", "1.4 (5)", example="paid", default="paid"
    )
    reward_order: Literal["queue", "completed_first"] = setting(
        "Reward order", "奖励顺序", "1.4 (6)", example="queue", default="queue"
    )
    self_funding: Flag = setting("Self-funding", "自返", "0.7", example=False, default=False)
    surplus: Surplus = setting("Surplus", "结余", "0.8", example="retain", default="retain")
    mall: Literal["shared", "per_product"] = setting(
        "Mall queue", "商城队列", "1.4 (13)", example="shared", default="shared"
    )
    stores: Literal["per_store", "shared"] = setting(
        "Store queues", "门店队列", "1.4 (14)", example="per_store", default="per_store"
    )
    cashiers: Literal["per_cashier", "shared"] = setting(
        "Cashier queues", "收银台队列", "1.4 (15)", example="per_cashier", default="per_cashier"
    )
    extraction_bps: Bps | None = setting(
        "Extraction ratio",
        "提取比例",
        "1.2.1",
        example=1000,
        note="Part of what was paid that goes to the queue. Required in a plan that is on.",
    )
    entitlement: PlanEntitlement = setting(
        "Entitlement", "权益", "1.2.2", example={"fixed_bps": 10000}, default=PlanEntitlement()
    )
    exchange: ExchangeSettings | None = setting(
        "Exchange", "权益兑换", "1.6.1", example={"points_bps": 10000}
    )
    random_return: Annotated[RandomReturnSettings | None, BeforeValidator(_off_is_none)] = setting(
        "Random return",
        "随机返",
        "1.6.2",
        example={"cash": 1, "points": 2},
        note="Needs exchange.points_bps.",
    )
    clearing: ClearingSettings | None = setting(
        "Clearing", "队列奖励清零", "1.6.3", example={"every": "day", "at": "00:00"}
    )
    paused: Flag = setting("Paused", "暂停", "1.6.4", example=False, default=False)
    bounds: Bounds = setting("Bounds", "上下限", "1.2.7", example={"min_paid": 0}, default=Bounds())
    windows: tuple[Window, ...] = setting(
        "Windows",
        "奖励时间段",
        "1.5.3",
        example=[{"start": "08:00", "end": "22:00"}],
        default=(),
        note="Only a purchase inside one of them earns an entry. Empty: always.",
    )
    limits: Limits = setting(
        "Limits", "奖励限制", "1.5.4", example={"per_day": 1, "total": 3}, default=Limits()
    )
    hold_days: Days = setting(
        "Days on hold",
        "冻结天数",
        "1.2.8",
        example=7,
        default=0,
        note="Days after the completion of the order that earned it until a rebate is available.",
    )
    settle_after_days: Days = after_days(example=0)
    display: DisplaySettings = setting(
        "Display", "显示设置", "1.4 (19-23)", example={"member": False}, default=DisplaySettings()
    )
    products: Mapping[Id, ProductScope] = setting(
        "Products of the mall",
        "商品独立设置",
        "1.5.1",
        example={"p-9": {"extraction_bps": 6500}},
        default={},
    )
    store_settings: Mapping[Id, StoreScope] = setting(
        "Stores", "门店独立设置", "1.5.2", example={"W": {"extraction_bps": 2000}}, default={}
    )
    cashier_settings: Mapping[Id, CashierScope] = setting(
        "Cash desks by store",
        "收银台独立设置",
        "1.5.2",
        example={"W": {"extraction_bps": 2000}},
        default={},
    )
