"""Messages that could not be carried out come again soon, then later; SQS may refuse that."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.intake import TRIES
from local.bus import queued
from rebate.adapters.put_off import SECONDS_MAX, MessageQueue, seconds_until_next

REGION = "eu-west-1"


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL_SQS", raising=False)
    with mock_aws():
        yield boto3.client("sqs", region_name=REGION)


def test_a_message_waits_for_seconds_first_and_a_quarter_of_an_hour_at_last() -> None:
    waits = [seconds_until_next(receives) for receives in range(1, TRIES + 1)]
    assert waits[:6] == [5, 15, 45, 135, 405, 900]
    assert set(waits[5:]) == {SECONDS_MAX}


def test_an_outage_of_most_of_a_day_sets_nothing_aside() -> None:
    hours = sum(seconds_until_next(receives) for receives in range(1, TRIES)) / 3600
    assert 20 < hours < 4 * 24, "longer than an outage, shorter than the queue keeps a message"


def test_what_is_handed_back_comes_again_when_it_was_put_off_to(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "180"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    (taken,) = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
    message = {
        "messageId": taken["MessageId"],
        "receiptHandle": taken["ReceiptHandle"],
        "attributes": taken["Attributes"],
    }
    answer = MessageQueue(url, REGION).hand_back([message])
    assert answer == {"batchItemFailures": [{"itemIdentifier": taken["MessageId"]}]}
    again: list[Any] = []
    for _ in range(8):
        again = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", [])
        if again:
            break
    assert [each["MessageId"] for each in again] == [taken["MessageId"]]


def test_a_message_that_cannot_be_put_off_is_handed_back_all_the_same(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    answer = MessageQueue(url, REGION).hand_back([queued("unknown handle", "{}", "on_order_paid")])
    assert answer == {"batchItemFailures": [{"itemIdentifier": "unknown handle"}]}


def test_without_a_queue_the_platform_decides() -> None:
    answer = MessageQueue(None, REGION).hand_back([queued("m", "{}", "on_order_paid")])
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m"}]}
