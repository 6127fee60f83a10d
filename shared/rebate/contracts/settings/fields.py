"""How a field of the settings is described: in two languages, with its rule and an example."""

from typing import Any

from pydantic import Field
from pydantic.fields import FieldInfo

REQUIRED = ...


def setting(
    title: str,
    title_zh: str,
    rule: str,
    *,
    example: Any,
    default: Any = None,
    note: str = "",
    alias: str | None = None,
) -> Any:
    """Return a described field: its names, the rule it serves, an example and what else to know."""
    return Field(
        default,
        alias=alias,
        title=title,
        description=note or None,
        examples=[example],
        json_schema_extra={"x-title-zh": title_zh, "x-rule": rule},
    )


def title_zh_of(field: FieldInfo) -> str:
    """Return the Chinese name that operators know the field by."""
    return _extra(field, "x-title-zh")


def rule_of(field: FieldInfo) -> str:
    """Return the id of the rule that the field serves."""
    return _extra(field, "x-rule")


def _extra(field: FieldInfo, key: str) -> str:
    extra = field.json_schema_extra
    return str(extra.get(key, "")) if isinstance(extra, dict) else ""
