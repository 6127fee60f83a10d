"""Dead letters: taken out of their queues, listed with their reason, replayed."""

import json

import boto3
import pytest

from functions.scheduled_letters.handler import handler as scheduled_letters
from rebate import bootstrap
from rebate.usecases.letters.replay_letters import REPLAYS_TO
from tests.functions.cloud import REGION, bought, context, envelope


@pytest.fixture(autouse=True)
def queues(cloud, monkeypatch):
    """The queues of functions, one each, and the one of what was set aside."""
    sqs = boto3.client("sqs", region_name=REGION)
    urls = {name: sqs.create_queue(QueueName=f"to-{name}")["QueueUrl"] for name in REPLAYS_TO}
    lines = [f"{name} {url}" for name, url in urls.items()]
    monkeypatch.setenv("REBATE_REPLAY_QUEUES", "\n".join(lines))
    monkeypatch.setenv("REBATE_LETTER_QUEUES", f"on_order_paid {cloud.dead_letter_url}")
    bootstrap.app.cache_clear()
    return urls


def sent_to(url):
    sqs = boto3.client("sqs", region_name=REGION)
    return [each["Body"] for each in sqs.receive_message(QueueUrl=url).get("Messages", [])]


def letters(cloud, query=""):
    status, page = cloud.as_operator("GET", "/v1/dead-letters", query=query)
    assert status == 200
    return page["letters"]


def test_what_was_set_aside_is_kept_mended_replayed_and_settled(cloud, queues):
    broken = bought("o1", "A", channel="market")
    cloud.send(broken)
    assert scheduled_letters({}, context("scheduled_letters")) == {"kept": 1}
    assert scheduled_letters({}, context("scheduled_letters")) == {"kept": 0}
    (letter,) = letters(cloud)
    assert (letter["function"], letter["code"]) == ("on_order_paid", "unreadable_event")
    assert "channel" in letter["reason"]
    assert json.loads(letter["body"]) == broken
    mended = json.dumps({**broken, "detail": {**broken["detail"], "channel": "mall"}})
    asked = {"id": "r1", "letters": [letter["letter"]], "body": mended}
    status, said = cloud.as_operator("POST", "/v1/dead-letters/replay", asked)
    assert (status, said["replayed"]) == (200, 1)
    (body,) = sent_to(queues["on_order_paid"])
    cloud.send(json.loads(body))
    cloud.settle()
    assert cloud.outcome()["queues"]["mall"]["entries"]
    assert letters(cloud) == []
    (done,) = letters(cloud, "state=replayed")
    assert done["replayed_by"] == "olga"
    status, said = cloud.as_operator("POST", "/v1/dead-letters/replay", asked)
    assert (status, said["replayed"]) == (200, 0)


def test_what_fails_again_is_a_letter_again(cloud, queues):
    cloud.send(envelope("order_paid", channel="market"))
    scheduled_letters({}, context("scheduled_letters"))
    (letter,) = letters(cloud)
    asked = {"id": "r1", "letters": [letter["letter"]]}
    cloud.as_operator("POST", "/v1/dead-letters/replay", asked)
    (body,) = sent_to(queues["on_order_paid"])
    cloud.send(json.loads(body))
    scheduled_letters({}, context("scheduled_letters"))
    (again,) = letters(cloud)
    assert again["body"] == letter["body"]
    assert again["letter"] != letter["letter"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"id": "r", "letters": []}, 422),
        ({"id": "r", "letters": ["a", "b"], "body": "{}"}, 422),
        ({"letters": ["a"]}, 422),
        ({"id": "r", "letters": ["nothing"]}, 404),
        ({"id": "r", "letters": ["x"] * 101}, 422),
    ],
)
def test_what_cannot_be_replayed_is_refused(cloud, asked, status):
    assert cloud.as_operator("POST", "/v1/dead-letters/replay", asked)[0] == status
