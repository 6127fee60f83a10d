"""`python -m benchmarks [name…] [--quick] [--text]`: see docs/benchmarks.md."""

import argparse
import json
import sys
from importlib import import_module

from benchmarks.results import Line, Options, say

NAMES = (
    "engine",
    "simulate",
    "cold_start",
    "audit",
    "order_cost",
    "spread",
    "hot_queue",
    "flat",
    "day",
)
"""The benchmarks, the short ones first; each is a module with a `run`."""

_NAMED = frozenset({"bench", "case"})


def main() -> int:
    """Run benchmarks one after another; nothing else should use the machine meanwhile."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="small sizes, for a look")
    parser.add_argument(
        "--json", action="store_true", help="a line of JSON a measurement (default)"
    )
    parser.add_argument("--text", action="store_true", help="a line a figure instead")
    given = parser.parse_args()
    for unknown in set(given.names) - set(NAMES):
        parser.error(f"there is no {unknown}; there are {', '.join(NAMES)}")
    for name in given.names or NAMES:
        say(f"{name}: begins")
        for line in import_module(f"benchmarks.{name}").run(Options(quick=given.quick)):
            print(_text(line) if given.text else json.dumps(line, ensure_ascii=False), flush=True)
    return 0


def _text(line: Line) -> str:
    figures = (f"  {name} {value}" for name, value in line.items() if name not in _NAMED)
    return "\n".join([f"{line['bench']}: {line['case']}", *figures])


if __name__ == "__main__":
    sys.exit(main())
