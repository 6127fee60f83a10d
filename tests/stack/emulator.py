"""ministack: many AWS services in one process without Docker, with functions as its children.

It is installed apart from everything else, since it pins botocore (`requirements-stack.lock`).
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from infra.packages import ROOT

HOST = "127.0.0.1"
ACCOUNT = "111122223333"
REGION = "eu-west-1"

START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 5.0

BIN = ROOT / ".venv-stack" / "bin"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": ACCOUNT,
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": REGION,
}
"""ministack takes an access key of twelve digits for the account that it belongs to."""


class Emulator:
    """A running emulator; everything it knows is in memory, and gone with it."""

    def __init__(self, process: subprocess.Popen[bytes], endpoint: str, home: Path) -> None:
        self.endpoint = endpoint
        self.home = home
        self._process = process

    @property
    def log(self) -> str:
        """What the emulator and the functions said."""
        return (self.home / "ministack.log").read_text(encoding="utf-8", errors="replace")

    def aws(self, *arguments: str) -> str:
        """Return what the AWS CLI prints: `aws("events", "put-events", …)`."""
        done = subprocess.run(
            [BIN / "aws", "--endpoint-url", self.endpoint, *arguments],
            env=_environment(self.home),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def process_of(self, function: str) -> int:
        """Return the process in which a function runs; it exists once the function was called."""
        listed = subprocess.run(
            ["ps", "-Awwo", "pid=,ppid=,command="], capture_output=True, text=True, check=True
        )
        rows = (line.split(maxsplit=2) for line in listed.stdout.splitlines())
        (found,) = (
            int(pid)
            for pid, parent, command in rows
            if int(parent) == self._process.pid and f"ministack-lambda-{function}-" in command
        )
        return found


@contextmanager
def ministack(home: Path) -> Iterator[Emulator]:
    """Start an emulator on a free port, and end it with all its functions; `home` is its folder."""
    unpacked = home / "unpacked"
    unpacked.mkdir(parents=True)
    port = _free_port()
    with (home / "ministack.log").open("wb") as log:
        process = subprocess.Popen(
            [BIN / "ministack"],
            cwd=home,
            env=_environment(home) | _settings(port) | {"TMPDIR": str(unpacked)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        emulator = Emulator(process, f"http://{HOST}:{port}", home)
        _wait_for(emulator, process)
        yield emulator
    finally:
        _end(process)
        shutil.rmtree(unpacked)


def _settings(port: int) -> dict[str, str]:
    return {
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AUTH": "true",  # functions may do what their roles allow, and nothing else
        "STATE_DIR": "state",  # in the emulator's folder
        "IOT_MTLS_ENABLED": "0",  # it would listen on all interfaces
    }


def _environment(home: Path) -> dict[str, str]:
    """Return all that a process gets to know: no credentials and no settings of this machine."""
    return {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HOME": str(home), **CREDENTIALS}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(emulator: Emulator, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(URLError, ConnectionError), urlopen(f"{emulator.endpoint}/_ministack/health"):
            return
        time.sleep(0.1)
    raise AssertionError(f"the emulator did not start:\n{emulator.log}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the emulator and its functions, which are a process group of their own."""
    os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS_MAX)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
