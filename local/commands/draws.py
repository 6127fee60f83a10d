"""`rebate draws`: seeds committed to, and every draw of a day recomputed."""

import json
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from local.failures import BadInput
from local.screen import complain, print_json
from local.stores import DEMO_STORE, opened, require_store
from rebate.bootstrap import App
from rebate.contracts import api
from rebate.domain.times import day_of
from rebate.usecases.draws.seeds import DAYS_AHEAD, archived_commitment
from rebate.usecases.draws.show_draws import show_draws
from rebate.usecases.draws.verify_draws import Verified, verify_draws

SUMMARY = "commit to the seeds of coming days; recompute all draws of a day that is over"


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    actions = parser.add_subparsers(title="actions", dest="action", required=True)
    publish = actions.add_parser(
        "publish", help="make the coming days' seeds; print what is public"
    )
    verify = actions.add_parser("verify", help="recompute every draw of a day from its seed")
    verify.add_argument("--day", type=_day, metavar="YYYY-MM-DD", required=True)
    for action in (publish, verify):
        action.add_argument(
            "--store", type=Path, metavar="DIR", default=DEMO_STORE, help=f"default: {DEMO_STORE}"
        )
        action.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: Namespace) -> int:
    """Carry the action out; 1: a draw is not what the seed says."""
    require_store(arguments.store)
    with opened(arguments.store) as deployment:
        if arguments.action == "publish":
            deployment.functions.call("scheduled_draws", {})
            return _publish(deployment.app, as_json=arguments.json)
        verified = _verify(deployment.app, arguments.day)
    if arguments.json:
        print_json(_document(verified))
    else:
        _tell(verified)
    return 0 if verified.holds else 1


def _day(text: str) -> date:
    """Return a day; argparse tells of the ValueError that anything else raises."""
    return date.fromisoformat(text)


_day.__name__ = "day"


def _publish(app: App, *, as_json: bool) -> int:
    seen = show_draws(app.seeds, app.settings.in_force().terms, app.clock.now())
    if as_json:
        print_json(json.loads(api.as_json(seen)))
        return 0
    for day in seen.days:
        seed = f"  seed {day.seed}" if day.seed else ""
        print(f"{day.day}  sha256 {day.commitment}{seed}{'  late' if day.late else ''}")
    print(f"Seeds are made {DAYS_AHEAD} days ahead, and shown when their day is over.")
    return 0


def _verify(app: App, day: date) -> Verified:
    """Recompute a day.

    Raises:
        BadInput: it is not over, or nothing was ever drawn that day.
    """
    zone = app.settings.in_force().settings.zone
    if day >= day_of(app.clock.now(), zone):
        raise BadInput(f"{day}: is not over in {zone.key}, so its seed is still secret")
    seed = app.seeds.reveal(day, zone)
    if seed is None:
        raise BadInput(f"{day}: has no seed, so nothing was drawn")
    archived = archived_commitment(app.outside.archive, seed.day)
    return verify_draws(app.store, seed, zone, archived)


def _document(verified: Verified) -> dict[str, Any]:
    return {
        **asdict(verified),
        "differences": [asdict(difference) for difference in verified.differences],
        "holds": verified.holds,
    }


def _tell(verified: Verified) -> None:
    late = ", which was made when the day had begun" if verified.late else ""
    print(f"{verified.day}: seed {verified.seed}{late}")
    if verified.mixed_with:
        print(f"mixed with {verified.mixed_with}, which the books were signed with since")
    if not verified.keeps_commitment:
        complain([f"the seed is not the one that {verified.commitment} committed to"])
    complain(str(difference) for difference in verified.differences)
    if verified.more:
        complain(["and more"])
    said = "as the seed says" if verified.holds else "not all as the seed says"
    print(
        f"{verified.lottery} lottery draws and {verified.random_return} places of random return: "
        f"{said}."
    )
