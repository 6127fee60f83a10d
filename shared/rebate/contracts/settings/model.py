"""The whole settings document: what is of no plan, and a part for each plan."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import create_model

from rebate.contracts.events_out import EventOutName
from rebate.contracts.scalars import Currency, Id, PartBps, PositiveDays, Timezone
from rebate.contracts.settings.connectors import Connector, ConnectorKey
from rebate.contracts.settings.fields import REQUIRED, setting
from rebate.contracts.settings.law import LawFactSettings
from rebate.contracts.settings.levels import LevelSettings
from rebate.contracts.settings.senders import SenderSettings
from rebate.contracts.settings.wallet import Guards, WalletSettings
from rebate.contracts.validation import Strict
from rebate.domain.plans.registry import PLANS, AnyPlan


class _Shop(Strict):
    currency: Currency = setting("Currency", "货币", "0.1", example="CNY", default=REQUIRED)
    timezone: Timezone = setting(
        "Timezone", "时区", "0.9", example="Asia/Shanghai", default=REQUIRED
    )


class Settings(_Shop):
    """One version of the settings; a plan that is None is off.

    Build it with `parse_settings`: what goes beyond single fields is checked there.
    """

    senders: Mapping[Id, SenderSettings] = setting(
        "Senders",
        "事件发送方",
        "0.13",
        example={"shop-a": {"sources": ["shop.a"]}},
        default={},
        note="Who sends events, by name: who speaks for it, and what it may tell.",
    )
    publish: tuple[EventOutName, ...] | None = setting(
        "Events on the bus",
        "发布的事件",
        "1.7",
        example=["RebatePaid", "WithdrawalPaid"],
        note="Types of events that go out on the bus, where each costs. Absent: all; an empty "
        "list: none. Webhooks name theirs at each endpoint.",
    )
    early_days: PositiveDays | None = setting(
        "Days that what came too early is kept",
        "提前事件保留天数",
        "1.6.6",
        example=30,
        note="A completion or refund whose order does not come is set aside then. Absent: never.",
    )
    archive_days: PositiveDays | None = setting(
        "Days until settled orders may move",
        "已结算订单归档天数",
        "8.10",
        example=365,
        note="Kept for a later release: this one leaves settled orders where they are.",
    )
    law_facts: Mapping[Id, LawFactSettings] = setting(
        "Facts of law",
        "法律事实",
        "8.7",
        example={"cn-pyramid-selling": {"checked_on": "2026-03-01"}},
        default={},
        note="Your own, by a name of yours, or what you have checked of those that come with it.",
    )
    prize_tax_bps: PartBps | None = setting(
        "Tax on prizes",
        "抽奖所得税率",
        "8.7",
        example=2000,
        note="What the shop has to withhold of prizes, for its report: nothing is withheld here.",
    )
    wallet: WalletSettings = setting(
        "Wallet", "钱包", "3", example={"withdraw_min": 1000}, default=WalletSettings()
    )
    guards: Guards = setting(
        "Guards", "风控", "8.4", example={"rebates_per_day": 10000000}, default=Guards()
    )
    levels: LevelSettings = setting(
        "Levels by conditions",
        "等级条件",
        "2.9",
        example={"members": [{"level": "gold", "spent": 100000}]},
        default=LevelSettings(),
    )
    connectors: Mapping[ConnectorKey, Connector] = setting(
        "Connectors", "店铺连接", "0.13", example={"my-shop": {"sender": "shop-a"}}, default={}
    )

    @property
    def zone(self) -> ZoneInfo:
        """The shop's timezone: what "day", "week" and "month" mean (rule 0.9)."""
        return ZoneInfo(self.timezone)

    def plan(self, name: str) -> Any:
        """Return what is said of a plan, None where nothing is."""
        return getattr(self, name)

    def plans_on(self) -> tuple[str, ...]:
        """Return the names of the plans that are on, in the order of `PLANS`."""
        plans = ((name, self.plan(name)) for name in PLANS.names)
        return tuple(name for name, plan in plans if plan is not None and plan.enabled)


def settings_model() -> type[Settings]:
    """Return the model of the whole document: `Settings` with a field for each plan.

    The fields are those of `PLANS`, so a type checker does not know them: ask `Settings.plan`.
    """
    return _model_with(PLANS.plans)


@cache
def _model_with(plans: tuple[AnyPlan, ...]) -> type[Settings]:
    from rebate.contracts.settings.plans import settings_of  # noqa: PLC0415 - they build on this

    described = map(settings_of, plans)
    fields: dict[str, Any] = {each.plan.name: (each.model | None, each.field) for each in described}
    with_plans = create_model("_WithPlans", __base__=_Shop, **fields)
    bases: tuple[Any, ...] = (Settings, with_plans)
    return create_model("Settings", __base__=bases, __doc__=Settings.__doc__)
