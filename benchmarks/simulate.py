"""`rebate simulate` over a million one-line orders in one mall queue: speed and memory.

Each case is the command itself in a process of its own; the baseline is the plainest loop over
the same orders: a list of who waits, of whom each order pays the first, then the next.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.results import Line, Options, say
from rebate.domain.times import Instant, datetime_of
from rebate.simulation.demand import Demand, made_up
from rebate.simulation.tape import Tape

ORDERS, ORDERS_QUICK = 1_000_000, 20_000
EXTRACTION, ENTITLEMENT = 1_000, 10_000
SETTINGS = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "extraction_bps": EXTRACTION,
        "entitlement": {"fixed_bps": ENTITLEMENT},
    },
}
THIRTY = ",".join(str(100 * number) for number in range(1, 31))
_MB = 1000
"""Peak memory is told in kilobytes."""


def run(options: Options) -> Iterator[Line]:
    """Yield a line for the baseline, and one for each way to simulate."""
    count = ORDERS_QUICK if options.quick else ORDERS
    say(f"simulate: {count} orders")
    tape = made_up(Demand(count), ZoneInfo("Asia/Shanghai"))
    baseline = _baseline(tape)
    yield {
        "bench": "simulate",
        "case": "baseline: the plainest loop, orders in memory",
        "orders": count,
        "processor_seconds": round(baseline, 2),
    }
    with tempfile.TemporaryDirectory() as folder:
        settings, history = Path(folder, "settings.json"), Path(folder, "orders.jsonl")
        settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
        _write(tape, history)
        del tape
        made = ["--orders", str(count)]
        cases = (
            ("made-up orders", made),
            ("made-up orders, outcome as JSON", [*made, "--json"]),
            ("orders of a file", ["--history", str(history)]),
            ("thirty settings", [*made, "--sweep", f"queue_rebate.extraction_bps={THIRTY}"]),
            ("made-up orders, cleared every day", [*made, "--settings", _cleared(folder)]),
        )
        for case, arguments in cases:
            own = arguments if "--settings" in arguments else [*arguments, "--settings", settings]
            yield _measured(case, count, own, baseline)


def _cleared(folder: str) -> str:
    plan = {**SETTINGS["queue_rebate"], "clearing": {"every": "day"}}  # type: ignore[dict-item]
    file = Path(folder, "cleared.json")
    file.write_text(json.dumps({**SETTINGS, "queue_rebate": plan}), encoding="utf-8")
    return str(file)


def _measured(case: str, count: int, arguments: Sequence[object], baseline: float) -> Line:
    say(f"simulate: {case}")
    command = [sys.executable, "-m", "local.cli", "simulate", *map(str, arguments)]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    assert status == 0, f"{case} ended with {status}"
    process.returncode = 0
    processor = used.ru_utime + used.ru_stime
    return {
        "bench": "simulate",
        "case": case,
        "orders": count,
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor, 2),
        "of_baseline": round(processor / baseline, 2),
        "peak_mb": round(used.ru_maxrss / _MB),
    }


def _baseline(tape: Tape) -> float:
    """Return the processor time of the plainest loop, and insist that it pays something."""
    began = time.process_time()
    waiting: deque[list[int]] = deque()
    paid_to: dict[int, int] = {}
    for member, paid in zip(tape.members, tape.paid, strict=True):
        left = paid * EXTRACTION // 10_000
        while left and waiting:
            head = waiting[0]
            amount = min(left, head[1])
            head[1] -= amount
            left -= amount
            paid_to[head[0]] = paid_to.get(head[0], 0) + amount
            if not head[1]:
                waiting.popleft()
        promised = paid * ENTITLEMENT // 10_000
        if promised:
            waiting.append([member, promised])
    assert paid_to, "nobody was paid"
    return time.process_time() - began


def _write(tape: Tape, file: Path) -> None:
    """Write the orders as events, one EventBridge entry a line."""
    with file.open("w", encoding="utf-8") as out:
        for row in range(len(tape)):
            detail = tape.detail(row)
            at = datetime_of(Instant(tape.at[row])).isoformat()
            event = {"source": "shop", "detail-type": "OrderPaid", "time": at, "detail": detail}
            out.write(json.dumps(event) + "\n")
