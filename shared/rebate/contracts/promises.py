"""What texts for members must not promise: a date, or a full return (rule 8.4).

A list of words and shapes finds what is commonly written, and no more: who words a text otherwise
gets past it. So whoever words a text is told so (`LIMITS`), and somebody else should read it.
Chinese texts have Chinese punctuation, hence the exception for this module.
"""
# ruff: noqa: RUF001

import re
from collections.abc import Mapping

from rebate.contracts.notice_texts import Locale

LIMITS: Mapping[Locale, str] = {
    "zh-CN": "系统只能发现常见的日期承诺和全额返还承诺，请由另一人复核文字。",
    "en": "Only common promises of dates and full returns are found: have somebody else read it.",
}
"""What the check cannot see, in each language."""

_NUMBER = r"(?:\d+|[一二两三四五六七八九十几]+)"
_SPAN = rf"{_NUMBER}\s*(?:个)?\s*(?:小时|天|日|周|星期|月|年|工作日)"
_PAID = r"(?:到账|到帐|返还|返现|返利|返完|付清|返|发放|提现)"
_DENIED = r"(?<!不能)(?<!无法)(?<!不)(?<!不会)(?<!未)(?<!并非)(?<!不作)(?<!不做)"
_SHAPES = (
    rf"{_SPAN}(?:之?内|以内|后|前)[^，。；！？,.;!?]{{0,6}}{_PAID}",
    rf"{_SPAN}(?:全返|必返|返|到账|到帐|付清)",
    rf"{_DENIED}(?:保证|承诺|确保)",
    r"必返|全返|全额返|百分百返?|百分之百|稳赚|包赚|一定返|返满",
    r"100\s*%\s*(?:返|back|rebate|return|refund)",
    r"(?<!no )(?<!not )(?<!cannot )(?<!never )guarantee(?!s? nothing)",
    r"(?<!no )(?<!not )(?<!cannot )(?<!never )promise(?!s? nothing)",
    r"full (?:return|rebate)|paid back in full|money back",
    r"(?:paid|returned|credited) (?:by|on|within|in) (?:\d|a |one |two |three |monday|tomorrow)",
    r"within \w+ (?:hour|day|week|month|year)s?",
)
_PROMISE = re.compile("|".join(f"(?:{shape})" for shape in _SHAPES), re.IGNORECASE)


def promises_in(text: str) -> list[str]:
    """Return what of a text promises a date or a full return, as far as it can be seen."""
    return [found.group().strip() for found in _PROMISE.finditer(text)]
