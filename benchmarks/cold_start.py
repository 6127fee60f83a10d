"""Cold starts: what a handler's import costs beside `import boto3` and a client alone."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.results import Line, Options, say
from benchmarks.stage import PREFIX, REGION

ROOT = Path(__file__).parents[1]
STARTS, STARTS_QUICK = 15, 3
BASELINE = "import boto3; boto3.client('dynamodb', endpoint_url='http://127.0.0.1:1')"
HANDLER = (
    "from functions.{name}.handler import handler; "
    "from rebate.bootstrap import app; app().store._connection.client"
)
"""As the platform's first call: the handler, all use cases, and the client that they share."""

TIMED = """
import json, resource, sys, time
began, began_cpu = time.perf_counter(), time.process_time()
{code}
print(json.dumps({{
    "ms": 1000 * (time.perf_counter() - began),
    "cpu_ms": 1000 * (time.process_time() - began_cpu),
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "modules": len(sys.modules),
}}))
"""


def run(options: Options) -> Iterator[Line]:
    """Yield a line for the client alone, then one a handler, with its ratios to the first.

    Starts take turns, so that whatever else the machine does meets all of them alike; what is
    quoted is the median.
    """
    codes = {"boto3 and a client": BASELINE}
    codes |= {name: HANDLER.format(name=name) for name in _handlers()}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        say("cold_start: compiles")
        for code in codes.values():
            _start(code, folder)
        starts: dict[str, list[Line]] = {name: [] for name in codes}
        for number in range(STARTS_QUICK if options.quick else STARTS):
            say(f"cold_start: start {number + 1} of each of {len(codes)}")
            for name, code in codes.items():
                starts[name].append(_start(code, folder))
    yield from _lines(starts)


def _lines(starts: dict[str, list[Line]]) -> Iterator[Line]:
    medians = {
        name: {figure: median(each[figure] for each in found) for figure in found[0]}
        for name, found in starts.items()
    }
    base = next(iter(medians.values()))
    for name, figures in medians.items():
        yield {
            "bench": "cold_start",
            "case": name,
            **{figure: round(value, 1) for figure, value in figures.items()},
            "times_client_cpu": round(figures["cpu_ms"] / base["cpu_ms"], 2),
            "times_client_memory": round(figures["peak_mb"] / base["peak_mb"], 2),
        }


def _handlers() -> list[str]:
    return sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))


def _start(code: str, bytecode: str) -> dict[str, Any]:
    """Run code in a fresh process, which finds bytecode or leaves it there; return its figures."""
    environment = {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "REBATE_TABLE_PREFIX": PREFIX,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(ROOT / "shared"), str(ROOT)]),
        "PYTHONPYCACHEPREFIX": bytecode,
    }
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(code=code)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures
