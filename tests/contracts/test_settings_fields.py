"""What holds for every single field of the settings."""

import jsonschema
import pytest

from rebate.contracts.settings import InvalidSettings, parse_settings, settings_model
from rebate.contracts.settings.fields import rule_of, title_zh_of
from tests.contracts.settings_fields import Place, places

PLACES = list(places())
KINDS = list({(place.model, place.name): place for place in PLACES}.values())
every_field = pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
every_kind_of_field = pytest.mark.parametrize("place", KINDS, ids=lambda place: place.path)
required_fields = pytest.mark.parametrize(
    "place", [place for place in KINDS if place.field.is_required()], ids=lambda place: place.path
)


def problems_of(document: object) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as refusal:
        parse_settings(document)
    assert refusal.value.code == "invalid_settings"
    return {problem.path: str(problem) for problem in refusal.value.problems}


def test_all_kinds_of_object_are_reached():
    paths = {place.path for place in PLACES}
    assert {
        "queue_rebate.store_settings.k.products.k.entitlement.cumulative[0].days",
        "queue_rebate.entitlement.lottery.low_bps",
        "queue_rebate.entitlement.lottery.prizes[0].weight",
        "queue_rebate.windows[0].from",
        "queue_rebate.windows[0].weekdays",
        "queue_rebate.cashier_settings.k.random_return.points",
        "referral.dividend.every",
        "union.stores.k.quota_bps",
    } <= paths


@every_kind_of_field
def test_a_field_is_described_in_two_languages_with_its_rule(place: Place):
    assert place.field.title
    assert title_zh_of(place.field)
    assert rule_of(place.field)
    assert place.field.examples


@every_kind_of_field
def test_the_example_of_a_field_is_what_its_schema_allows(place: Place):
    for example in place.field.examples or ():
        jsonschema.Draft202012Validator(place.schema).validate(example)


@every_field
def test_a_value_that_does_not_fit_is_refused_with_the_path_of_the_field(place: Place):
    misfits = place.misfits()
    assert len(misfits) > 1
    for value in misfits:
        found = problems_of(place.document(value))
        assert any(path.startswith(place.path) for path in found), (value, found)


@every_field
def test_a_misspelt_name_is_refused_with_its_path_and_the_nearest_name(place: Place):
    wrong = place.name + "z"
    found = problems_of(place.document(1, name=wrong))
    path = place.path.removesuffix(place.name) + wrong
    assert path in found
    assert "unknown field" in found[path]
    assert "the nearest is" in found[path]


@required_fields
def test_a_required_field_that_is_missing_is_named(place: Place):
    assert problems_of(place.document(None))[place.path] == f"{place.path}: is required"


@pytest.mark.parametrize("document", [None, 3, "text", [], True])
def test_settings_that_are_no_object_are_refused(document):
    assert "must be an object" in problems_of(document)[""]


def test_each_problem_is_one_line():
    wrong = {"currency": "a\nb", "timezone": "c\nd", "e\nf": 1, "wallet": {"g\r\n": "\u2028"}}
    for line in problems_of(wrong).values():
        assert len(line.splitlines()) == 1


def test_the_schema_refuses_what_the_model_refuses_at_the_top():
    validator = jsonschema.Draft202012Validator(settings_model().model_json_schema())
    assert not validator.is_valid({"currency": "CNY"})
    assert not validator.is_valid({"currency": "CNY", "timezone": "Asia/Shanghai", "x": 1})
