"""From Pydantic's errors to problems: the path in the document, and one line in plain words."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Discriminator, Tag, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from rebate.contracts.problems import Path, Problem, join_paths, nearest, one_of, render_path, shown

_TAG_MARK = "\x1f"
"""Begins the tags of unions, so that no key of a document is taken for one."""

_WHOLE_NUMBER = "must be a whole number, not {given}"
_MESSAGES: Mapping[str, str] = {
    "missing": "is required",
    "int_type": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": _WHOLE_NUMBER,
    "float_type": "must be a number, not {given}",
    "finite_number": "must be a number, not {given}",
    "bool_type": "must be true or false, not {given}",
    "bool_parsing": "must be true or false, not {given}",
    "string_type": "must be text, not {given}",
    "string_unicode": "must be text that can be written as UTF-8",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} parts, not {actual_length}",
    "greater_than_equal": "must be at least {ge}, not {given}",
    "less_than_equal": "must be at most {le}, not {given}",
    "model_type": "must be an object, not {given}",
    "model_attributes_type": "must be an object, not {given}",
    "dict_type": "must be an object, not {given}",
    "tuple_type": "must be a list, not {given}",
}
_CONTROL_CHARS = "must not hold control characters"


class Strict(BaseModel):
    """An object whose fields are all known and which never changes once it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Tolerant(BaseModel):
    """An object whose unknown fields are ignored, because senders evolve."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


def tagged(model: type) -> Tag:
    """Return the mark of one member of a union that `choose` tells apart."""
    return Tag(_TAG_MARK + model.__name__)


def choose(pick: Callable[[Any], type]) -> Discriminator:
    """Return what selects the member of a union: `pick` gets the value and returns its type."""
    return Discriminator(lambda value: _TAG_MARK + pick(value).__name__)


def error_at(path: str, message: str) -> PydanticCustomError:
    """Return an error about the field at `path` inside the object that is being checked."""
    return PydanticCustomError("inside", "{message}", {"message": message, "path": path})


def problems_of(error: ValidationError, model: type[BaseModel]) -> tuple[Problem, ...]:
    """Return what Pydantic found in a document of type `model`, in its order."""
    return tuple(_problem(detail, model) for detail in error.errors(include_url=False))


def _problem(detail: ErrorDetails, model: type[BaseModel]) -> Problem:
    path = _document_path(detail["loc"])
    if detail["type"] == "extra_forbidden":
        return _unknown_field(path, _names_at(model, detail["loc"][:-1]))
    if detail["type"] == "literal_error":
        return _wrong_choice(path, detail)
    context = detail.get("ctx", {})
    where = join_paths(render_path(path), context.get("path", ""))
    return Problem(where, _message(detail), context.get("nearest"))


def _document_path(loc: Path) -> Path:
    """Leave out what only Pydantic knows: union tags and the mark of a wrong key."""
    return tuple(step for step in loc if not _is_tag(step) and step != "[key]")


def _is_tag(step: str | int) -> bool:
    return isinstance(step, str) and step.startswith(_TAG_MARK)


def _unknown_field(path: Path, valid: tuple[str, ...]) -> Problem:
    close = nearest(path[-1], valid)
    message = "unknown field" if close else f"unknown field; valid are {one_of(valid)}"
    return Problem(render_path(path), message, close or nearest(path[-1], valid, 0))


def _wrong_choice(path: Path, detail: ErrorDetails) -> Problem:
    expected = detail["ctx"]["expected"]
    choices = re.findall(r"'([^']*)'", expected) or [expected.lower()]
    given = detail["input"]
    return Problem(
        render_path(path),
        f"must be {one_of(choices)}, not {shown(given)}",
        nearest(given, choices),
    )


def _message(detail: ErrorDetails) -> str:
    context = {**detail.get("ctx", {}), "given": shown(detail["input"])}
    if detail["type"] == "string_pattern_mismatch":
        template = _CONTROL_CHARS
    else:
        template = _MESSAGES.get(detail["type"], "")
    return template.format(**context) if template else detail["msg"]


def _names_at(model: type[BaseModel], loc: Path) -> tuple[str, ...]:
    """Return the names of all fields that the object at `loc` may have."""
    types: list[Any] = [model]
    for step in loc:
        types = [inner for outer in types for inner in _inside(outer, step)]
    return tuple(name for found in types for name in _fields(found))


def _inside(outer: Any, step: str | int) -> Iterator[Any]:
    """Yield the types that may stand at `step` of a value of type `outer`."""
    if _is_tag(step):
        if _TAG_MARK + getattr(outer, "__name__", "") == step:
            yield outer
    elif _is_model(outer):
        yield from _unwrapped(_fields(outer).get(str(step)))
    else:
        yield from _unwrapped(_element(outer))


def _fields(model: Any) -> dict[str, Any]:
    if not _is_model(model):
        return {}
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _is_model(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, BaseModel)


def _unwrapped(annotation: Any) -> Iterator[Any]:
    """Yield the members of a union, without what `Annotated` adds."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            yield from _unwrapped(member)
    elif annotation is not None:
        yield annotation


def models_in(annotation: Any) -> Iterator[tuple[type[BaseModel], str]]:
    """Yield the models inside a field's type, each with where: "", `[]` of a list, `.{id}`."""
    for found in _unwrapped(annotation):
        if _is_model(found):
            yield found, ""
        elif get_origin(found) in (tuple, Mapping):
            suffix = "[]" if get_origin(found) is tuple else ".{id}"
            for model, inner in models_in(_element(found)):
                yield model, suffix + inner


def _element(collection: Any) -> Any:
    """Return the type of what a list or mapping holds, None for anything else."""
    return next((arg for arg in reversed(get_args(collection)) if arg is not Ellipsis), None)
