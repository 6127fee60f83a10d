"""Which member a subject is, for what puts it into tokens."""

from rebate.domain.links import IdentityLink
from rebate.domain.names import MemberId
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import Key


def linked_member(store: Store, subject: str) -> MemberId | None:
    """Return the member that a subject was linked to; None: none was."""
    found = store.get(IdentityLink, Key(subject))
    return None if found is None else found.member
