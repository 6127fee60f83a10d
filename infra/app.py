"""The CDK app: writes the templates of the stages that the context describes.

`cdk` runs it with the context of its command line; run by itself, it reads that of `cdk.json`.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from aws_cdk import App, Environment, Stack, Tags

from infra import packages
from infra.checks import check
from infra.data_stack import DataStack, RestoredStack
from infra.packages import ROOT, Packages, PackagingFailed
from infra.pages import PagesStack
from infra.service_stack import ServiceStack
from infra.stage import InvalidContext, stages_of

CONFIGURATION = ROOT / "cdk.json"


def configured() -> dict[str, Any]:
    """Return the context that `cdk.json` holds; what the command line says comes before it."""
    context: dict[str, Any] = json.loads(CONFIGURATION.read_text(encoding="utf-8"))["context"]
    return context


def compose(app: App, context: Mapping[str, Any], shipped: Packages) -> None:
    """Add the stacks of every stage that the context describes.

    Raises:
        InvalidContext: it does not describe stages.
    """
    check(app)
    for stage in stages_of(context):
        env = Environment(account=stage.account, region=stage.region)
        data = DataStack(app, stage=stage, env=env)
        service = ServiceStack(app, stage=stage, data=data, packages=shipped, env=env)
        pages = PagesStack(
            app,
            stage=stage,
            api=service.api,
            sign_in=data.sign_in,
            built=shipped.pages,
            env=env,
        )
        stacks: list[Stack] = [data, service, pages]
        if stage.restored:
            stacks.append(RestoredStack(app, stage=stage, env=env))
            service.add_stack_dependency(stacks[-1], "functions use its tables")
        for stack in stacks:
            Tags.of(stack).add("application", "queue-rebate")
            Tags.of(stack).add("stage", stage.name)


def main() -> int:
    """Write the templates; return the exit status."""
    app = App(context=configured())
    context = {key: app.node.try_get_context(key) for key in ("stage", "stages")}
    try:
        compose(app, context, packages.built(ROOT / "build"))
    except (InvalidContext, PackagingFailed) as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command tells what went wrong
        return 2
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main())
