"""`docs/errors.md`, in two languages: every code of a refusal, its status, and what it means."""
# ruff: noqa: E501, RUF001 - Chinese texts have Chinese punctuation

from collections.abc import Mapping

from rebate.contracts.error_words import WORDS, ErrorWords
from rebate.contracts.notice_texts import Locale

_HEAD: Mapping[Locale, str] = {
    "en": """# Errors

Generated from `rebate.contracts.error_words`; do not edit. A refusal is `{"code", "message", "problems"}`: the code
is for programs and never changes, the message for people, in the caller's language (`Accept-Language`, or `locale` in
the query). Dead letters carry the same codes.

| Code | Status | It means |
|---|---|---|
""",
    "zh-CN": """# 错误

由 `rebate.contracts.error_words` 生成，请勿修改。拒绝的形式为 `{"code", "message", "problems"}`：代码供程序使用，
永不改变；信息供人阅读，按来者的语言（`Accept-Language`，或查询参数 `locale`）。死信带有同样的代码。

| 代码 | 状态 | 含义 |
|---|---|---|
""",
}


def errors_page(locale: Locale = "en") -> str:
    """Return the page as Markdown."""
    told = (
        f"| `{code}` | {WORDS[code].status} | {_in(WORDS[code], locale)} |\n"
        for code in sorted(WORDS)
    )
    return _HEAD[locale] + "".join(told)


def _in(words: ErrorWords, locale: Locale) -> str:
    return words.zh if locale == "zh-CN" else words.en
