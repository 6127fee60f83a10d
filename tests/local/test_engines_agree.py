"""On a store in memory all comes out as on the embedded engine, to the last posting and event."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from local.deployment import LocalDeployment
from local.memory import deployed_in_memory
from local.player import play
from local.replaying import Replay
from rebate.contracts.scenarios import load_scenario_text
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.rows.journal import Journal, StatementEntry
from tests.local.retail import SETTINGS, shop_events

ROOT = Path(__file__).parents[2]
SCENARIOS = [
    path
    for name in ("0.3", "1.3.3", "1.6.1", "1.6.5", "4.6", "7a", "contracts")
    for path in sorted((ROOT / "tests" / "scenarios").glob(f"{name}*"))[:2]
]


def with_queue(**changes: Any) -> dict[str, Any]:
    settings: dict[str, Any] = copy.deepcopy(SETTINGS)
    settings["queue_rebate"] |= changes
    return settings


CASES: dict[str, dict[str, Any]] = {
    "one queue": SETTINGS,
    "every plan": json.loads((ROOT / "local" / "demo_settings.json").read_text(encoding="utf-8")),
    "a queue for each product, settled on completion": with_queue(
        mall="per_product", settle_on="completed"
    ),
    "completed first, with carry": with_queue(reward_order="completed_first", surplus="carry"),
    "self-funding, held for a week": with_queue(self_funding=True, hold_days=7),
}


def everything(deployment: LocalDeployment) -> dict[str, Any]:
    """Return the outcome, the books, and what members are told; without the time on the clock."""
    store = deployment.app.store
    assert [str(each) for each in audit_books(store).differences] == []
    journal = [(j.source, j.number, j.entries, j.events) for j in store.scan(Journal)]
    statements = [(s.member, s.movements) for s in store.scan(StatementEntry)]
    return {
        "outcome": show_outcome(store, deployment.app.settings.in_force().terms),
        "journal": sorted(journal, key=lambda row: row[:2]),
        "statements": sorted(statements, key=repr),
        "letters": [(each.code, each.reason) for each in deployment.dead_letters()],
    }


def replayed(deployment: LocalDeployment, settings: dict[str, Any]) -> dict[str, Any]:
    app = deployment.app
    save_settings(app.store, app.clock, settings, expects=0, by="test")
    lines = [json.dumps(entry).encode() for entry in shop_events(25)]
    list(Replay(deployment).run(enumerate([*lines, b"{no json"], start=1)))
    return everything(deployment)


@pytest.mark.engine
@pytest.mark.parametrize("settings", CASES.values(), ids=CASES)
def test_a_replay_comes_to_the_same(deployment: LocalDeployment, settings: dict[str, Any]) -> None:
    on_engine = replayed(deployment, settings)
    with deployed_in_memory() as in_memory:
        assert replayed(in_memory, settings) == on_engine
    assert len(on_engine["journal"]) > len(on_engine["outcome"]["queues"]) > 0


@pytest.mark.engine
@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_a_scenario_comes_to_the_same(deployment: LocalDeployment, file: Path) -> None:
    scenario = load_scenario_text(file.read_text(encoding="utf-8"), file.name)
    on_engine = play(deployment, scenario), everything(deployment)
    with deployed_in_memory() as in_memory:
        assert (play(in_memory, scenario), everything(in_memory)) == on_engine


def test_nothing_of_one_deployment_in_memory_is_seen_by_the_next() -> None:
    with deployed_in_memory() as first:
        replayed(first, SETTINGS)
    with deployed_in_memory() as second:
        assert second.is_new
        assert everything(second)["journal"] == []
        assert second.dead_letters() == []
