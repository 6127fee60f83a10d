"""`rebate dead-letters`: what was set aside, and sending it to where it came from once more."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.assistants import Asks, refused
from local.commands.mcp import add_where, asked
from local.failures import Failure
from local.screen import print_json

SUMMARY = "list what was set aside with its reason, or replay it"


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    add_where(parser)
    parser.add_argument(
        "action", nargs="?", choices=["list", "replay"], default="list", help="default: list"
    )
    parser.add_argument("letters", nargs="*", metavar="LETTER", help="default: all that can be")
    parser.add_argument("--body", type=Path, metavar="FILE", help="mended, for the one LETTER")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def run(arguments: Namespace) -> int:
    """List or replay; 1: something that was named cannot be replayed."""
    with asked(arguments, allow_changes=arguments.action == "replay") as asks:
        letters = list(_letters(asks))
        if arguments.action == "list":
            _tell(letters, as_json=arguments.json)
            return 0
        names = arguments.letters or [each["letter"] for each in letters if each["replays_to"]]
        done = _replay(asks, names, arguments.body)
    if arguments.json:
        print_json({"replayed": done, "left": len(letters) - done})
    else:
        print(f"{done} replayed.")
    return 0


def _letters(asks: Asks) -> Iterator[dict[str, Any]]:
    """Yield all letters that are open, the newest first."""
    after: str | None = None
    while True:
        page = _answered(asks, "GET", "/v1/dead-letters" + (f"?after={after}" if after else ""))
        yield from page["letters"]
        after = page["next"]
        if after is None:
            return


def _replay(asks: Asks, names: list[str], body: Path | None) -> int:
    """Replay letters one by one; return how many that were."""
    done = 0
    for name in names:
        wish: dict[str, Any] = {"id": f"cli-{name}"[:128], "letters": [name]}
        if body is not None:
            wish["body"] = body.read_text(encoding="utf-8")
        done += _answered(asks, "POST", "/v1/dead-letters/replay", wish)["replayed"]
    return done


def _answered(asks: Asks, method: str, target: str, body: Any = None) -> Any:  # noqa: ANN401
    """Return what the API answers.

    Raises:
        Failure: it refuses.
    """
    answer = asks(method, target, body)
    if refused(answer):
        raise Failure(answer[1])
    return json.loads(answer[1])


def _tell(letters: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json({"letters": letters})
        return
    for each in letters:
        to = each["replays_to"] or "nobody"
        print(f"{each['letter']}  {each['function']}  {each['code']}: {each['reason']}")
        print(f"    replays to {to}; {each['body'][:200]}")
    print(f"{len(letters)} letters.")
