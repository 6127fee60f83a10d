"""Synthesised templates, and what tests ask of them."""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

FUNCTIONS = Path(__file__).parents[2] / "functions"
STAGE = "test"
OWN = "own"
OLD = "old"
SENDER = "210987654321"

STAGES: dict[str, Any] = {
    STAGE: {
        "senders": [SENDER],
        "http_events": True,
        "connectors": True,
        "partner_buses": {"web": "aws.partner/shopify.com/1/rebates"},
        "alarm_emails": ["ops@example.com"],
        "quiet_minutes": 90,
        "monthly_dollars": 30,
    },
    OWN: {
        "issuer": {"url": "https://id.example.com/", "audience": ["rebate"]},
        "origins": ["https://pages.example.com"],
        "reserved": {"settle": 20},
    },
    OLD: {"restored": "r1", "account_concurrency": 10},
}
"""A stage with everything that is there by default, one with what can be had instead, and one whose
tables were restored."""


class Template:
    """A template as it was written, with what tests ask of it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.path = folder / f"{name}.template.json"

    @cached_property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        return document

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the properties of all resources of a kind, by their logical ids."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.document["Resources"].items()
            if resource["Type"] == kind
        }

    def kind(self, logical_id: str) -> str:
        return str(self.document["Resources"][logical_id]["Type"])

    def text(self, value: Any) -> str:
        """Return a value with its references spelled out: `{kind/name}` for a resource."""
        match value:
            case str():
                return value
            case {"Ref": name}:
                return self._named(name)
            case {"Fn::GetAtt": [name, _]}:
                return self._named(name)
            case {"Fn::Join": [between, parts]}:
                return str(between).join(map(self.text, parts))
            case {"Fn::ImportValue": name}:
                return f"{{{name}}}"
        raise AssertionError(value)

    def _named(self, logical_id: str) -> str:
        if logical_id not in self.document["Resources"]:
            return f"{{{logical_id.removeprefix('AWS::')}}}"
        kind = self.kind(logical_id).removeprefix("AWS::")
        properties = self.document["Resources"][logical_id].get("Properties", {})
        keys = ("QueueName", "FunctionName", "LogGroupName", "Name", "TopicName", "UserPoolName")
        name = next((properties[key] for key in keys if key in properties), logical_id)
        return f"{{{kind}/{name}}}"


def names_of_functions() -> list[str]:
    """Return the functions that there are: each folder with a handler is one."""
    return sorted(path.parent.name for path in FUNCTIONS.glob("*/handler.py"))


def without_region(arn: str) -> str:
    """Return an ARN without the parts that only the account knows."""
    return re.sub(r"^arn:[^:]*:([^:]*):[^:]*:[^:]*:", r"\1:", arn)


def one(found: Mapping[str, Any]) -> Any:
    """Return the only one there is."""
    (value,) = found.values()
    return value
