"""What the functions run on: said once, for them and for what is built for them."""

import os
import shutil
import subprocess
from collections.abc import Iterator

PYTHON = "3.13"
PLATFORM = "manylinux2014_aarch64"
INTERPRETER_VARIABLE = "REBATE_RUNTIME_PYTHON"

ENVIRONMENT = {"PYDANTIC_DISABLE_PLUGINS": "1"}
"""Variables of every function. Pydantic would search all packages for plugins at each start."""


def interpreter() -> str | None:
    """Return an interpreter of the runtime's minor version, whose bytecode the runtime loads.

    `REBATE_RUNTIME_PYTHON` names one; otherwise those that are usually there are tried.
    """
    return next(filter(_is_right, _candidates()), None)


def _candidates() -> Iterator[str]:
    named = os.environ.get(INTERPRETER_VARIABLE)
    if named:
        yield named
        return
    on_path = shutil.which(f"python{PYTHON}")
    if on_path:
        yield on_path
    prefix = _output(["pyenv", "prefix", PYTHON])
    if prefix:
        yield f"{prefix}/bin/python"


def _is_right(python: str) -> bool:
    version = "import sys; print('{}.{}'.format(*sys.version_info))"
    return _output([python, "-c", version]) == PYTHON


def _output(command: list[str]) -> str | None:
    """Return what a command prints; None if it fails or does not exist."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
