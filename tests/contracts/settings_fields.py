"""Every field of the settings, found in the model itself, so that a new one is tested too."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_origin

import jsonschema
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from rebate.contracts.settings import settings_model
from rebate.contracts.validation import models_in

KEY = "k"
MISFITS: tuple[Any, ...] = (
    True,
    1.5,
    -1,
    10**18,
    "",
    "12",
    "no such thing",
    [],
    ["x"],
    {},
    {"x": 1},
    [-1],
    [True],
)

DOCUMENT = settings_model()


@dataclass(frozen=True)
class Place:
    """A field where it stands: the objects that lead to it are valid but for what is put there."""

    model: type[BaseModel]
    name: str
    field: FieldInfo
    steps: tuple[str | int, ...]

    @property
    def path(self) -> str:
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps)
        return f"{text}.{self.name}".lstrip(".")

    @property
    def schema(self) -> dict[str, Any]:
        whole = self.model.model_json_schema()
        return {**whole["properties"][self.name], "$defs": whole.get("$defs", {})}

    def misfits(self) -> list[Any]:
        """Return values that the field's schema does not allow."""
        validator = jsonschema.Draft202012Validator(self.schema)
        return [value for value in MISFITS if not validator.is_valid(value)]

    def document(self, value: Any, name: str | None = None) -> dict[str, Any]:
        """Return settings that hold `value` here, or under another name beside it."""
        inner = {**needed(self.model), name or self.name: value}
        return placed(DOCUMENT, self.steps, inner)


def needed(model: type[BaseModel]) -> dict[str, Any]:
    """Return the fields that an object of this kind cannot do without, by their examples."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return {
        name: field.examples[0]
        for name, field in fields.items()
        if field.is_required() and field.examples
    }


def placed(model: type[BaseModel], steps: tuple[str | int, ...], inner: Any) -> Any:
    """Return an object of kind `model` in which `inner` stands at `steps`."""
    if not steps:
        return inner
    name, *rest = steps
    field = next(f for n, f in model.model_fields.items() if (f.alias or n) == name)
    value, kinds = inner, [found for found, _ in models_in(field.annotation)]
    if rest and rest[0] == 0:
        value = [_one(kinds, tuple(rest[1:]), inner)]
    elif rest and rest[0] == KEY:
        value = {KEY: _one(kinds, tuple(rest[1:]), inner)}
    elif rest:
        value = _one(kinds, tuple(rest), inner)
    return {**needed(model), name: value}


def _one(kinds: list[type[BaseModel]], steps: tuple[str | int, ...], inner: Any) -> Any:
    if not steps:
        return inner
    kind = next(k for k in kinds if steps[0] in {f.alias or n for n, f in k.model_fields.items()})
    return placed(kind, steps, inner)


def places(model: type[BaseModel] = DOCUMENT, steps: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """Yield every field of the model and of all objects inside it."""
    for attribute, field in model.model_fields.items():
        name = field.alias or attribute
        yield Place(model, name, field, steps)
        for found, _ in models_in(field.annotation):
            yield from places(found, (*steps, name, *_inside(field.annotation)))


def _inside(annotation: Any) -> tuple[str | int, ...]:
    """Return the step from a collection to what it holds."""
    kinds = {
        get_origin(annotation),
        *(get_origin(arg) for arg in getattr(annotation, "__args__", ())),
    }
    if tuple in kinds:
        return (0,)
    return (KEY,) if Mapping in kinds else ()
