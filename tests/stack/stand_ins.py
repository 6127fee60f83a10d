"""What ministack cannot do, and what stands in for it. docs/stack-test.md tells it in words.

Everything else of the templates is deployed as it was written.
"""

import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

PLATFORM = f"manylinux2014_{platform.machine()}"
"""Functions run on this machine, so their layer is made for it, from the same lock."""

ARCHIVE = "AWS::Events::Archive"
SCHEDULE = "AWS::Scheduler::Schedule"
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"

IGNORES_TIME = ("sweep", "draws")
"""Schedules whose functions do what they do whenever they start."""


GUARDED_BY_TLS = ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy")
NO_TLS = {"Bool": {"aws:SecureTransport": "false"}}
"""What policies refuse: but over TLS the emulator does not find the keys of its own user pools."""


def deployable(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template as the emulator takes it."""
    resources = {
        name: _provider_by_name(resource)
        for name, resource in template["Resources"].items()
        if resource["Type"] != ARCHIVE and not _adds_up_metrics(resource)
    }
    for resource in resources.values():
        properties = resource.get("Properties", {})
        if resource["Type"] == SCHEDULE and _needs_time(properties):
            properties["State"] = "DISABLED"
        if resource["Type"] in GUARDED_BY_TLS:
            document = properties["PolicyDocument"]
            document["Statement"] = [
                each for each in document["Statement"] if each.get("Condition") != NO_TLS
            ]
        if resource["Type"] == "AWS::KMS::Key":
            _name_sessions(properties["KeyPolicy"])
    outputs = _provider_by_name(template.get("Outputs", {}))
    return {**template, "Resources": resources, "Outputs": outputs}


def _provider_by_name(value: Any) -> Any:
    """Return a value with each pool's URL spelled out: the emulator knows only its name."""
    match value:
        case {"Fn::GetAtt": [pool, "ProviderURL"]}:
            return {"Fn::Join": ["", ["https://", {"Fn::GetAtt": [pool, "ProviderName"]}]]}
        case dict():
            return {key: _provider_by_name(each) for key, each in value.items()}
        case list():
            return [_provider_by_name(each) for each in value]
    return value


def _name_sessions(policy: dict[str, Any]) -> None:
    """Let a key know a function's session too: AWS compares its role, the emulator the session."""
    for statement in policy["Statement"]:
        condition = statement.get("Condition", {}).get("ArnNotLike")
        if condition:
            (name, roles), *_ = condition.items()
            sessions = json.loads(
                json.dumps(roles).replace(":iam::", ":sts::").replace(":role/", ":assumed-role/")
            )
            condition[name] = [roles, sessions]


def _adds_up_metrics(resource: Mapping[str, Any]) -> bool:
    """Tell whether it is an alarm over several metrics, which the emulator does not know."""
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]


def _needs_time(schedule: Mapping[str, Any]) -> bool:
    says = schedule["Target"]["Input"]
    return SCHEDULED_TIME in says and not schedule["Name"].endswith(IGNORES_TIME)


def strike(clients: Any, at: str) -> None:
    """Start what the schedules that are switched off start when it is `at` (ISO 8601).

    Whom they start, and what they say, is asked of the scheduler.
    """
    for listed in clients.scheduler.list_schedules(State="DISABLED")["Schedules"]:
        schedule = clients.scheduler.get_schedule(
            GroupName=listed["GroupName"], Name=listed["Name"]
        )
        answer = clients.functions.invoke(
            FunctionName=schedule["Target"]["Arn"],
            Payload=schedule["Target"]["Input"].replace(SCHEDULED_TIME, at),
        )
        assert "FunctionError" not in answer, answer["Payload"].read()


def complete(clients: Any, synthesised: Path, stacks: Iterable[str]) -> None:
    """Make by API what was left out of the templates."""
    for stack in stacks:
        template = json.loads((synthesised / f"{stack}.template.json").read_text(encoding="utf-8"))
        for archive in _of_type(template, ARCHIVE):
            (bus,) = (
                bus
                for bus in clients.events.list_event_buses()["EventBuses"]
                if bus["Arn"].endswith(f"event-bus/{stack.removesuffix('-data')}")
            )
            clients.events.create_archive(
                ArchiveName=archive["ArchiveName"],
                EventSourceArn=bus["Arn"],
                EventPattern=json.dumps(archive["EventPattern"]),
                RetentionDays=archive["RetentionDays"],
            )


def _of_type(template: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    return (each["Properties"] for each in template["Resources"].values() if each["Type"] == kind)
