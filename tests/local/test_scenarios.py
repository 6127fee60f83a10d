"""Every scenario of the project comes true through the real functions, and its books add up."""

from pathlib import Path

import pytest

from local.player import play
from rebate.contracts.scenarios import load_scenario_text
from rebate.usecases.audit.audit_books import audit_books

pytestmark = pytest.mark.engine

FILES = sorted((Path(__file__).parent.parent / "scenarios").glob("*.*"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_comes_to_what_it_expects(deployment, file):
    scenario = load_scenario_text(file.read_text(encoding="utf-8"), file.name)
    played = play(deployment, scenario)
    assert played.differences == ()
    assert scenario.expect is not None
    audit = audit_books(deployment.app.store)
    assert [str(difference) for difference in audit.differences] == []
    assert audit.waiting == 0
