"""Every change of the settings: who, when, before and after (Rule 8.5)."""

from collections.abc import Mapping
from typing import Any

from rebate.contracts.history import SettingChanged, SettingsHistory, SettingsSaved
from rebate.contracts.problems import render_path
from rebate.domain.times import datetime_of
from rebate.usecases.settings.changes import differences
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import Key, number
from rebate.usecases.storage.rows.settings import CurrentSettings, SettingsVersion

VERSIONS_SHOWN = 20


def show_history(store: Store, after: str | None = None) -> SettingsHistory:
    """Return a page of the settings' versions, the newest first, before version `after`."""
    current = store.get(CurrentSettings, Key("current"))
    newest = current.version if current else 0
    first = min(newest, int(after) - 1) if after else newest
    last = max(first - VERSIONS_SHOWN + 1, 1)
    wanted = range(max(last - 1, 1), first + 1)
    rows = store.get_many(SettingsVersion, {Key(number(version)) for version in wanted})
    found = {row.number: row for row in rows.values()}
    return SettingsHistory(
        versions=tuple(_saved(found, version) for version in range(first, last - 1, -1)),
        next=str(last) if last > 1 else None,
    )


def document_of(store: Store, version: int) -> Mapping[str, Any] | None:
    """Return the settings of a version as they were saved; None: there is no such version."""
    row = store.get(SettingsVersion, Key(number(version)))
    return row.document if row else None


def _saved(found: Mapping[int, SettingsVersion], version: int) -> SettingsSaved:
    row, before = found[version], found.get(version - 1)
    return SettingsSaved(
        version=version,
        saved_at=datetime_of(row.saved_at),
        saved_by=row.saved_by,
        changed=tuple(
            SettingChanged(path=render_path(each.path), before=each.before, after=each.after)
            for each in differences(before.document if before else {}, row.document)
        ),
    )
