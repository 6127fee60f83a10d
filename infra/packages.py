"""What is uploaded for the functions: our code, and a layer of what it depends on. No Docker.

A package is built once, into a folder named after the digest of all that goes into it, and known
to CDK by that digest alone: it is uploaded again when its content changed, never because it was
built again. Modules are shipped compiled as well, since to compile them takes longer than the rest
of a cold start.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from infra import runtime
from rebate.adapters.aws import SERVICES
from rebate.contracts.pages import MEMBERS_PAGE

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "web/dist"
LOCK = ROOT / "requirements-lambda.lock"
SHIPPED = ("functions", "shared/rebate")
"""Folders with the code of the functions; the part behind the slash is what they import."""

CLIENTS = ("dynamodb", *SERVICES)
"""AWS services that the functions call, and that which credentials come from.

The descriptions of all others, most of botocore, stay at home.
"""

_PIP = (
    "install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes "
    f"--only-binary=:all: --implementation cp --python-version {runtime.PYTHON}"
).split()


class PackagingFailed(Exception):
    """A package could not be built; the message says what would help."""


@dataclass(frozen=True, slots=True)
class Package:
    """A folder to upload, and the digest of what it was made of."""

    folder: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Packages:
    """All that the functions are made of."""

    code: Package
    layer: Package
    pages: Path
    """The folder with the pages, which `make` builds."""


def built(build: Path) -> Packages:
    """Return the packages, made below `build` unless they are there already.

    Raises:
        PackagingFailed: there are no pages to upload, or a package could not be built.
    """
    if not (PAGES / MEMBERS_PAGE).is_file():
        raise PackagingFailed(f"{PAGES} holds no pages: `make setup` builds them")
    python = runtime.interpreter()
    if python is None:
        warnings.warn(
            f"no Python {runtime.PYTHON} found ({runtime.INTERPRETER_VARIABLE} names one): "
            "packages are built without bytecode, and cold starts take longer",
            stacklevel=2,
        )
    return Packages(code(build, python), layer(build, python), PAGES)


def code(build: Path, python: str | None) -> Package:
    """Return the package of our own code, compiled by `python`."""
    files = list(_shipped())
    parts = [b"%s\0%d\0%s" % (str(to).encode(), *_sized(path)) for to, path in files]

    def make(folder: Path) -> None:
        for to, path in files:
            (folder / to).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / to)
        _compile(python, folder, "/var/task")

    return _built(build, "code", [_recipe(python), *parts], make)


def layer(build: Path, python: str | None, platform: str = runtime.PLATFORM) -> Package:
    """Return the package of everything that the lock names, compiled by `python`.

    `platform` is one of pip's, in case that functions are to run elsewhere than on Lambda.
    """

    def make(folder: Path) -> None:
        _install(folder / "python", platform)
        prune(folder / "python")
        _compile(python, folder / "python", "/opt/python")

    parts = [_recipe(python), platform.encode(), LOCK.read_bytes()]
    return _built(build, "layer", parts, make)


def _shipped() -> Iterator[tuple[Path, Path]]:
    """Yield the files of our code: where each goes in the package, and where it is."""
    for name in SHIPPED:
        top = ROOT / name
        for path in sorted(top.rglob("*")):
            wanted = path.is_file() and path.suffix != ".pyc" and "__pycache__" not in path.parts
            if wanted:
                yield path.relative_to(top.parent), path


def _sized(path: Path) -> tuple[int, bytes]:
    content = path.read_bytes()
    return len(content), content


def _recipe(python: str | None) -> bytes:
    """Return what besides its input decides on a package: this module, and the runtime."""
    compiled = "compiled" if python else "source only"
    made_by = f"{runtime.PYTHON} {compiled} {' '.join(_PIP)}\0"
    return made_by.encode() + Path(__file__).read_bytes()


def _built(build: Path, name: str, parts: list[bytes], make: Callable[[Path], None]) -> Package:
    """Return the package of `parts`, made now unless it was before; never one half made."""
    digest = sha256(b"\0".join(parts)).hexdigest()
    folder = build / f"{name}-{digest[:16]}"
    if not folder.exists():
        build.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=build) as temporary:
            made = Path(temporary) / name
            made.mkdir()
            make(made)
            made.rename(folder)
    return Package(folder, digest)


def _install(folder: Path, platform: str) -> None:
    where = ["--platform", platform, "--target", str(folder)]
    command = [sys.executable, "-m", "pip", *_PIP, *where, "-r", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        message = f"pip could not install {LOCK.name} for {platform}:\n{done.stderr}"
        raise PackagingFailed(message)


def prune(folder: Path) -> None:
    """Remove from installed packages commands, and AWS services that no function calls.

    Those that are called are described without documentation, and not packed: to read all that is
    a twentieth of a cold start.
    """
    shutil.rmtree(folder / "bin", ignore_errors=True)
    data = folder / "botocore" / "data"
    for path in data.iterdir():
        if path.is_dir() and path.name not in CLIENTS:
            shutil.rmtree(path)
    for packed in data.rglob("*.json.gz"):
        described = json.loads(gzip.decompress(packed.read_bytes()))
        _write(packed.with_suffix(""), _without_documentation(described))
        packed.unlink()
    endpoints = json.loads((data / "endpoints.json").read_bytes())
    for partition in endpoints["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in CLIENTS if name in known}
    _write(data / "endpoints.json", endpoints)


def _write(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, separators=(",", ":")), encoding="utf-8")


_NEEDED = "clientContextParams"
"""The one part whose documentation botocore insists on, with the first call of a client of S3."""


def _without_documentation(document: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(document, list):
        return [_without_documentation(each) for each in document]
    if not isinstance(document, dict):
        return document
    return {
        name: each if name == _NEEDED else _without_documentation(each)
        for name, each in document.items()
        if not (name == "documentation" and isinstance(each, str))
    }


def _compile(python: str | None, folder: Path, installed_at: str) -> None:
    """Compile all modules for the runtime; they will stand `installed_at`, says their traceback.

    Without a fixed seed of hashes, sets among the constants would be written in any order.
    """
    if python is None:
        return
    options = ["-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    where = ["-s", str(folder), "-p", installed_at, str(folder)]
    command = [python, "-m", "compileall", *options, *where]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    if done.returncode:
        raise PackagingFailed(f"{python} could not compile {folder}:\n{done.stdout}")
