"""A whole number may be written with a point (contracts, section 6; pitfall 40).

JSON Schema calls 100.0 an integer, and so do many senders. Whatever comes in is looked through
field by field: requests, events and settings, so that a new field is tested as well.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from rebate.contracts.events_in import EVENTS_IN
from rebate.contracts.identifiers import CHARS_MAX, PATTERN
from rebate.contracts.imports import BalanceLine, MemberLine, PlaceLine
from rebate.contracts.openapi.document import openapi
from rebate.contracts.requests import Simulate
from rebate.contracts.routes import ROUTES
from rebate.contracts.settings import settings_model
from rebate.contracts.validation import models_in

INVISIBLE = ("a\x00b", "a\tb", "a\u200bb", "\u202ea", "a  b", " a", "a ", "")


def roots() -> Iterator[type[BaseModel]]:
    yield from EVENTS_IN.values()
    yield settings_model()
    yield from (MemberLine, BalanceLine, PlaceLine)
    for route in ROUTES:
        if route.takes is not None:
            module, _, name = route.takes.rpartition(".")
            found = getattr(import_module(f"rebate.contracts.{module}"), name)
            if not isinstance(found, Mapping):
                yield found


def inside(model: type[BaseModel], known: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """Return a model and all that stand in it, as far as they are not known."""
    found = {model}
    for field in model.model_fields.values():
        for further, _ in models_in(field.annotation):
            if further not in known | found:
                found |= inside(further, known | found)
    return found


def fields() -> Iterator[tuple[str, FieldInfo, Mapping[str, Any]]]:
    """Yield (name, field, the schema of its whole number) of all that holds one."""
    models: set[type[BaseModel]] = set()
    for root in roots():
        models |= inside(root, models)
    for model in sorted(models, key=lambda each: each.__name__):
        described = model.model_json_schema()["properties"]
        for name, field in model.model_fields.items():
            schema = described.get(field.alias or name, {})
            for choice in (schema, *schema.get("anyOf", ())):
                if choice.get("type") == "integer":
                    yield f"{model.__name__}.{name}", field, choice
                elif choice.get("items", {}).get("type") == "integer":
                    yield f"{model.__name__}.{name}[]", field, choice


def reader(field: FieldInfo) -> Callable[[Any], Any]:
    """Return what reads a value as the field does."""
    of_field: Any = field.annotation
    for each in field.metadata:
        of_field = Annotated[of_field, each]
    adapter: TypeAdapter[Any] = TypeAdapter(of_field)
    return adapter.validate_python


FIELDS = list(fields())


def test_there_are_fields_of_every_document():
    found = {name.split(".")[0] for name, _, _ in FIELDS}
    assert {"OrderPaidLine", "Withdraw", "BalanceLine", "Guards", "QueueRebate"} <= found


@pytest.mark.parametrize(
    ("field", "schema"), [each[1:] for each in FIELDS], ids=[f[0] for f in FIELDS]
)
def test_a_whole_number_is_read_with_a_point_and_a_fraction_is_refused(field, schema):
    read = reader(field)
    if "items" in schema:
        length = schema.get("minItems", 1)
        assert read((1.0,) * length) == (1,) * length
        assert type(read((1.0,) * length)[0]) is int
        wrongs: list[Any] = [(wrong, *[1] * (length - 1)) for wrong in (1.5, "1", True)]
    else:
        number = max(schema.get("minimum", 1), 1)
        assert read(float(number)) == number
        assert type(read(float(number))) is int
        wrongs = [number + 0.5, str(number), True]
    for wrong in wrongs:
        with pytest.raises(ValidationError):
            read(wrong)


def test_numbers_of_a_sweep_are_whole_ones_too():
    asked = Simulate.model_validate({"settings": {}, "sweep": {"a": [1.0, 2]}})
    assert asked.sweep == {"a": (1, 2)}
    for wrong in (1.5, "1", True):
        with pytest.raises(ValidationError):
            Simulate.model_validate({"settings": {}, "sweep": {"a": [wrong]}})


def schemas(part: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, Mapping):
        yield part
        for value in part.values():
            yield from schemas(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from schemas(value)


def test_the_schema_names_the_characters_that_ids_may_not_hold():
    """Senders who go by it send no id that is refused; so say all ids, in bodies and queries."""
    of_ids = [each for each in schemas(openapi()) if each.get("pattern") == PATTERN]
    assert len(of_ids) > 100
    for schema in of_ids:
        assert schema["maxLength"] >= CHARS_MAX
        allowed = Draft202012Validator(dict(schema))
        assert allowed.is_valid("a b é 中 #1/2")
        assert not [text for text in INVISIBLE if allowed.is_valid(text)]
