"""The settings in force, and how they are changed (contracts, section 3; Rule 8.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rebate.domain.errors import Code, Conflict, Rejected
from rebate.domain.money import Bps
from rebate.domain.terms import EDITION, Terms
from rebate.usecases.ports import Clock, Place, Put, Store
from rebate.usecases.rows import CurrentSettings, Journal, Key, Product, SettingsVersion, number

if TYPE_CHECKING:
    from rebate.contracts.settings import Settings

_CURRENT = Key("current")
CURRENT_SETTINGS: Place = (CurrentSettings, _CURRENT)
"""Where it stands which settings are in force."""

SOURCE = "settings"
"""The source of the journal rows that tell of changed settings; no queue is called so."""

NO_SETTINGS: Mapping[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai"}
"""What is in force before anything was set: every plan is off."""


@dataclass(frozen=True)
class InForce:
    """Settings and their version, 0 before any were saved; and what they mean.

    The document is read when it is asked for: few functions need more than the terms.
    """

    version: int
    terms: Terms
    document: Mapping[str, Any]

    @cached_property
    def settings(self) -> "Settings":
        """The document, read."""
        return _parsed(self.document)


class SettingsReader:
    """Reads the settings in force; a version that was read once is not read again."""

    def __init__(self, store: Store) -> None:
        """Read from `store`."""
        self._store = store
        self._known: InForce | None = None

    def in_force(self, store: Store | None = None) -> InForce:
        """Return the settings that hold at this moment; `store` may have read already which."""
        current = (store or self._store).get(CurrentSettings, _CURRENT)
        version = current.version if current else 0
        if self._known is None or version != self._known.version:
            self._known = self._load(version)
        return self._known

    def _load(self, version: int) -> InForce:
        if version == 0:
            return InForce(0, _terms_of(NO_SETTINGS), NO_SETTINGS)
        row = self._store.get(SettingsVersion, Key(number(version)))
        assert row is not None, f"settings version {version} is in force and not stored"
        known = row.terms if row.edition == EDITION else None
        return InForce(version, known or _terms_of(row.document), row.document)


def _parsed(document: Mapping[str, Any], margin_bps: Bps | None = None) -> "Settings":
    from rebate.contracts.settings import parse_settings

    return parse_settings(document, margin_bps)


def _terms_of(document: Mapping[str, Any]) -> Terms:
    from rebate.usecases.terms import terms_of

    return terms_of(_parsed(document))


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
    Settings that give back more than `margin_bps` must be acknowledged (Rule 8.4), and so must
    others that change what waits (Rule 0.9).

    Raises:
        Rejected: `invalid_settings` or `needs_acknowledgement`, naming paths.
        Conflict: somebody saved another version first.
    """
    from rebate.contracts.settings import InvalidSettings
    from rebate.usecases.settings_changes import events_of_change
    from rebate.usecases.settings_guards import insist_on_change
    from rebate.usecases.terms import terms_of

    known = SettingsReader(store).in_force()
    try:
        settings = _parsed(document, margin_bps)
        terms = terms_of(settings)
        unchanged = insist_on_change(store, known.terms, terms, settings) if known.version else []
    except InvalidSettings as invalid:
        raise Rejected(Code(invalid.code), str(invalid)) from invalid
    version, now = expects + 1, clock.now()
    row = SettingsVersion(version, dict(document), now, by, terms, EDITION)
    before = store.get(SettingsVersion, Key(number(expects))) if expects else None
    told = Journal(SOURCE, version, now, (), events_of_change(before, row))
    try:
        current = Put(CurrentSettings(version), expects=expects)
        store.commit([current, Put(row), Put(told), *unchanged])
    except Conflict as conflict:
        message = f"the settings are no longer at version {expects}: read them again"
        raise Conflict(message) from conflict
    return InForce(version, terms, document)


def lowest_margin(store: Store) -> Bps | None:
    """Return the lowest margin of the products on sale, as far as margins are known."""
    products = (product for product in store.scan(Product) if product.on_sale)
    return min((each.margin_bps for each in products if each.margin_bps is not None), default=None)
