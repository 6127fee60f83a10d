"""What operators are told reads in their language, whole: nothing of it stays English."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rebate.contracts import settings as settings_package
from rebate.contracts.explain import explain
from rebate.contracts.law_words import law_sentences, laws_of
from rebate.contracts.phrases import phrasebook, problem_said, said
from rebate.contracts.phrases_zh import SENTENCES, WORDS
from rebate.contracts.problems import Problem
from rebate.contracts.problems_zh import MESSAGES
from rebate.contracts.settings import InvalidSettings, parse_settings
from rebate.domain.money import Bps
from rebate.domain.queue_law import QueueLaw
from rebate.usecases import settings as settings_usecases
from tests.contracts.documents import BARE, FULL, MINIMAL, changed

BOOK = phrasebook({**SENTENCES, **MESSAGES}, WORDS)
CONTRACTS = Path(settings_package.__file__).parent
SOURCES = [
    *sorted(CONTRACTS.rglob("*.py")),
    *(CONTRACTS.parent / f"{name}.py" for name in ("explain", "law_words", "scalars")),
    *sorted(Path(settings_usecases.__file__).parent.glob("*.py")),
]
REQUESTS = [
    *sorted((CONTRACTS.parent.parent.parent.parent / "functions" / "api").glob("*.py")),
    *sorted(CONTRACTS.parent.glob("*requests.py")),
    *(CONTRACTS.parent / f"{name}.py" for name in ("identifiers", "moments")),
]
"""What tells people that what they ask for cannot be asked."""
IDS = re.compile(r"\b(gold|captain|director|shareholder|p-9|W|e/r|CNY|Asia|Shanghai|HH|MM)\b")
NAMES = re.compile(
    r"[a-z]+(_[a-z]+)+|[a-z_]+\.[a-z_.]+|\bIANA\b|\bISO\b|\bevery\b|\bfrom\b|\ball\b|\btrue\b|\bfalse\b"
)


def left_in_english(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]{3,}", NAMES.sub("", IDS.sub("", text)))


def template(node: ast.expr) -> str | None:
    """Return a sentence of the code, with an X where it puts something in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "X" for part in node.values)
        return "".join(map(str, parts))
    return None


def sentences_of(source: Path) -> Iterator[str]:
    """Yield what the code says to people: what generators of words yield, and of problems."""
    words = {"words", "_words", "law_sentences", "_waits", "_told", "_of_base_plan"}
    tree = ast.parse(source.read_text("utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name in words:
            for node in ast.walk(function):
                if isinstance(node, ast.Yield) and node.value and (text := template(node.value)):
                    yield text
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in calls:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name in {"Problem", "error_at", "PydanticCustomError"} and len(call.args) > 1:
            text = template(call.args[1])
            if text:
                yield re.sub(r"\{given\}", "X", text)


def refusals_of(source: Path) -> Iterator[str]:
    """Yield what the code says of a request: of its problems, and what is named `message`."""
    yield from sentences_of(source)
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        text = None
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "message":
            text = template(node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "ValueError":
            text = template(node.args[0])
        if text and not re.fullmatch(r"X+|[A-Za-z]+|\{\w+\}", text):
            yield text


@pytest.mark.parametrize("source", REQUESTS, ids=lambda path: path.name)
def test_what_is_wrong_with_a_request_has_a_translation(source: Path) -> None:
    assert [text for text in refusals_of(source) if not BOOK.knows(text)] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_sentence_in_the_code_has_a_translation(source: Path) -> None:
    unknown = [text for text in sentences_of(source) if text != "{why}" and not BOOK.knows(text)]
    assert unknown == []


@pytest.mark.parametrize("document", [FULL, MINIMAL, BARE], ids=("full", "minimal", "bare"))
def test_what_settings_mean_reads_in_chinese(document: dict[str, object]) -> None:
    settings = parse_settings(document)
    texts = [each.text for each in explain(settings)]
    texts += [text for _, law in laws_of(settings) for text in law_sentences(law)]
    assert texts
    for text in texts:
        assert left_in_english(said(text, "zh-CN")) == [], said(text, "zh-CN")


def test_figures_stay_what_they_are_and_ids_are_not_translated() -> None:
    (told,) = [
        t for t in law_sentences(QueueLaw("store/day", Bps(1000), Bps(10_000))) if "steady" in t
    ]
    read = said(told, "zh-CN")
    assert "day" in read
    assert "270、810、3240" in read
    assert said(told, "en") == told


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("queue_rebate.extraction_bps", -1),
        ("queue_rebate.extraction_bps", "ten"),
        ("queue_rebate.settle_on", "never"),
        ("queue_rebate.titel", "x"),
        ("order_queue.reward_bps", None),
        ("alliance.heads_bps", [6000, 6000]),
        ("timezone", "Asia/Shanghia"),
        ("currency", "XYZ"),
        ("referral.max_depth", 3),
        ("queue_rebate.clearing", {"every": "day", "at": "25:00"}),
        ("guards.max_share_of_revenue_bps", 1),
    ],
)
def test_what_is_wrong_reads_in_chinese_at_the_same_path(path: str, value: object) -> None:
    with pytest.raises(InvalidSettings) as invalid:
        parse_settings(changed({**MINIMAL, "referral": {}}, path, value))
    for problem in invalid.value.problems:
        told = problem_said(problem, "zh-CN")
        assert (told.path, told.code) == (problem.path, problem.code)
        assert left_in_english(re.sub(r'"[^"]*"|[a-z_]+(, | or )[a-z_]+', "", told.message)) == []


def test_what_no_book_knows_stays_as_it_is() -> None:
    assert said("The moon is full.", "zh-CN") == "The moon is full."
    assert problem_said(Problem("a", "is blue"), "zh-CN").message == "is blue"
