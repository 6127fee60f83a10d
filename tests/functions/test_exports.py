"""Exports that are carried out by the clock, as operators ask for them and fetch them."""

import csv
import json
from io import StringIO

import boto3
import pytest

from functions.scheduled_exports import handler as scheduled_exports
from rebate import bootstrap
from tests.functions.cloud import REGION, bought, context

BUCKET = "rebate-test-exports"


@pytest.fixture
def bucket(cloud, monkeypatch):
    made = boto3.resource("s3", REGION).Bucket(BUCKET)
    made.create(CreateBucketConfiguration={"LocationConstraint": REGION})
    monkeypatch.setenv("REBATE_EXPORTS", BUCKET)
    bootstrap.app.cache_clear()
    yield
    made.objects.delete()
    made.delete()


def ask(cloud, **changes):
    return cloud.as_operator("POST", "/v1/exports", {"id": "e1", "what": "orders", **changes})


def carry_out():
    return scheduled_exports.handler({}, context("scheduled_exports"))["ended"]


def fetched(cloud, id_="e1"):
    """Return what lies where the link of an export leads."""
    status, job = cloud.as_operator("GET", "/v1/exports/job", query=f"id={id_}")
    assert (status, job["state"]) == (200, "done"), job
    key = job["link"].partition("?")[0].partition(".amazonaws.com/")[2].removeprefix(f"{BUCKET}/")
    found = boto3.client("s3", REGION).get_object(Bucket=BUCKET, Key=key)
    return job, found["Body"].read().decode()


def test_an_export_is_asked_for_carried_out_and_fetched(cloud, bucket):
    cloud.send(bought("o1", "A"), bought("=o2", "B", paid_at="2026-03-02T00:00:00+08:00"))
    cloud.settle()
    status, asked = ask(cloud)
    assert (status, asked["state"], asked["link"], asked["rows"]) == (200, "waiting", None, 0)
    assert carry_out() == 1
    job, text = fetched(cloud)
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert (job["rows"], job["bytes"]) == (2, len(text.encode()))
    assert [(row["order"], row["paid"]) for row in rows] == [("o1", "100.00"), ("'=o2", "100.00")]
    assert carry_out() == 0
    (listed,) = cloud.as_operator("GET", "/v1/exports/jobs")[1]["exports"]
    assert (listed["id"], listed["state"], listed["asked_by"]) == ("e1", "done", job["asked_by"])


def test_days_are_those_of_the_shop(cloud, bucket):
    cloud.send(
        bought("o1", "A", paid_at="2026-03-01T23:50:00+08:00"),
        bought("o2", "A", paid_at="2026-03-02T00:10:00+08:00"),
    )
    ask(cloud, format="jsonl", **{"from": "2026-03-02", "to": "2026-03-02"})
    carry_out()
    _, text = fetched(cloud)
    assert [json.loads(line)["order"] for line in text.splitlines()] == ["o2"]


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"what": "order"}, "what"),
        ({"format": "xlsx"}, "format"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ({"from": 20260301}, "from"),
        ({"id": ""}, "id"),
        ({"whom": "A"}, "whom"),
    ],
)
def test_what_cannot_be_exported_is_refused_by_its_field(cloud, said, path):
    status, refused = ask(cloud, **said)
    assert (status, [each["path"] for each in refused["problems"]]) == (422, [path])
    assert cloud.as_operator("GET", "/v1/exports/jobs")[1]["exports"] == []


def test_another_export_under_the_same_id_is_refused(cloud):
    assert ask(cloud)[0] == 200
    assert ask(cloud)[0] == 200
    status, refused = ask(cloud, what="journal")
    assert (status, refused["code"]) == (409, "conflicting_event")


def test_an_export_that_nobody_asked_for_is_not_there(cloud):
    status, refused = cloud.as_operator("GET", "/v1/exports/job", query="id=e9")
    assert (status, refused["code"]) == (404, "not_found")


def test_who_asked_for_an_export_is_in_the_trail(cloud):
    ask(cloud)
    (act,) = cloud.as_operator("GET", "/v1/audit", query="what=exports")[1]["acts"]
    assert (act["request"], act["what"]) == ("e1", "exports")
    assert act["changes"][0]["after"]["what"] == "orders"


def test_an_export_waits_where_there_is_no_time_left(cloud, bucket, monkeypatch):
    cloud.send(*(bought(f"o{number}", "A") for number in range(3)))
    monkeypatch.setattr(scheduled_exports, "SECONDS", 0)
    ask(cloud)
    assert carry_out() == 0
    monkeypatch.setattr(scheduled_exports, "SECONDS", 60)
    assert carry_out() == 1
    assert cloud.as_operator("GET", "/v1/exports/job", query="id=e1")[1]["reason"] is None
