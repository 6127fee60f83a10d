import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import tour
from calls import Recorder, recording

from local.deployment import Clients, deployed
from local.engine import dynamodb
from local.streams import Stream
from rebate.usecases import orders

os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

SENDER = "210987654321"


class Template:
    """A template as it was written, with what tests ask of it."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path

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
            return f"{{{logical_id}}}"
        kind = self.kind(logical_id).removeprefix("AWS::")
        properties = self.document["Resources"][logical_id].get("Properties", {})
        keys = ("QueueName", "FunctionName", "LogGroupName", "Name", "TopicName", "UserPoolName")
        name = next((properties[key] for key in keys if key in properties), logical_id)
        return f"{{{kind}/{name}}}"


def names_of_functions() -> list[str]:
    """Return the functions that there are: each folder with a handler is one."""
    folder = Path(__file__).parents[2] / "functions"
    return sorted(path.parent.name for path in folder.glob("*/handler.py"))


@pytest.fixture(scope="session")
def synthesised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The templates of a stage with everything that can be asked for; the rules hold, or it fails."""
    from aws_cdk import App

    from infra.app import compose
    from infra.packages import Package, Packages

    empty = tmp_path_factory.mktemp("empty")
    (empty / "nothing.txt").touch()
    package = Package(empty, "0" * 64)
    out = tmp_path_factory.mktemp("cdk.out")
    stages = {
        "test": {"senders": [SENDER], "http_events": True, "alarm_emails": ["ops@example.com"]},
        "own": {
            "issuer": {"url": "https://id.example.com/", "audience": ["rebate"]},
            "origins": ["https://pages.example.com"],
            "reserved": {"settle": 20},
        },
    }
    app = App(outdir=str(out))
    compose(app, {"stages": stages}, Packages(package, package))
    app.synth()
    return out


@pytest.fixture(scope="session")
def service(synthesised: Path) -> Template:
    return _template(synthesised, "rebate-test")


@pytest.fixture(scope="session")
def data(synthesised: Path) -> Template:
    return _template(synthesised, "rebate-test-data")


@pytest.fixture(scope="session")
def own_issuer(synthesised: Path) -> Template:
    return _template(synthesised, "rebate-own")


def _template(folder: Path, name: str) -> Template:
    return Template(name, folder / f"{name}.template.json")


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """What the functions asked of AWS on the tour."""
    with (
        pytest.MonkeyPatch.context() as patch,
        dynamodb(tmp_path_factory.mktemp("engine")) as address,
        recording() as recorder,
    ):
        patch.setenv("REBATE_SHOP_SECRET", tour.SECRET)
        patch.setattr(orders, "WRITES_MAX", tour.WRITES_FEW)
        recorder.prefix = "tour-"
        clients = Clients(address)
        with deployed(clients, recorder.prefix) as deployment:
            journal = Stream(clients.streams, f"{recorder.prefix}journal", from_start=True)
            tour.Tour(deployment, journal).go()
        yield recorder


def without_region(arn: str) -> str:
    """Return an ARN without the parts that only the account knows."""
    return re.sub(r"^arn:[^:]*:([^:]*):[^:]*:[^:]*:", r"\1:", arn)


def one(found: Mapping[str, Any]) -> Any:
    """Return the only one there is."""
    (value,) = found.values()
    return value
