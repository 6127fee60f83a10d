"""The settings document (contracts, section 3): read it with `parse_settings`."""

from rebate.contracts.settings.checks import DEPTH_RISK, MARGIN_RISK, RISKS
from rebate.contracts.settings.clearing import Clearing
from rebate.contracts.settings.document import (
    InvalidSettings,
    merge_patch,
    parse_settings,
    read_settings,
    settings_document,
)
from rebate.contracts.settings.entitlement import (
    FixedLottery,
    PlanEntitlement,
    Prize,
    RangeLottery,
    ScopeEntitlement,
    Tier,
)
from rebate.contracts.settings.margin import guard_findings
from rebate.contracts.settings.model import PLANS, Settings
from rebate.contracts.settings.other_plans import (
    Alliance,
    Frequency,
    MerchantTerms,
    OrderQueue,
    RedPacket,
    RedPacketShares,
    RedPacketStore,
    Union,
    UnionScope,
)
from rebate.contracts.settings.queue_rebate import Display, Exchange, QueueRebate
from rebate.contracts.settings.referral import Dividend, Rank, Referral
from rebate.contracts.settings.scopes import (
    Bounds,
    CashierScope,
    DateWindow,
    Limits,
    ProductScope,
    RandomReturn,
    Scope,
    StoreScope,
    TimeWindow,
)
from rebate.contracts.settings.wallet import Guards, Wallet

__all__ = [
    "DEPTH_RISK",
    "MARGIN_RISK",
    "PLANS",
    "RISKS",
    "Alliance",
    "Bounds",
    "CashierScope",
    "Clearing",
    "DateWindow",
    "Display",
    "Dividend",
    "Exchange",
    "FixedLottery",
    "Frequency",
    "Guards",
    "InvalidSettings",
    "Limits",
    "MerchantTerms",
    "OrderQueue",
    "PlanEntitlement",
    "Prize",
    "ProductScope",
    "QueueRebate",
    "RandomReturn",
    "RangeLottery",
    "Rank",
    "RedPacket",
    "RedPacketShares",
    "RedPacketStore",
    "Referral",
    "Scope",
    "ScopeEntitlement",
    "Settings",
    "StoreScope",
    "Tier",
    "TimeWindow",
    "Union",
    "UnionScope",
    "Wallet",
    "guard_findings",
    "merge_patch",
    "parse_settings",
    "read_settings",
    "settings_document",
]
