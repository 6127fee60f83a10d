"""The settings in force, and how they are changed (contracts, section 3; Rule 8.5)."""

from collections.abc import Mapping
from typing import Any

from rebate.contracts.settings import InvalidSettings, Settings, parse_settings
from rebate.domain.errors import Code, Conflict, Rejected
from rebate.domain.money import Bps
from rebate.domain.records import dataclass
from rebate.usecases.ports import Clock, Place, Put, Store
from rebate.usecases.rows import CurrentSettings, Journal, Key, Product, SettingsVersion, number
from rebate.usecases.settings_changes import events_of_change

_CURRENT = Key("current")
CURRENT_SETTINGS: Place = (CurrentSettings, _CURRENT)
"""Where it stands which settings are in force."""

SOURCE = "settings"
"""The source of the journal rows that tell of changed settings; no queue is called so."""

NO_SETTINGS: Mapping[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai"}
"""What is in force before anything was set: every plan is off."""


@dataclass(frozen=True, slots=True)
class InForce:
    """Settings and their version; 0 before any were saved."""

    version: int
    settings: Settings
    document: Mapping[str, Any]


class SettingsReader:
    """Reads the settings in force; a version that was read once is not read again."""

    def __init__(self, store: Store) -> None:
        """Read from `store`."""
        self._store = store
        self._known = InForce(0, parse_settings(NO_SETTINGS), NO_SETTINGS)

    def in_force(self, store: Store | None = None) -> InForce:
        """Return the settings that hold at this moment; `store` may have read already which."""
        current = (store or self._store).get(CurrentSettings, _CURRENT)
        version = current.version if current else 0
        if version != self._known.version:
            self._known = self._load(version)
        return self._known

    def _load(self, version: int) -> InForce:
        row = self._store.get(SettingsVersion, Key(number(version)))
        assert row is not None, f"settings version {version} is in force and not stored"
        return InForce(version, parse_settings(row.document), row.document)


def save_settings(
    store: Store,
    clock: Clock,
    document: Mapping[str, Any],
    *,
    expects: int,
    by: str,
    margin_bps: Bps | None = None,
) -> InForce:
    """Put `document` in force as the version after `expects`; keep who changed it and when.

    What changed is told in the same transaction, as a row of the journal without movements.
    Settings that give back more than `margin_bps` must be acknowledged (Rule 8.4).

    Raises:
        Rejected: `invalid_settings` or `needs_acknowledgement`, naming paths.
        Conflict: somebody saved another version first.
    """
    try:
        settings = parse_settings(document, margin_bps)
    except InvalidSettings as invalid:
        raise Rejected(Code(invalid.code), str(invalid)) from invalid
    version, now = expects + 1, clock.now()
    row = SettingsVersion(version, dict(document), now, by)
    before = store.get(SettingsVersion, Key(number(expects))) if expects else None
    told = Journal(SOURCE, version, now, (), events_of_change(before, row))
    try:
        store.commit([Put(CurrentSettings(version), expects=expects), Put(row), Put(told)])
    except Conflict as conflict:
        message = f"the settings are no longer at version {expects}: read them again"
        raise Conflict(message) from conflict
    return InForce(version, settings, document)


def lowest_margin(store: Store) -> Bps | None:
    """Return the lowest margin of the products on sale, as far as margins are known."""
    products = (product for product in store.scan(Product) if product.on_sale)
    return min((each.margin_bps for each in products if each.margin_bps is not None), default=None)
