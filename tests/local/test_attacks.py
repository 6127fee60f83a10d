"""Legal input that once stopped a queue for ever settles, and so does what comes after it.

The files are those of acceptance; without them beside the checkout there is nothing to try.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local.cli import main

MAKER = Path(__file__).resolve().parents[3] / "shared" / "attacks" / "large_orders.py"

pytestmark = pytest.mark.skipif(not MAKER.exists(), reason="acceptance's files are not there")


def made(folder: Path, *sizes: int) -> Path:
    """Return a file of so many orders, of so many lines, with names of so many characters."""
    asked = [sys.executable, str(MAKER), *map(str, sizes)]
    found = subprocess.run(asked, check=True, capture_output=True, text=True)
    file = folder / "large.jsonl"
    file.write_text(found.stdout, encoding="utf-8")
    return file


@pytest.mark.parametrize("sizes", [(7, 570, 64), (7, 600, 64), (3, 1200, 32)])
def test_large_orders_settle_and_so_does_the_small_one_after_them(
    sizes: tuple[int, int, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(made(tmp_path, *sizes)), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    orders, lines, _ = sizes
    assert told["summary"]["accepted"] == orders + 1
    assert told["summary"]["set_aside"] == []
    entries = [each for queue in told["outcome"]["queues"].values() for each in queue["entries"]]
    names = [each["entry"] for each in entries]
    assert "after/1" in names
    assert len(names) >= orders * lines + 1


def test_a_store_that_took_large_orders_is_sound_and_starts_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, store = made(tmp_path, 3, 570, 64), str(tmp_path / "store")
    for _ in range(2):
        capsys.readouterr()
        assert main(["replay", str(file), "--store", store, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["summary"]["repeated"] == 4
    assert main(["audit", "--store", store]) == 0
