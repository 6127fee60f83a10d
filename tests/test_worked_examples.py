"""Every worked example comes to what it says, on the use cases alone, and its books add up."""

import json
from pathlib import Path

import pytest

from local.compare import differences
from rebate.usecases.audit.audit_books import audit_books
from tests.books import check_books
from tests.engine import Player

SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.json"))


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_it_comes_to_what_it_expects(file: Path) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    player = Player(document)
    assert list(differences(document["expect"], player.play())) == []
    assert player.refusals == [step.get("refused") for step in document["steps"]]
    check_books(player.store)
    assert [str(each) for each in audit_books(player.store).differences] == []
