"""Progress for those who watch: a bar on stderr, only where that is a terminal."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Step = TypeVar("Step")


def watched(steps: Iterable[Step], what: str, total: int) -> Iterator[Step]:
    """Yield the steps as they come, and show how many of `total` there were."""
    if not sys.stderr.isatty():
        yield from steps
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield from progress.track(steps, total=total)
