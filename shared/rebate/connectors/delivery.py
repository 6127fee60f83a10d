"""A delivery of a platform's webhook, and the kinds of value that payloads are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from rebate.contracts.problems import Invalid, Problem, shown
from rebate.contracts.scalars import check_identifier, parse_instant
from rebate.contracts.validation import Tolerant, error_at, problems_of

Guests: TypeAlias = Literal["leave_out", "contribute"]
Completion: TypeAlias = Literal["fulfilled", "closed"]
Payload = TypeVar("Payload", bound=BaseModel)

_NUMBER_CHARS_MAX = 30
_WORD_CHARS_MAX = 128
QUANTITY_MAX = 1_000_000_000
"""More no event of ours says of a line."""


@dataclass(frozen=True, slots=True)
class PlatformDelivery:
    """What a platform sent: `headers` by name in any case; `payload` is JSON, or text of a form.

    Numbers with a fraction are `Decimal`, never floats. `refunds` are those of the order that
    were fetched beside it, None where nobody asked.
    """

    headers: Mapping[str, str]
    payload: Any
    refunds: tuple[Any, ...] | None = None

    def header(self, name: str) -> str | None:
        """Return a header by its name in any case."""
        found = (value for key, value in self.headers.items() if key.lower() == name.lower())
        return next(found, None)

    @property
    def named(self) -> str:
        """What the payload is called by its `id`, as far as it says that."""
        return shown(self.payload.get("id") if isinstance(self.payload, Mapping) else None)


@dataclass(frozen=True, slots=True)
class ConnectorRules:
    """How a connector converts: `currency` None takes each order in its own.

    `waits`: more is heard later, so nothing is told of an order that is not known yet.
    `fetches`: refunds that are only named are fetched, and told then.
    """

    currency: str | None = None
    guests: Guests = "leave_out"
    completed: Completion = "fulfilled"
    waits: bool = False
    fetches: bool = False


class PayloadPart(Tolerant):
    """An object of a payload: null in a field that may be absent says that it is.

    Of each pair of `either` one field has to be there.
    """

    either: ClassVar[tuple[tuple[str, str], ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            return given
        fields = cls.model_fields
        said = {
            name: value
            for name, value in given.items()
            if value is not None or (name in fields and fields[name].is_required())
        }
        for one, other in cls.either:
            if one not in said and other not in said:
                raise error_at(one, "is required")
        return said


class UnreadableDelivery(Invalid):
    """A delivery that does not have the shape its platform documents; problems name fields."""

    code = "unreadable_event"


def read_payload(document: object, model: type[Payload], where: str = "payload") -> Payload:
    """Return what a part of a delivery says; `where` it stands in the delivery.

    Raises:
        UnreadableDelivery: it has another shape.
    """
    if not isinstance(document, Mapping):
        raise UnreadableDelivery([Problem(where, f"must be an object, not {shown(document)}")])
    try:
        return model.model_validate(document)
    except ValidationError as error:
        problems = [problem.under(where) for problem in problems_of(error, model)]
        raise UnreadableDelivery(problems) from None


def _text_of_id(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and value.strip():
        return check_identifier(value.strip())
    raise PydanticCustomError("id", "must be an id, not {given}", {"given": shown(value)})


def _decimal(value: object) -> Decimal:
    """Return an amount as the platform wrote it; a float would have lost what was written."""
    try:
        if isinstance(value, str | Decimal) or type(value) is int:
            number = Decimal(value)
            if number.is_finite() and len(str(value)) <= _NUMBER_CHARS_MAX:
                return number
    except InvalidOperation:
        pass
    message = 'must be an amount such as "12.50", not {given}'
    raise PydanticCustomError("amount", message, {"given": shown(value)})


def _instant_text(value: object) -> str:
    parse_instant(value)
    return str(value)


def _gmt_text(value: object) -> str:
    """Return an instant in UTC that is written without its offset, with it."""
    text = value if isinstance(value, str) else ""
    has_offset = text.endswith("Z") or "+" in text
    return _instant_text(text if has_offset or not text else f"{text}+00:00")


def _decimal_or_none(value: object) -> Decimal | None:
    return None if value in (None, "") else _decimal(value)


def as_number(quantity: Decimal) -> int | float:
    """Return a quantity as our events say it."""
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)


IdText = Annotated[str, BeforeValidator(_text_of_id)]
"""An id that ours can be, as text whether it was sent as a number or as text."""
Word = Annotated[str, Field(max_length=_WORD_CHARS_MAX)]
"""The name of a state, a kind or a currency."""
Money = Annotated[Decimal, BeforeValidator(_decimal)]
"""An amount in whole units of a currency, exactly as it was written."""
InstantText = Annotated[str, BeforeValidator(_instant_text)]
"""An instant with its offset, as it was written."""
GmtText = Annotated[str, BeforeValidator(_gmt_text)]
"""An instant in UTC, `+00:00` added where it was left out."""
Quantity = Annotated[Decimal | None, BeforeValidator(_decimal_or_none)]
"""How many, where the platform says so."""
HowMany = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=QUANTITY_MAX)]
"""How many: what a price is multiplied by."""


def read_headers(document: object) -> dict[str, str]:
    """Return the headers of a delivery in a file; numbers among them are read as text.

    Raises:
        UnreadableDelivery: they are no object of texts.
    """
    if not isinstance(document, Mapping) or any(map(_is_nested, document.values())):
        problem = Problem("headers", f"must be an object of texts, not {shown(document)}")
        raise UnreadableDelivery([problem])
    found = {str(name): str(value) for name, value in document.items() if value is not None}
    for name, value in found.items():
        if not _is_text(f"{name}{value}"):
            path = shown(name).strip('"')
            problem = Problem(f"headers.{path}", "must be text that can be written as UTF-8")
            raise UnreadableDelivery([problem])
    return found


def _is_text(given: str) -> bool:
    """Tell whether it can be written: halves of characters cannot."""
    return not any("\ud800" <= char <= "\udfff" for char in given)


def _is_nested(value: object) -> bool:
    return isinstance(value, Mapping | list)
