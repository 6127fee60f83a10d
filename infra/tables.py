"""The tables, as the models in `rebate.adapters.tables` describe them: nothing is said twice."""

from collections.abc import Iterable, Mapping
from typing import Any

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from infra.alarms import MINUTES_5, Alarms
from rebate.adapters.tables import TABLES, Table

BUSY = (
    "current_settings",
    "inbox",
    "journal",
    "orders",
    "queues",
    "statements",
    "tickets",
    "wallets",
)
"""Tables that every order is written to, or read from: what slows these slows all."""

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
        for model in TABLES:
            if model.stream:
                self._tell_stream(prefix, model.name)

    def _tell_stream(self, prefix: str, name: str) -> None:
        stream = self.by_name[name].table_stream_arn
        assert stream is not None, f"table {name} has no stream"
        ssm.StringParameter(
            self,
            f"StreamOf-{name}",
            parameter_name=_stream_parameter(prefix, name),
            string_value=stream,
            description=f"The stream of {prefix}{name}, for who follows it",
        )

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
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )


def ring_for_tables(alarms: Alarms, *, prefix: str) -> None:
    """Ring where DynamoDB turns writes away: one partition, or an account's limit, is too busy.

    An alarm costs as much a month as 160 000 writes, so only the tables of orders have one.
    """
    for name in BUSY:
        throttled = cloudwatch.Metric(
            namespace="AWS/DynamoDB",
            metric_name="WriteThrottleEvents",
            dimensions_map={"TableName": f"{prefix}{name}"},
            statistic="Sum",
            period=MINUTES_5,
        )
        alarms.ring(
            "table-throttles",
            name,
            throttled,
            at_least=10,
            times=3,
            means=f"DynamoDB keeps turning away writes to {name}.",
        )


def stream_of(scope: Construct, prefix: str, name: str) -> str:
    """Return the ARN of a table's stream, looked up as the stack is deployed.

    An export would lock it: a restored table has another stream, and what follows has to move.
    """
    return ssm.StringParameter.value_for_string_parameter(scope, _stream_parameter(prefix, name))


def _stream_parameter(prefix: str, name: str) -> str:
    return f"/rebate/streams/{prefix}{name}"


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
