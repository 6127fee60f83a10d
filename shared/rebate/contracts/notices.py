"""Notices to members: how they are worded, and what the API gives (rule 1.7).

A wording is plain text with the names of facts in braces: `订单 {order} 收到返利 {amount}。` Which
names a kind has stands in `rebate.contracts.notice_texts`. Texts promise neither a date nor a full
return, since nobody can keep such a promise (rule 8.4): the defaults hold none, and a wording that
does is refused.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from rebate.contracts.figures import money, percent
from rebate.contracts.notice_texts import KINDS, POCKETS, Locale
from rebate.contracts.problems import Invalid, Problem, nearest, one_of, shown
from rebate.contracts.promises import promises_in
from rebate.domain.money import Bps
from rebate.domain.records import dataclass

WORDING_CHARS_MAX = 500

_NAME = re.compile(r"\{([^{}]*)\}")
_AMOUNTS = frozenset({"amount", "paid", "owed", "clawed_back", "payout"})
_MONEY = frozenset({"cash", "pending", "held"})


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """A notice as a member reads it; `facts` is what it was worded from."""

    id: str
    at: datetime
    kind: str
    text: str
    facts: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Notices:
    """A page of a member's notices, the newest first; a page may be short, or even empty.

    `next`, where it is not null, goes back as the parameter `after`. What came after `seen_until`
    is unread; null: nothing was looked at yet.
    """

    notices: tuple[NoticeShown, ...]
    next: str | None = None
    seen_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WordingShown:
    """How a kind of notice is worded in a language: now and by default.

    `names` may stand in braces. `version` is 0 where nobody changed it. A `draft` waits until
    another operator than `drafted_by` saves the same text; who did so of the text is `approved_by`.
    """

    locale: Locale
    kind: str
    text: str
    default: str
    names: tuple[str, ...]
    version: int
    saved_at: datetime | None = None
    saved_by: str | None = None
    draft: str | None = None
    drafted_by: str | None = None
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Wordings:
    """All wordings of all languages; `limits` says in each what the check for promises misses."""

    wordings: tuple[WordingShown, ...]
    limits: Mapping[Locale, str]


class InvalidWording(Invalid):
    """A wording that cannot be used."""


def insist_usable(kind: str, text: str | None) -> None:
    """Insist that a wording can be used for a kind of notice.

    Raises:
        InvalidWording: it cannot; the problems say why.
    """
    if problems := tuple(_problems(kind, text)):
        raise InvalidWording(problems)


def _problems(kind: str, text: str | None) -> Iterator[Problem]:
    names = KINDS.get(kind)
    if names is None:
        message = f"must be {one_of(tuple(KINDS))}, not {shown(kind)}"
        yield Problem("kind", message, nearest(kind, KINDS))
        return
    if text is None:
        return
    if not text.strip():
        yield Problem("text", "must not be empty")
    if len(text) > WORDING_CHARS_MAX:
        yield Problem("text", f"must have at most {WORDING_CHARS_MAX} characters")
    for name in _NAME.findall(text):
        if name not in names:
            message = f"{shown(name)} is not known here; valid are {one_of(names)}"
            yield Problem("text", message, nearest(name, names))
    for promise in promises_in(text):
        message = f"{shown(promise)} promises what nobody can know: a date, or a full return"
        yield Problem("text", message)


def worded(template: str, locale: Locale, facts: Mapping[str, str | int], currency: str) -> str:
    """Return a notice's text; a fact that is not there or not shown leaves nothing."""

    def fact(found: "re.Match[str]") -> str:
        return _said(found[1], locale, facts, currency)

    return _NAME.sub(fact, template).strip()


def _said(name: str, locale: Locale, facts: Mapping[str, str | int], currency: str) -> str:
    if name == "ratio":
        ratio = facts.get("ratio_bps")
        return percent(Bps(ratio)) if isinstance(ratio, int) else ""
    value = facts.get(name, "")
    if name not in _AMOUNTS or not isinstance(value, int):
        return str(value)
    pocket = str(facts.get("pocket", "cash"))
    plain = money(abs(value), currency) if pocket in _MONEY else _hundredths(value)
    return POCKETS[locale].get(pocket, "{}").format(plain)


def _hundredths(amount: int) -> str:
    whole, rest = divmod(abs(amount), 100)
    return f"{whole}.{rest:02d}"
