"""`rebate mcp`: assistants ask over the Model Context Protocol, by stdin and stdout."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.assistants import Asks, AssistantTool, of_api, of_functions, refused, tools
from local.failures import BadInput, Failure
from local.stores import DEMO_STORE, opened, require_store

if TYPE_CHECKING:
    from mcp.server import Server

SUMMARY = "let an assistant ask, by the Model Context Protocol over stdin and stdout"

TOKEN = "REBATE_TOKEN"  # noqa: S105 - the name of a variable
INSTRUCTIONS = """\
A queue-rebate engine (排队返利): members' orders join queues, later orders pay them off in turn.
Amounts are minor units of the settings' currency, ratios basis points, instants UTC.
get_order explains an order: what it gave and got in each queue, entry by entry, and why.
get_queue and get_queue_forecast explain where an entry stands and how long it will wait.
post_settings_check says what settings would mean, post_simulate what they would come to.
Lists are cut into pages: `next`, where it is not null, goes back as `after`."""


def add_where(parser: ArgumentParser) -> None:
    """Let a command be told whom it asks."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--store", type=Path, metavar="DIR", default=DEMO_STORE, help=f"default: {DEMO_STORE}"
    )
    where.add_argument(
        "--api", metavar="URL", help=f"a stage's API; {TOKEN} holds an operator's token"
    )


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    add_where(parser)
    parser.add_argument(
        "--allow-changes", action="store_true", help="also offer what changes something"
    )


def run(arguments: Namespace) -> int:
    """Serve until stdin ends."""
    try:
        import anyio  # noqa: PLC0415 - only this command needs it
    except ImportError:
        message = "the extra `mcp` is not installed: pip install 'queue-rebate[mcp]'"
        raise Failure(message) from None
    with asked(arguments, allow_changes=arguments.allow_changes) as asks:
        anyio.run(_serve, _server(asks, tools(allow_changes=arguments.allow_changes)))
    return 0


@contextmanager
def asked(arguments: Namespace, *, allow_changes: bool) -> Iterator[Asks]:
    """Yield what asks the store, or the stage, that was named."""
    if arguments.api is None:
        require_store(arguments.store)
        with opened(arguments.store) as deployment:
            yield of_functions(deployment.functions, allow_changes=allow_changes)
            deployment.bus.deliver_waiting()
            deployment.settle()
        return
    token = os.environ.get(TOKEN)
    if not token:
        raise BadInput(f"{TOKEN} must hold an operator's token for {arguments.api}")
    if not arguments.api.startswith(("https://", "http://127.0.0.1")):
        raise BadInput(f"--api must begin with https://, not {arguments.api}")
    yield of_api(arguments.api, token)


def _server(asks: Asks, offered: dict[str, AssistantTool]) -> "Server[Any]":
    """Return a server that offers some tools."""
    import mcp_types as types  # noqa: PLC0415 - see `run`
    from anyio.to_thread import run_sync  # noqa: PLC0415
    from mcp.server import Server  # noqa: PLC0415

    async def list_tools(_context: Any, _page: Any) -> types.ListToolsResult:  # noqa: ANN401
        return types.ListToolsResult(tools=[_described(each) for each in offered.values()])

    async def call_tool(_context: Any, call: Any) -> types.CallToolResult:  # noqa: ANN401
        tool = offered.get(call.name)
        if tool is None:
            text = f"there is no tool {call.name}, or it changes something: see --allow-changes"
            answer = (404, text)
        else:
            answer = await run_sync(tool.ask, asks, call.arguments or {})
        told = types.TextContent(type="text", text=answer[1] or "done")
        return types.CallToolResult(content=[told], is_error=refused(answer))

    return Server(
        "queue-rebate",
        version=version("queue-rebate"),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _described(tool: AssistantTool) -> Any:  # noqa: ANN401 - see `run`
    import mcp_types as types  # noqa: PLC0415

    hints = types.ToolAnnotations(read_only_hint=not tool.changes, open_world_hint=False)
    return types.Tool(
        name=tool.name,
        description=tool.route.summary,
        input_schema=tool.schema(),
        annotations=hints,
    )


async def _serve(server: "Server[Any]") -> None:
    from mcp.server.stdio import stdio_server  # noqa: PLC0415 - see `run`

    async with stdio_server() as (reads, writes):
        await server.run(reads, writes, server.create_initialization_options())
