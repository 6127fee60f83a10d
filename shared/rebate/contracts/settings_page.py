"""`docs/settings.md`, in two languages: every setting with its names, values, rule and an example."""
# ruff: noqa: E501, RUF001 - Chinese texts have Chinese punctuation

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from rebate.contracts.notice_texts import Locale
from rebate.contracts.settings import settings_model
from rebate.contracts.settings.fields import rule_of, title_zh_of
from rebate.contracts.settings_notes_zh import NOTES, OBJECTS
from rebate.contracts.validation import models_in

_TECHNICAL_MAX = 100_000_000
"""A bound from here on keeps numbers exact and means nothing to a reader."""
_HEAD: Mapping[Locale, str] = {
    "en": """# Settings

Generated from `rebate.contracts.settings`; do not edit. The whole document is one JSON object of
the form of the first table; `settings.schema.json` says the same for programs. Amounts are whole
minor units, names that end in `_bps` are basis points (10 000 = 100 %), instants are ISO 8601 with
an offset. An unknown field is refused; a field that is null counts as left out.
""",
    "zh-CN": """# 设置

由 `rebate.contracts.settings` 生成，请勿修改。整份设置是一个 JSON 对象，形式如第一张表；供程序使用的是
`settings.schema.json`。金额为最小货币单位的整数；以 `_bps` 结尾的是基点（10 000 = 100 %）；时间点为带时区的
ISO 8601。未知字段被拒绝；为 null 的字段视为未填。
""",
}
_COLUMNS: Mapping[Locale, str] = {
    "en": "| Field | Name | 名称 | Values | Default | Rule | Example | Note |\n"
    "|---|---|---|---|---|---|---|---|\n",
    "zh-CN": "| 字段 | 名称 | 取值 | 默认 | 规则 | 例子 | 说明 |\n|---|---|---|---|---|---|---|\n",
}
_WORDS_ZH: Mapping[str, str] = {
    "The document": "整份设置",
    "required": "必填",
    "none": "无",
    "object": "对象",
    "instant": "时间点",
    "text": "文字",
    "true or false": "true 或 false",
    " or ": " 或 ",
    "{} to {}": "{} 至 {}",
    "{} or more": "{} 以上",
    "list of: ": "列表：",
    "by id: ": "按编号：",
}


def settings_page(locale: Locale = "en") -> str:
    """Return the page as Markdown: a table for each kind of object in the document."""
    tables = [_table(model, path, locale) for model, path in _models()]
    return _HEAD[locale] + "".join(tables)


def without_chinese() -> list[str]:
    """Return what the Chinese page still says in English."""
    said = [(model.__doc__ or "", OBJECTS) for model, _ in _models()]
    said = [(_summary(text), known) for text, known in said]
    for model, _ in _models():
        said += [(field.description or "", NOTES) for field in _fields(model).values()]
    return [text for text, known in said if text and text not in known]


def _word(text: str, locale: Locale) -> str:
    return _WORDS_ZH[text] if locale == "zh-CN" else text


def _summary(text: str) -> str:
    return text.strip().split("\n\n")[0]


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


def _table(model: type[BaseModel], path: str, locale: Locale) -> str:
    heading = f"`{path}`" if path else _word("The document", locale)
    summary = _summary(model.__doc__ or "")
    summary = OBJECTS.get(summary, summary) if locale == "zh-CN" else summary
    schema = model.model_json_schema()
    rows = "".join(
        _row(name, field, schema["properties"][name], locale)
        for name, field in _fields(model).items()
    )
    return f"\n## {heading}\n\n{summary}\n\n{_COLUMNS[locale]}{rows}"


def _row(name: str, field: FieldInfo, schema: dict[str, Any], locale: Locale) -> str:
    note = field.description or ""
    titles = (title_zh_of(field),) if locale == "zh-CN" else (field.title or "", title_zh_of(field))
    cells = (
        f"`{name}`",
        *titles,
        _values(schema, locale),
        _default(field, locale),
        rule_of(field),
        "".join(f"`{json.dumps(example, ensure_ascii=False)}`" for example in field.examples or ()),
        NOTES.get(note, note) if locale == "zh-CN" else note,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _default(field: FieldInfo, locale: Locale) -> str:
    if field.default is PydanticUndefined:
        return _word("required", locale)
    if field.default is None or isinstance(field.default, BaseModel):
        return _word("none", locale)
    return f"`{json.dumps(field.default, ensure_ascii=False)}`"


def _values(schema: dict[str, Any], locale: Locale) -> str:
    """Return in words what a field may hold."""
    for union in ("anyOf", "oneOf"):
        if union in schema:
            kinds = [kind for kind in schema[union] if kind != {"type": "null"}]
            return _word(" or ", locale).join(dict.fromkeys(_values(k, locale) for k in kinds))
    if "$ref" in schema:
        return _word("object", locale)
    if "enum" in schema or "const" in schema:
        choices = schema.get("enum", [schema.get("const")])
        return ", ".join(f"`{json.dumps(choice)}`" for choice in choices)
    return _simple_values(schema, locale)


def _range(low: int, high: int, locale: Locale) -> str:
    is_bounded = high < _TECHNICAL_MAX
    return _word("{} to {}" if is_bounded else "{} or more", locale).format(low, high)


def _simple_values(schema: dict[str, Any], locale: Locale) -> str:
    kind = schema.get("type")
    if kind == "integer":
        return _range(schema["minimum"], schema["maximum"], locale)
    if kind == "array":
        return _word("list of: ", locale) + _values(schema["items"], locale)
    if kind == "object":
        values = next(iter(schema["patternProperties"].values()))
        return _word("by id: ", locale) + _values(values, locale)
    if schema.get("format") == "date-time":
        return _word("instant", locale)
    return _word({"boolean": "true or false", "string": "text"}[str(kind)], locale)
