"""Comparing an outcome with what was expected of it (contracts, section 4)."""

from collections.abc import Iterator
from typing import Any

from rebate.contracts.problems import Path, render_path, shown


def differences(expected: Any, actual: Any, path: Path = ()) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield where `actual` is not as expected, one line each.

    Objects match in the keys that are named, lists in length and order, all else if it is equal.
    """
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            if key in actual:
                yield from differences(value, actual[key], (*path, key))
            else:
                yield f"{render_path((*path, key))}: expected {shown(value)}, is not there"
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _in_list(expected, actual, path)
    elif expected != actual or type(expected) is not type(actual):
        yield f"{render_path(path)}: expected {shown(expected)}, was {shown(actual)}"


def _in_list(expected: list[Any], actual: list[Any], path: Path) -> Iterator[str]:
    if len(expected) != len(actual):
        yield f"{render_path(path)}: expected {len(expected)} items, was {len(actual)}"
    for place, (wanted, found) in enumerate(zip(expected, actual, strict=False)):
        yield from differences(wanted, found, (*path, place))
