"""What of settings a simulation leaves out: it is said, never passed over (Rule 8.3)."""

from collections.abc import Iterator, Mapping
from typing import Any


def notes_of(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each thing that settings say and a simulation does not do."""
    plan = document.get("queue_rebate") or {}
    if _has_lottery(plan):
        yield "lottery: nobody draws in a simulation, so entries keep the ratio they begin with"


def _has_lottery(value: Any) -> bool:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        return bool(value.get("lottery")) or any(map(_has_lottery, value.values()))
    return False
