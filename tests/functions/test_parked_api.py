"""Operators look at what cannot be carried out, and decide on it."""

import pytest

from functions.scheduled_sweep.handler import handler as sweep
from tests.functions.cloud import bought, context
from tests.parking import sweep_in_vain


@pytest.fixture
def parked(cloud):
    cloud.send(bought("o1", "A"), bought("bad", "B"))
    sweep_in_vain("bad")
    (found,) = cloud.as_operator("GET", "/v1/parked")[1]["parked"]
    return found


def test_an_order_that_cannot_be_settled_is_listed_with_its_reason(cloud, parked):
    assert (parked["order"], parked["queue"], parked["state"]) == ("bad", "mall", "parked")
    assert parked["reason"] == "Item size has exceeded"


def test_the_sweep_tells_of_it_until_it_is_decided_on(cloud, parked, capsys):
    sweep({}, context("scheduled_sweep"))
    assert '"parked":[1.0]' in capsys.readouterr().out
    asked = {"id": parked["id"], "reason": "no order of ours"}
    assert cloud.as_operator("POST", "/v1/parked/drop", asked)[0] == 200
    sweep({}, context("scheduled_sweep"))
    assert '"parked"' not in capsys.readouterr().out


@pytest.mark.parametrize(("decision", "state"), [("release", "released"), ("drop", "dropped")])
def test_it_is_decided_on_once_with_who_and_why(cloud, parked, decision, state):
    asked = {"id": parked["id"], "reason": "mended"}
    status, done = cloud.as_operator("POST", f"/v1/parked/{decision}", asked)
    assert (status, done["state"], done["why"]) == (200, state, "mended")
    assert done["by"]
    assert cloud.as_operator("POST", f"/v1/parked/{decision}", asked) == (200, done)
    other = {"release": "drop", "drop": "release"}[decision]
    status, refused = cloud.as_operator("POST", f"/v1/parked/{other}", asked)
    assert (status, refused["code"]) == (409, "conflicting_event")
    query = f"state={state}"
    assert cloud.as_operator("GET", "/v1/parked", query=query)[1]["parked"] == [done]
    sweep({}, context("scheduled_sweep"))
    entries = [e["entry"] for e in cloud.outcome()["queues"]["mall"]["entries"]]
    assert entries == (["o1/1", "bad/1"] if decision == "release" else ["o1/1"])


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({"id": "nothing", "reason": "x"}, 404, None),
        ({"id": "nothing"}, 422, "reason"),
        ({"id": "nothing", "reason": ""}, 422, "reason"),
        ({"id": "n" * 200, "reason": "x"}, 422, "id"),
        ({"reason": "x"}, 422, "id"),
    ],
)
def test_what_cannot_be_decided_is_refused(cloud, parked, body, status, path):
    for decision in ("release", "drop"):
        got, refused = cloud.as_operator("POST", f"/v1/parked/{decision}", body)
        assert got == status
        assert path is None or [p["path"] for p in refused["problems"]] == [path]


def test_a_state_that_there_is_not_is_refused(cloud):
    status, refused = cloud.as_operator("GET", "/v1/parked", query="state=dropt")
    assert (status, refused["problems"][0]["nearest"]) == (422, "dropped")
