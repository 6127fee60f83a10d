"""Worked examples come true in the deployed stacks, event by event from the bus."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.compare import differences
from local.player import FIRST_STEP, STEP
from rebate.contracts.scenarios import Scenario, load_scenario_text
from rebate.usecases.audit.audit_books import audit_books

EXAMPLES = (
    "1.2.4-three-buy-after-the-first",
    "1.4-buyers-of-the-same-product",
    "1.4-completed-late-and-still-first",
    "1.6.5-refunds-after-both-were-paid",
    "4.4-five-rewards-then-in-again",
)
_SCENARIOS = Path(__file__).parents[1] / "scenarios"

log = logging.getLogger("stack")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_comes_true(cloud, name):
    file = _SCENARIOS / f"{name}.json"
    scenario = load_scenario_text(file.read_text(encoding="utf-8"), file.name)
    cloud.put_in_force(scenario.settings)
    for kind, detail in events_of(scenario):
        log.info("%s %s", kind, detail["order_id"])
        cloud.send(kind, detail)
        cloud.settle()
    outcome = cloud.outcome()
    assert list(differences(scenario.expect.document(), outcome)) == []
    assert [str(each) for each in audit_books(cloud.store).differences] == []
    assert_told_by_api(cloud, outcome)


def events_of(scenario: Scenario) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events that a shop sends of what happens in a scenario."""
    at = FIRST_STEP - STEP
    for step in scenario.steps:
        at = step.at or at + STEP
        yield _event(step, at)


def _event(step, at):
    match step.kind:
        case "buy":
            return "OrderPaid", step.buy.event_detail(at.isoformat())
        case "complete":
            return "OrderCompleted", {"order_id": step.complete, "completed_at": at.isoformat()}
        case "refund":
            refund = step.refund
            return "OrderRefunded", {
                "order_id": refund.order,
                "refund_id": refund.id,
                "refunded_at": at.isoformat(),
                "lines": [{"line_id": refund.line, "amount": refund.amount}],
            }
    raise AssertionError(f"a shop sends no event of a step {step.kind}")


def assert_told_by_api(cloud, outcome):
    """What operators see of the queues is what stands in the tables."""
    told = {queue["queue"]: queue for queue in cloud.operator.get("/v1/queues")["queues"]}
    assert set(told) == set(outcome["queues"])
    for name, queue in outcome["queues"].items():
        waiting = [each for each in queue["entries"] if each["status"] in {"waiting", "held"}]
        seen = cloud.operator.get("/v1/queue", id=name)["line"]
        assert [each["paid"] for each in seen] == [each["paid"] for each in waiting]
        assert told[name]["pool"] == queue["pool"]
        assert told[name]["entries"] == len(queue["entries"])
