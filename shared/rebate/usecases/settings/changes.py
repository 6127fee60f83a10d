"""What differs between two versions of the settings, and who is told (Rule 8.5)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rebate.contracts.problems import Path, render_path
from rebate.domain.events import Event, QueuePaused, QueueResumed, SettingsChanged
from rebate.domain.records import dataclass
from rebate.usecases.storage.rows.settings import SettingsVersion

PATHS_MAX = 200
"""Paths that an event names; where more differ it names what holds them: an event has 256 KB."""


@dataclass(frozen=True, slots=True)
class SettingsDifference:
    """A field that differs; None: it is not set."""

    path: Path
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[SettingsDifference]:
    """Return what differs, field by field, by path; a list is one field."""
    return list(_differences((), before, after))


def events_of_change(before: SettingsVersion | None, after: SettingsVersion) -> tuple[Event, ...]:
    """Return what is told of a new version of the settings."""
    old: Mapping[str, Any] = before.document if before else {}
    changed = [each.path for each in differences(old, after.document)]
    known = _acknowledged(old)
    new = tuple(risk for risk in _acknowledged(after.document) if risk not in known)
    events: list[Event] = [SettingsChanged(after.number, after.saved_by, _named(changed), new)]
    if _is_paused(old) != _is_paused(after.document):
        events.append(QueuePaused() if _is_paused(after.document) else QueueResumed())
    return tuple(events)


def _differences(path: Path, before: object, after: object) -> Iterator[SettingsDifference]:
    if before == after and type(before) is type(after):
        return
    if not isinstance(before, Mapping | None) or not isinstance(after, Mapping | None):
        yield SettingsDifference(path, before, after)
        return
    old, new = before or {}, after or {}
    if not old and not new:
        yield SettingsDifference(path, before, after)
    for name in sorted({*old, *new}):
        yield from _differences((*path, name), old.get(name), new.get(name))


def _named(paths: Sequence[Path]) -> tuple[str, ...]:
    """Return the paths as text, cut so short that there are few enough."""
    depth = max(map(len, paths), default=0)
    named = dict.fromkeys(map(render_path, paths))
    while len(named) > PATHS_MAX and depth > 1:
        depth -= 1
        named = dict.fromkeys(render_path(path[:depth]) for path in paths)
    return tuple(named)


def _is_paused(document: Mapping[str, Any]) -> bool:
    return bool((document.get("queue_rebate") or {}).get("paused"))


def _acknowledged(document: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple((document.get("guards") or {}).get("acknowledged") or ())
