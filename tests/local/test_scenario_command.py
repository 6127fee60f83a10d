"""`rebate scenario`: each file has its own result, whatever becomes of the others."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.cli import main
from local.commands import scenario as command
from local.player import play
from local.settling import Unsettled
from tests.plans import MALL

BUY = {"buy": {"order": "o1", "member": "A", "paid": 10_000}}
JOINED = {"entry": "o1/1", "member": "A", "status": "waiting", "entitlement": 10_000, "paid": 0}


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def written(name: str, **changes: Any) -> str:
        document = {"title": name, "settings": MALL, "steps": [BUY]} | changes
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
        return str(tmp_path / name)

    return written


def expecting(entries: list[Any]) -> dict[str, Any]:
    return {"queues": {"mall": {"entries": entries}}}


def told(capsys: pytest.CaptureFixture[str]) -> tuple[Any, list[str]]:
    printed = capsys.readouterr()
    return json.loads(printed.out), printed.err.splitlines()


@pytest.mark.parametrize("engine", ["memory", pytest.param("embedded", marks=pytest.mark.engine)])
def test_several_files_come_as_a_list_in_their_order(write, capsys, engine):
    files = [
        write("right.json", expect=expecting([JOINED])),
        write("wrong.json", expect=expecting([])),
        write("invalid.json", steps=[{"bye": {}}]),
        write("plain.json"),
    ]
    assert main(["scenario", *files, "--json", "--engine", engine]) == 2
    results, errors = told(capsys)
    assert [result["file"] for result in results] == files
    assert [result["passed"] for result in results] == [True, False, False, True]
    assert [len(result["differences"]) for result in results] == [0, 1, 1, 0]
    assert results[0]["outcome"] == results[1]["outcome"] == results[3]["outcome"]
    assert results[2]["outcome"] is None
    assert [line.split(": ")[0] for line in errors] == [files[1], files[2]]


def test_one_file_comes_as_its_outcome(write, capsys):
    assert main(["scenario", write("plain.json"), "--json"]) == 0
    outcome, _ = told(capsys)
    assert outcome["queues"]["mall"]["entries"] == [JOINED]


def test_without_expectations_the_outcome_is_printed(write, capsys):
    assert main(["scenario", write("plain.json")]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed[: printed.rindex("}") + 1])["queues"]["mall"]["entries"] == [JOINED]


def test_one_that_comes_to_no_end_is_told_in_its_place(write, capsys, monkeypatch):
    files = [write("endless.json"), write("right.json", expect=expecting([JOINED]))]
    endless(monkeypatch)
    assert main(["scenario", *files, "--json"]) == 1
    (broken, right), errors = told(capsys)
    reason = "steps[0]: buy was not settled: queue mall comes to no end"
    assert broken["differences"] == [reason]
    assert set(broken["outcome"]) == {"queues", "wallets", "platform"}
    assert right["passed"]
    assert errors == [f"{files[0]}: {reason}"]


def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first settlement come to no end."""
    from local.deployment import LocalDeployment  # noqa: PLC0415

    settle, times = LocalDeployment.settle, iter([True])

    def settled(self: LocalDeployment, *args: Any) -> None:
        settle(self, *args)
        if next(times, False):
            raise Unsettled({"mall": "comes to no end"})  # type: ignore[dict-item]

    monkeypatch.setattr(LocalDeployment, "settle", settled)


def test_a_fault_of_ours_is_raised_when_all_others_are_told(write, capsys, monkeypatch):
    files = [write("faulty.json"), write("right.json", expect=expecting([JOINED]))]

    def faulty(deployment: Any, scenario: Any) -> Any:
        assert scenario.title != "faulty.json", "a bug"
        return play(deployment, scenario)

    monkeypatch.setattr(command, "play", faulty)
    with pytest.raises(AssertionError, match="a bug"):
        main(["scenario", *files, "--json"])
    (broken, right), _ = told(capsys)
    assert broken["differences"] == ["was not played to its end"]
    assert right["passed"]


def test_without_an_engine_nothing_passes(write, capsys, monkeypatch):
    monkeypatch.setenv("REBATE_ENGINE_BINARY", "/nowhere/at all")
    files = [write("one.json"), write("other.json")]
    assert main(["scenario", *files, "--json", "--engine", "embedded"]) == 1
    results, errors = told(capsys)
    assert [result["passed"] for result in results] == [False, False]
    assert "is no program that can be run" in errors[-1]


@pytest.mark.parametrize("content", ["", "[]", "{no json", "\ufffd\x00", "[" * 100_000, "a: *b"])
def test_what_is_no_scenario_is_told_beside_those_that_are(write, tmp_path, capsys, content):
    for name in ("broken.json", "broken.yaml"):
        file = tmp_path / name
        file.write_text(content, encoding="utf-8")
        assert main(["scenario", str(file), write("plain.json"), "--json"]) == 2
        (broken, plain), _ = told(capsys)
        assert broken["differences"] != []
        assert plain["passed"]


def test_a_folder_or_nothing_is_told_beside_those_that_are(write, tmp_path, capsys):
    files = [str(tmp_path), str(tmp_path / "absent.json"), write("plain.json")]
    assert main(["scenario", *files, "--json"]) == 2
    results, _ = told(capsys)
    assert [result["passed"] for result in results] == [False, False, True]
