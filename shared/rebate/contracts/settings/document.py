"""How the settings document is read, changed and written."""

import copy
import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from rebate.contracts.problems import NEEDS_ACKNOWLEDGEMENT, Invalid, Problem, shown
from rebate.contracts.settings.checks import settings_problems
from rebate.contracts.settings.margin import guard_findings, hold_findings, revenue_findings
from rebate.contracts.settings.model import Settings, settings_model
from rebate.contracts.validation import problems_of
from rebate.domain.money import Bps

BYTES_MAX = 200_000
"""Bytes of a document at most, as JSON: it is kept in one row with what it means."""


class InvalidSettings(Invalid):
    """Settings that cannot be used.

    `code` is `needs_acknowledgement` where an acknowledgement would make them valid, else
    `invalid_settings`.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Hold the problems in the order in which they were found."""
        super().__init__(problems)
        needs = all(problem.code == NEEDS_ACKNOWLEDGEMENT for problem in self.problems)
        self.code = NEEDS_ACKNOWLEDGEMENT if needs else "invalid_settings"


def parse_settings(
    document: object, margin_bps: Bps | None = None, *, is_live: bool = False
) -> Settings:
    """Return the settings that the JSON-like document says; raises InvalidSettings.

    A field that is null is one that is left out, as in a merge patch. `margin_bps` is the lowest
    margin of what is sold, where it is known; giving back more must be acknowledged (Rule 8.4).
    So must it, where money `is_live`, that nothing of it is held for a refund (Rule 3.6).
    """
    settings, problems = read_checked(document, margin_bps, is_live=is_live)
    if problems:
        raise InvalidSettings(problems)
    return settings


def read_checked(
    document: object, margin_bps: Bps | None = None, *, is_live: bool = False
) -> tuple[Settings, tuple[Problem, ...]]:
    """Return settings, and what is wrong with them or has to be acknowledged.

    Where something is wrong, that is all that is returned: it may be what a guard would ask of.
    Raises InvalidSettings where a field by itself cannot be read.
    """
    if not isinstance(document, Mapping):
        raise InvalidSettings([Problem("", f"settings must be an object, not {shown(document)}")])
    written = len(json.dumps(document, ensure_ascii=False, default=str).encode(errors="replace"))
    if written > BYTES_MAX:
        message = f"must have at most {BYTES_MAX} bytes as JSON, not {written}"
        raise InvalidSettings([Problem("", message)])
    try:
        settings = settings_model().model_validate(_without_nulls(document))
    except ValidationError as error:
        raise InvalidSettings(problems_of(error, settings_model())) from None
    problems = (*settings_problems(settings), *revenue_findings(settings))
    guards = (*guard_findings(settings, margin_bps), *(hold_findings(settings) if is_live else ()))
    return settings, problems or guards


def read_settings(document: Mapping[str, Any]) -> tuple[Settings, tuple[str, ...]]:
    """Return what settings that were saved say, and the paths that only a later release knows.

    They were checked when they were saved, by the release that saved them: what is not known is
    passed over. Raises InvalidSettings where what is known has a value that is not.
    """
    try:
        return parse_settings(document), ()
    except InvalidSettings as invalid:
        paths = tuple(problem.path for problem in invalid.problems)
    try:
        settings = settings_model().model_validate(_without_nulls(document), extra="ignore")
    except ValidationError as error:
        raise InvalidSettings(problems_of(error, settings_model())) from None
    return settings, paths


def merge_patch(document: object, patch: object) -> Any:
    """Return the document with the JSON merge patch applied (RFC 7396); neither is changed.

    Patch the document as it was written: `settings_document` holds the defaults as well, and a
    default that stands there would outlive what it belonged to.
    """
    if not isinstance(patch, Mapping):
        return copy.deepcopy(patch)
    merged = dict(document) if isinstance(document, Mapping) else {}
    for key, change in patch.items():
        if change is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), change)
    return merged


def settings_document(settings: Settings) -> dict[str, Any]:
    """Return the settings as JSON values, all defaults written out, what is not set left out.

    `parse_settings` reads it back to equal settings.
    """
    return settings.model_dump(mode="json", by_alias=True, exclude_none=True)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
