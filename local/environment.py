"""The environment in which functions find their deployment."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local.fake_aws import CONNECT_QUEUE, REPLAY_QUEUES, WEBHOOK_QUEUE
from rebate.connectors import PLATFORMS
from rebate.usecases.letters.replay_letters import REPLAYS_TO

REGION = "eu-west-1"

_UNWANTED = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL")
"""What would lead clients elsewhere, or make them look for accounts that nobody needs here."""

DEMO_SECRET = "a secret for demonstrations only"  # noqa: S105 - it keeps nothing
_ACCOUNTS = {
    f"demo-{platform}": {"platform": platform, "secrets": [DEMO_SECRET]} for platform in PLATFORMS
}
"""What the shops of the demonstration sign with, unless `REBATE_CONNECTORS` says otherwise."""

WEBHOOK_SECONDS = "5"
"""How long a receiver may take: meanwhile nothing else happens on this machine."""

_QUIET = {"POWERTOOLS_LOG_LEVEL": "CRITICAL"}
"""Logs are for who runs functions in the cloud; locally metrics and letters tell what happened."""


@contextmanager
def environment(prefix: str, engine: str, edge: str, outside: Path | None = None) -> Iterator[None]:
    """Name the deployment with this prefix in the process's environment while the block lasts.

    `engine` is the address of the DynamoDB engine, `edge` that of `local.fake_aws.Edge`; in the
    folder `outside` are keys and what is archived.
    """
    with changed(
        {
            "REBATE_TABLE_PREFIX": prefix,
            "REBATE_DYNAMODB_ENDPOINT": engine,
            "REBATE_DEAD_LETTER_QUEUE_URL": f"{edge}/dead-letters",
            "REBATE_CONNECT_QUEUE_URL": f"{edge}{CONNECT_QUEUE}",
            "REBATE_CONNECTORS": os.environ.get("REBATE_CONNECTORS") or json.dumps(_ACCOUNTS),
            "REBATE_SHOP_SECRET": os.environ.get("REBATE_SHOP_SECRET") or DEMO_SECRET,
            "REBATE_WEBHOOK_QUEUE_URL": f"{edge}{WEBHOOK_QUEUE}",
            "REBATE_WEBHOOK_SECONDS": WEBHOOK_SECONDS,
            "REBATE_REPLAY_QUEUES": "\n".join(
                f"{name} {edge}{REPLAY_QUEUES}{name}" for name in REPLAYS_TO
            ),
            "REBATE_BUS": "rebate-local",
            "REBATE_OUTSIDE": "" if outside is None else str(outside / "outside"),
            "AWS_ENDPOINT_URL_SQS": edge,
            "AWS_ENDPOINT_URL_EVENTBRIDGE": edge,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_EC2_METADATA_DISABLED": "true",
            **_QUIET,
        }
    ):
        yield


@contextmanager
def changed(variables: Mapping[str, str]) -> Iterator[None]:
    """Let the process's environment have these variables while the block lasts."""
    before = {name: os.environ.get(name) for name in (*variables, *_UNWANTED)}
    for name in _UNWANTED:
        os.environ.pop(name, None)
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
