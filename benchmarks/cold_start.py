"""Cold starts: what a handler's start costs beside `import boto3` and a client alone.

A start is the import, the client, and whatever the first call makes that later ones find made.
Handlers find what their package has: compiled modules, and of botocore the services they call.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

import botocore

from benchmarks.results import Line, Options, say
from benchmarks.stage import PREFIX, REGION
from infra.packages import prune
from infra.runtime import ENVIRONMENT

ROOT = Path(__file__).parents[1]
STARTS, STARTS_QUICK = 15, 3
CLIENT_ALONE = "boto3 and a client"
BASELINE = "import boto3; boto3.client('dynamodb', endpoint_url='http://127.0.0.1:1')"
HANDLER = """
from functions.{name}.handler import handler
from rebate.bootstrap import app
app().store._connection.client
{first}
"""

PAID = {
    "order_id": "o",
    "member": {"id": "m"},
    "channel": "mall",
    "paid_at": "2026-03-01T00:00:00Z",
    "lines": [{"line_id": "1", "paid": 1000}],
}
COMPLETED = {"order_id": "o", "completed_at": "2026-03-01T00:00:00Z"}
REFUNDED = {
    "order_id": "o",
    "refund_id": "r",
    "refunded_at": "2026-03-01T00:00:00Z",
    "lines": [{"line_id": "1", "amount": 1000}],
}
SAVED = {"member_id": "m"}

READS_EVENT = """
from rebate.contracts.events_in import parse_event
parse_event({kind!r}, {detail!r})
"""
READS_ROWS = """
from rebate.adapters.codec import decode
from rebate.domain.queues import Queue
from rebate.domain.tickets import Ticket
from rebate.usecases.storage.rows.inbox import Inbox
decode(Queue, '{"id": "mall"}')
join = '{"type": "join", "at": 1, "order": "o", "member": "m"}'
decode(Inbox, '{"queue": "q", "sort": "s", "command": %s}' % join)
decode(Ticket, '{"queue": "q", "order": "o", "member": "m", "lines": [], "paid_at": 1}')
"""
READS_JOURNAL = """
from rebate.adapters.codec import decode
from rebate.usecases.storage.rows.journal import Journal
decode(Journal, '{"source": "mall", "number": 1, "at": 1, "entries": []}')
"""
READS_BODY = """
from functions.api.handler import take_bodies
take_bodies()
from functions.api.bodies import body_of
from rebate.contracts.requests import Exchange
body_of({'body': '{"queue": "mall", "entry": "o/1", "into": "points"}'}, Exchange)
"""
FIRST: Mapping[str, str] = {
    "api": "app().settings" + READS_ROWS,
    "api, a body": "app().settings; app().entries" + READS_BODY,
    "notify_members": READS_JOURNAL,
    "on_catalog_saved": "app().catalog" + READS_EVENT.format(kind="MemberSaved", detail=SAVED),
    "on_order_completed": "app().orders"
    + READS_EVENT.format(kind="OrderCompleted", detail=COMPLETED),
    "on_order_paid": "app().orders" + READS_EVENT.format(kind="OrderPaid", detail=PAID),
    "on_order_refunded": "app().orders" + READS_EVENT.format(kind="OrderRefunded", detail=REFUNDED),
    "publish_events": READS_JOURNAL + "app().outside.publisher",
    "scheduled_clear": "app().scheduler",
    "scheduled_draws": "app().settings; app().seeds",
    "scheduled_payouts": "app().scheduler",
    "scheduled_sweep": READS_ROWS + "app().settler",
    "settle": READS_ROWS + "app().settler",
}
"""What the first call of a function makes whatever it is about: its use cases, with the models of
the settings that they read, and what reads the events or rows that it gets."""

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
    codes = {CLIENT_ALONE: BASELINE}
    codes |= {case: _code(case, first) for case, first in FIRST.items()}
    assert {_function(case) for case in FIRST} == _functions(), "each function has a first call"
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bytecode, packages = Path(folder, "bytecode"), Path(folder, "packages")
        shutil.copytree(Path(botocore.__file__).parent, packages / "botocore")
        prune(packages)

        def start(name: str) -> Line:
            shipped = [] if name == CLIENT_ALONE else [packages, ROOT / "shared", ROOT]
            return _start(codes[name], bytecode, shipped)

        say("cold_start: compiles")
        for name in codes:
            start(name)
        starts: dict[str, list[Line]] = {name: [] for name in codes}
        for number in range(STARTS_QUICK if options.quick else STARTS):
            say(f"cold_start: start {number + 1} of each of {len(codes)}")
            for name in codes:
                starts[name].append(start(name))
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


def _code(case: str, first: str) -> str:
    return HANDLER.format(name=_function(case), first=first)


def _function(case: str) -> str:
    return case.partition(",")[0]


def _functions() -> set[str]:
    return {path.parent.name for path in ROOT.glob("functions/*/handler.py")}


def _start(code: str, bytecode: Path, paths: list[Path]) -> Line:
    """Run code in a fresh process, which finds bytecode or leaves it there; return its figures."""
    environment = {
        **ENVIRONMENT,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "REBATE_TABLE_PREFIX": PREFIX,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "PYTHONPYCACHEPREFIX": str(bytecode),
    }
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(code=code)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    figures: Line = json.loads(done.stdout.splitlines()[-1])
    return figures
