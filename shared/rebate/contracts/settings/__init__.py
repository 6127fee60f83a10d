"""The settings document (contracts, section 3): read it with `parse_settings`."""

from rebate.contracts.settings.clearing import ClearingSettings
from rebate.contracts.settings.document import (
    InvalidSettings,
    merge_patch,
    parse_settings,
    read_settings,
    settings_document,
)
from rebate.contracts.settings.margin import guard_findings
from rebate.contracts.settings.model import Settings, settings_model
from rebate.contracts.settings.risks import DEPTH_RISK, MARGIN_RISK, RISKS
from rebate.contracts.settings.wallet import Guards, WalletSettings

__all__ = [
    "DEPTH_RISK",
    "MARGIN_RISK",
    "RISKS",
    "ClearingSettings",
    "Guards",
    "InvalidSettings",
    "Settings",
    "WalletSettings",
    "guard_findings",
    "merge_patch",
    "parse_settings",
    "read_settings",
    "settings_document",
    "settings_model",
]
