"""CSV that spreadsheets read without harm (pitfalls 12 and 36)."""

import csv
from io import StringIO

import pytest

from rebate.contracts.csv_text import BOM, Figure, as_csv
from rebate.contracts.figures import decimal, money


def cells(text):
    assert text.startswith(BOM)
    return list(csv.reader(StringIO(text.removeprefix(BOM))))


@pytest.mark.parametrize("text", ["=cmd|x", "+1", "-1", "@a", "\tb", "\rc"])
def test_text_that_would_be_carried_out_gets_an_apostrophe(text):
    assert cells(as_csv(["a"], [[text]]))[1:] == [[f"'{text}"]]


def test_numbers_and_other_text_stay_as_they_are():
    row = [Figure("-5.00"), -5, "王=x", 'a,b\n"c"', None]
    assert cells(as_csv(list("abcde"), [row]))[1] == ["-5.00", "-5", "王=x", 'a,b\n"c"', ""]


@pytest.mark.parametrize(
    ("amount", "currency", "plain", "worded"),
    [
        (5800, "JPY", "5800", "5 800 JPY"),
        (5800, "CNY", "58.00", "58.00 CNY"),
        (-5, "CNY", "-0.05", "-0.05 CNY"),
        (1234567, "KWD", "1234.567", "1 234.567 KWD"),
        (5800, None, "58.00", None),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(amount, currency, plain, worded):
    assert decimal(amount, currency) == plain
    if currency:
        assert money(amount, currency) == worded
