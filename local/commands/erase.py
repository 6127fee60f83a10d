"""`rebate erase`: whatever is personal of a member goes, wherever it is stored (Rule 8.10)."""

from argparse import ArgumentParser, Namespace
from uuid import uuid4

from local.failures import BadInput
from local.screen import print_json
from local.stores import COMMAND_LINE, acting_on, add_where_arguments
from rebate.contracts.identifiers import BadIdentifier, identifier
from rebate.domain.errors import Rejected
from rebate.domain.names import MemberId
from rebate.usecases.office.erase_member import erase_member

SUMMARY = "erase what is personal of a member; ids and amounts stay in the books"


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("member", metavar="MEMBER", help="the member's id, prefix included")
    parser.add_argument("--id", metavar="ID", help="what this is known by; default: a new one")
    parser.add_argument("--reason", metavar="TEXT", help="kept in the trail of acts")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_where_arguments(parser)


def run(arguments: Namespace) -> int:
    """Erase; the same again erases what came since."""
    name, reason = arguments.id or uuid4().hex, arguments.reason
    try:
        member = MemberId(identifier(arguments.member))
        with acting_on(arguments, "erasures", reason=reason, request=name) as app:
            done = erase_member(app.people, name, member, by=COMMAND_LINE, reason=reason)
    except (BadIdentifier, Rejected) as refused:
        raise BadInput(f"MEMBER: {refused}") from refused
    if arguments.json:
        print_json({"id": done.id, "member": done.member, "at": done.at.isoformat()})
    else:
        print(f"{done.member} is erased: no name is left, ids and amounts stay (id {done.id}).")
    return 0
