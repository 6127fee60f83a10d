"""A simulation without schedules has the outcome of the engine that settles the same events."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from local.cli import main
from local.settings import demo_settings
from rebate.simulation.playing import play
from rebate.simulation.rules import SimulationRules
from rebate.simulation.seeds import repeatable_seed
from rebate.simulation.tape import Tape
from tests.kernel.histories import (
    SETTINGS,
    SHARED,
    engine_outcome,
    few_days,
    settings_in,
    tape_of,
)
from tests.strategies import EFFORT

CASES = {"demo": demo_settings(), **{file.stem: settings_in(file) for file in SETTINGS}}


def simulated(settings: dict[str, Any], tape: Tape) -> dict[str, Any]:
    rules = SimulationRules(settings)
    return play(tape, rules, repeatable_seed("x"), schedules=False).outcome.document()


def alike(settings: dict[str, Any], lines: list[bytes]) -> None:
    expected = engine_outcome(settings, lines)
    found = simulated(settings, tape_of(lines, settings))
    found["platform"] = {name: found["platform"][name] for name in expected["platform"]}
    assert found == expected


@pytest.mark.parametrize("name", CASES)
def test_a_few_days_come_to_what_the_engine_comes_to(name):
    alike(CASES[name], few_days())


HARD = """
a OrderPaid {"order_id": "o1", "member": {"id": "A"}, "lines": [{"line_id": "1", "paid": 9000}]}
b OrderPaid {"order_id": "o1", "member": {"id": "B"}, "lines": [{"line_id": "1", "paid": 7000}]}
b OrderPaid {"order_id": "o2", "member": {"id": "A"}, "lines": [{"line_id": "1", "paid": 99999}]}
a OrderPaid {"order_id": "o3-r1", "member": null, "lines": [{"line_id": "1", "paid": 50}]}
a OrderPaid {"order_id": "o4", "member": {"id": "A"}, "currency": "USD", "lines": [{"line_id": "1", "paid": 5}]}
- OrderPaid {"order_id": "o5", "member": null, "currency": "CNY", "lines": [{"line_id": "1", "paid": 3000}]}
b OrderRefunded {"order_id": "o1", "refund_id": "r", "lines": [{"line_id": "1", "amount": 1000}]}
- OrderRefunded {"order_id": "a-o1", "refund_id": "r", "amount": 100}
a OrderRefunded {"order_id": "o1", "refund_id": "x", "currency": "EUR", "amount": 100}
a MemberSaved {"member_id": "A", "referrer_id": "B"}
a MemberSaved {"member_id": "A", "referrer_id": "C", "level": "gold"}
a OrderPaid {"order_id": "o6", "member": {"id": "A"}, "lines": [{"line_id": "1", "paid": 4000}]}
"""  # noqa: E501 - an event a line
"""Events of several senders (`-`: of none), of which many are refused."""

TWO_SHOPS = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10_000, "by_level": {"gold": 20_000}},
    },
    "referral": {"direct_bps": 300, "settle_on": "paid"},
    "senders": {
        "a": {"sources": ["a"], "prefix": "a-"},
        "b": {"sources": ["b"], "prefix": "b-", "members": "shared", "order_max": 50_000},
    },
}


def hard_events() -> Iterator[dict[str, Any]]:
    for minute, line in enumerate(HARD.strip().splitlines()):
        source, kind, detail = line.split(" ", 2)
        at = f"2026-03-01T10:{minute:02}:00+08:00"
        more = {
            "OrderPaid": {"channel": "mall", "paid_at": at},
            "OrderRefunded": {"refunded_at": at},
        }
        said = {"detail-type": kind, "time": at, "detail": json.loads(detail) | more.get(kind, {})}
        yield said if source == "-" else {**said, "source": source}


@pytest.mark.parametrize("senders", [{}, TWO_SHOPS["senders"]], ids=["no names", "named"])
def test_what_is_refused_and_whose_orders_are_whose_is_as_in_a_replay(tmp_path, capsys, senders):
    settings, file = tmp_path / "settings.json", tmp_path / "events.jsonl"
    settings.write_text(json.dumps({**TWO_SHOPS, "senders": senders}), encoding="utf-8")
    file.write_text("\n".join(map(json.dumps, hard_events())), encoding="utf-8")
    assert main(["replay", str(file), "--settings", str(settings), "--json"]) == 0
    expected = json.loads(capsys.readouterr().out)
    simulate = ["simulate", "--history", str(file), "--settings", str(settings)]
    assert main([*simulate, "--no-schedules"]) == 2
    assert capsys.readouterr().out == ""
    assert main([*simulate, "--no-schedules", "--json", "--skip-bad"]) == 0
    found = capsys.readouterr()
    assert json.loads(found.out)["outcome"] == expected["outcome"]
    told = re.findall(r"line (\d+): .*\((\w+)\)$", found.err, re.MULTILINE)
    aside = [(str(each["line"]), each["code"]) for each in expected["summary"]["set_aside"]]
    assert sorted(told) == sorted(aside)
    assert aside


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not on this machine")
@pytest.mark.parametrize("name", CASES)
def test_real_orders_come_to_what_the_engine_comes_to(name):
    """The first days of a month; the whole of it where `make prove` takes its time."""
    events = SHARED.read_bytes().splitlines()
    alike(CASES[name], events[: int(250 * max(1, EFFORT))])
