"""What benchmarks say: figures on stdout, a line of JSON each; progress on stderr."""

import sys
from dataclasses import dataclass
from typing import Any, TypeAlias

Line: TypeAlias = dict[str, Any]
"""One measurement; `bench` and `case` name it."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much to measure: `quick` is for a look, the full sizes are for figures to quote."""

    quick: bool = False


def say(text: str) -> None:
    """Tell how far the benchmarks are."""
    print(text, file=sys.stderr, flush=True)
