"""JSON Schemas of answers, read off the records that are sent."""

import inspect
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from rebate.domain.records import is_record

Schema = dict[str, Any]

_PLAIN: Mapping[object, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {"type": "string", "format": "date-time"},
    Any: {},
}


class AnswerSchemas:
    """Schemas of records, by the name of each; the parts of a record are found with it."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def of(self, hint: Any) -> Schema:
        """Return the schema of what an annotation allows.

        Raises:
            TypeError: nobody said how that is sent.
        """
        if hasattr(hint, "__supertype__"):
            return self.of(hint.__supertype__)
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        if isinstance(hint, type) and is_record(hint):
            return self._record(hint)
        if isinstance(hint, type) and issubclass(hint, Enum):
            return {"type": "string", "enum": [each.value for each in hint]}
        return self._composed(hint, get_origin(hint), get_args(hint))

    def _composed(self, hint: object, origin: object, parts: tuple[Any, ...]) -> Schema:
        if origin is Literal:
            return {"type": "string", "enum": list(parts)}
        if origin in (Union, UnionType):
            return self._one_of(parts)
        if origin is tuple and parts[1:] == (Ellipsis,):
            return {"type": "array", "items": self.of(parts[0])}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(*parts)
        message = f"{hint} is sent in an answer, and nothing says how"
        raise TypeError(message)

    def _one_of(self, parts: tuple[Any, ...]) -> Schema:
        kinds = [self.of(part) for part in parts if part is not NoneType]
        if len(kinds) == len(parts):
            return {"anyOf": kinds}
        match kinds:
            case [{"type": str(kind), **rest}] if "enum" not in rest:
                return {"type": [kind, "null"], **rest}
            case _:
                return {"anyOf": [*kinds, {"type": "null"}]}

    def _mapping(self, key: Any, value: Any) -> Schema:
        names = self.of(key)
        bound = {"propertyNames": {"enum": names["enum"]}} if "enum" in names else {}
        return {"type": "object", "additionalProperties": self.of(value), **bound}

    def _record(self, record: type) -> Schema:
        name = record.__name__
        if name not in self.components:
            self.components[name] = {}  # known from here on, as a part of itself too
            hints = get_type_hints(record)
            self.components[name] = {
                "type": "object",
                "description": described(record),
                "properties": {field: self.of(hint) for field, hint in hints.items()},
                "required": list(hints),
            }
        return {"$ref": f"#/components/schemas/{name}"}


def described(kind: object) -> str:
    """Return what the docstring of something says, as one line for each paragraph."""
    paragraphs = (inspect.getdoc(kind) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
