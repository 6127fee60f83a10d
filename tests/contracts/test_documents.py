"""Files that people write, in JSON and in YAML."""

import pytest

from rebate.contracts.documents import UnreadableDocument, read_document


def refused(text: str, name: str) -> str:
    with pytest.raises(UnreadableDocument) as refusal:
        read_document(text, name)
    (line,) = str(refusal.value).splitlines()
    return line


def test_json_is_read_whatever_the_file_is_called():
    assert read_document('{"a": [1, true, null, "x"]}', "x.txt") == {"a": [1, True, None, "x"]}
    assert read_document('\ufeff{"a": 1}', "with-a-mark.json") == {"a": 1}


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "A.YAML"])
def test_yaml_is_read_by_the_ending_of_the_name(name):
    assert read_document("a: [1, 2]\nb: {c: d}\n", name) == {"a": [1, 2], "b": {"c": "d"}}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", "no"),
        ("off", "off"),
        ("yes", "yes"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("20:00", "20:00"),
        ("02:00", "02:00"),
        ("2026-03-01T10:00:00+08:00", "2026-03-01T10:00:00+08:00"),
        ("2026-03-01", "2026-03-01"),
        ("10", 10),
        ("-3", -3),
        ("010", 10),
        ("08", 8),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("1.5", 1.5),
        ('"1"', "1"),
        ("o1", "o1"),
        ("1e3", 1000.0),
    ],
)
def test_a_word_of_yaml_means_what_it_says(written, read):
    found = read_document(f"a: {written}", "a.yaml")["a"]
    assert found == read
    assert type(found) is type(read)


def test_keys_of_yaml_are_text():
    assert read_document("9: a\nno: b\n", "a.yaml") == {"9": "a", "no": "b"}
    assert "key that is not text" in refused("[a]: b", "a.yaml")


@pytest.mark.parametrize(
    ("text", "name"), [('{"a": 1, "a": 2}', "a.json"), ("a: 1\na: 2", "a.yml")]
)
def test_a_key_that_stands_twice_is_refused(text, name):
    assert refused(text, name) == 'has the key "a" twice in one object'


def test_text_that_is_not_json_is_refused_with_the_place():
    assert refused('{"a": }', "a.json").startswith("is not JSON: Expecting value at line 1")
    assert refused("", "a.json").startswith("is not JSON")
    assert refused('{"a": NaN}', "a.json") == "is not JSON: NaN is no number"
    assert refused("1" * 5000, "a.json").startswith("is not JSON")


def test_text_that_is_not_yaml_is_refused():
    assert refused("a: [1", "a.yaml").startswith("is not YAML")
    assert refused("a: !!python/object:os.system x", "a.yaml").startswith("is not YAML")
    assert refused("1" * 5000, "a.yaml").startswith("is not YAML")


@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_text_that_is_nested_too_deeply_is_refused(name):
    assert refused("[" * 100_000, name) == "is nested too deeply"
