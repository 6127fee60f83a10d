"""`docs/settings.md`: every setting with its names, values, default, rule and an example."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from rebate.contracts.settings import settings_model
from rebate.contracts.settings.fields import rule_of, title_zh_of
from rebate.contracts.validation import models_in

_TECHNICAL_MAX = 100_000_000
"""A bound from here on keeps numbers exact and means nothing to a reader."""
_HEAD = """# Settings

Generated from `rebate.contracts.settings`; do not edit. The whole document is one JSON object of
the form of the first table; `settings.schema.json` says the same for programs. Amounts are whole
minor units, names that end in `_bps` are basis points (10 000 = 100 %), instants are ISO 8601 with
an offset. An unknown field is refused; a field that is null counts as left out.
"""
_COLUMNS = (
    "| Field | Name | 名称 | Values | Default | Rule | Example | Note |\n"
    "|---|---|---|---|---|---|---|---|\n"
)


def settings_page() -> str:
    """Return the page as Markdown: a table for each kind of object in the document."""
    tables = [_table(model, path) for model, path in _models()]
    return _HEAD + "".join(tables)


def _models() -> Iterator[tuple[type[BaseModel], str]]:
    """Yield each kind of object once, in the order in which a reader meets them."""
    waiting: list[tuple[type[BaseModel], str]] = [(settings_model(), "")]
    seen: set[type[BaseModel]] = {settings_model()}
    while waiting:
        model, path = waiting.pop(0)
        yield model, path
        inner = []
        for name, field in _fields(model).items():
            for found, suffix in models_in(field.annotation):
                if found not in seen:
                    seen.add(found)
                    inner.append((found, f"{path}.{name}{suffix}".lstrip(".")))
        waiting = [*inner, *waiting]


def _fields(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _table(model: type[BaseModel], path: str) -> str:
    heading = f"`{path}`" if path else "The document"
    summary = (model.__doc__ or "").strip().split("\n\n")[0]
    schema = model.model_json_schema()
    rows = "".join(
        _row(name, field, schema["properties"][name]) for name, field in _fields(model).items()
    )
    return f"\n## {heading}\n\n{summary}\n\n{_COLUMNS}{rows}"


def _row(name: str, field: FieldInfo, schema: dict[str, Any]) -> str:
    cells = (
        f"`{name}`",
        field.title or "",
        title_zh_of(field),
        _values(schema),
        _default(field),
        rule_of(field),
        "".join(f"`{json.dumps(example, ensure_ascii=False)}`" for example in field.examples or ()),
        field.description or "",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    if field.default is None or isinstance(field.default, BaseModel):
        return "none"
    return f"`{json.dumps(field.default, ensure_ascii=False)}`"


def _values(schema: dict[str, Any]) -> str:
    """Return in words what a field may hold."""
    for union in ("anyOf", "oneOf"):
        if union in schema:
            kinds = [kind for kind in schema[union] if kind != {"type": "null"}]
            return " or ".join(dict.fromkeys(_values(kind) for kind in kinds))
    if "$ref" in schema:
        return "object"
    if "enum" in schema or "const" in schema:
        choices = schema.get("enum", [schema.get("const")])
        return ", ".join(f"`{json.dumps(choice)}`" for choice in choices)
    return _simple_values(schema)


def _range(low: int, high: int) -> str:
    return f"{low} to {high}" if high < _TECHNICAL_MAX else f"{low} or more"


def _simple_values(schema: dict[str, Any]) -> str:
    kind = schema.get("type")
    if kind == "integer":
        return _range(schema["minimum"], schema["maximum"])
    if kind == "array":
        return f"list of: {_values(schema['items'])}"
    if kind == "object":
        values = next(iter(schema["patternProperties"].values()))
        return f"by id: {_values(values)}"
    if schema.get("format") == "date-time":
        return "instant"
    return {"boolean": "true or false", "string": "text"}[str(kind)]
