"""What has to be read before anything works stands in Chinese, too, and names the same commands."""

import re
from pathlib import Path

import pytest

from rebate.contracts.error_words import REFUSALS
from rebate.contracts.settings_page import without_chinese
from rebate.domain.errors import Code

ROOT = Path(__file__).parents[1]
CHINESE = ROOT / "docs/zh-CN"
PAIRS = {
    "README.md": ROOT / "README.md",
    **{
        name: ROOT / "docs" / name
        for name in ("deploy.md", "connect.md", "operations.md", "settings.md", "errors.md")
    },
}

PROGRAMS = ("make", "rebate", ".venv/bin/rebate", "npx", "aws", "pip", "curl")
METHODS = ("GET", "POST", "PUT", "DELETE")


def blocks(page: Path) -> list[str]:
    """Return what stands fenced in a page, as it is to be typed."""
    return re.findall(r"^ *```.*?^ *```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def commands(page: Path) -> set[str]:
    """Return the commands and requests that a page names in its sentences."""
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    named = (" ".join(each.split()) for each in re.findall(r"`([^`]+)`", text))
    begins = re.compile(rf"(?:\w+=\S+ )*(?:{'|'.join(map(re.escape, PROGRAMS + METHODS))}) \S")
    return {each for each in named if begins.match(each)}


def test_each_page_has_its_pair():
    assert {page.name for page in CHINESE.glob("*.md")} == PAIRS.keys()


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_typed_is_the_same(name):
    assert blocks(CHINESE / name) == blocks(PAIRS[name])


@pytest.mark.parametrize("name", PAIRS)
def test_the_same_commands_are_named(name):
    assert commands(PAIRS[name]) == commands(CHINESE / name)


@pytest.mark.parametrize("name", PAIRS)
def test_it_is_chinese(name):
    text = re.sub(
        r"^ *```.*?^ *```$|`[^`]*`",
        "",
        (CHINESE / name).read_text("utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
    assert len(re.findall(r"[\u4e00-\u9fff]", text)) > len(re.findall(r"[A-Za-z]+", text))


@pytest.mark.parametrize("page", [*PAIRS, *(f"../{name}" for name in PAIRS if name != "README.md")])
def test_links_lead_somewhere(page):
    text = (CHINESE / page).read_text("utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [each for each in targets if not ((CHINESE / page).parent / each).exists()] == []


def test_every_setting_and_every_refusal_is_said_in_both_languages():
    assert without_chinese() == []
    assert REFUSALS.keys() == set(Code)
