"""The embedded DynamoDB engine: a process that lives as long as the one that started it.

A store is one SQLite file in a folder of its own. What the engine has acknowledged outlives
SIGKILL, so it needs no care in how it ends, only that it ends, and that it has its store alone:

- On Linux the kernel kills it when its starter dies, however that dies.
- The engine itself holds the lock of its store, and nobody else does once it runs. So no lock
  outlives its engine, no engine its lock, and nothing stale is ever left to clean up.

`REBATE_ENGINE_BINARY` names another binary of it. Where there is none for the platform,
`REBATE_DYNAMODB_ENDPOINT` names any other engine by its address: see `dynamodb`.
"""

import fcntl
import os
import platform
import queue
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import Self
from urllib.parse import urlsplit

BINARY_VARIABLE = "REBATE_ENGINE_BINARY"
ENDPOINT_VARIABLE = "REBATE_DYNAMODB_ENDPOINT"
STORE_FILE = "dynamodb.sqlite"

START_SECONDS_MAX = 15.0
STOP_SECONDS_MAX = 3.0
LOCK_SECONDS_MAX = 2.0
PORTS_TRIED_MAX = 5

_HOST = "127.0.0.1"
_PACKAGED_BINARY = (
    Path(__file__).parent.parent / "node_modules" / "@dynoxide" / "linux-x64" / "dynoxide"
)

# Runs in a fresh interpreter, which then becomes the engine: in a process with threads no code of
# ours is safe between fork and exec. The starter may have died before prctl, hence getppid.
_LAUNCHER = f"""
import os, sys
starter, *command = sys.argv[1:]
if sys.platform == "linux":
    import ctypes
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, {int(signal.SIGKILL)})
if os.getppid() == int(starter):
    os.execv(command[0], command)
"""


class EngineUnavailable(Exception):
    """There is no engine to work with. The message is one line: why, and what would help."""


@contextmanager
def dynamodb(
    data_dir: Path | None = None, environ: Mapping[str, str] = os.environ
) -> Iterator[str]:
    """Yield the address of the engine to use.

    That is the one which `REBATE_DYNAMODB_ENDPOINT` names, whose data is its own affair, else an
    embedded one that ends with the block.

    Raises:
        EngineUnavailable: nothing answers at the address, or as `Engine.start` says.
    """
    endpoint = environ.get(ENDPOINT_VARIABLE)
    if endpoint:
        _require_answer(endpoint)
        yield endpoint
        return
    with Engine.start(data_dir) as engine:
        yield engine.endpoint


class Engine:
    """A running engine at `endpoint`; leave its `with` block or call `stop` to end it."""

    def __init__(self, process: "_Process", endpoint: str) -> None:
        self.endpoint = endpoint
        self.pid = process.pid
        self._process = process

    @classmethod
    def start(cls, data_dir: Path | None = None) -> Self:
        """Start an engine on the store in `data_dir`, or in memory; return once it answers.

        Raises:
            EngineUnavailable: there is no binary, the store is in use, or the engine fails.
        """
        binary = _binary(os.environ)
        if data_dir is None:
            return cls._listening([binary])
        store = data_dir.resolve() / STORE_FILE
        with _locked(data_dir) as lock:
            engine = cls._listening([binary, f"--db-path={store}"], lock)
        try:
            _index_streams(store)
        except sqlite3.Error as error:
            engine.stop()
            raise EngineUnavailable(f"{store} is not a store of the engine: {error}") from error
        return engine

    @classmethod
    def _listening(cls, command: list[str], *inherited: int) -> Self:
        """Start on a free port, and on another where somebody was quicker to take it."""
        for _ in range(PORTS_TRIED_MAX):
            port = _free_port()
            process = _Process([*command, f"--host={_HOST}", f"--port={port}"], inherited)
            said = process.first_words()
            if "listening" in said and _accepts(_HOST, port):
                return cls(process, f"http://{_HOST}:{port}")
            process.end()
            if "already in use" not in said:
                break
        raise EngineUnavailable(f"the embedded engine did not start: {said or 'it gave no reason'}")

    def stop(self) -> None:
        """End the engine, by force if it takes too long. Calling twice does no harm."""
        self._process.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Process:
    """The process of an engine: one thread starts it, reads what it says and reaps it.

    The kernel's death signal comes when the *thread* that started a process ends, so the starting
    thread is one that lasts as long as the engine, whoever asked for it.
    """

    def __init__(self, command: list[str], inherited: tuple[int, ...]) -> None:
        self._said: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        started: Future[subprocess.Popen[str]] = Future()
        self._thread = Thread(target=self._tend, args=(command, inherited, started), daemon=True)
        self._thread.start()
        self._popen = started.result()
        self.pid = self._popen.pid

    def _tend(
        self,
        command: list[str],
        inherited: tuple[int, ...],
        started: "Future[subprocess.Popen[str]]",
    ) -> None:
        try:
            popen = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                pass_fds=inherited,
                start_new_session=True,  # Ctrl-C is for the starter, which ends the engine last
            )
        except OSError as error:
            started.set_exception(EngineUnavailable(f"no process for the engine: {error}"))
            return
        started.set_result(popen)
        with popen:
            for line in popen.stderr or ():
                self._said.put(line.strip())
            self._said.put(None)

    def first_words(self) -> str:
        """Return the line that says that it listens, else the last one before it ended."""
        said = ""
        deadline = time.monotonic() + START_SECONDS_MAX
        try:
            while (line := self._said.get(timeout=_until(deadline))) is not None:
                said = line or said
                if "listening" in said:
                    break
        except queue.Empty:
            return f"no word within {START_SECONDS_MAX:.0f} seconds"
        return said

    def end(self) -> None:
        self._popen.terminate()
        self._thread.join(STOP_SECONDS_MAX)
        if self._thread.is_alive():
            self._popen.kill()
            self._thread.join()


def _until(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())


def _binary(environ: Mapping[str, str]) -> str:
    named = environ.get(BINARY_VARIABLE)
    binary = Path(named) if named else _PACKAGED_BINARY
    if os.access(binary, os.X_OK) and binary.is_file():
        return str(binary.resolve())
    if named:
        raise EngineUnavailable(f"{BINARY_VARIABLE}={named} is no program that can be run")
    raise EngineUnavailable(
        f"no embedded engine for {platform.system()} {platform.machine()} in node_modules: run "
        f"`make setup` (Linux x86_64), or set {ENDPOINT_VARIABLE} to the address of another engine"
    )


@contextmanager
def _locked(data_dir: Path) -> Iterator[int]:
    """Hold the lock of a store, for an engine to inherit: the lock lasts until both let go."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        folder = os.open(data_dir, os.O_RDONLY)
    except OSError as error:
        raise EngineUnavailable(f"{data_dir} cannot be a store: {error.strerror}") from error
    try:
        _acquire(folder, data_dir)
        yield folder
    finally:
        os.close(folder)


def _acquire(folder: int, data_dir: Path) -> None:
    """Lock, with patience for an engine that is about to end since its starter just did."""
    deadline = time.monotonic() + LOCK_SECONDS_MAX
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise EngineUnavailable(
                    f"the store {data_dir} is in use: end the other command, or name another store"
                ) from None
            time.sleep(0.02)
        else:
            return


def _index_streams(store: Path) -> None:
    """Let the engine find a table's last stream record without reading all that there are.

    It numbers each new record after that one, so without this a write takes longer the more was
    written before: five times as long after 4 000 orders.
    """
    with closing(sqlite3.connect(store)) as connection, connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE name = '_stream_records'")
        if found.fetchone():
            connection.execute(
                "CREATE INDEX IF NOT EXISTS _stream_records_in_order "
                "ON _stream_records (table_name, CAST(sequence_number AS INTEGER))"
            )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=STOP_SECONDS_MAX).close()
    except OSError:
        return False
    return True


def _require_answer(endpoint: str) -> None:
    try:
        address = urlsplit(endpoint)
        port = address.port or {"http": 80, "https": 443}.get(address.scheme)
    except ValueError:
        port = None
    if port is None or not address.hostname:
        raise EngineUnavailable(f"{ENDPOINT_VARIABLE}={endpoint} is no http address")
    if not _accepts(address.hostname, port):
        raise EngineUnavailable(f"nothing answers at {ENDPOINT_VARIABLE}={endpoint}")
