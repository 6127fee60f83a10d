"""The tables, as the models in `rebate.adapters.tables` describe them: nothing is said twice."""

from collections.abc import Iterable, Mapping
from typing import Any

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.alarms import MINUTES_5, Alarms
from rebate.adapters.tables import TABLES, Table

_TYPES = {"S": dynamodb.AttributeType.STRING, "N": dynamodb.AttributeType.NUMBER}


class Tables(Construct):
    """All tables of a stage: on demand, restorable to any second, kept when the stack goes.

    They are encrypted under keys that DynamoDB owns. A key of one's own would add a charge a call
    and protect against nobody who does not administer the account anyway.
    """

    def __init__(self, scope: Construct, id_: str, *, prefix: str) -> None:
        """Make the tables; `prefix` stands before their names."""
        super().__init__(scope, id_)
        self.by_name: Mapping[str, dynamodb.TableV2] = {
            model.name: self._table(model, prefix) for model in TABLES
        }

    def stream_of(self, name: str) -> str:
        """Return the ARN of the stream of a table whose model says that it has one."""
        arn = self.by_name[name].table_stream_arn
        assert arn is not None, f"table {name} has no stream"
        return arn

    def _table(self, model: type[Table[Any]], prefix: str) -> dynamodb.TableV2:
        schema = schema_of(model)
        types = {
            each["AttributeName"]: _TYPES[each["AttributeType"]]
            for each in schema["attribute_definitions"]
        }
        keys = _keys(schema["key_schema"], types)
        return dynamodb.TableV2(
            self,
            model.__name__,
            table_name=f"{prefix}{model.name}",
            partition_key=keys["HASH"],
            sort_key=keys.get("RANGE"),
            local_secondary_indexes=[
                dynamodb.LocalSecondaryIndexProps(
                    index_name=index["index_name"],
                    sort_key=_keys(index["key_schema"], types)["RANGE"],
                    projection_type=dynamodb.ProjectionType[index["projection"]["ProjectionType"]],
                )
                for index in schema["local_secondary_indexes"]
            ],
            time_to_live_attribute=model.expires,
            dynamo_stream=dynamodb.StreamViewType.NEW_IMAGE if model.stream else None,
            billing=dynamodb.Billing.on_demand(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )


def ring_for_tables(alarms: Alarms, *, prefix: str) -> None:
    """Ring where DynamoDB turns writes away: one partition, or an account's limit, is too busy."""
    for model in TABLES:
        throttled = cloudwatch.Metric(
            namespace="AWS/DynamoDB",
            metric_name="WriteThrottleEvents",
            dimensions_map={"TableName": f"{prefix}{model.name}"},
            statistic="Sum",
            period=MINUTES_5,
        )
        alarms.ring(
            "table-throttles",
            model.name,
            throttled,
            at_least=10,
            times=3,
            means=f"DynamoDB keeps turning away writes to {model.name}.",
        )


def schema_of(model: type[Table[Any]]) -> Mapping[str, Any]:
    """Return keys and indexes of a model, in DynamoDB's own words.

    Only local indexes can be read consistently, so a model has no others.
    """
    schema: Mapping[str, Any] = model._get_schema()  # noqa: SLF001 - PynamoDB offers no other way
    assert not schema["global_secondary_indexes"], f"{model.name} has an index that is not local"
    return schema


def table_arn(scope: Construct, table_name: str) -> str:
    """Return the ARN of a table by its full name, so that no stack has to export it."""
    return Stack.of(scope).format_arn(
        service="dynamodb", resource="table", resource_name=table_name
    )


def _keys(
    described: Iterable[Mapping[str, str]], types: Mapping[str, dynamodb.AttributeType]
) -> dict[str, dynamodb.Attribute]:
    """Return the keys of a table or an index by their role, `HASH` or `RANGE`."""
    return {
        each["KeyType"]: dynamodb.Attribute(
            name=each["AttributeName"], type=types[each["AttributeName"]]
        )
        for each in described
    }
