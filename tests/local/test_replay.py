"""Replaying gives what settling each event before the next gives, whatever comes in between."""

import json
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.cli import main
from tests.local.retail import SETTINGS, document, shop_events, write_lines
from tests.model import comparable, play_steps

pytestmark = pytest.mark.engine

SHARED = Path(__file__).parents[3] / "shared" / "data" / "online-retail-2010-12.jsonl"
EVERY_PLAN = json.loads(
    (Path(__file__).parents[2] / "local" / "demo_settings.json").read_text(encoding="utf-8")
)


@pytest.fixture
def settings_file(tmp_path):
    return write_settings(tmp_path, SETTINGS)


def write_settings(folder, settings):
    file = folder / "settings.json"
    file.write_text(json.dumps(settings), encoding="utf-8")
    return file


@pytest.fixture
def replay(capsys):
    """Replay a file in this process; return what it printed."""

    def run(file, settings, *more, status=0):
        assert main(["replay", str(file), "--settings", str(settings), "--json", *more]) == status
        printed = capsys.readouterr()
        run.errors = printed.err.splitlines()
        return json.loads(printed.out)

    return run


def model(entries, settings=SETTINGS):
    return comparable(play_steps(document(settings, entries)).outcome)


def test_the_outcome_is_that_of_the_rules(replay, tmp_path, settings_file):
    entries = shop_events(40)
    said = replay(write_lines(tmp_path / "day.jsonl", entries), settings_file)
    assert set(said) == {"outcome", "summary"}
    assert comparable(said["outcome"]) == model(entries)
    assert said["summary"]["events"] == said["summary"]["accepted"] == len(entries)


def test_what_becomes_known_late_is_settled_late(replay, tmp_path, settings_file):
    """Events in any order: those that happened earlier come after what was settled."""
    entries = shop_events(30)
    random.Random(3).shuffle(entries)
    said = replay(write_lines(tmp_path / "shuffled.jsonl", entries), settings_file)
    assert comparable(said["outcome"]) == model(entries)
    assert said["summary"]["kept"] > 0


def test_with_every_plan_each_event_is_settled_before_the_next(replay, tmp_path):
    entries = shop_events(25)
    file = write_lines(tmp_path / "day.jsonl", entries)
    said = replay(file, write_settings(tmp_path, EVERY_PLAN))
    assert comparable(said["outcome"]) == model(entries, EVERY_PLAN)


def test_completions_before_their_orders_change_nothing(replay, tmp_path, settings_file):
    entries = shop_events(30)
    early = sorted(entries, key=lambda each: each["detail-type"] != "OrderCompleted")
    said = replay(write_lines(tmp_path / "early.jsonl", early), settings_file)
    assert comparable(said["outcome"]) == model(entries)


def test_every_event_twice_changes_nothing(replay, tmp_path, settings_file):
    entries = shop_events(30)
    twice = [each for each in entries for _ in range(2)]
    said = replay(write_lines(tmp_path / "twice.jsonl", twice), settings_file)
    assert comparable(said["outcome"]) == model(entries)
    assert said["summary"]["repeated"] == len(entries)


def test_replayed_twice_into_one_store_it_changes_nothing(replay, tmp_path, settings_file):
    entries = shop_events(20)
    file = write_lines(tmp_path / "day.jsonl", entries)
    store = ("--store", str(tmp_path / "store"))
    first = replay(file, settings_file, *store)
    second = replay(file, settings_file, *store)
    assert second["outcome"] == first["outcome"]
    assert second["summary"]["accepted"] == 0
    assert second["summary"]["repeated"] == len(entries)
    assert main(["audit", *store]) == 0


def test_the_next_file_goes_on_where_the_last_one_ended(replay, tmp_path, settings_file):
    entries = shop_events(20)
    store = ("--store", str(tmp_path / "store"))
    replay(write_lines(tmp_path / "one.jsonl", entries[:25]), settings_file, *store)
    said = replay(write_lines(tmp_path / "two.jsonl", entries[25:]), settings_file, *store)
    assert comparable(said["outcome"]) == model(entries)


KILLED = """
import os, signal, sys
from local.cli import main
from rebate.adapters.dynamodb import DynamoStore

commit, left = DynamoStore.commit, int(sys.argv[1])

def killed(self, writes):
    global left
    left -= 1
    if left == 0 and sys.argv[2] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    commit(self, writes)
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

DynamoStore.commit = killed
sys.exit(main(sys.argv[3:]))
"""


@pytest.mark.parametrize("settings", [SETTINGS, EVERY_PLAN], ids=["mall only", "every plan"])
def test_killed_and_resumed_it_comes_to_the_same(replay, tmp_path, settings):
    """The command and its engine are killed, each time further on, before or after a commit."""
    entries = shop_events(12)
    file = write_lines(tmp_path / "day.jsonl", entries)
    settings_file = write_settings(tmp_path, settings)
    store = ("--store", str(tmp_path / "store"))
    command = ["replay", str(file), "--settings", str(settings_file), *store]
    for commits, when in ((11, "after"), (14, "before")):
        process = [sys.executable, "-c", KILLED, str(commits), when, *command]
        killed = subprocess.run(process, capture_output=True, check=False, timeout=60)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    said = replay(file, settings_file, *store)
    assert comparable(said["outcome"]) == model(entries, settings)
    assert main(["audit", *store]) == 0


def test_bad_lines_are_told_and_set_aside_and_the_rest_goes_on(replay, tmp_path, settings_file):
    good = [json.dumps(each) for each in shop_events(2)]
    lines = [
        good[0],
        "{not json",
        "",
        '["no object"]',
        '{"detail-type": "OrderPayed", "detail": {}}',
        '{"detail-type": "OrderCompleted", "detail": {"order_id": "o1"}}',
        json.dumps(json.loads(good[0]) | {"time": "yesterday"}),
        *good[1:],
    ]
    file = tmp_path / "bad.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    said = replay(file, settings_file)
    told = [f"{each['line']} {each['code']}" for each in said["summary"]["set_aside"]]
    assert told == [
        "2 unreadable_event",
        "4 unreadable_event",
        "5 unreadable_event",
        "6 unreadable_event",
        "7 unreadable_event",
    ]
    assert [line.split(":")[1] for line in replay.errors] == [
        " line 2",
        " line 4",
        " line 5",
        " line 6",
        " line 7",
    ]
    assert said["summary"]["accepted"] == len(good)


def test_a_line_that_is_no_text_is_a_bad_line(replay, tmp_path, settings_file):
    file = tmp_path / "bytes.jsonl"
    good = json.dumps(shop_events(1)[0]).encode()
    file.write_bytes(b"\xff\xfe{}\n" + good + b"\r\n")
    (aside,) = replay(file, settings_file)["summary"]["set_aside"]
    assert aside["line"] == 1


def test_separators_of_lines_inside_of_text_separate_nothing(replay, tmp_path, settings_file):
    member = {"detail-type": "MemberSaved", "detail": {"member_id": "A", "nickname": "a\u2028b"}}
    file = tmp_path / "separators.jsonl"
    file.write_text(json.dumps(member, ensure_ascii=False), encoding="utf-8")
    assert replay(file, settings_file)["summary"]["accepted"] == 1


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"<html>\n</html>\n", b"[\n1,\n2\n]\n"])
def test_a_file_that_is_no_jsonl_at_all_is_bad_input(tmp_path, capsys, content):
    file = tmp_path / "odd.jsonl"
    file.write_bytes(content)
    assert main(["replay", str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1


def test_an_empty_file_has_no_events(replay, tmp_path, settings_file):
    file = tmp_path / "empty.jsonl"
    file.touch()
    assert replay(file, settings_file)["outcome"]["queues"] == {}


def test_a_file_that_is_not_there_is_bad_input(tmp_path, capsys):
    assert main(["replay", str(tmp_path / "none.jsonl")]) == 2
    assert "No such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--engine", "memory", "--store", "x"), "takes no --store"),
        (("--engine", "sqlite"), "'memory', 'embedded'"),
    ],
)
def test_an_engine_that_cannot_be_is_bad_input(tmp_path, settings_file, capsys, more, told):
    file = write_lines(tmp_path / "day.jsonl", shop_events(1))
    with pytest.raises(SystemExit) as ended:
        sys.exit(main(["replay", str(file), *more]))
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_invalid_settings_are_bad_input_with_their_paths(tmp_path, capsys):
    file = write_lines(tmp_path / "day.jsonl", shop_events(1))
    settings = write_settings(tmp_path, SETTINGS | {"queue_rebates": {}})
    assert main(["replay", str(file), "--settings", str(settings)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "queue_rebates" in line
    assert '"queue_rebate"' in line


def test_a_summary_for_people(tmp_path, settings_file, capsys):
    file = write_lines(tmp_path / "day.jsonl", shop_events(3))
    assert main(["replay", str(file), "--settings", str(settings_file)]) == 0
    first, second, queue, whole = capsys.readouterr().out.splitlines()
    assert "3 OrderPaid" in first
    assert "0 set aside" in second
    assert queue.startswith("Mall queue: ")
    assert "contributed" in whole


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not on this machine")
def test_a_month_of_a_real_shop(replay, settings_file):
    said = replay(SHARED, settings_file)
    platform = said["outcome"]["platform"]
    assert said["summary"]["set_aside"] == []
    assert (platform["contributed"], platform["retained"], platform["borne"]) == (
        1_478_677,
        1_390,
        1_839,
    )
