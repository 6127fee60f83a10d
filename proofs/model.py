"""Checks the model of acceptance and settlement, settlement.pml, with spin.

The model must hold in every interleaving, and each fault that can be seeded into it must be found.
Needs `spin` and a C compiler, both packages of Debian.
"""

import shutil
import subprocess
import sys
from pathlib import Path

MODEL = Path(__file__).parent / "settlement.pml"
WORKSHOP = MODEL.parent.parent / "build" / "model"
SETTINGS = ("TWO_SETTLE", "TWO_ACCEPT")
FAULTS = ("BLIND", "EARLY_ACK", "NO_SWEEP", "NO_PROOF", "NO_BEGUN", "FIRST_EMPTIES")
DEPTH_MAX = 1_000_000


def check(*defined: str) -> tuple[int, str]:
    """Return how many errors were found, and what the checker says of its search."""
    _run("spin", "-a", *(f"-D{name}" for name in defined), str(MODEL))
    _run("cc", "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-o", "pan", "pan.c")
    said = _run("./pan", f"-m{DEPTH_MAX}", "-n")
    if "search depth too small" in said or "out of memory" in said:
        raise RuntimeError(said)
    summary = next(line for line in said.splitlines() if "errors: " in line)
    states = next(line for line in said.splitlines() if "states, stored" in line)
    return int(summary.rpartition("errors: ")[2]), f"{states.split()[0]} states"


def _run(*command: str) -> str:
    done = subprocess.run(command, cwd=WORKSHOP, check=True, capture_output=True, text=True)
    return done.stdout


def main() -> int:
    """Return 0 if the model holds and every fault is found."""
    if not shutil.which("spin"):
        print("spin is not installed: `apt-get install spin`", file=sys.stderr)
        return 2
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    wrong = []
    for setting in SETTINGS:
        errors, searched = check(setting)
        print(f"{setting:10} {'DOES NOT HOLD' if errors else 'holds'}, {searched}", flush=True)
        wrong += [setting] if errors else []
    for fault in FAULTS:
        errors, searched = check(fault)
        print(f"{fault:10} {'found' if errors else 'NOT FOUND'}, {searched}", flush=True)
        wrong += [] if errors else [fault]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
