"""docs/glossary.md is the source of the names in code: each class once, each term one meaning."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
GLOSSARY = CHECKOUT / "docs" / "glossary.md"
ROW = re.compile(
    r"^\| (?P<term>[^|]+) \| (?P<zh>[^|]+) \| (?P<says>[^|]+) \|[^|]*\| (?P<class>[^|]*) ?\|$"
)


def rows() -> list[dict[str, str]]:
    found = [
        match.groupdict()
        for line in GLOSSARY.read_text("utf-8").splitlines()
        if (match := ROW.match(line))
    ]
    return [row for row in found if row["term"] not in ("term", "---")]


def classes() -> dict[str, list[str]]:
    """Return where each public class is defined, by its name."""
    found: dict[str, list[str]] = defaultdict(list)
    for root in ("shared/rebate", "functions", "local", "infra"):
        for path in sorted((CHECKOUT / root).rglob("*.py")):
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].append(path.relative_to(CHECKOUT).as_posix())
    return found


CLASSES = classes()
ROWS = rows()


def test_no_two_classes_share_a_name() -> None:
    shared = {name: places for name, places in CLASSES.items() if len(places) > 1}
    assert not shared, "give one of each a name of its own (docs/glossary.md)"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["term"])
def test_a_term_names_a_class_that_there_is(row: dict[str, str]) -> None:
    named = row["class"].strip().strip("`")
    assert not named or named in CLASSES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["term"])
def test_a_term_is_the_name_of_no_other_class(row: dict[str, str]) -> None:
    spelled = "".join(word.capitalize() for word in re.split(r"[ -]", row["term"]))
    named = row["class"].strip().strip("`")
    assert spelled not in CLASSES or spelled == named


def test_terms_stand_once_and_say_something_in_both_languages() -> None:
    assert len(ROWS) > 40
    terms = [row["term"] for row in ROWS]
    assert len(terms) == len(set(terms))
    assert all(re.search(r"[\u4e00-\u9fff]", row["zh"]) and row["says"].strip() for row in ROWS)


def test_class_names_in_the_glossary_stand_once() -> None:
    named = [row["class"].strip() for row in ROWS if row["class"].strip()]
    assert len(named) == len(set(named))
