"""Packages are the same bytes wherever and whenever they are built."""

import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import botocore
import pytest

from infra import packages, runtime
from infra.packages import Package, PackagingFailed


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Package]:
    """Our code, packaged twice from scratch."""
    python = runtime.interpreter()
    return [packages.code(tmp_path_factory.mktemp("build"), python) for _ in range(2)]


def test_the_same_code_gives_the_same_bytes(built: list[Package]) -> None:
    first, second = (contents(package.folder) for package in built)
    assert first == second
    assert built[0].digest == built[1].digest


def test_the_code_is_all_that_functions_import_of_ours_and_nothing_else(
    built: list[Package],
) -> None:
    files = contents(built[0].folder)
    assert {name.split("/")[0] for name in files} == {"functions", "rebate"}
    assert "functions/api/handler.py" in files
    assert "rebate/bootstrap.py" in files


def test_a_change_of_the_code_changes_the_digest(
    tmp_path: Path, built: list[Package], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "ROOT", tmp_path / "root")
    for name in packages.SHIPPED:
        (tmp_path / "root" / name).mkdir(parents=True)
    (tmp_path / "root" / "functions" / "new.py").write_text("NEW = 1\n", encoding="utf-8")
    assert packages.code(tmp_path / "build", None).digest != built[0].digest


def test_a_package_is_built_once(built: list[Package], tmp_path: Path) -> None:
    first = packages.code(tmp_path, None)
    made_at = first.folder.stat().st_mtime_ns
    assert packages.code(tmp_path, None) == first
    assert first.folder.stat().st_mtime_ns == made_at


def test_a_lock_that_cannot_be_installed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "broken.lock"
    lock.write_text("pydantic==0.0.0 --hash=sha256:" + 64 * "0", encoding="utf-8")
    monkeypatch.setattr(packages, "LOCK", lock)
    monkeypatch.setattr(packages, "_PIP", [*packages._PIP, "--no-index"])
    with pytest.raises(PackagingFailed, match=r"broken\.lock"):
        packages.layer(tmp_path / "build", None)
    assert not list((tmp_path / "build").glob("layer-*"))


CLIENTS = """
import json, sys
from botocore.session import Session
names, regions = (argument.split() for argument in sys.argv[1:])
made = [
    Session().create_client(name, region_name=region).meta for name in names for region in regions
]
calls = [(meta.endpoint_url, sorted(meta.method_to_api_mapping)) for meta in made]
context = [[each.name for each in meta.service_model.client_context_parameters] for meta in made]
print(json.dumps([*zip(calls, context)]))
"""


def test_a_pruned_botocore_asks_for_the_same_at_the_same_addresses(tmp_path: Path) -> None:
    shutil.copytree(Path(botocore.__file__).parent, tmp_path / "botocore")
    packages.prune(tmp_path)
    regions = "us-east-1 eu-central-1 cn-north-1 us-gov-west-1"
    arguments = [sys.executable, "-c", CLIENTS, " ".join(packages.CLIENTS), regions]
    told = [
        subprocess.run(
            arguments,
            env={"PYTHONPATH": path, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "a"},
            capture_output=True,
            check=True,
        ).stdout
        for path in ("", str(tmp_path))
    ]
    assert told[0] == told[1]
    assert len(json.loads(told[0])) == 4 * len(packages.CLIENTS)


def contents(folder: Path) -> dict[str, str]:
    """Return the digest of each file by its name."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
