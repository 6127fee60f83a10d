"""Every scenario of the project comes true through the real functions, and its books add up.

On a store in memory; `test_engines_agree` holds that to the embedded engine.
"""

from pathlib import Path

import pytest

from local.memory import deployed_in_memory
from local.player import play
from rebate.contracts.scenarios import load_scenario_text
from rebate.usecases.audit.audit_books import audit_books

FILES = sorted((Path(__file__).parent.parent / "scenarios").glob("*.*"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_comes_to_what_it_expects(file):
    scenario = load_scenario_text(file.read_text(encoding="utf-8"), file.name)
    with deployed_in_memory() as deployment:
        played = play(deployment, scenario)
        audit = audit_books(deployment.app.store)
    assert played.differences == ()
    assert scenario.expect is not None
    assert [str(difference) for difference in audit.differences] == []
    assert audit.waiting == 0
