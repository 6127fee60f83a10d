"""Documents that people write: JSON, or YAML where each word means what it says.

YAML is read by its core schema: `no` and `off` are text, `20:00` is text and not twelve hundred,
and a date is text. Keys are text always, as in JSON. A key that stands twice is refused.
"""

import json
import re
from typing import Any

from rebate.contracts.problems import Invalid, Problem, shown


class UnreadableDocument(Invalid):
    """Text that is neither JSON nor YAML, or that says something twice."""


def read_document(text: str, name: str) -> Any:
    """Return what the text holds, as JSON values; `name` is the file's, for its ending.

    Text whose name ends in `.yaml` or `.yml` is YAML, any other JSON. Raises UnreadableDocument.
    """
    read = _read_yaml if name.lower().endswith((".yaml", ".yml")) else _read_json
    try:
        return read(text)
    except RecursionError:
        raise UnreadableDocument([Problem("", "is nested too deeply")]) from None


def _read_json(text: str) -> Any:
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_object_without_repeats,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UnreadableDocument([Problem("", f"is not JSON: {error.msg} at {where}")]) from None
    except ValueError as error:
        raise UnreadableDocument([Problem("", f"is not JSON: {error}")]) from None


def _object_without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise UnreadableDocument([Problem("", f"has the key {shown(key)} twice in one object")])
        found[key] = value
    return found


def _refuse_constant(name: str) -> Any:
    raise UnreadableDocument([Problem("", f"is not JSON: {name} is no number")])


def _read_yaml(text: str) -> Any:
    import yaml  # noqa: PLC0415 (needed for YAML files alone, and not part of a deployed function)

    class Loader(yaml.SafeLoader):
        """Reads the core schema of YAML 1.2."""

        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's own attribute)

    def read_mapping(loader: Loader, node: yaml.MappingNode) -> dict[str, Any]:
        pairs = [
            (_key_text(key), loader.construct_object(value, deep=True)) for key, value in node.value
        ]
        return _object_without_repeats(pairs)

    Loader.add_constructor("tag:yaml.org,2002:map", read_mapping)
    Loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))
    for tag, pattern, first in _CORE_SCHEMA:
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)
    try:
        return yaml.load(text, Loader)  # noqa: S506 (the loader is a SafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableDocument([Problem("", f"is not YAML: {error}")]) from None


def _key_text(node: Any) -> str:
    if isinstance(node.value, str):
        return node.value
    raise UnreadableDocument([Problem("", "has a key that is not text")])


_CORE_SCHEMA = (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    (
        "float",
        r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$",
        list("-+0123456789."),
    ),
)
