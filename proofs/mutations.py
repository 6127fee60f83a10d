"""Mutates the money core line by line and shows which changes no test notices.

`python -m proofs.mutations [pattern …]` mutates the files of the core, or those functions whose
names match, with REBATE_MUTATION_PROCESSES processes (2). Fails unless nine of ten mutants are
killed. docs/mutations.md says what the others are.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
WORKSHOP = ROOT / "build" / "mutations"

CORE = (
    "domain/allocation",
    "domain/caps",
    "domain/contributions",
    "domain/conversions",
    "domain/distribution",
    "domain/draws",
    "domain/execution",
    "domain/flow",
    "domain/holders",
    "domain/joining",
    "domain/ledger",
    "domain/merges",
    "domain/money",
    "domain/payouts",
    "domain/pending",
    "domain/places",
    "domain/pool_runs",
    "domain/posting",
    "domain/profits",
    "domain/refunds",
    "domain/unit_of_work",
    "domain/waiting_line",
    "domain/write_budget",
    "usecases/settlement/pending_commands",
)
"""Modules of `rebate` that compute or move amounts, or tell which commands still have to."""

TESTS = (
    "tests/test_worked_examples.py",
    "tests/usecases/test_told.py",
    "tests/usecases/test_long_orders.py",
    "tests/usecases/test_merge_home.py",
    "tests/usecases/test_merge_stalled.py",
    "tests/usecases/test_shared_rows.py",
    "tests/usecases/test_torn_reads.py",
    "tests/domain",
)
"""Fast tests; what they leave alive is looked at by hand, whatever slower ones might notice."""

EFFORT = "0.2"
"""How many of the examples of each property are tried: a change that needs more is looked at."""

PROCESSES = os.environ.get("REBATE_MUTATION_PROCESSES", "2")

KILLED = frozenset({"killed", "timeout"})
"""What became of a mutant that tests noticed: they failed, or never came to an end."""

KILLED_PERCENT_MIN = 90

# Assertions state what only a bug can break, so no test can see one weakened.
LEFT_ALONE = (r"^\s*assert ",)

SETTINGS = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = {only}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist", "--timeout=0"]
pytest_add_cli_args_test_selection = {tests}
do_not_mutate_patterns = {left_alone}
timeout_constant = 10.0
timeout_multiplier = 3.0
"""


def main(patterns: list[str]) -> int:
    """Return 0 if enough mutants were killed."""
    _furnish()
    _mutmut("run", "--max-children", PROCESSES, *patterns)
    found = _results()
    for name, status in found.items():
        if status not in KILLED:
            print(f"\n{_mutmut('show', name)}")
    return _report(found)


def _furnish() -> None:
    """Lay out what mutmut expects: sources in src/, tests beside them, and its settings.

    Files are as new as this run: mutmut takes what it mutated after a file was written for its own.
    """
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    for source, target in (("shared/rebate", "src/rebate"), ("tests", "tests")):
        shutil.rmtree(WORKSHOP / target, ignore_errors=True)
        shutil.copytree(
            ROOT / source,
            WORKSHOP / target,
            ignore=shutil.ignore_patterns("*.pyc"),
            copy_function=shutil.copyfile,
        )
    settings = SETTINGS.format(
        only=[f"src/rebate/{module}.py" for module in CORE],
        tests=list(TESTS),
        left_alone=json.dumps(LEFT_ALONE),
    )
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (WORKSHOP / "pyproject.toml").write_text(project + settings, encoding="utf-8")


def _mutmut(*arguments: str) -> str:
    """Return what mutmut said, which is in the workshop's `mutmut-….log` too."""
    log = WORKSHOP / f"mutmut-{arguments[0]}.log"
    with log.open("w", encoding="utf-8") as said:
        subprocess.run(
            [sys.executable, "-m", "mutmut", *arguments],
            cwd=WORKSHOP,
            env={**os.environ, "REBATE_TEST_EFFORT": EFFORT},
            check=True,
            stdout=said,
        )
    return log.read_text(encoding="utf-8")


def _results() -> dict[str, str]:
    """Return what became of each mutant that was tried."""
    lines = _mutmut("results", "--all", "true").splitlines()
    split = (line.strip().rpartition(": ") for line in lines)
    return {name: status for name, _, status in split if status != "not checked"}


def _report(found: dict[str, str]) -> int:
    """Print killed and all mutants, module by module."""
    killed: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for name, status in found.items():
        module = name.split(".")[2]
        tried[module] += 1
        killed[module] += status in KILLED
    for module in sorted(tried):
        print(f"{module:16}{killed[module]:5} of {tried[module]:5} killed")
    percent = 100 * killed.total() / max(1, tried.total())
    print(f"{'all':16}{killed.total():5} of {tried.total():5} killed: {percent:.1f} %")
    return 0 if percent >= KILLED_PERCENT_MIN else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
