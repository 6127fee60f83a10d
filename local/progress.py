"""Progress for those who watch: a bar on stderr, only where that is a terminal."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Step = TypeVar("Step")


def watched(steps: Iterable[Step], what: str, total: int) -> Iterator[Step]:
    """Yield the steps as they come, and show how many of `total` there were."""
    if not sys.stderr.isatty():
        yield from steps
        return
    with _bar(what) as progress:
        yield from progress.track(steps, total=total)


@contextmanager
def metered(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Give what shows how many of `total` are done, while the block lasts."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with _bar(what) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)


def _bar(what: str) -> Progress:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
