"""`rebate audit`: every balance and queue, recomputed; with `--full` from what was accepted."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from local.progress import metered
from local.screen import complain, print_json
from local.stores import DEMO_STORE, signed_books
from rebate.domain.queues import Queue
from rebate.usecases.audit.audit_books import Audit, audit_books
from rebate.usecases.audit.rebuild.rebuild_tables import Rebuilt

SUMMARY = "recompute every balance and queue from the journal, and tell what does not add up"

DIFFERENCES_MAX = 20
"""Differences that are told; the first is the one to look at."""


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--store", type=Path, metavar="DIR", default=DEMO_STORE, help=f"default: {DEMO_STORE}"
    )
    where.add_argument("--stage", metavar="S", help="a deployment on AWS, read-only")
    parser.add_argument(
        "--full",
        action="store_true",
        help="decide every commit again from what was accepted, and compare the tables with that",
    )
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")


def run(arguments: Namespace) -> int:
    """Audit; 0: all adds up, 1: it does not."""
    with signed_books(None if arguments.stage else arguments.store, arguments.stage) as found:
        store, outside = found
        commits = sum(queue.version for queue in store.scan(Queue)) if arguments.full else 0
        with metered("Deciding again", commits) as show:
            audit = audit_books(
                store,
                differences_max=DIFFERENCES_MAX,
                outside=outside,
                full=arguments.full,
                tell=show,
            )
    if arguments.json:
        print_json(_document(audit))
    else:
        print(_told(audit))
    complain(map(str, audit.differences))
    complain(audit.parked)
    if audit.rebuilt:
        left_out = audit.rebuilt.left_out.items()
        complain(f"queue {name} could not be rebuilt: {why}" for name, why in left_out)
    if audit.more:
        complain([f"and more: only the first {DIFFERENCES_MAX} differences are told"])
    if audit.differences and audit.moved:
        complain(["queues were settled meanwhile, which looks like differences: audit again"])
    return 1 if audit.differences else 0


def _told(audit: Audit) -> str:
    rows = audit.rows
    read = (
        f"{rows['Journal']} journal rows, {rows['Queue']} queues, {rows['Ticket']} tickets of "
        f"{rows['Order']} orders, {rows['Wallet']} wallets and {rows['Statement']} statements"
    )
    waits = f"; {audit.waiting} commands wait to be settled" if audit.waiting else ""
    verdict = "do not add up" if audit.differences else "add up"
    return f"The books {verdict}: {read}{waits}.{_rebuilt(audit)}"


def _rebuilt(audit: Audit) -> str:
    """Say what rebuilding the tables came to, if that was asked for."""
    if audit.rebuilt is None:
        return ""
    rows = ", ".join(f"{count} of {kind}" for kind, count in sorted(audit.rebuilt.rows.items()))
    return f" {audit.rebuilt.commits} commits were decided again; rows compared: {rows or 'none'}."


def _document(audit: Audit) -> dict[str, object]:
    return {
        "passed": not audit.differences,
        "differences": [{"path": d.path, "message": d.message} for d in audit.differences],
        "more": audit.more,
        "moved": audit.moved,
        "unsettled": audit.waiting,
        "set_aside": audit.parked,
        "rows": dict(sorted(audit.rows.items())),
        **({"rebuilt": _document_of(audit.rebuilt)} if audit.rebuilt else {}),
    }


def _document_of(rebuilt: Rebuilt) -> dict[str, object]:
    return {
        "commits": rebuilt.commits,
        "rows": dict(sorted(rebuilt.rows.items())),
        "left_out": dict(sorted(rebuilt.left_out.items())),
    }
