"""A table's stream, read from the engine and handed on as the platform hands it to a function."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

BATCH_MAX = 100
"""Records that a function gets at a time."""


class Stream:
    """Reads one table's stream, new records once each.

    It begins behind the record numbered `after`, else with the first there is (`from_start`) or
    the next that comes. `position` is the number of the last record that was read. `client` is a
    client of DynamoDB's streams that does not check parameters: some engines have shorter names
    for shards than AWS. They have one shard each, which never closes.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - botocore's clients are untyped
        table: str,
        *,
        from_start: bool,
        after: str | None = None,
    ) -> None:
        self.position = after
        self._client = client
        self._arn = client.list_streams(TableName=table)["Streams"][0]["StreamArn"]
        self._iterator = self._begin(from_start=from_start)

    def read(self) -> list[dict[str, Any]]:
        """Return the rows inserted since the last call, as records of a Lambda event."""
        answer = self._client.get_records(ShardIterator=self._iterator, Limit=1000)
        self._iterator = answer["NextShardIterator"]
        records = answer["Records"]
        if records:
            self.position = records[-1]["dynamodb"]["SequenceNumber"]
        inserted = [_record(each, self._arn) for each in records if each["eventName"] == "INSERT"]
        return inserted if inserted or not records else self.read()

    def _begin(self, *, from_start: bool) -> str:
        described = self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]
        where: dict[str, str] = {"ShardIteratorType": "TRIM_HORIZON" if from_start else "LATEST"}
        if self.position is not None:
            where = {
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "SequenceNumber": self.position,
            }
        shard = described["Shards"][0]["ShardId"]
        answer = self._client.get_shard_iterator(StreamArn=self._arn, ShardId=shard, **where)
        iterator: str = answer["ShardIterator"]
        return iterator


def _record(record: dict[str, Any], arn: str) -> dict[str, Any]:
    change = dict(record["dynamodb"])
    created = change.get("ApproximateCreationDateTime")
    if isinstance(created, datetime):
        change["ApproximateCreationDateTime"] = created.timestamp()
    if "NewImage" in change:
        change["NewImage"] = as_json(change["NewImage"])
    return {**record, "dynamodb": change, "eventSourceARN": arn}


def as_json(item: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return an item as an event of a stream has it: bytes are Base64."""
    return {
        name: {
            kind: b64encode(content).decode() if isinstance(content, bytes) else content
            for kind, content in value.items()
        }
        for name, value in item.items()
    }
