"""Ids as they may come in: what they hold, how long they are (contracts, section 1)."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.contracts.identifiers import BYTES_MAX, CHARS_MAX, PATTERN, BadIdentifier, identifier


@pytest.mark.parametrize(
    "text",
    ["a", "a b", "a/b#c?", "é" * CHARS_MAX, "中" * 85, "😀" * 64, "١٢", "½", "e\u0301", "x" * 128],
)
def test_letters_marks_digits_punctuation_symbols_and_single_spaces_make_an_id(text):
    assert identifier(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "must not be empty"),
        (" a", "must not begin or end with a space"),
        ("a ", "must not begin or end with a space"),
        ("a  b", "nor hold two in a row"),
        ("a\tb", "U+0009"),
        ("a\u200bb", "U+200B"),
        ("a\u202eb", "U+202E"),
        ("a\u2066b", "U+2066"),
        ("\ufeffa", "U+FEFF"),
        ("a\u00a0b", "U+00A0"),
        ("a\u3164", "U+3164"),
        ("a\ud800", "U+D800"),
        ("a\ue000", "U+E000"),
        ("x" * 129, "at most 128 characters"),
        ("中" * 86, "at most 256 bytes"),
        ("x" * 10**6, "at most 128 characters"),
    ],
)
def test_what_is_no_id_is_told_with_the_bound_or_the_character(text, why):
    with pytest.raises(BadIdentifier, match=re.escape(why)):
        identifier(text)


def test_length_counts_after_characters_are_composed():
    assert identifier("e\u0301" * CHARS_MAX) == "é" * CHARS_MAX


def test_what_stands_beside_an_id_has_room_of_its_own():
    assert identifier("store/" + "x" * 128, further_chars=6)
    with pytest.raises(BadIdentifier):
        identifier("store/" + "x" * 129, further_chars=6)


@given(st.text(max_size=140))
def test_an_id_is_within_its_bounds_and_an_id_again(text):
    try:
        found = identifier(text)
    except BadIdentifier:
        return
    assert len(found) <= CHARS_MAX
    assert len(found.encode()) <= BYTES_MAX
    assert identifier(found) == found
    assert re.match(PATTERN, found)
