"""A table's stream, read from the engine and handed on as the platform hands it to a function."""

from datetime import datetime
from typing import Any

BATCH_MAX = 100
"""Records that a function gets at a time."""


class Stream:
    """Reads one table's stream from where it stands on; new records once each.

    `client` is a client of DynamoDB's streams that does not check parameters: some engines have
    shorter names for shards than AWS.
    """

    def __init__(self, client: Any, table: str, *, from_start: bool) -> None:  # noqa: ANN401 - botocore
        self._client = client
        self._arn = client.list_streams(TableName=table)["Streams"][0]["StreamArn"]
        kind = "TRIM_HORIZON" if from_start else "LATEST"
        shards = client.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]
        self._iterators = [self._iterator(shard["ShardId"], kind) for shard in shards]

    def read(self) -> list[dict[str, Any]]:
        """Return the rows inserted since the last call, as records of a Lambda event."""
        found: list[dict[str, Any]] = []
        for place, iterator in enumerate(self._iterators):
            answer = self._client.get_records(ShardIterator=iterator, Limit=1000)
            self._iterators[place] = answer["NextShardIterator"]
            found += answer["Records"]
        return [_record(record, self._arn) for record in found if record["eventName"] == "INSERT"]

    def _iterator(self, shard: str, kind: str) -> str:
        answer = self._client.get_shard_iterator(
            StreamArn=self._arn, ShardId=shard, ShardIteratorType=kind
        )
        iterator: str = answer["ShardIterator"]
        return iterator


def _record(record: dict[str, Any], arn: str) -> dict[str, Any]:
    change = dict(record["dynamodb"])
    created = change.get("ApproximateCreationDateTime")
    if isinstance(created, datetime):
        change["ApproximateCreationDateTime"] = created.timestamp()
    return {**record, "dynamodb": change, "eventSourceARN": arn}
