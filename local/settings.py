"""Settings files, and the settings of the demonstration."""

import json
from pathlib import Path
from typing import Any

from local.failures import BadInput
from local.files import read_text
from rebate.contracts.documents import UnreadableDocument, read_document
from rebate.contracts.notice_texts import Locale
from rebate.contracts.phrases import problem_said
from rebate.contracts.settings import InvalidSettings, parse_settings
from rebate.domain.money import Bps

_DEMO = Path(__file__).parent / "demo_settings.json"


def read_settings(
    file: Path, margin_bps: Bps | None = None, locale: Locale = "en"
) -> dict[str, Any]:
    """Return the document of a settings file that is valid, for goods of that lowest margin.

    Raises:
        BadInput: it is not; a line for each thing that is wrong, with its path, in that language.
    """
    try:
        document = read_document(read_text(file), file.name)
        parse_settings(document, margin_bps)
    except (UnreadableDocument, InvalidSettings) as invalid:
        problems = (problem_said(each, locale) for each in invalid.problems)
        raise BadInput(f"{file}: {problem}" for problem in problems) from invalid
    assert isinstance(document, dict), "valid settings are an object"
    return document


def demo_settings() -> dict[str, Any]:
    """Return the settings with which the demonstration runs: every plan is on."""
    document: dict[str, Any] = json.loads(_DEMO.read_text(encoding="utf-8"))
    return document
