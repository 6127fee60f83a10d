"""The templates of one stage, deployed into an emulator as `cdk deploy` would into an account."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from aws_cdk import App

from infra import packages, runtime
from infra.app import compose
from infra.packages import ROOT, Packages
from tests.stack import stand_ins
from tests.stack.emulator import ACCOUNT, REGION, Emulator

STAGE = "stack"
PREFIX = f"rebate-{STAGE}"
STACKS = (f"{PREFIX}-data", PREFIX)
SWEEP_MINUTES = 2

DEPLOY_SECONDS_MAX = 60.0

_BUILD = ROOT / "build"
_BOOTSTRAPPED = "/cdk-bootstrap/hnb659fds/version"
_BUCKET = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"


def synthesised(folder: Path, **described: Any) -> Path:
    """Write the templates of the stage to a folder, with the packages that they name.

    `described` is what is said of the stage beside what all tests have.
    """
    python = runtime.interpreter()
    layer = packages.layer(_BUILD, python, stand_ins.PLATFORM)
    app = App(outdir=str(folder))
    shipped = Packages(packages.code(_BUILD, python), layer, packages.PAGES)
    stage = {"sweep_minutes": SWEEP_MINUTES, **described}
    compose(app, {"stages": {STAGE: stage}}, shipped)
    app.synth()
    return folder


class Clients:
    """Clients of the services that tests use."""

    def __init__(self, endpoint: str) -> None:
        def client(service: Any) -> Any:
            return boto3.client(service, endpoint_url=endpoint, region_name=REGION)

        self.accounts = client("cognito-idp")
        self.api = client("apigatewayv2")
        self.dynamodb = client("dynamodb")
        self.events = client("events")
        self.functions = client("lambda")
        self.parameters = client("ssm")
        self.roles = client("iam")
        self.s3 = client("s3")
        self.scheduler = client("scheduler")
        self.sqs = client("sqs")
        self.stacks = client("cloudformation")


def deploy(emulator: Emulator, synthesised: Path) -> Clients:
    """Bootstrap the account, publish the assets and create the stacks, one after the other."""
    clients = Clients(emulator.endpoint)
    clients.parameters.put_parameter(Name=_BOOTSTRAPPED, Value="30", Type="String")
    where = {"LocationConstraint": REGION}
    clients.s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration=where)
    for stack in STACKS:
        create(clients, emulator, synthesised, stack)
    stand_ins.complete(clients, synthesised, STACKS)
    return clients


def create(clients: Clients, emulator: Emulator, synthesised: Path, stack: str) -> None:
    """Publish the assets of one stack, and create it."""
    _publish(clients, synthesised, stack)
    _create(clients, emulator, synthesised, stack)


def _publish(clients: Clients, folder: Path, stack: str) -> None:
    manifest = json.loads((folder / f"{stack}.assets.json").read_text(encoding="utf-8"))
    for file in manifest["files"].values():
        source = folder / file["source"]["path"]
        if file["source"]["packaging"] == "zip":
            (destination,) = file["destinations"].values()
            key = destination["objectKey"]
            clients.s3.put_object(Bucket=_BUCKET, Key=key, Body=_zipped(source))


def _create(clients: Clients, emulator: Emulator, folder: Path, stack: str) -> None:
    key = f"{stack}.template.json"
    template = json.loads((folder / key).read_text(encoding="utf-8"))
    body = json.dumps(stand_ins.deployable(template)).encode()
    clients.s3.put_object(Bucket=_BUCKET, Key=key, Body=body)
    clients.stacks.create_stack(
        StackName=stack,
        TemplateURL=f"{emulator.endpoint}/{_BUCKET}/{key}",
        Capabilities=["CAPABILITY_IAM"],
    )
    deadline = time.monotonic() + DEPLOY_SECONDS_MAX
    status = "CREATE_IN_PROGRESS"
    while status.endswith("_IN_PROGRESS") and time.monotonic() < deadline:
        time.sleep(0.1)
        (described,) = clients.stacks.describe_stacks(StackName=stack)["Stacks"]
        status = described["StackStatus"]
    assert status == "CREATE_COMPLETE", "\n".join([status, *_reasons(clients, stack)])


def _reasons(clients: Clients, stack: str) -> Iterator[str]:
    for event in clients.stacks.describe_stack_events(StackName=stack)["StackEvents"]:
        if event["ResourceStatus"].endswith("_FAILED"):
            yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"


def _zipped(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return packed.getvalue()
