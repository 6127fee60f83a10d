"""`rebate demo`: the whole system on this machine, with two weeks of a small shop in it."""

import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from local.deployment import LocalDeployment
from local.environment import changed
from local.failures import BadInput, Failure
from local.http import served
from local.progress import watched
from local.schedules import LocalSchedules
from local.screen import complain
from local.settings import demo_settings
from local.settling import Unsettled
from local.shop_day import DAYS, ZONE, midnight, shop_days
from local.shop_people import bring_people
from local.sign_in.gateway import MEMBER_HEADER, OPERATOR_HEADER
from local.sign_in.issuer import PATH, LocalIssuer
from local.sign_in.tokens import SigningKey
from local.stores import DEMO_STORE, opened
from local.summary import PAGES, sentences
from rebate.domain.invitations import INVITED
from rebate.domain.plans.registry import PLANS
from rebate.domain.times import DAY, Instant, datetime_of, instant_of
from rebate.usecases.identity.find_link import linked_member
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.schedules.due_runs import next_run
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.rows.catalog import Member

SUMMARY = "run the whole system on this machine: a shop's days, then API and pages until Ctrl-C"

PORT = 8787
ORDERS = 240
PORT_MAX = 65_535
TOGETHER = 20
"""Events that are put on the bus before the queues are settled."""

PAUSE_SECONDS = 0.2

_MARK = "demo"
"""Under which the last day that is played is remembered."""

KEY_FILE = "issuer-key.pem"
MEMBERS_LOOKED_AT = 500
"""Members of whom some are offered where one chooses who one is."""


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--port", type=int, metavar="N", default=PORT, help=f"default: {PORT}; 0: any"
    )
    parser.add_argument(
        "--orders", type=int, metavar="N", default=ORDERS, help=f"of {DAYS} days; default: {ORDERS}"
    )
    parser.add_argument(
        "--store", type=Path, metavar="DIR", default=DEMO_STORE, help=f"default: {DEMO_STORE}"
    )
    parser.add_argument(
        "--webhooks-to-this-machine",
        action="store_true",
        help="let webhooks go to receivers at http://127.0.0.1, for trying them",
    )
    parser.add_argument("--once", action="store_true", help="end after the days; serve nothing")


def run(arguments: Namespace) -> int:
    """Make up for what was due meanwhile, play the days, tell what came of it, and serve."""
    _check(arguments)
    loopback = {"REBATE_WEBHOOKS_LOOPBACK": "allowed"} if arguments.webhooks_to_this_machine else {}
    with changed(loopback), opened(arguments.store) as deployment:
        if not deployment.is_new:
            print(f"Going on with the data in {arguments.store}.")
        _told_unsettled(deployment.recover)
        last = _last_day(deployment)
        if last is not None:
            play_days(deployment, arguments.orders, last)
        schedules = _schedules(deployment)
        schedules.tick()
        _told_unsettled(deployment.settle)
        print("\n".join(_told(deployment)))
        if not arguments.once:
            _serve(deployment, schedules, arguments)
    return 0


def _check(arguments: Namespace) -> None:
    if not 0 <= arguments.port <= PORT_MAX:
        raise BadInput(f"--port must be from 0 to {PORT_MAX}, not {arguments.port}")
    if arguments.orders < 0:
        raise BadInput(f"--orders must not be below 0, not {arguments.orders}")


def _last_day(deployment: LocalDeployment) -> date | None:
    """Return the last of the days that are played: yesterday, when this store was new.

    None: other days were played in it by a release before this.
    """
    marked = deployment.letters.marked(_MARK)
    if marked is not None or not deployment.is_new:
        return date.fromisoformat(marked) if marked else None
    last = datetime.now(ZONE).date() - timedelta(days=1)
    deployment.letters.mark(_MARK, last.isoformat())
    return last


def _put_in_force(deployment: LocalDeployment) -> None:
    """Begin with the demo's settings; those that somebody saved since stay."""
    app = deployment.app
    if app.settings.in_force().version == 0:
        save_settings(app.store, app.clock, demo_settings(), expects=0, by="demo")


def _schedules(deployment: LocalDeployment) -> LocalSchedules:
    """Return the schedules, which know what was due since this store was last at work."""
    settings = deployment.app.settings
    return LocalSchedules(
        deployment.functions, deployment.letters, lambda: settings.in_force().terms
    )


def _told_unsettled(settle: Callable[[], None]) -> None:
    """Settle; queues that do not come to rest are told, and hold up nothing else."""
    try:
        settle()
    except Unsettled as unsettled:
        complain(f"queue {queue} {why}" for queue, why in unsettled.why.items())


def play_days(deployment: LocalDeployment, orders: int, last: date) -> None:
    """Let the days of the shop up to `last` happen, each at its own time by the clock."""
    entries = shop_days(orders, last)
    days = [last - timedelta(days=back) for back in reversed(range(DAYS))]
    try:
        deployment.stop_clock_at(instant_of(midnight(days[0])))
        _put_in_force(deployment)
        for done in watched(_played(deployment, entries, days), "a shop's days", len(entries)):
            del done
            complain(letter.reason for letter in deployment.bus.newly_set_aside())
        bring_people(deployment.app)
    finally:
        deployment.stop_clock_at(None)
    deployment.publish()


def _played(
    deployment: LocalDeployment, entries: list[dict[str, Any]], days: list[date]
) -> Iterator[int]:
    """Yield how many events were brought, by way of the bus; at midnight start what is due then."""
    brought = 0
    for day in days:
        begin, end = midnight(day), midnight(day + timedelta(days=1))
        deployment.functions.call("scheduled_draws", {"at": begin.isoformat()})
        while brought < len(entries) and _time_of(entries[brought]) < end:
            some = [each for each in entries[brought : brought + TOGETHER] if _time_of(each) < end]
            for entry in some:
                deployment.stop_clock_at(instant_of(_time_of(entry)))
                deployment.bus.put(entry)
                deployment.bus.deliver_waiting()
                yield brought
                brought += 1
            _told_unsettled(deployment.settle)
            deployment.publish()
        for at, run in sorted(_payouts(deployment, instant_of(end))):
            deployment.stop_clock_at(at)
            tick = {"run": run, "at": datetime_of(at).isoformat()}
            deployment.functions.call("scheduled_payouts", tick)
            _told_unsettled(deployment.settle)


def _time_of(entry: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["time"])


def _payouts(deployment: LocalDeployment, midnight: Instant) -> Iterator[tuple[Instant, str]]:
    """Yield which queues' payouts are due on the day that begins at midnight, and when."""
    terms = deployment.app.settings.in_force().terms
    for _, run in PLANS.runs():
        if run.pays and run.command:
            at = next_run(run.name, terms, Instant(midnight - 1))
            if at is not None and at < midnight + DAY:
                yield at, run.name


def _told(deployment: LocalDeployment) -> Iterator[str]:
    metrics = deployment.functions.metrics
    new, known = metrics["accepted"] + metrics["saved"], metrics["duplicates"]
    aside = metrics["dead_letters"]
    yield f"The days' events: {new} new, {known} known already, {aside} set aside."
    in_force = deployment.app.settings.in_force()
    outcome = show_outcome(deployment.app.store, in_force.terms)
    yield from sentences(outcome, in_force.settings.currency)


def _serve(deployment: LocalDeployment, schedules: LocalSchedules, arguments: Namespace) -> None:
    pages = PAGES if PAGES.is_dir() else None
    with ExitStack() as stack:
        try:
            issuer_at = partial(_issuer, deployment, arguments.store / KEY_FILE)
            address = stack.enter_context(
                served(deployment.functions, arguments.port, pages, issuer_at)
            )
        except OSError as error:
            message = f"port {arguments.port}: {error.strerror}; --port names another, 0 any"
            raise Failure(message) from error
        os.environ.setdefault("REBATE_INVITE_URL", f"{address}{INVITED}")
        print("\n".join(_addresses(deployment, address, has_pages=pages is not None)), flush=True)
        _keep_going(deployment, schedules)


def _issuer(deployment: LocalDeployment, key: Path, address: str) -> LocalIssuer:
    """Return who signs people in; the key outlives a restart, as what it signed does."""
    store = deployment.app.store

    def members() -> list[str]:
        return sorted(member.id for member in islice(store.scan(Member), MEMBERS_LOOKED_AT))

    os.environ.setdefault("REBATE_SHOP_ISSUER", f"{address}{PATH}".rstrip("/"))
    return LocalIssuer(
        address,
        SigningKey.kept_in(key),
        partial(linked_member, store),
        members,
        shops=deployment.app.outside.shop_secrets,
    )


def _addresses(deployment: LocalDeployment, address: str, *, has_pages: bool) -> Iterator[str]:
    if has_pages:
        yield f"Pages: {address}/ (members), {address}/desk (operators), {address}/merchant"
        yield f"       {address}/api describes the HTTP API"
    yield f"Sign-in: {address}{PATH}.well-known/openid-configuration"
    yield f"API:   curl -H '{OPERATOR_HEADER}: me' {address}/v1/queues"
    yield f"       curl -H '{MEMBER_HEADER}: m01' {address}/v1/me/entries"
    yield f"Bus:   AWS_ENDPOINT_URL_EVENTBRIDGE={deployment.edge} takes PutEvents"
    yield "Ctrl-C ends it; the data stays."


def _keep_going(deployment: LocalDeployment, schedules: LocalSchedules) -> None:
    """Deliver, settle, publish and keep the schedules until Ctrl-C."""
    try:
        while True:
            deployment.bus.deliver_waiting()
            schedules.tick()
            _told_unsettled(deployment.settle)
            deployment.publish()
            complain(letter.reason for letter in deployment.bus.newly_set_aside())
            time.sleep(PAUSE_SECONDS)
    except KeyboardInterrupt:
        print("\nEnded.")
