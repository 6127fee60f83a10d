"""The generated documents stand in docs/ and say what the code says."""

import json
from pathlib import Path

import jsonschema
import pytest

from rebate.contracts.schemas import generated, main, outdated
from tests.contracts.documents import FULL, MINIMAL, without
from tests.contracts.test_events_in import LEAST

DOCS = Path(__file__).parents[2] / "docs"
FILES = generated()


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(FILES[name]))


def test_the_files_in_docs_are_those_that_the_code_makes():
    assert outdated(DOCS) == [], "run python -m rebate.contracts.schemas"


def test_there_is_a_schema_for_each_event_in_and_out():
    assert sum(name.startswith("events/") for name in FILES) == 8 + 26


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".json")])
def test_each_schema_is_one(name):
    jsonschema.Draft202012Validator.check_schema(json.loads(FILES[name]))


@pytest.mark.parametrize("name", LEAST)
def test_the_schemas_allow_the_events_of_the_contract(name):
    validator(f"events/{name}.json").validate(LEAST[name])


def test_the_schema_of_orders_wants_a_store_where_the_contract_does():
    schema = validator("events/OrderPaid.json")
    assert not schema.is_valid({**LEAST["OrderPaid"], "channel": "store"})
    assert schema.is_valid({**LEAST["OrderPaid"], "channel": "store", "store_id": "W"})


def test_the_schema_allows_the_settings_of_the_contract():
    schema = validator("settings.schema.json")
    schema.validate(MINIMAL)
    schema.validate(FULL)
    assert not schema.is_valid(without(FULL, "currency"))
    assert not schema.is_valid({**FULL, "unknown": 1})


def test_the_page_has_every_plan_in_two_languages():
    page = FILES["settings.md"]
    for word in (
        "`queue_rebate`",
        "`referral.dividend`",
        "排队返利",
        "提取比例",
        "Extraction ratio",
    ):
        assert word in page


def test_check_tells_what_is_out_of_date_and_writing_mends_it(tmp_path, capsys):
    assert main(["--docs", str(tmp_path), "--check"]) == 1
    assert "settings.md differs from the code" in capsys.readouterr().err
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "Gone.json").write_text("{}")
    assert main(["--docs", str(tmp_path)]) == 0
    assert main(["--docs", str(tmp_path), "--check"]) == 0
    assert not (tmp_path / "events" / "Gone.json").exists()
