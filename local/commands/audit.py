"""`rebate audit`: every balance and queue, recomputed from the journal."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from local.screen import complain, print_json
from local.stores import DEMO_STORE, signed_books
from rebate.usecases.audit.audit_books import Audit, audit_books

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
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")


def run(arguments: Namespace) -> int:
    """Audit; 0: all adds up, 1: it does not."""
    with signed_books(None if arguments.stage else arguments.store, arguments.stage) as found:
        store, outside = found
        audit = audit_books(store, differences_max=DIFFERENCES_MAX, outside=outside)
    if arguments.json:
        print_json(_document(audit))
    else:
        print(_told(audit))
    complain(map(str, audit.differences))
    complain(audit.parked)
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
    return f"The books {verdict}: {read}{waits}."


def _document(audit: Audit) -> dict[str, object]:
    return {
        "passed": not audit.differences,
        "differences": [{"path": d.path, "message": d.message} for d in audit.differences],
        "more": audit.more,
        "moved": audit.moved,
        "unsettled": audit.waiting,
        "set_aside": audit.parked,
        "rows": dict(sorted(audit.rows.items())),
    }
