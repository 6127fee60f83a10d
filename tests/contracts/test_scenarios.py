"""Scenario files, to the letter of contracts, section 4."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rebate.contracts.events_in import OrderPaid, parse_event
from rebate.contracts.scenarios import (
    ACTIONS,
    InvalidScenario,
    Scenario,
    Step,
    load_scenario_text,
    parse_scenario,
)
from tests.contracts.documents import BARE, MINIMAL

EXAMPLES = sorted((Path(__file__).parents[3] / "shared" / "scenarios").glob("*.json"))
AT = "2026-03-01T10:00:00+08:00"
BUY = {"order": "o1", "member": "A", "paid": 10000}
STEPS: dict[str, Any] = {
    "buy": BUY,
    "complete": "o1",
    "refund": {"order": "o1", "line": "1", "amount": 5000, "id": "r1"},
    "draw": {"queue": "mall", "entry": "o1/1"},
    "exchange": {"queue": "mall", "entry": "o1/1", "into": "points"},
    "run": "clear",
    "set": {"queue_rebate": {"paused": True}},
    "withdraw": {"member": "A", "amount": 1000, "id": "w1"},
    "decide": {"id": "w1", "approve": True},
    "transfer": {"from": "A", "to": "B", "asset": "points", "amount": 100},
    "spend": {"member": "A", "asset": "points", "amount": 100, "order": "o1", "id": "s1"},
    "give_back": {"id": "b1", "spend": "s1", "amount": 50},
    "gift": {"id": "g1", "price": {"points": 100}, "stock": 2},
    "redeem": {"member": "A", "gift": "g1", "quantity": 1, "id": "r1"},
    "gift_state": {"id": "r1", "state": "sent", "tracking": "SF 1"},
    "adjust": {"member": "A", "asset": "cash", "amount": -100, "reason": "mistake", "id": "a1"},
    "thaw": {"member": "A", "amount": 100},
    "bind": {"member": "B", "referrer": "A"},
    "collect": {"member": "A"},
    "move": {"queue": "product/p1"},
    "event": {"detail-type": "StoreSaved", "detail": {"store_id": "W"}},
}


def scenario(*steps: object, **parts: object) -> Scenario:
    return parse_scenario({"settings": MINIMAL, "steps": list(steps), **parts})


def step(**fields: object) -> Step:
    return scenario(fields).steps[0]


def refused(document: object) -> dict[str, str]:
    with pytest.raises(InvalidScenario) as refusal:
        parse_scenario(document)
    assert all(len(str(problem).splitlines()) == 1 for problem in refusal.value.problems)
    return {problem.path: str(problem) for problem in refusal.value.problems}


def refused_step(**fields: object) -> dict[str, str]:
    return refused({"settings": MINIMAL, "steps": [fields]})


def bought(**changes: object) -> OrderPaid:
    buy = step(buy={**BUY, **changes}).buy
    assert buy is not None
    event = parse_event("OrderPaid", buy.event_detail(AT))
    assert isinstance(event, OrderPaid)
    return event


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_worked_examples_are_valid_scenarios(path: Path):
    text = path.read_text(encoding="utf-8")
    found = load_scenario_text(text, path.name)
    assert found.expect is not None
    assert found.expect.document() == json.loads(text)["expect"]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_step_is_one_action(action):
    found = step(**{action: STEPS[action]})
    assert found.kind == action
    assert found.action == getattr(found, action)


def test_every_action_of_the_contract_is_known():
    assert set(STEPS) == set(ACTIONS)


def test_a_step_has_exactly_one_action():
    assert "exactly one of buy, complete" in refused_step(at=AT)["steps[0]"]
    assert "exactly one of buy, complete" in refused_step(complete="o1", run="clear")["steps[0]"]


def test_a_step_says_when_it_happens_and_how_it_is_refused():
    found = step(complete="o1", at=AT, refused="unknown_entry")
    assert found.at is not None
    assert found.at.astimezone(UTC) == datetime(2026, 3, 1, 2, tzinfo=UTC)
    assert found.refused == "unknown_entry"
    assert step(complete="o1").at is None


def test_an_instant_without_an_offset_is_refused():
    assert "steps[0].at" in refused_step(complete="o1", at="2026-03-01T10:00:00")


def test_an_unknown_refusal_names_the_nearest_code():
    found = refused_step(complete="o1", refused="unknwon_entry")["steps[0].refused"]
    assert 'the nearest is "unknown_entry"' in found


@pytest.mark.parametrize("action", [name for name in ACTIONS if isinstance(STEPS[name], dict)])
def test_an_unknown_field_of_a_step_is_refused_with_its_path(action):
    if action == "set":
        return
    found = refused_step(**{action: {**STEPS[action], "amuont": 1}})
    assert "unknown field" in found[f"steps[0].{action}.amuont"]
    assert "the nearest is" in found[f"steps[0].{action}.amuont"]


def test_an_unknown_action_is_refused_with_the_nearest():
    assert 'the nearest is "buy"' in refused_step(bye={})["steps[0].bye"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"buy": {**BUY, "paid": -1}}, "buy.paid"),
        ({"buy": {**BUY, "paid": 1.5}}, "buy.paid"),
        ({"buy": {**BUY, "paid": "1"}}, "buy.paid"),
        ({"buy": {**BUY, "order": ""}}, "buy.order"),
        ({"buy": {**BUY, "channel": "mal"}}, "buy.channel"),
        ({"buy": {**BUY, "channel": "store"}}, "buy.store"),
        ({"buy": {**BUY, "lines": [{"line": "1", "paid": 1}]}}, "buy"),
        ({"buy": {"order": "o1", "member": "A"}}, "buy"),
        ({"buy": {"order": "o1", "member": "A", "lines": []}}, "buy.lines"),
        ({"complete": {"order": "o1"}}, "complete"),
        ({"refund": {"order": "o1", "amount": -1}}, "refund.amount"),
        ({"run": "clearing"}, "run"),
        ({"set": "paused"}, "set"),
        ({"decide": {"id": "w1", "approve": "yes"}}, "decide.approve"),
        ({"transfer": {**STEPS["transfer"], "asset": "cash"}}, "transfer.asset"),
        ({"exchange": {**STEPS["exchange"], "into": "cash"}}, "exchange.into"),
        ({"event": {"detail": {}}}, "event.detail-type"),
    ],
)
def test_a_step_that_cannot_be_played_is_refused(fields, path):
    assert f"steps[0].{path}" in refused_step(**fields)


def test_a_patch_and_an_event_are_read_when_they_are_played():
    assert step(set={"nonsense": 1}, refused="invalid_settings").set == {"nonsense": 1}
    assert step(event={"detail-type": "Nonsense", "detail": 3}).event is not None


def test_a_purchase_has_the_defaults_of_the_contract():
    event = bought()
    (line,) = event.lines
    assert (event.order_id, event.member.id, event.channel) == ("o1", "A", "mall")
    assert (line.line_id, line.product_id, line.supply) == ("1", "p1", "self")
    assert (line.paid, line.deducted, line.profit, line.quantity) == (10000, 0, None, 1)


def test_a_purchase_says_what_it_wants_to():
    event = bought(
        product="p2", channel="store", store="W", level="gold", deducted=5, profit=7, quantity=2
    )
    (line,) = event.lines
    assert (event.channel, event.store_id, event.member.level) == ("store", "W", "gold")
    assert (line.product_id, line.supply, line.deducted, line.profit, line.quantity) == (
        "p2",
        "store",
        5,
        7,
        2,
    )


def test_a_level_that_is_left_out_is_the_members_and_null_is_none():
    assert not bought().member.level_given
    assert bought(level=None).member.level_given
    assert bought(member=None).member is None


def test_lines_take_the_place_of_paid():
    lines = [{"line": "a", "product": "p2", "paid": 5, "deducted": 1}, {"paid": 7, "product": None}]
    buy = {"order": "o1", "member": "A", "supply": "supplier", "lines": lines}
    parsed = step(buy=buy).buy
    assert parsed is not None
    event = parse_event("OrderPaid", parsed.event_detail(AT))
    assert isinstance(event, OrderPaid)
    first, second = event.lines
    assert (first.line_id, first.product_id, first.paid, first.deducted) == ("a", "p2", 5, 1)
    assert (second.line_id, second.product_id, second.paid) == ("2", None, 7)
    assert {line.supply for line in event.lines} == {"supplier"}


@pytest.mark.parametrize("name", ["deducted", "profit", "quantity"])
def test_what_belongs_to_lines_is_refused_beside_them(name):
    buy = {"order": "o1", "member": "A", "lines": [{"line": "1", "paid": 1}], name: 1}
    assert f"steps[0].buy.{name}" in refused_step(buy=buy)


def test_members_are_known_by_their_ids():
    found = scenario(members=[{"id": "B", "level": "gold", "referrer": "A"}, {"id": "A"}])
    assert found.members[0].referrer == "A"
    twice = {"settings": MINIMAL, "steps": [], "members": [{"id": "A"}, {"id": "A"}]}
    assert "members[1].id" in refused(twice)


def test_settings_are_kept_as_written_and_checked():
    found = scenario()
    assert found.settings == MINIMAL
    assert found.parsed_settings.currency == "CNY"
    wrong = refused({"settings": {**BARE, "aliance": {}}, "steps": []})
    assert 'the nearest is "alliance"' in wrong["settings.aliance"]


def test_everything_that_is_wrong_is_told_at_once():
    found = refused({"settings": {"currency": "CNY"}, "steps": [{"run": "x"}], "stepz": 1})
    assert set(found) == {"settings.timezone", "steps[0].run", "stepz"}


@pytest.mark.parametrize(
    ("expect", "path"),
    [
        ({"queue": {}}, "queue"),
        ({"queues": {"mall": {"entries": [{"piad": 1}]}}}, "queues.mall.entries[0].piad"),
        ({"queues": {"mall": {"entries": [{"status": "done"}]}}}, "queues.mall.entries[0].status"),
        ({"queues": {"mall": {"pool": "0"}}}, "queues.mall.pool"),
        ({"wallets": {"A": {"gold": 1}}}, "wallets.A.gold"),
        ({"wallets": {"A": {"cash": 1.5}}}, "wallets.A.cash"),
        ({"platform": {"kept": 1}}, "platform.kept"),
    ],
)
def test_an_expectation_that_can_never_come_true_is_refused(expect, path):
    document = {"settings": MINIMAL, "steps": [], "expect": expect}
    assert f"expect.{path}" in refused(document)


def test_an_expectation_is_exactly_what_was_written():
    expect = {
        "queues": {"order_queue": {"entries": [{"entitlement": None}, {}]}},
        "wallets": {"A": {"cash": -5}},
        "platform": {"borne": 0},
    }
    found = scenario(expect=expect).expect
    assert found is not None
    assert found.document() == expect
    assert scenario().expect is None


@pytest.mark.parametrize("document", [None, [], "text"])
def test_a_scenario_is_an_object(document):
    assert "must be an object" in refused(document)[""]


def test_a_scenario_may_be_yaml():
    text = f"""
title: one purchase
settings: {{currency: CNY, timezone: Asia/Shanghai}}
steps:
  - buy: {{order: o1, member: no, paid: 10000}}
    at: {AT}
"""
    found = load_scenario_text(text, "a.yaml")
    assert found.steps[0].buy is not None
    assert found.steps[0].buy.member == "no"
    assert found.steps[0].at == datetime.fromisoformat(AT)


def test_a_file_that_cannot_be_read_is_no_scenario():
    with pytest.raises(InvalidScenario, match="is not JSON"):
        load_scenario_text("{", "a.json")
