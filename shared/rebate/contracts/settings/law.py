"""Facts of law that operators add, or have checked (rule 8.7)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from rebate.contracts.problems import shown
from rebate.contracts.scalars import Text
from rebate.contracts.settings.fields import setting
from rebate.contracts.validation import Strict

Trigger = Literal[
    "always",
    "promises_much",
    "referral",
    "lottery",
    "withdrawals",
    "members_shown",
    "gbp",
    "eur",
    "usd_recruiting",
]


def _read_day(value: object) -> date:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _day(value)
    except ValueError:
        message = "must be a day such as 2026-03-01, not {given}"
        raise PydanticCustomError("day", message, {"given": shown(value)}) from None


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    raise ValueError(value)


Day = Annotated[
    date,
    BeforeValidator(_read_day),
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date"}),
]


class LawFactSettings(Strict):
    """A fact of law of the operator's own; under the id of a delivered one, what replaces of it."""

    jurisdiction: Text | None = setting("Jurisdiction", "法域", "8.7", example="CN")
    subject: Text | None = setting("Subject", "主题", "8.7", example="消费返利")
    says: Text | None = setting("What it says", "内容", "8.7", example="……")
    source: Text | None = setting("Source", "来源", "8.7", example="……")
    source_url: Text | None = setting(
        "Address of the source", "来源网址", "8.7", example="https://www.gov.cn/"
    )
    trigger: Trigger | None = setting("Shown when", "触发条件", "8.7", example="referral")
    checked_on: Day | None = setting(
        "Checked on",
        "核对日期",
        "8.7",
        example="2026-03-01",
        note="When its official text was compared. Without it the fact is not shown where it is "
        "triggered.",
    )
