"""Several settings beside each other: the same document with one number after another (9)."""

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rebate.contracts.problems import Invalid, Problem, nearest, render_path, shown

_KEY = r"[^.\[\]]+"
_QUOTED = r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"'
_STEP = re.compile(rf"\[(\d+)\]|\[({_QUOTED})\]|({_KEY})")
_PATH = re.compile(rf"{_KEY}(?:\.{_KEY}|\[(?:\d+|{_QUOTED})\])*")
"""How `render_path` tells where something stands."""


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
    path, equals, values = text.rpartition("=")
    try:
        numbers = tuple(int(value) for value in values.split(","))
    except ValueError:
        numbers = ()
    if not path or not equals or not numbers:
        message = "must be PATH=V1,V2,… with whole numbers, such as queue_rebate.extraction_bps=500"
        raise UnknownPath([Problem("", f"{message}, not {shown(text)}")])
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
    steps = [_step(match) for match in _STEP.finditer(path)] if _PATH.fullmatch(path) else []
    holder: Any = document
    for step in steps[:-1]:
        holder = _inside(holder, step)
    known = _inside(holder, steps[-1]) if steps else ""
    may_be_set = known is None and isinstance(holder, dict)
    if not (type(known) is int or may_be_set):
        numbers = [name for name, leaf in _leaves(document) if type(leaf) is int]
        message = "is no number of these settings"
        raise UnknownPath([Problem(path, message, nearest(path, numbers, likeness_min=0))])
    holder[steps[-1]] = value


def _step(match: re.Match[str]) -> str | int:
    number, quoted, plain = match.groups()
    if number is not None:
        return int(number)
    return plain if quoted is None else str(json.loads(quoted))


def _inside(holder: Any, step: str | int) -> Any:  # noqa: ANN401 - JSON
    if isinstance(holder, dict):
        return holder.get(step)
    if isinstance(holder, list) and isinstance(step, int) and step < len(holder):
        return holder[step]
    return None


def differing(documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return for each document what it sets at the paths at which they differ (null: nothing)."""
    flat = [dict(_leaves(document)) for document in documents]
    paths = sorted({path for each in flat for path in each})
    told = [path for path in paths if len({shown(each.get(path)) for each in flat}) > 1]
    return [{path: each.get(path) for path in told} for each in flat]


def _leaves(value: Any, *steps: str | int) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON
    """Yield the paths of whatever holds nothing else, with what stands there."""
    inside = value.items() if isinstance(value, Mapping) else enumerate(value)
    for step, item in inside:
        if item and isinstance(item, Mapping | list):
            yield from _leaves(item, *steps, step)
        else:
            yield render_path((*steps, step)), item
