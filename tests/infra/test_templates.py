"""What matters in the templates, whatever else changes in them."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from moto.events.models import EventPattern

from infra.intake import TRIES, at_a_time
from infra.packages import ROOT
from infra.runtime import ENVIRONMENT
from infra.service_stack import INTAKES
from infra.stage import InvalidContext, stages_of
from local.bus import ROUTES, enveloped
from local.message_store import TABLE, MessageStore
from local.tables import create_tables
from rebate.contracts.events_in import EVENTS_IN
from rebate.contracts.events_out import EVENTS_OUT
from rebate.contracts.routes import ROUTES as OPERATIONS
from rebate.contracts.routes.route import Audience, OperatorRole
from rebate.contracts.schedules import endings, payouts, read_run, read_tick
from rebate.domain.times import SECOND
from rebate.usecases.events.publish_events import SOURCE
from rebate.usecases.settlement.settle_queue import Settler
from tests.contracts.test_events_in import LEAST
from tests.infra.templates import SENDER, Template, names_of_functions, one

DAY = 24 * 3600
SIGNING = (Audience.SHOP, Audience.PLATFORM)


class Definitions:
    """Stands in for a client of DynamoDB, and keeps the tables that it is told to create."""

    def __init__(self) -> None:
        self.made: dict[str, dict[str, Any]] = {}

    def get_paginator(self, _: str) -> "Definitions":
        return self

    def paginate(self) -> Iterator[dict[str, Any]]:
        yield {"TableNames": []}

    def create_table(self, *, TableName: str, **definition: Any) -> None:  # noqa: N803
        self.made[TableName] = definition


# Tables


def test_the_tables_are_those_that_everything_else_is_tried_on(data: Template) -> None:
    """Keys, indexes and streams: the same as of tables made from the models on one machine."""
    tried = Definitions()
    create_tables(tried, "rebate-test-", MessageStore(tried, "rebate-test-"))
    del tried.made[f"rebate-test-{TABLE}"]
    deployed = {
        table["TableName"]: table for table in data.all("AWS::DynamoDB::GlobalTable").values()
    }
    assert deployed.keys() == tried.made.keys()
    for name, table in tried.made.items():
        assert _keyed(deployed[name]) == _keyed(table), name
        streams = [each.get("StreamSpecification", {}) for each in (deployed[name], table)]
        assert len({stream.get("StreamViewType") for stream in streams}) == 1, name


def _keyed(table: dict[str, Any]) -> dict[str, Any]:
    return {
        "KeySchema": table["KeySchema"],
        "types": {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]},
        "indexes": {i["IndexName"]: i for i in table.get("LocalSecondaryIndexes", ())},
        "BillingMode": table["BillingMode"],
    }


def test_tables_can_be_restored_and_outlive_everything(data: Template) -> None:
    tables = data.all("AWS::DynamoDB::GlobalTable")
    assert tables
    for name, table in tables.items():
        (replica,) = table["Replicas"]
        assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], name
        assert replica["DeletionProtectionEnabled"], name
        resource = data.document["Resources"][name]
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert resource["UpdateReplacePolicy"] == "Retain", name


def test_what_a_first_deployment_made_goes_with_it_if_it_fails(
    data: Template, own_issuer_data: Template
) -> None:
    """Else the second would find tables, pools and a bus of its own names in its way."""
    for template in (data, own_issuer_data):
        kept = {
            resource["Type"]: resource["DeletionPolicy"]
            for resource in template.document["Resources"].values()
            if resource.get("DeletionPolicy", "Delete") != "Delete"
        }
        assert set(kept.values()) == {"RetainExceptOnCreate"}
        signs_in = {"AWS::Cognito::UserPool"} if template is data else set()
        assert kept.keys() == signs_in | {
            "AWS::DynamoDB::GlobalTable",
            "AWS::Events::Archive",
            "AWS::Events::EventBus",
            "AWS::KMS::Key",
            "AWS::S3::Bucket",
        }


def test_bus_and_archive_outlive_what_works_on_them(data: Template, service: Template) -> None:
    """An archive can be replayed only to its own bus."""
    bus = one(data.all("AWS::Events::EventBus"))
    assert bus["Name"] == "rebate-test"
    archive = one(data.all("AWS::Events::Archive"))
    assert data.text(archive["SourceArn"]) == "{Events::EventBus/rebate-test}"
    assert not service.all("AWS::Events::EventBus")
    assert not service.all("AWS::Events::Archive")


def test_what_is_followed_is_no_export_that_would_lock_it(
    data: Template, service: Template
) -> None:
    """Restored tables have other streams, so the service looks them up as it is deployed."""
    told = {each["Name"] for each in data.all("AWS::SSM::Parameter").values()}
    assert told == {f"/rebate/streams/rebate-test-{name}" for name in ("inbox", "journal")}
    asked = {
        each["Default"]
        for each in service.document["Parameters"].values()
        if each["Type"] == "AWS::SSM::Parameter::Value<String>"
    }
    assert told <= asked
    exported = json.dumps(data.document["Outputs"])
    assert "StreamArn" not in exported


def test_restored_tables_take_the_place_of_those_that_were_made(
    restored: Template, restored_tables: Template
) -> None:
    tables = restored_tables.all("AWS::DynamoDB::GlobalTable").values()
    assert all(table["TableName"].startswith("rebate-old-r1-") for table in tables)
    (function, *_) = (
        each
        for each in restored.all(FUNCTION).values()
        if each["FunctionName"] == "rebate-old-settle"
    )
    assert function["Environment"]["Variables"]["REBATE_TABLE_PREFIX"] == "rebate-old-r1-"
    allowed = json.dumps(restored.all("AWS::IAM::Policy"))
    assert "table/rebate-old-r1-inbox" in allowed
    assert "table/rebate-old-inbox" not in allowed


# From the bus to functions


@pytest.mark.parametrize("name", EVENTS_IN)
def test_an_event_that_the_schema_allows_reaches_its_function(
    name: str, service: Template, data: Template
) -> None:
    event = enveloped({"detail-type": name, "detail": LEAST[name], "source": "shop"})
    (rule,) = (rule for rule in service.all("AWS::Events::Rule").values() if matches(rule, event))
    (target,) = rule["Targets"]
    function = ROUTES[name].replace("_", "-")
    assert service.text(target["Arn"]) == f"{{SQS::Queue/rebate-test-{function}}}"
    dead = service.text(target["DeadLetterConfig"]["Arn"])
    assert dead == f"{{SQS::Queue/rebate-test-{function}-dead}}"
    assert name in INTAKES[ROUTES[name]]
    assert matches(one(data.all("AWS::Events::Archive")), event)


@pytest.mark.parametrize("name", EVENTS_OUT)
def test_what_goes_out_does_not_come_in(name: str, service: Template, data: Template) -> None:
    event = enveloped({"detail-type": name, "detail": {}, "source": SOURCE})
    takes = (*service.all("AWS::Events::Rule").values(), *data.all("AWS::Events::Archive").values())
    assert not any(matches(each, event) for each in takes)


@pytest.mark.parametrize("field", ["nickname", "avatar_url"])
def test_no_name_or_picture_is_archived(field: str, data: Template, service: Template) -> None:
    """Rule 8.10: nobody could take it out again when the member is erased."""
    detail = {**LEAST["MemberSaved"], field: "x"}
    event = enveloped({"detail-type": "MemberSaved", "detail": detail, "source": "shop"})
    assert not matches(one(data.all("AWS::Events::Archive")), event)
    assert any(matches(rule, event) for rule in service.all("AWS::Events::Rule").values())


def matches(rule: dict[str, Any], event: dict[str, Any]) -> bool:
    """Tell whether a rule or an archive takes an event; of `$or` one is enough."""
    patterns = rule["EventPattern"].get("$or", [rule["EventPattern"]])
    return any(EventPattern(None, each).matches_event(event) for each in patterns)  # type: ignore[arg-type]


def test_other_accounts_may_send_only_what_shops_send(data: Template) -> None:
    policy = one(data.all("AWS::Events::EventBusPolicy"))["Statement"]
    assert data.text(policy["Principal"]["AWS"]) == f"arn:{{Partition}}:iam::{SENDER}:root"
    assert policy["Action"] == "events:PutEvents"
    assert policy["Condition"]["StringEquals"] == {"events:detail-type": list(EVENTS_IN)}
    # a request may hold entries of several sources, all of which have to be others'
    assert policy["Condition"]["ForAllValues:StringNotEquals"] == {"events:source": SOURCE}


def test_queues_repeat_and_then_set_aside(service: Template) -> None:
    queues = {queue["QueueName"]: queue for queue in service.all("AWS::SQS::Queue").values()}
    timeouts = {f["FunctionName"]: f["Timeout"] for f in service.all(FUNCTION).values()}
    waiting = {name: queue for name, queue in queues.items() if not name.endswith("-dead")}
    assert len(waiting) == len(INTAKES) + 2, "and the orders of connected shops, and webhooks"
    for name, queue in waiting.items():
        redrive = queue["RedrivePolicy"]
        assert service.text(redrive["deadLetterTargetArn"]) == f"{{SQS::Queue/{name}-dead}}"
        assert redrive["maxReceiveCount"] == TRIES
        assert queue["VisibilityTimeout"] >= 6 * timeouts[name]
        assert queues[f"{name}-dead"]["MessageRetentionPeriod"] == 14 * DAY
    assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())


def test_orders_are_gathered_for_a_second_and_other_events_come_at_once(service: Template) -> None:
    gathered = {
        service.text(each["FunctionName"]).partition("rebate-test-")[2].rstrip("}"): (
            each["BatchSize"],
            each["MaximumBatchingWindowInSeconds"],
        )
        for each in service.all("AWS::Lambda::EventSourceMapping").values()
        if "StartingPosition" not in each
    }
    for function in ("on-order-paid", "on-order-completed"):
        orders = gathered.pop(function)
        assert orders == (30, 1), "of more than ten, the platform gathers for a second at least"
    assert gathered.pop("connect-orders") == (1, 0), "a shop that is slow holds up no other"
    assert set(gathered.values()) == {(10, 0)}


# Functions

FUNCTION = "AWS::Lambda::Function"


def test_there_is_a_function_for_each_handler(service: Template) -> None:
    functions = {function["FunctionName"] for function in service.all(FUNCTION).values()}
    assert functions == {f"rebate-test-{name.replace('_', '-')}" for name in names_of_functions()}


def test_functions_are_traced_and_limited_and_forget_their_logs(service: Template) -> None:
    for name, function in service.all(FUNCTION).items():
        assert function["Architectures"] == ["arm64"], name
        assert function["Runtime"] == "python3.13", name
        clocked = function["FunctionName"].startswith("rebate-test-scheduled-")
        assert function["TracingConfig"]["Mode"] == ("PassThrough" if clocked else "Active"), name
        variables = function["Environment"]["Variables"]
        assert variables["REBATE_METRICS"] == "Rebate/test", name
        assert variables.items() >= ENVIRONMENT.items(), name
    assert all(group["RetentionInDays"] for group in service.all("AWS::Logs::LogGroup").values())


def test_who_settles_has_more_time_than_a_settler_takes(service: Template) -> None:
    patience = signature(Settler).parameters["patience"].default // SECOND
    settlers = {f"rebate-test-{name}" for name in ("settle", "scheduled-sweep", "api")}
    for function in service.all(FUNCTION).values():
        if function["FunctionName"] in settlers:
            assert function["Timeout"] >= patience + 5, function["FunctionName"]


def test_concurrency_is_reserved_where_the_stage_says_so(own_issuer: Template) -> None:
    reserved = {
        function["FunctionName"]: function["ReservedConcurrentExecutions"]
        for function in own_issuer.all(FUNCTION).values()
        if "ReservedConcurrentExecutions" in function
    }
    assert reserved == {"rebate-own-settle": 20}


def test_streams_are_tried_for_a_bounded_time_and_what_is_given_up_is_kept(
    service: Template,
) -> None:
    tails = {
        service.text(each["FunctionName"]): each
        for each in service.all("AWS::Lambda::EventSourceMapping").values()
        if "StartingPosition" in each
    }
    names = {"settle", "publish-events", "notify-members"}
    assert tails.keys() == {f"{{Lambda::Function/rebate-test-{name}}}" for name in names}
    for name, tail in tails.items():
        assert tail["BisectBatchOnFunctionError"], name
        assert tail["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
        assert tail["ParallelizationFactor"] == (10 if "-settle}" in name else 1), name
        assert 0 < tail["MaximumRetryAttempts"] < 10_000, name
        assert 0 < tail["MaximumRecordAgeInSeconds"] < DAY, "a stream keeps a row for a day"
        kept = service.text(tail["DestinationConfig"]["OnFailure"]["Destination"])
        assert kept == name.replace("Lambda::Function", "SQS::Queue").replace("}", "-dead}")


# The clock


def test_the_clock_starts_what_functions_understand(service: Template) -> None:
    said = {}
    for schedule in service.all("AWS::Scheduler::Schedule").values():
        target = schedule["Target"]
        says = json.loads(target["Input"])
        says["at"] = "2026-03-02T16:00:00Z"
        said[schedule["Name"].removeprefix("rebate-test-")] = says
        assert target["DeadLetterConfig"]["Arn"]
        assert 0 < target["RetryPolicy"]["MaximumRetryAttempts"] <= 185
    runs = {name: read_tick(said[name]) for name in said if "run" in said[name]}
    known = (*endings(), *payouts())
    assert {name: read_run(said[name], known) for name in runs} == {name: name for name in known}
    assert set(known) >= {"clear", "average", "union", "dividend", "release"}
    assert {name for name, each in runs.items() if not each.if_due} == {"release"}
    assert said.keys() == {
        *runs,
        "sweep",
        "draws",
        "audit",
        "connect",
        "webhooks",
        "letters",
        "exports",
    }


def test_runs_that_settings_set_are_looked_for_every_minute(service: Template) -> None:
    for schedule in service.all("AWS::Scheduler::Schedule").values():
        every_minute = schedule["ScheduleExpression"] == "cron(* * * * ? *)"
        says = schedule["Target"]["Input"]
        assert every_minute == (
            "if_due" in says or schedule["Name"].endswith(("-webhooks", "-letters", "-exports"))
        )


# The API


@pytest.mark.parametrize(("stage", "off"), [("service", ()), ("own_issuer", SIGNING)])
def test_the_gateway_serves_what_the_table_names_to_whom_it_names(
    stage: str, off: tuple[Audience, ...], request: pytest.FixtureRequest
) -> None:
    """What shops and their platforms send is off unless the stage turns it on."""
    template: Template = request.getfixturevalue(stage)
    made = {
        route["RouteKey"]: (route["AuthorizationType"], route.get("AuthorizationScopes", []))
        for route in template.all("AWS::ApiGatewayV2::Route").values()
    }
    assert made == {
        route.key: ("JWT", [route.audience.scope]) if route.audience.scope else ("NONE", [])
        for route in OPERATIONS
        if route.audience not in off
    }


def test_members_and_operators_are_signed_in_by_pools_of_their_own(service: Template) -> None:
    """In a shared one, every member could sign in as an operator."""
    checked = defaultdict(set)
    for route in service.all("AWS::ApiGatewayV2::Route").values():
        if "AuthorizerId" in route:
            checked[route["AuthorizerId"]["Ref"]].update(route["AuthorizationScopes"])
    assert {"rebate/operator"} in checked.values()
    assert len(checked) == 2


def test_operators_have_roles_by_groups(data: Template) -> None:
    groups = data.all("AWS::Cognito::UserPoolGroup").values()
    pools = {data.text(group["UserPoolId"]) for group in groups}
    assert pools == {"{Cognito::UserPool/rebate-test-operators}"}
    assert {group["GroupName"] for group in groups} == set(OperatorRole)


def test_tokens_are_made_with_claims_of_ours(data: Template, service: Template) -> None:
    """Pitfall 25: without version V2_0, and a plan that has it, access tokens carry no claim."""
    pools = data.all("AWS::Cognito::UserPool")
    assert {pool["UserPoolTier"] for pool in pools.values()} == {"ESSENTIALS", "PLUS"}
    for pool in pools.values():
        asked = pool["LambdaConfig"]["PreTokenGenerationConfig"]
        assert asked["LambdaVersion"] == "V2_0"
        assert data.text(asked["LambdaArn"]).endswith(":function:rebate-test-sign-in-token")
    may = [
        each
        for each in service.all("AWS::Lambda::Permission").values()
        if each["Principal"] == "cognito-idp.amazonaws.com"
    ]
    assert ["rebate-test-sign-in-token" in service.text(m["FunctionName"]) for m in may] == [True]
    assert "SourceAccount" in may[0]


def test_nobody_writes_what_makes_them_somebody_else(data: Template) -> None:
    """Pitfall 23: a client that lists no attributes lets their owner write all of them."""
    written = {
        data.text(client["UserPoolId"]): set(client["WriteAttributes"])
        for client in data.all("AWS::Cognito::UserPoolClient").values()
    }
    assert written == {
        "{Cognito::UserPool/rebate-test-members}": {"email", "phone_number", "nickname", "locale"},
        "{Cognito::UserPool/rebate-test-operators}": {"locale"},
    }


def test_members_sign_themselves_up_and_verify_what_they_sign_in_with(data: Template) -> None:
    for pool in data.all("AWS::Cognito::UserPool").values():
        is_open = not pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]
        assert is_open == (pool["UserPoolName"] == "rebate-test-members")
        if is_open:
            both = ["email", "phone_number"]
            assert pool["UsernameAttributes"] == both
            assert pool["AutoVerifiedAttributes"] == both
            kept = pool["UserAttributeUpdateSettings"]["AttributesRequireVerificationBeforeUpdate"]
            assert kept == both


def test_refresh_tokens_rotate_and_leave_a_second_tab_time(data: Template) -> None:
    """Pitfall 26."""
    for client in data.all("AWS::Cognito::UserPoolClient").values():
        rotation = client["RefreshTokenRotation"]
        assert rotation == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10}
        assert "ALLOW_REFRESH_TOKEN_AUTH" not in client["ExplicitAuthFlows"]


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("prod", {"region": "cn-north-1"}, "region: cn-north-1 has no Cognito user pools"),
        ("paws", {}, "Cognito takes no domain"),
    ],
)
def test_what_cognito_would_refuse_is_refused_before_anything_is_made(
    name: str, values: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidContext, match=says):
        stages_of({"stages": {name: values}})
    issuer = {"url": "https://id.example.com/", "audience": ["rebate"]}
    assert stages_of({"stages": {name: {**values, "issuer": issuer}}})


def test_a_flood_of_one_route_leaves_room_for_others(service: Template) -> None:
    (stage,) = service.all("AWS::ApiGatewayV2::Stage").values()
    limits = stage["RouteSettings"]
    assert limits.keys() == {route.key for route in OPERATIONS}
    assert limits["POST /v1/connect/{platform}/{key}"] == {
        "ThrottlingRateLimit": 100,
        "ThrottlingBurstLimit": 200,
    }
    assert limits["POST /v1/simulate"]["ThrottlingRateLimit"] == 4
    for limit in limits.values():
        assert 1 <= limit["ThrottlingRateLimit"] <= 100
        assert 1 <= limit["ThrottlingBurstLimit"] <= 200
    (resource,) = (
        each
        for each in service.document["Resources"].values()
        if each["Type"] == "AWS::ApiGatewayV2::Stage"
    )
    # limits of a route need the route
    waits_for = [service.kind(name) for name in resource["DependsOn"]]
    assert waits_for.count("AWS::ApiGatewayV2::Route") == len(OPERATIONS), (
        "limits need their routes"
    )


def test_a_route_costs_no_metrics_of_its_own(service: Template) -> None:
    """They are billed by the metric and month; logs say the same by route."""
    stage = one(service.all("AWS::ApiGatewayV2::Stage"))
    assert "DetailedMetricsEnabled" not in stage["DefaultRouteSettings"]
    assert json.loads(stage["AccessLogSettings"]["Format"])["route"]


def test_webhooks_of_platforms_go_to_the_function_that_checks_signatures(service: Template) -> None:
    (target,) = (
        route["Target"]
        for route in service.all("AWS::ApiGatewayV2::Route").values()
        if "/v1/connect/" in route["RouteKey"]
    )
    integration = target["Fn::Join"][1][1]["Ref"]
    uri = service.all("AWS::ApiGatewayV2::Integration")[integration]["IntegrationUri"]
    assert service.text(uri) == "{Lambda::Function/rebate-test-on-shop-webhook}"


def test_a_partners_bus_brings_deliveries_with_the_key_of_their_connector(
    service: Template,
) -> None:
    (rule,) = (
        rule
        for rule in service.all("AWS::Events::Rule").values()
        if rule["EventBusName"] == "aws.partner/shopify.com/1/rebates"
    )
    assert rule["EventPattern"] == {"source": [{"prefix": "aws.partner/"}]}
    (target,) = rule["Targets"]
    assert service.text(target["Arn"]) == "{SQS::Queue/rebate-test-connect-orders}"
    said = target["InputTransformer"]["InputTemplate"]
    assert said.startswith('{"connector":"web","detail":<')
    assert set(target["InputTransformer"]["InputPathsMap"].values()) == {"$.detail"}


def test_shops_may_have_clients_whose_tokens_the_function_checks(
    data: Template, service: Template
) -> None:
    """The scope is there for the clients that operators make, and no page can ask for it."""
    servers = data.all("AWS::Cognito::UserPoolResourceServer").values()
    scopes = {data.text(s["UserPoolId"]): {x["ScopeName"] for x in s["Scopes"]} for s in servers}
    assert scopes == {
        "{Cognito::UserPool/rebate-test-members}": {"member", "merchant", "shop"},
        "{Cognito::UserPool/rebate-test-operators}": {"operator"},
    }
    for client in data.all("AWS::Cognito::UserPoolClient").values():
        assert "shop" not in json.dumps(client["AllowedOAuthScopes"])
        assert client["AllowedOAuthFlows"] == ["code"]
    (variables,) = (
        each["Environment"]["Variables"]
        for each in service.all(FUNCTION).values()
        if each["FunctionName"] == "rebate-test-api"
    )
    assert "REBATE_SHOP_AUDIENCE" not in variables
    members = {
        json.dumps(each["JwtConfiguration"]["Issuer"])
        for each in service.all("AWS::ApiGatewayV2::Authorizer").values()
    }
    assert json.dumps(variables["REBATE_SHOP_ISSUER"]) in members


def test_a_stage_may_name_an_issuer_of_its_own(own_issuer: Template) -> None:
    authorizer = one(own_issuer.all("AWS::ApiGatewayV2::Authorizer"))
    assert authorizer["JwtConfiguration"] == {
        "Issuer": "https://id.example.com/",
        "Audience": ["rebate"],
    }


def test_the_api_is_throttled_and_logged(service: Template) -> None:
    stage = one(service.all("AWS::ApiGatewayV2::Stage"))
    settings = stage["DefaultRouteSettings"]
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (200, 400)
    assert json.loads(stage["AccessLogSettings"]["Format"])["request_id"]


# Alarms


def test_every_alarm_rings_on_the_topic_and_has_a_place_in_the_docs(service: Template) -> None:
    headings = {
        line.removeprefix("### ").strip("`")
        for line in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("### ")
    }
    kinds = set()
    for alarm in service.all("AWS::CloudWatch::Alarm").values():
        (topic,) = map(service.text, alarm["AlarmActions"])
        assert topic == "{SNS::Topic/rebate-test-alarms}"
        kinds.add(alarm["AlarmDescription"].rsplit(", ", 1)[1].rstrip("."))
    assert kinds == {
        "dead-letters",
        "quiet",
        "rules",
        "schedules",
        "errors",
        "throttles",
        "waiting",
        "behind",
        "lag",
        "conflicts",
        "unknown",
        "mismatches",
        "audit",
        "borne",
        "connectors",
        "parked",
        "stuck",
        "unclaimed",
        "table-throttles",
        "api-errors",
        "api-slow",
        "webhooks",
    }
    assert kinds <= headings


def test_an_idle_stage_has_few_alarms(service: Template) -> None:
    """Each costs ten cents a month for every metric that it looks at."""
    alarms = service.all("AWS::CloudWatch::Alarm").values()
    looked_at = sum(len(each.get("Metrics", [1])) for each in alarms)
    assert looked_at <= 55


def test_what_should_come_and_does_not_rings(service: Template) -> None:
    rings = {
        alarm["AlarmName"].removeprefix("rebate-test-"): alarm
        for alarm in service.all("AWS::CloudWatch::Alarm").values()
        if alarm.get("TreatMissingData") == "breaching"
    }
    assert rings.keys() == {"audit-missing", "quiet-orders", "schedules-stopped"}
    for alarm in rings.values():
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert rings["quiet-orders"]["Period"] == 90 * 60
    assert rings["audit-missing"]["Period"] == DAY


def test_a_bill_that_grows_is_told(service: Template, own_issuer: Template) -> None:
    budget = one(service.all("AWS::Budgets::Budget"))
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 30, "Unit": "USD"}
    assert budget["Budget"]["CostFilters"] == {"TagKeyValue": ["user:stage$test"]}
    for each in budget["NotificationsWithSubscribers"]:
        assert [who["Address"] for who in each["Subscribers"]] == ["ops@example.com"]
    assert not own_issuer.all("AWS::Budgets::Budget")


# Descriptions of stages


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        (
            {"prod": {"log_dys": 30}},
            'stages.prod.log_dys: unknown field; the nearest is "log_days"',
        ),
        ({"prod": {"log_days": 31}}, "stages.prod.log_days: must be 7, 14, 30, "),
        ({"pr-d": {}}, "stages.pr-d.name: must be 2 to 12 small letters and digits"),
        ({"prod": {"region": "eu-wst"}}, "stages.prod.region: must be a region, as eu-west-1 is"),
        ({"prod": {"account": "12"}}, "stages.prod.account: must be an account's twelve digits"),
        (
            {"prod": {"reserved": {"setle": 3}}},
            "reserved.setle: is no function; the nearest is settle",
        ),
        ({"prod": {"throttle": {"rate": "x"}}}, "throttle.rate: must be a whole number"),
        ({"prod": {"monthly_dollars": 5}}, "monthly_dollars: needs `alarm_emails`"),
        ({"prod": {"alarm_emails": ["ops"]}}, "alarm_emails[0]: must be an address of mail"),
        ({"prod": {"restored": "R 1"}}, "stages.prod.restored: must be 1 to 8 small letters"),
        ({"prod": 3}, "stages.prod: must be an object, not 3"),
    ],
)
def test_a_mistake_in_a_stage_is_named_with_what_is_near(stages: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidContext) as refused:
        stages_of({"stages": stages})
    assert says in str(refused.value)


def test_a_stage_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(InvalidContext, match="nearest: prod"):
        stages_of({"stages": {"prod": {}, "dev": {}}, "stage": "prd"})


@pytest.mark.parametrize(("account", "batches"), [(10, 2), (400, 20), (1000, 50), (10_000, 50)])
def test_queues_leave_room_in_a_small_account(account: int, batches: int) -> None:
    assert at_a_time(account) == batches


# What others check


IMPLIED = "W3005"
"""CDK names dependencies that references imply."""


def test_cfn_lint_finds_nothing(
    service: Template, data: Template, restored_tables: Template
) -> None:
    program = str(Path(sys.executable).with_name("cfn-lint"))
    options = ["--ignore-checks", IMPLIED, "--regions", "eu-west-1"]
    command = [
        program,
        *options,
        "--",
        *(str(each.path) for each in (service, data, restored_tables)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
