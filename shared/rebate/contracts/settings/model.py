"""The whole settings document."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from rebate.contracts.scalars import Currency, Timezone
from rebate.contracts.settings.connectors import Connector, ConnectorKey
from rebate.contracts.settings.fields import REQUIRED, setting
from rebate.contracts.settings.other_plans import Alliance, OrderQueue, RedPacket, Union
from rebate.contracts.settings.queue_rebate import QueueRebate
from rebate.contracts.settings.referral import Referral
from rebate.contracts.settings.wallet import Guards, Wallet
from rebate.contracts.validation import Strict

PLANS = ("queue_rebate", "order_queue", "alliance", "red_packet", "union", "referral")


class Settings(Strict):
    """One version of the settings; a plan that is None is off.

    Build it with `parse_settings`: what goes beyond single fields is checked there.
    """

    currency: Currency = setting("Currency", "货币", "0.1", example="CNY", default=REQUIRED)
    timezone: Timezone = setting(
        "Timezone", "时区", "0.9", example="Asia/Shanghai", default=REQUIRED
    )
    queue_rebate: QueueRebate | None = setting(
        "Queue rebate", "排队返利", "1", example={"extraction_bps": 1000}
    )
    order_queue: OrderQueue | None = setting(
        "Order queue", "订单排队", "4", example={"reward_bps": 3000}
    )
    alliance: Alliance | None = setting(
        "Free-order alliance", "异业联盟", "5", example={"dividend_bps": 4000, "heads_bps": [10000]}
    )
    red_packet: RedPacket | None = setting(
        "Red packets by store", "订单排队领红包", "6", example={"enabled": False}
    )
    union: Union | None = setting(
        "Union daily pool", "工会排队", "7", example={"profit_share_bps": 6000, "quota_bps": 11000}
    )
    referral: Referral | None = setting(
        "Referral and team rewards", "分销", "2", example={"direct_bps": 500}
    )
    wallet: Wallet = setting(
        "Wallet", "钱包", "3", example={"withdraw_min": 1000}, default=Wallet()
    )
    guards: Guards = setting(
        "Guards", "风控", "8.4", example={"rebates_per_day": 10000000}, default=Guards()
    )
    connectors: Mapping[ConnectorKey, Connector] = setting(
        "Connectors", "店铺连接", "0.13", example={"my-shop": {"sender": "shop-a"}}, default={}
    )

    @property
    def zone(self) -> ZoneInfo:
        """The shop's timezone: what "day", "week" and "month" mean (rule 0.9)."""
        return ZoneInfo(self.timezone)

    def plans_on(self) -> tuple[str, ...]:
        """Return the names of the plans that are on, in the order of `PLANS`."""
        plans = ((name, getattr(self, name)) for name in PLANS)
        return tuple(name for name, plan in plans if plan is not None and plan.enabled)
