"""The decimals of ISO 4217 (Rule 0.9.1)."""

import pytest

from rebate.domain.currencies import DECIMALS, decimals_of


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("CNY", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("ISK", 0), ("TND", 3), ("HUF", 2)],
)
def test_a_currency_has_the_decimals_of_iso_4217(currency, decimals):
    assert decimals_of(currency) == decimals


@pytest.mark.parametrize("code", ["XAU", "XTS", "XXX", "cny", ""])
def test_what_is_no_money_of_a_country_is_not_in_the_table(code):
    with pytest.raises(KeyError):
        decimals_of(code)


def test_codes_are_three_capital_letters():
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in DECIMALS)
