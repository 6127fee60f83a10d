"""Each function may do what its code does, and nothing else."""

from pprint import pformat
from typing import Any

import pytest

from functions.api.handler import resolver
from infra.access import ACCESS
from rebate.usecases.letters.replay_letters import REPLAYS_TO
from tests.infra.calls import SETTLEMENT, Call, Recorder
from tests.infra.templates import Template, names_of_functions, without_region

PREFIX = "rebate-test-"

UNREACHED: dict[tuple[str, str], tuple[set[Call], str]] = {
    (SETTLEMENT, "_saved_before"): (
        {("dynamodb:GetItem", "settings")},
        "only what is saved under an id was saved before; who pauses by themselves have none",
    ),
    (SETTLEMENT, "insist_unsettled"): (
        {("dynamodb:GetItem", "queues")},
        "rows that were read do not fit together: somebody else settled the queue meanwhile",
    ),
    (SETTLEMENT, "QueueReader.tickets_of"): (
        {("dynamodb:Query", "tickets")},
        "a day's cap withholds what those behind the first would have had",
    ),
    (SETTLEMENT, "_taken_out"): (
        {("dynamodb:PutItem", "inbox")},
        "one of several orders that were accepted together cannot be settled",
    ),
    ("scheduled_draws", "Seeds.mix_in"): (
        {("dynamodb:GetItem", "seeds"), ("dynamodb:PutItem", "seeds")},
        "the books are signed between a commitment and its day",
    ),
    ("scheduled_audit", "_has_moved"): (
        {("dynamodb:Query", "statements")},
        "a wallet moves while the books are read",
    ),
    ("scheduled_audit", "OrderAudit.rest_of_strays"): (
        {("dynamodb:BatchGetItem", "orders"), ("dynamodb:BatchGetItem", "tickets")},
        "there are tickets that no order knows",
    ),
    ("scheduled_audit", "OrderAudit.rest_of_spending"): (
        {("dynamodb:BatchGetItem", "orders")},
        "something counts as spent that no order says",
    ),
    (SETTLEMENT, "change_problems"): (set(), "a pause changes nothing that waits"),
    (SETTLEMENT, "switch_problems"): (set(), "a pause puts no queues together or apart"),
    ("scheduled_sweep", "switch_problems"): (
        {("dynamodb:Scan", "queues")},
        "settings that were planned put queues together or apart",
    ),
    ("scheduled_sweep", "_saved_before"): (set(), "what was planned is put in force once"),
    ("scheduled_payouts", "previous_of"): (
        set(),
        "what is thawed by the clock is the first row of its source",
    ),
    ("api", "has_bought"): (
        {("dynamodb:Query", "tickets"), ("dynamodb:Query", "spending")},
        "a member of an earlier release, of whom it was not written down, follows a link",
    ),
    ("api", "keep"): (set(), "what is told again stood in no list: nothing that waits is"),
    ("scheduled_webhooks", "keep"): (set(), "what is given up stands in no list any more"),
}
"""What the tour does not show, by who asks and where it stands: the calls, and when they are."""

PROGRAMS = {
    "audit/audit_books.py",
    "audit/rebuild/rebuild_tables.py",
    "queries/past_orders.py",
    "queries/show_outcome.py",
    "draws/verify_draws.py",
    "money/backing.py",
    "office/check_import.py",
    "office/exports.py",
    "office/import_books.py",
    "reports/count_sums.py",
}
"""Use cases that only programs of the command line have, not the functions."""

COMMANDS = {"Seeds.reveal", "Seeds.published", "HoldRelease.collect", "next_due"}
"""The same, of use cases that functions have, too."""

ELSEWHERE: dict[str, set[Call]] = {
    "scheduled_audit": {
        ("kms:GenerateMac", "key of books"),
        ("kms:VerifyMac", "key of books"),
        ("s3:ListBucketVersions", "archive"),
        ("s3:GetObjectVersion", "archive/books"),
        ("s3:PutObject", "archive/books"),
    },
    "on_order_paid": {("kms:GenerateMac", "key of draws")},
    "scheduled_draws": {
        ("kms:GenerateMac", "key of draws"),
        ("s3:ListBucketVersions", "archive"),
        ("s3:GetObjectVersion", "archive/books"),
        ("s3:GetObjectVersion", "archive/draws"),
        ("s3:PutObject", "archive/draws"),
    },
    "api": {
        ("kms:GenerateMac", "key of draws"),
        ("s3:GetObject", "exports"),
        ("ssm:GetParameter", "ssm"),
        ("ssm:GetParameter", "ssm of keys"),
    },
    "scheduled_exports": {("s3:PutObject", "exports"), ("s3:AbortMultipartUpload", "exports")},
    "connect_orders": {("ssm:GetParameter", "connectors")},
    "on_shop_webhook": {("ssm:GetParameter", "connectors")},
    "scheduled_connect": {("ssm:GetParameter", "connectors")},
}
"""What is not asked on one machine, where the environment holds the secrets of shops."""

PLATFORM = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
QUEUES = {
    "sqs:ChangeMessageVisibility",  # what a function asks of the queue that it is fed from
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
}
STREAMS = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
}


def test_the_tour_shows_all_that_functions_ask(recorded: Recorder) -> None:
    """Nobody enters code that asks the store without being seen to ask it."""
    missed = {(who, site.inside) for who, site in recorded.missed()}
    assert missed <= UNREACHED.keys()
    reached = {(who, inside) for who, inside in UNREACHED.keys() - missed if who in recorded.calls}
    assert {inside for _, inside in reached} <= never_entered(recorded), "no need to explain these"


def test_the_tour_enters_all_code_that_asks_the_store(recorded: Recorder) -> None:
    """What no function is seen to enter is explained, or of no function."""
    explained = {inside for _, inside in UNREACHED}
    assert never_entered(recorded) <= explained


def never_entered(recorded: Recorder) -> set[str]:
    """Return the code of functions that asks the store and was not entered."""
    return {inside for file, inside in recorded.never_entered() if file not in PROGRAMS} - COMMANDS


def test_the_tour_calls_every_function(recorded: Recorder) -> None:
    assert set(names_of_functions()) <= recorded.called


def test_the_tour_takes_every_route(recorded: Recorder) -> None:
    routes = {
        (str(route.method), route.rule)
        for route in resolver._static_routes + resolver._dynamic_routes
    }
    missing = {
        (method, rule.pattern)
        for method, rule in routes
        if not any(method == m and rule.match(path) for m, path in recorded.requests)
    }
    assert not missing


@pytest.mark.parametrize("function", names_of_functions())
def test_a_function_may_do_what_it_does_and_nothing_else(
    function: str, recorded: Recorder, service: Template
) -> None:
    tables = {call for call in asked_by(function, recorded) if call[0].startswith("dynamodb:")}
    stated = {
        (action, table) for table, actions in ACCESS.get(function, {}).items() for action in actions
    }
    assert stated == tables, f"infra.access should say:\n{by_table(tables)}"
    others = asked_by(function, recorded) - tables | ELSEWHERE.get(function, set())
    assert allowed(function, service) == tables | {service_call(call) for call in others}


@pytest.mark.parametrize("function", names_of_functions())
def test_a_function_is_allowed_what_the_platform_does_for_it(
    function: str, service: Template
) -> None:
    full = f"{PREFIX}{function.replace('_', '-')}"
    for action, resource in statements(function, service):
        match action.split(":")[0]:
            case "logs":
                assert resource == f"{{Logs::LogGroup//aws/lambda/{full}}}"
            case "xray":
                assert resource == "*"
            case "sqs" if function == "scheduled_letters" and action in QUEUES:
                assert resource.endswith("-dead}")
            case "sqs" if function == "api" and not resource.endswith("-dead}"):
                assert resource in {
                    f"{{SQS::Queue/{PREFIX}{name.replace('_', '-')}}}" for name in REPLAYS_TO
                }
            case "sqs" if action in QUEUES - {"sqs:GetQueueAttributes"}:
                assert resource == f"{{SQS::Queue/{full}}}"
            case "sqs" if resource == f"{{SQS::Queue/{PREFIX}deliver-webhooks}}":
                assert function in TELLS
            case "sqs" if function in CONNECTS:
                orders = {f"{{SQS::Queue/{PREFIX}connect-orders{end}}}" for end in ("", "-dead")}
                assert resource in orders | {f"{{SQS::Queue/{full}-dead}}"}
            case "sqs":
                own = {f"{{SQS::Queue/{full}}}", f"{{SQS::Queue/{full}-dead}}"}
                of_orders = f"{{SQS::Queue/{PREFIX}on-order-paid-dead}}"
                assert resource in own | ({of_orders} if function == "api" else set())


def test_nothing_may_be_removed_from_the_journal_or_read_whole_but_by_audits_and_exports(
    service: Template,
) -> None:
    for function in set(names_of_functions()) - {"scheduled_audit", "scheduled_exports"}:
        forbidden = {"dynamodb:Scan", "dynamodb:DeleteItem", "dynamodb:UpdateItem"}
        of_journal = {a for a, resource in allowed(function, service) if resource == "journal"}
        assert not of_journal & forbidden, function


def test_no_statement_has_a_wildcard_but_those_of_traces_keys_and_archives(
    service: Template, data: Template
) -> None:
    for template in (service, data):
        for name, properties in policies(template).items():
            for statement in properties["PolicyDocument"]["Statement"]:
                actions = listed(statement["Action"])
                assert not any("*" in action for action in actions), name
                for resource in listed(statement["Resource"]):
                    if "*" in template.text(resource):
                        keys = "parameter/rebate/test/shop-secrets/*" in template.text(resource)
                        kept = "archive-{AccountId}/" in template.text(resource)
                        traces = all(each.startswith("xray:") for each in actions)
                        exports = template.text(resource).startswith("{S3::Bucket/Exports")
                        assert keys or kept or exports or traces, name


def asked_by(function: str, recorded: Recorder) -> set[Call]:
    unreached = {
        call
        for (who, _), (calls, _) in UNREACHED.items()
        for call in calls
        if who == function or (who == SETTLEMENT and function in recorded.settlers)
    }
    return recorded.asked_by(function) | unreached


def by_table(calls: set[Call]) -> str:
    tables: dict[str, list[str]] = {}
    for action, table in sorted(calls):
        tables.setdefault(table, []).append(action)
    return pformat(tables, width=100)


_RESOURCES = {
    "connect": "queue",
    "webhooks": "queue",
    "replays": "queue",
    "connectors": "connectors",
    "events": "bus",
    "sqs": "dead",
    "ssm": "shop-secrets",
    "ssm of keys": "*",
}


def service_call(call: Call) -> Call:
    return call[0], _RESOURCES.get(call[1], call[1])


def allowed(function: str, service: Template) -> set[Call]:
    """Return what the role allows beyond what the platform does in the function's name.

    Every function that keeps dead letters may send there: the platform does so, too.
    """
    found = set()
    for action, resource in statements(function, service):
        if action in PLATFORM | QUEUES | STREAMS or action == "sqs:GetQueueUrl":
            continue
        aside = action == "sqs:SendMessage" and _short(resource) == "dead"
        if aside and function not in SET_ASIDE:
            continue
        found.add((action, _short(resource)))
    return found


SET_ASIDE = {
    "api",
    "connect_orders",
    "on_catalog_saved",
    "on_order_completed",
    "on_order_paid",
    "on_order_refunded",
    "on_shop_webhook",
    "scheduled_sweep",
}

TELLS = {"api", "deliver_webhooks", "publish_events", "scheduled_webhooks"}
"""Who queues what is to be told by webhooks."""

CONNECTS = {"connect_orders", "on_shop_webhook", "scheduled_connect"}
"""Who remembers orders of connected shops, in the queue of the first."""


def statements(function: str, service: Template) -> list[tuple[str, str]]:
    roles = [name for name in service.all("AWS::IAM::Role") if name.startswith(_id_of(function))]
    found: list[tuple[str, str]] = []
    for properties in policies(service).values():
        if any(role == {"Ref": name} for role in properties["Roles"] for name in roles):
            for statement in properties["PolicyDocument"]["Statement"]:
                assert statement["Effect"] == "Allow"
                found += [
                    (action, service.text(resource))
                    for action in listed(statement["Action"])
                    for resource in listed(statement["Resource"])
                ]
    assert found, f"{function} has no policy"
    return found


def policies(template: Template) -> dict[str, Any]:
    """Return all policies of roles: what is too long for one goes on in a managed one."""
    return {**template.all("AWS::IAM::Policy"), **template.all("AWS::IAM::ManagedPolicy")}


def _id_of(function: str) -> str:
    return f"{function.replace('_', '')}Role"


def _short(resource: str) -> str:
    if resource.startswith("{SQS::Queue/"):
        return "dead" if resource.endswith("-dead}") else "queue"
    if resource.startswith("{rebate-test-data:"):
        return f"key of {resource.partition('Archive')[2].partition('key')[0]}"
    if ":s3:::" in resource:
        return f"archive{resource.partition('{AccountId}')[2].removesuffix('/*')}"
    name = without_region(resource)
    if name == "events:event-bus/rebate-test" or name.startswith("{S3::Bucket/Exports"):
        return "exports" if name.startswith("{S3") else "bus"
    if name.startswith("ssm:"):
        return name.rsplit("/", 1)[-1]
    return name.removeprefix(f"dynamodb:table/{PREFIX}").replace("/index/", "/")


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
