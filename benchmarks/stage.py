"""Where benchmarks run: an engine of their own, tables, and processes that start together."""

import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from botocore.config import Config
from botocore.session import get_session

from benchmarks.meter import Meter
from local.engine import Engine
from local.tables import _definition
from rebate.adapters.background_commit import BackgroundCommit
from rebate.adapters.dynamodb import DynamoStore
from rebate.adapters.tables import TABLES
from rebate.bootstrap import App, collect_rarely, wire
from rebate.usecases.settings.save_settings import save_settings

REGION = "eu-west-1"
PREFIX = "bench-"
SETTINGS: Mapping[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "enabled": True,
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000},
    },
}
"""Of each order a tenth goes to those who wait, and each may get back what it paid."""

START_SECONDS_MAX = 300
RUN_SECONDS_MAX = 1800

_TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM, _ENDED_USER, _ENDED_SYSTEM = range(11, 15)
"""Where the kernel tells times of a process, and of those it started that have ended, after its
name."""


@contextmanager
def engine() -> Iterator[Engine]:
    """Yield an engine on an empty store on disk; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Engine.start(Path(folder)) as it:
        yield it


def client(endpoint: str) -> Any:
    """Return a plain client of the engine, which does not check parameters."""
    return get_session().create_client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(
            parameter_validation=False,
            connect_timeout=3,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": 4},
        ),
    )


def create_tables(endpoint: str) -> None:
    """Make all tables of the product."""
    made = client(endpoint)
    for table in TABLES:
        made.create_table(TableName=f"{PREFIX}{table.name}", **_definition(table))


def deployment(endpoint: str, settings: Mapping[str, Any] | None = None) -> tuple[App, Meter]:
    """Return the use cases on an engine, with a meter on their client.

    `settings` are put in force where they are given.
    """
    os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "local"
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    store = DynamoStore(PREFIX, REGION, endpoint)
    collect_rarely()
    app = wire(store, aside=BackgroundCommit(store.on_commit))
    if settings is not None:
        version = app.settings.in_force().version
        save_settings(store, app.clock, settings, expects=version, by="benchmark")
    app.settings.in_force()
    meter = Meter()
    meter.attach(store._connection.client)
    return app, meter


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far."""
    return _cpu_ticks(pid, _USER, _SYSTEM) / _TICKS


def _cpu_ticks(pid: int, *fields: int) -> int:
    values = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(values[field]) for field in fields)


def _cpu_of_all(pid: int) -> float:
    """Return the processor time of a process and of those that it has started."""
    used = 0
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split():
        with suppress(FileNotFoundError):  # who ends meanwhile counts in what ended ones have used
            used += _cpu_ticks(int(child), _USER, _SYSTEM)
    return (used + _cpu_ticks(pid, _USER, _SYSTEM, _ENDED_USER, _ENDED_SYSTEM)) / _TICKS


def memory_bytes(pid: int) -> int:
    """Return the memory that a process holds."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]
    return int(pages) * resource.getpagesize()


@dataclass(frozen=True, slots=True)
class Run:
    """What several processes did between a common start and the end of the last one.

    `cpu` is the processor time of all of them, `engine_cpu` that of what they work on meanwhile.
    """

    seconds: float
    cpu: float
    engine_cpu: float
    answers: list[Any]


Work = Callable[..., Callable[[], Any]]
"""Prepares in a process of its own, and returns what to do after the common start."""


class Served(Protocol):
    """What jobs work on: a process, and those that it has started."""

    @property
    def pid(self) -> int: ...


def together(served: Served, jobs: list[tuple[Work, tuple[Any, ...]]]) -> Run:
    """Run jobs at the same time, each in a fresh process.

    Raises:
        RuntimeError: one of them failed; the others were stopped.
    """
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(len(jobs) + 1)
    pipes, processes = [], []
    for work, arguments in jobs:
        mine, theirs = spawn.Pipe(duplex=False)
        process = spawn.Process(target=_child, args=(work, arguments, barrier, theirs), daemon=True)
        process.start()
        theirs.close()
        pipes.append(mine)
        processes.append(process)
    try:
        barrier.wait(START_SECONDS_MAX)
        began, engine_began = time.monotonic(), _cpu_of_all(served.pid)
        results = [_answer(pipe) for pipe in pipes]
        used = _cpu_of_all(served.pid) - engine_began
    finally:
        for process in processes:
            process.terminate()
            process.join()
    seconds = max(ended for ended, _, _ in results) - began
    return Run(seconds, sum(cpu for _, cpu, _ in results), used, [each for _, _, each in results])


def _answer(pipe: Any) -> tuple[float, float, Any]:
    if not pipe.poll(RUN_SECONDS_MAX):
        raise RuntimeError(f"no answer within {RUN_SECONDS_MAX} seconds")
    try:
        answer: tuple[float, float, Any] = pipe.recv()
    except EOFError:
        raise RuntimeError("a process failed: see above") from None
    return answer


def _child(work: Work, arguments: tuple[Any, ...], barrier: Any, pipe: Any) -> None:
    run = work(*arguments)
    barrier.wait(START_SECONDS_MAX)
    began = time.process_time()
    answer = run()
    pipe.send((time.monotonic(), time.process_time() - began, answer))
