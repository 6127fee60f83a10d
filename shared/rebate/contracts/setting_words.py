"""Settings and their values as operators read them, in their language."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from rebate.contracts.figures import money, percent
from rebate.contracts.notice_texts import Locale
from rebate.contracts.phrases import said
from rebate.contracts.problems import Path, shown
from rebate.contracts.scalars import AMOUNT_MAX
from rebate.contracts.settings.fields import title_zh_of
from rebate.contracts.settings.model import settings_model
from rebate.contracts.validation import models_in
from rebate.domain.money import Bps

_AMOUNT = f"Le(le={AMOUNT_MAX})"
"""How the type of a field shows that it is an amount: nothing else may be as large."""


def change_said(path: Path, before: object, after: object, locale: Locale, currency: str) -> str:
    """Return in one sentence that a setting changes."""
    fields = list(_fields(path))
    name = " · ".join(map(_title, path, fields, [locale] * len(path)))
    old, new = (_value(each, path, fields, locale, currency) for each in (before, after))
    return said(f"{name} is set to {new}; it was {old}.", locale)


def _fields(path: Path) -> Iterator[FieldInfo | None]:
    """Yield the field at each step of a path; None for names in mappings and places in lists."""
    models: list[type[BaseModel]] = [settings_model()]
    for step in path:
        found = next(filter(None, (_field(model, step) for model in models)), None)
        yield found
        if found is not None:
            models = [model for model, _ in models_in(found.annotation)]


def _field(model: type[BaseModel], step: str | int) -> FieldInfo | None:
    fields = model.model_fields.items()
    return next((field for name, field in fields if (field.alias or name) == step), None)


def _title(step: str | int, field: FieldInfo | None, locale: Locale) -> str:
    if field is None:
        return str(step)
    return title_zh_of(field) if locale == "zh-CN" else field.title or str(step)


def _value(
    value: object, path: Path, fields: Sequence[FieldInfo | None], locale: Locale, currency: str
) -> str:
    """Return a value: an amount as money, a ratio as a percentage, a word in the language."""
    if value is None:
        return said("not set", locale)
    if isinstance(value, bool):
        return said("on" if value else "off", locale)
    if isinstance(value, int):
        if str(path[-1]).endswith("bps") or "by_level" in path:
            return percent(Bps(value))
        return money(value, currency) if _is_amount(fields[-1]) else str(value)
    return said(value, locale) if isinstance(value, str) else shown(value)


def _is_amount(field: FieldInfo | None) -> bool:
    return field is not None and _AMOUNT in repr((field.annotation, field.metadata))
