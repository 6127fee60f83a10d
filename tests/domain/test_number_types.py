"""Amounts, ratios and counts: the type checker refuses to take one for another (Rules 0.1, 0.2)."""

import re
from pathlib import Path

import pytest
from mypy import api

from rebate.domain.money import Amount, Bps

ROOT = Path(__file__).parents[2]
KNOWN = """
from rebate.domain.money import NOTHING, WHOLE, Amount, Bps, share, split, sum_of, times

paid, fee = Amount(100), Amount(7)
ratio, entries = Bps(1_000), 3

def pay(amount: Amount) -> None: ...
"""
ALLOWED = {
    "an amount plus an amount": "pay(paid + fee)",
    "an amount less an amount": "pay(max(NOTHING, paid - fee))",
    "an amount turned round": "pay(-paid)",
    "a share of an amount": "pay(share(paid, WHOLE - ratio))",
    "a share of a ratio": "share(paid, share(ratio, ratio))",
    "several times an amount": "pay(times(paid, entries))",
    "a sum of amounts": "pay(sum_of([paid, fee]))",
    "a part of several": "pay(split(paid, [ratio, ratio])[0])",
    "comparing": "assert paid > fee or paid > 0",
    "what somebody says is an amount": "pay(Amount(entries))",
}
REFUSED = {
    "a ratio plus an amount": "paid + ratio",
    "an amount plus a ratio": "ratio + paid",
    "a ratio less an amount": "ratio - paid",
    "a ratio as an amount": "pay(ratio)",
    "a count as an amount": "pay(entries)",
    "an amount plus a count": "pay(paid + entries)",
    "a number that nobody named": "pay(100)",
    "an amount times a ratio": "pay(paid * ratio)",
    "an amount of amounts": "share(paid, fee)",
    "a share of a count": "share(entries, ratio)",
    "a sum of counts": "pay(sum_of([entries]))",
    "a sum of amounts and ratios": "pay(sum_of([paid, ratio]))",
    "adding up without saying of what": "pay(sum([paid, fee]))",
    "a ratio as a count of amounts": "pay(times(ratio, entries))",
}


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the project's type checker says of each line, by the line."""
    lines = [*ALLOWED.values(), *REFUSED.values()]
    folder = tmp_path_factory.mktemp("types")
    file = folder / "mixed.py"
    file.write_text("\n".join([KNOWN, *lines]))
    options = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(folder / "cache")]
    told, failed, _ = api.run([*options, "--no-pretty", "--hide-error-context", str(file)])
    assert not failed, failed
    first = KNOWN.count("\n") + 2
    said = re.findall(rf"{file.name}:(\d+): error: (.*)", told)
    return {lines[int(number) - first]: what for number, what in said}


@pytest.mark.parametrize("line", ALLOWED.values(), ids=ALLOWED)
def test_numbers_of_one_kind_are_reckoned_with(line: str, complaints: dict[str, str]) -> None:
    assert line not in complaints, complaints[line]


@pytest.mark.parametrize("line", REFUSED.values(), ids=REFUSED)
def test_numbers_of_two_kinds_are_never_mixed(line: str, complaints: dict[str, str]) -> None:
    assert line in complaints


def test_at_run_time_both_are_whole_numbers() -> None:
    """So they cost nothing, and are stored and shown as before."""
    assert Amount is int
    assert Bps is int
