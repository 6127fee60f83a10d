"""What is said to operators, in their language: English sentences and their translations.

Whoever says something says it in English, once. A phrasebook knows each sentence with its places
(`{}`) and says the same in another language; what stands in a place is translated likewise. What it
does not know stays English: a test holds that there is no such sentence.
"""

import re
from collections.abc import Mapping
from functools import cache

from rebate.contracts.notice_texts import Locale
from rebate.contracts.problems import Problem
from rebate.domain.records import dataclass, replace

_LIST = re.compile(r", | or ")
_PLACE = re.compile(r"\{\}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence with places, and how it reads in another language (`{0}` is the first place)."""

    pattern: re.Pattern[str]
    reads: str


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Sentences and words of one language; the most literal sentence that fits is the one."""

    phrases: tuple[Phrase, ...]
    words: Mapping[str, str]

    def say(self, text: str) -> str:
        """Return a sentence in the book's language; what the book does not know stays as it is."""
        known = self.words.get(text)
        if known is not None:
            return known
        for phrase in self.phrases:
            found = phrase.pattern.fullmatch(text)
            if found:
                return phrase.reads.format(*(_Place(each, self) for each in found.groups()))
        parts = _LIST.split(text)
        return "、".join(map(self.say, parts)) if self.words.keys() >= {*parts} else text

    def knows(self, text: str) -> bool:
        """Tell whether the book has a sentence or word for a text."""
        return text in self.words or any(p.pattern.fullmatch(text) for p in self.phrases)


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands in a place of a sentence: translated, unless the sentence asks for an id."""

    text: str
    book: Phrasebook

    def __format__(self, asked: str) -> str:
        if asked == "or":
            return "、".join(_LIST.split(self.text))
        return self.text if asked == "id" else self.book.say(self.text)


def phrasebook(sentences: Mapping[str, str], words: Mapping[str, str]) -> Phrasebook:
    """Return the book of sentences (English with `{}` for each place) and words."""
    by_literals = sorted(sentences, key=lambda each: len(_PLACE.sub("", each)), reverse=True)
    return Phrasebook(tuple(_phrase(each, sentences[each]) for each in by_literals), words)


def _phrase(english: str, reads: str) -> Phrase:
    literals = map(re.escape, _PLACE.split(english))
    return Phrase(re.compile("(.+?)".join(literals), re.DOTALL), reads)


def said(text: str, locale: Locale) -> str:
    """Return an English sentence in a language."""
    return text if locale == "en" else _book(locale).say(text)


def problem_said(problem: Problem, locale: Locale) -> Problem:
    """Return a problem with its message in a language; path and nearest choice are as written."""
    return replace(problem, message=said(problem.message, locale))


@cache
def _book(_locale: Locale) -> Phrasebook:
    # Few need them.
    from rebate.contracts.phrases_zh import SENTENCES, WORDS  # noqa: PLC0415
    from rebate.contracts.problems_zh import MESSAGES  # noqa: PLC0415

    return phrasebook({**SENTENCES, **MESSAGES}, WORDS)
