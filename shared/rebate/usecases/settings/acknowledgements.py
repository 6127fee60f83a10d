"""For which figure an acknowledgement without one holds (Rule 8.4)."""

from collections.abc import Iterator, Mapping
from typing import Any

from rebate.contracts.settings import DEPTH_RISK, MARGIN_RISK, InvalidSettings, read_settings
from rebate.contracts.settings.margin import highest_cost
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.risks import bare_names, bound, risk_called
from rebate.domain.money import Bps
from rebate.domain.plans import queue_rebate, referral
from rebate.usecases.settings.queue_switches import queues_by
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import Key, number
from rebate.usecases.storage.rows.settings import SettingsVersion


def with_figures(
    store: Store, document: Mapping[str, Any], version: int, margin_bps: Bps | None
) -> dict[str, Any]:
    """Return a document whose bare acknowledgements hold for what they were given for.

    That is the figure of the version that first had the name, going back from `version`, which is
    in force. A name that is new holds for what the document itself says.
    """
    names = set(bare_names(document))
    first: dict[str, SettingsVersion] = {}
    for row in _back_from(store, version) if names else ():
        names &= set(bare_names(row.document))
        first.update(dict.fromkeys(names, row))
        if not names:
            break
    figures = ((name, _figure(name, row, margin_bps)) for name, row in first.items())
    return bound(document, {name: figure for name, figure in figures if figure is not None})


def _back_from(store: Store, version: int) -> Iterator[SettingsVersion]:
    for earlier in range(version, 0, -1):
        row = store.get(SettingsVersion, Key(number(earlier)))
        if row is None:
            return
        yield row


def _figure(name: str, row: SettingsVersion, margin_bps: Bps | None) -> str | None:
    """Return the figure that a version had for a risk; None: it had none, or cannot be read."""
    try:
        settings, _ = read_settings(row.document)
    except InvalidSettings:
        return None
    return _of_risk(risk_called(name), settings, margin_bps)


def _of_risk(risk: str, settings: Settings, margin_bps: Bps | None) -> str | None:
    if risk == MARGIN_RISK:
        return None if margin_bps is None else str(highest_cost(settings, margin_bps))
    if risk == DEPTH_RISK:
        plan = settings.plan(referral.PLAN.name)
        return None if plan is None else str(plan.max_depth)
    if risk == "timezone":
        return settings.timezone
    plan, _, kind = risk.partition(".")
    if plan == queue_rebate.PLAN.name and kind in {"mall", "stores", "cashiers"}:
        return queues_by(settings.plan(plan), kind)
    return None
