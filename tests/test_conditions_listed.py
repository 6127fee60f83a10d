"""docs/conditions.md lists the conditions that there are."""

from pathlib import Path

from proofs.conditions import GUARDED, conditions, listed

DOCS = Path(__file__).parent.parent / "docs"


def test_every_condition_is_listed_and_none_else() -> None:
    assert {each.name for each in conditions()} == set(GUARDED)
    assert listed() in (DOCS / "conditions.md").read_text(encoding="utf-8")
