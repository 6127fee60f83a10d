"""Several settings beside each other: the same document with one number after another (9)."""

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rebate.contracts.problems import Invalid, Problem, join_paths, nearest, shown

_STEP = re.compile(r'\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.\[\]]+)')


class UnknownPath(Invalid):
    """A sweep over a path at which settings have no number."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A path of the settings, and the numbers that it takes in turn."""

    path: str
    values: tuple[int, ...]


def read_sweep(text: str) -> Sweep:
    """Return what `PATH=V1,V2,…` says.

    Raises:
        UnknownPath: it does not say it so.
    """
    path, equals, values = text.partition("=")
    try:
        numbers = tuple(int(value) for value in values.split(","))
    except ValueError:
        numbers = ()
    if not path or not equals or not numbers:
        message = "must be PATH=V1,V2,… with whole numbers, such as queue_rebate.extraction_bps=500"
        raise UnknownPath([Problem("--sweep", f"{message}, not {shown(text)}")])
    return Sweep(path, numbers)


def swept(document: Mapping[str, Any], sweeps: Sequence[Sweep]) -> Iterator[dict[str, Any]]:
    """Yield documents: every combination of the sweeps' values, the last varying fastest.

    `document` has all defaults written out, so that every number of it has a path.

    Raises:
        UnknownPath: naming the path and the nearest one.
    """
    if not sweeps:
        yield copy.deepcopy(dict(document))
        return
    first, *others = sweeps
    for value in first.values:
        changed = copy.deepcopy(dict(document))
        put(changed, first.path, value)
        yield from swept(changed, others)


def put(document: dict[str, Any], path: str, value: int) -> None:
    """Set the number at a path; whether one that is not set may be, the contract has to say.

    Raises:
        UnknownPath: there is none.
    """
    steps = [_step(match) for match in _STEP.finditer(path)]
    holder: Any = document
    for step in steps[:-1]:
        holder = _inside(holder, step)
    known = _inside(holder, steps[-1]) if steps else ""
    is_number = isinstance(known, int) and not isinstance(known, bool)
    may_be_set = known is None and isinstance(holder, dict)
    if not (is_number or may_be_set):
        numbers = list(_numbers(document, ""))
        message = "is no number of these settings"
        raise UnknownPath([Problem(path, message, nearest(path, numbers, likeness_min=0))])
    holder[steps[-1]] = value


def _step(match: re.Match[str]) -> str | int:
    number, quoted, plain = match.groups()
    return int(number) if number is not None else (quoted if quoted is not None else plain)


def _inside(holder: Any, step: str | int) -> Any:  # noqa: ANN401 - JSON
    if isinstance(holder, dict):
        return holder.get(step)
    if isinstance(holder, list) and isinstance(step, int) and step < len(holder):
        return holder[step]
    return None


def _numbers(value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield the paths of all numbers of a document."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers(item, join_paths(path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _numbers(item, f"{path}[{place}]")
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path


def differing(documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return for each document what it sets at the paths at which they differ (null: nothing)."""
    flat = [dict(_leaves(document, "")) for document in documents]
    paths = sorted({path for each in flat for path in each})
    told = [path for path in paths if len({shown(each.get(path)) for each in flat}) > 1]
    return [{path: each.get(path) for path in told} for each in flat]


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, join_paths(path, key))
    else:
        yield path, value
