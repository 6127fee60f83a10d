"""What members are called, beside the ids by which everything names them."""

from collections.abc import Iterable

from rebate.domain.names import MemberId
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.keys import Key


def nicknames_of(store: Store, members: Iterable[MemberId]) -> dict[str, str]:
    """Return the nicknames of those members that have one, by id."""
    found = store.get_many(Member, {Key(member) for member in members}).values()
    return {member.id: member.nickname for member in found if member.nickname}
