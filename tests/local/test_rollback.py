"""A store goes from the release before to this one, back, and on again, and loses nothing.

The programs of both releases take turns on one store of the embedded engine, each in processes of
its own, as while a release is rolled out and back.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.local.retail import shop_events
from tests.strategies import EFFORT

CHECKOUT = Path(__file__).resolve().parents[2]
BEFORE = "147d91f93c183c69ba4ed61e0ebafd4778691ded"
"""The release before: raise it with each."""

SETTINGS = CHECKOUT / "local" / "demo_settings.json"
_PROGRAM = "import sys; from local.cli import main; sys.exit(main())"

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of the release before, beside the same libraries and engine."""
    archive = ["git", "-C", str(CHECKOUT), "archive", BEFORE, "shared", "local", "functions"]
    found = subprocess.run(archive, capture_output=True, check=False)
    if found.returncode:
        pytest.skip("this copy of the repository does not go back to the release before")
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(found.stdout)) as files:
        files.extractall(folder, filter="data")
    (folder / "node_modules").symlink_to(CHECKOUT / "node_modules")
    return folder


def rebate(release: Path, *arguments: object) -> str:
    """Return what a program of a release says; it must succeed."""
    path = os.pathsep.join(map(str, (release / "shared", release)))
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *map(str, arguments)],
        cwd=release,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def parts(events: Sequence[Any], folder: Path, count: int) -> Iterator[Path]:
    """Yield files of so many events each that follow one another."""
    for number in range(count):
        own = events[number * len(events) // count : (number + 1) * len(events) // count]
        file = folder / f"part-{number}.jsonl"
        file.write_text("".join(f"{json.dumps(event)}\n" for event in own))
        yield file


def test_both_releases_go_on_where_the_other_stopped(before: Path, tmp_path: Path) -> None:
    store, events = tmp_path / "store", shop_events(round(24 * EFFORT))
    turns = zip(parts(events, tmp_path, 4), (before, CHECKOUT) * 2, strict=True)
    for file, release in turns:
        own = () if store.exists() else ("--settings", SETTINGS)
        last = rebate(release, "replay", file, "--store", store, "--json", *own)
        assert json.loads(last)["summary"]["set_aside"] == []
    (whole,) = parts(events, tmp_path, 1)
    alone = rebate(CHECKOUT, "replay", whole, "--settings", SETTINGS, "--json")
    assert json.loads(last)["outcome"] == json.loads(alone)["outcome"]
    assert "The books add up" in rebate(CHECKOUT, "audit", "--full", "--store", store)
    assert "The books add up" in rebate(before, "audit", "--store", store)
