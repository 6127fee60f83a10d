"""The OpenAPI document: valid, whole, and nothing that is published breaks."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest

from rebate.contracts.openapi import openapi
from rebate.contracts.openapi.answers import AnswerSchemas
from rebate.contracts.openapi.breaking import breaks, main
from rebate.contracts.routes import ROUTES
from rebate.contracts.routes.route import Audience

PUBLISHED = Path(__file__).with_name("openapi.published.json")
"""The document of the last release; a release replaces it by docs/openapi.json."""

DOCUMENT = json.loads(json.dumps(openapi()))
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


def test_there_is_an_operation_for_each_row_of_the_table():
    assert OPERATIONS.keys() == {route.key.replace("+}", "}") for route in ROUTES}
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))


def test_all_that_is_named_is_there_and_is_a_schema():
    def named(part):
        if isinstance(part, dict):
            yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
            part = list(part.values())
        if isinstance(part, list):
            for each in part:
                yield from named(each)

    for name in set(named(DOCUMENT)):
        found = DOCUMENT
        for step in name.removeprefix("#/").split("/"):
            found = found[step]
        assert found, name
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_an_operation_says_who_may_call_it():
    for route in ROUTES:
        operation = OPERATIONS[route.key.replace("+}", "}")]
        if route.audience.scope:
            assert operation["security"] == [{"Token": [route.audience.scope]}]
            assert {"401", "403"} <= operation["responses"].keys()
        assert operation.get("x-role") == route.role
    signed = OPERATIONS["POST /v1/events"]["security"]
    ways = [["Signature", "SignatureTimestamp"], ["Token"]]
    assert [sorted(each) for each in signed] == ways
    assert signed[1] == {"Token": ["rebate/shop"]}
    assert {"401", "403"} <= OPERATIONS["POST /v1/events"]["responses"].keys()
    assert Audience.ANYBODY in OPERATIONS["GET /v1/health"]["tags"]
    assert {tag["name"] for tag in openapi()["tags"]} == set(Audience)


def test_fields_of_answers_are_all_there_and_null_where_they_may_be():
    entry = DOCUMENT["components"]["schemas"]["EntryShown"]
    assert set(entry["required"]) == set(entry["properties"])
    assert entry["properties"]["place"] == {"type": ["integer", "null"]}
    assert entry["properties"]["paid_at"] == {"type": "string", "format": "date-time"}
    assert entry["properties"]["conversion"]["anyOf"][-1] == {"type": "null"}


def test_what_nobody_said_how_to_send_is_found():
    with pytest.raises(TypeError, match="nothing says how"):
        AnswerSchemas().of(set[str])


# What breaks


def test_nothing_breaks_that_was_published():
    """What breaks is named with its place: keep it, or raise the first number of VERSION."""
    published = json.loads(PUBLISHED.read_text("utf-8"))
    found = breaks(published, DOCUMENT)
    first = [each["info"]["version"].split(".")[0] for each in (published, DOCUMENT)]
    assert not found or first[0] != first[1], "\n".join(found)


def changed(change):
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return document


def withdraw(document):
    return document["components"]["schemas"]["Withdraw"]


def entries(document):
    return document["paths"]["/v1/me/entries"]["get"]


BREAKS = {
    "GET /v1/me/entries: is gone": lambda d: d["paths"].pop("/v1/me/entries"),
    "GET /v1/me/entries: parameter after is gone": lambda d: entries(d).pop("parameters"),
    "GET /v1/me/entries: parameter shelf is required": lambda d: entries(d)["parameters"].append(
        {"name": "shelf", "in": "query", "required": True, "schema": {"type": "string"}}
    ),
    "GET /v1/me/entries: parameter after: maxLength is 5, was 1024": lambda d: entries(d)[
        "parameters"
    ][-1]["schema"].update(maxLength=5),
    "GET /v1/me/entries: others may call it than before": lambda d: entries(d).update(
        security=[{"Token": ["rebate/operator"]}]
    ),
    "GET /v1/me/entries: answers 200 no more": lambda d: entries(d)["responses"].pop("200"),
    "GET /v1/me/entries: answer.next is gone": lambda d: d["components"]["schemas"]["Entries"][
        "properties"
    ].pop("next"),
    "GET /v1/me/entries: answer.entries[].place: was integer or null, is string": lambda d: d[
        "components"
    ]["schemas"]["EntryShown"]["properties"].update(place={"type": "string"}),
    "POST /v1/me/withdrawals: body.reason is required": lambda d: withdraw(d)["required"].append(
        "reason"
    ),
    "POST /v1/me/withdrawals: body.account is gone": lambda d: withdraw(d)["properties"].pop(
        "account"
    ),
    "POST /v1/me/withdrawals: body.amount: maximum is 9, was 1000000000000000": lambda d: withdraw(
        d
    )["properties"]["amount"].update(maximum=9),
    "PUT /v1/settings: others may call it than before": lambda d: d["paths"]["/v1/settings"][
        "put"
    ].update({"x-role": "viewer"}),
    "GET /v1/withdrawals: parameter state: may not be paid any more": lambda d: next(
        each
        for each in d["paths"]["/v1/withdrawals"]["get"]["parameters"]
        if each["name"] == "state"
    )["schema"]["enum"].remove("paid"),
    "GET /v1/withdrawals/file: 200: gives no text/csv any more": lambda d: d["paths"][
        "/v1/withdrawals/file"
    ]["get"]["responses"]["200"].update(content={}),
}


def test_another_way_to_say_who_one_is_breaks_nothing():
    def more(document):
        entries(document)["security"].append({"Other": []})

    assert breaks(DOCUMENT, changed(more)) == []
    says = "GET /v1/me/entries: others may call it than before"
    assert says in breaks(changed(more), DOCUMENT)


@pytest.mark.parametrize("says", BREAKS)
def test_what_breaks_is_named_with_its_place(says):
    assert says in breaks(DOCUMENT, changed(BREAKS[says]))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["paths"].update({"/v1/new": copy.deepcopy(d["paths"]["/v1/health"])}),
        lambda d: withdraw(d)["properties"].update(note={"type": "string"}),
        lambda d: d["components"]["schemas"]["Entries"]["properties"].update(more={}),
        lambda d: entries(d)["parameters"].append(
            {"name": "shelf", "in": "query", "schema": {"type": "string"}}
        ),
        lambda d: entries(d).update(summary="Another"),
    ],
)
def test_what_only_adds_breaks_nothing(change):
    assert breaks(DOCUMENT, changed(change)) == []


def test_the_gate_is_a_command(tmp_path: Path, capsys):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(DOCUMENT))
    new.write_text(json.dumps(changed(lambda d: d["paths"].pop("/v1/me/wallet"))))
    assert main([str(old), str(old)]) == 0
    assert main([str(old), str(new)]) == 1
    assert capsys.readouterr().err == "GET /v1/me/wallet: is gone\n"


def test_kinds_are_told_apart_by_what_names_them_not_by_their_order():
    def kind(name, *required):
        said = {"kind": {"const": name}, **{each: {"type": "string"} for each in required}}
        return {"type": "object", "properties": said, "required": [*said]}

    def taking(*kinds):
        body = {"required": True, "content": {"application/json": {"schema": {"oneOf": [*kinds]}}}}
        return {"paths": {"/x": {"post": {"requestBody": body, "responses": {}, "security": []}}}}

    old = taking(kind("a", "one"), kind("c"))
    assert breaks(old, taking(kind("a", "one"), kind("b", "two"), kind("c"))) == []
    assert breaks(old, taking(kind("a", "one"), kind("b", "two"))) == [
        "POST /x: body: may not be c any more"
    ]
