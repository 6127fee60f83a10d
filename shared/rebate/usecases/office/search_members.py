"""Finding members by what people know of them: nothing is scanned."""

from collections.abc import Sequence
from itertools import islice

from rebate.contracts.api import PAGE_SIZE
from rebate.contracts.office import MemberFound, MembersFound
from rebate.domain.names import MemberId
from rebate.domain.wallets import Wallet
from rebate.usecases.office.places import ALL_MEMBERS
from rebate.usecases.office.search_names import names_beginning, owner_of_code
from rebate.usecases.storage.in_time import newest_first
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.lists import ListItem


def search_members(
    store: Store, currency: str, query: str | None = None, after: str | None = None
) -> MembersFound:
    """Return a page of members: whose id or invite code it is, whose name begins so; else all."""
    if query is None:
        items = list(islice(newest_first(store, ListItem, ALL_MEMBERS, after=after), PAGE_SIZE))
        ids = [item.id for item in items]
        end = key_of(items[-1]).sort if len(items) == PAGE_SIZE else None
    else:
        names = names_beginning(store, "member", query, PAGE_SIZE, after)
        owner = owner_of_code(store, query)
        exact = [each for each in (query, owner) if each is not None] if after is None else []
        ids = list(dict.fromkeys([*exact, *(name.id for name in names)]))
        end = key_of(names[-1]).sort if len(names) == PAGE_SIZE else None
    return MembersFound(members_found(store, [MemberId(each) for each in ids]), currency, end)


def members_found(store: Store, ids: Sequence[MemberId]) -> tuple[MemberFound, ...]:
    """Return those of the members that there are, in this order."""
    keys = [Key(each) for each in ids]
    members = store.get_many(Member, keys)
    wallets = store.get_many(Wallet, keys)
    return tuple(
        _found(members[key], wallets.get(key) or Wallet(MemberId(key.partition)))
        for key in keys
        if key in members
    )


def _found(member: Member, wallet: Wallet) -> MemberFound:
    return MemberFound(
        id=member.id,
        nickname=member.nickname,
        avatar_url=member.avatar_url,
        level=member.level,
        rank=member.rank,
        referrer_id=member.referrer,
        balances={pocket.value: amount for pocket, amount in wallet.balances.items() if amount},
    )
