"""Who may decide: nobody on what is their own (Rule 3.1)."""

from collections.abc import Collection

from rebate.domain.errors import Code, Rejected
from rebate.domain.names import MemberId


def insist_not_own(member: MemberId, own_members: Collection[MemberId], what: str) -> None:
    """Insist that what an operator decides on is not theirs; `own_members` are those they are.

    Raises:
        Rejected: `not_yours`.
    """
    if member in own_members:
        raise own(what)


def own(what: str) -> Rejected:
    """Return the refusal of an operator who would decide on what is their own."""
    return Rejected(Code.NOT_YOURS, f"{what} is the operator's own: another has to decide")
