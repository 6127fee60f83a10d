"""Problems are told in one line, with the path and the nearest name."""

import pytest

from rebate.contracts.problems import Invalid, Problem, join_paths, nearest, render_path, shown


@pytest.mark.parametrize(
    ("steps", "path"),
    [
        ((), ""),
        (("alliance", "heads_bps", 1), "alliance.heads_bps[1]"),
        (("products", "p-9", "extraction_bps"), "products.p-9.extraction_bps"),
        (("queues", "store/W", "pool"), "queues.store/W.pool"),
        (("products", "a.b", "part"), 'products["a.b"].part'),
        (("products", "", "part"), 'products[""].part'),
        (("products", "中文"), "products.中文"),
        ((0, "a"), "[0].a"),
    ],
)
def test_a_path_reads_as_the_document_is_written(steps, path):
    assert render_path(steps) == path


def test_paths_are_joined_where_both_are_there():
    assert join_paths("a", "b") == "a.b"
    assert join_paths("a", "[0]") == "a[0]"
    assert join_paths("", "b") == "b"
    assert join_paths("a", "") == "a"


def test_a_problem_is_one_line_whatever_is_in_it():
    problem = Problem("a", "said\nthis", "that\r\n")
    assert str(problem) == 'a: said this; the nearest is "that\\r\\n"'


def test_a_problem_of_a_part_is_told_of_the_whole():
    assert Problem("a", "x").under("settings").path == "settings.a"


def test_what_is_wrong_is_all_in_the_message():
    assert str(Invalid([Problem("a", "x"), Problem("b", "y")])) == "a: x\nb: y"


def test_the_nearest_name_is_close_or_none():
    assert nearest("extration_bps", ["extraction_bps", "enabled"]) == "extraction_bps"
    assert nearest("Enabled", ["enabled"]) == "enabled"
    assert nearest("x", ["enabled"]) is None
    assert nearest("x", ["enabled"], likeness_min=0) == "enabled"
    assert nearest(3, ["enabled"]) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [("a\nb", '"a\\nb"'), (None, "null"), ({1}, "a set"), ("x" * 99, '"' + "x" * 58 + "…")],
)
def test_a_value_is_shown_on_one_line_and_cut(value, text):
    assert shown(value) == text


def test_text_that_cannot_be_printed_is_escaped():
    assert shown("\ud800") == '"\\ud800"'
