"""Who may do what in a store: looked at whenever the store is (Rule 2.7.2).

A right that is taken away stays as a row that says so: of two owners who take each other's away at
once one keeps it, so no store is left without an owner.
"""

from rebate.domain.errors import Code, Rejected
from rebate.domain.merchants import ROLES, StoreRight, StoreRole
from rebate.domain.names import MemberId, StoreId
from rebate.domain.records import replace
from rebate.usecases.people.desk import PeopleDesk
from rebate.usecases.storage.ports import Check, Put, Store, Write
from rebate.usecases.storage.rows.catalog import Shop
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, right_key
from rebate.usecases.storage.rows.lists import ListItem

STAFF_MAX = 200
"""People who may have rights in one store."""


def stores_of(member: MemberId) -> str:
    """Return the list of stores in which a member has, or had, a right."""
    return f"stores of/{member}"


def insist_right(desk: PeopleDesk, store: StoreId, member: MemberId, *roles: str) -> StoreRight:
    """Return a member's right in a store, one of these roles; by default any.

    Raises:
        Rejected: `not_yours`: the member has none, or there is no such store.
    """
    right = desk.store.get(StoreRight, right_key(store, member))
    if right is None or right.role not in (roles or ROLES):
        needed = f", which takes {' or '.join(roles)}" if roles else ""
        raise Rejected(Code.NOT_YOURS, f"you have no such right in store {store}{needed}")
    return right


def held_store(desk: PeopleDesk, store: StoreId, member: MemberId, *roles: str) -> Shop:
    """Return a store in which a member has a right.

    Raises:
        Rejected: `not_yours`.
    """
    insist_right(desk, store, member, *roles)
    return desk.store.get(Shop, Key(store)) or Shop(store)


def granted(right: StoreRight) -> list[Write]:
    """Return what stores a right that is new."""
    return [Put(right), Put(ListItem(stores_of(right.member), right.at, right.store))]


def change_staff(
    desk: PeopleDesk, store: StoreId, by: MemberId, member: MemberId, role: str | None
) -> StoreRight | None:
    """Give a member a role in a store, another one, or none any more (None); owners may.

    Raises:
        Rejected: `not_yours`; `unknown_member`; `forbidden`: owners do not change their own right;
            `over_limit`: the store has very many people already.
        Unavailable: others kept changing the store's people.
    """
    return desk.carry_out(lambda: _change(desk, store, by, member, role or StoreRole.NOBODY))


def _change(
    desk: PeopleDesk, store: StoreId, by: MemberId, member: MemberId, role: str
) -> StoreRight | None:
    own = insist_right(desk, store, by, StoreRole.OWNER)
    if member == by:
        raise Rejected(Code.FORBIDDEN, "another owner has to change your own right")
    known = desk.store.get(StoreRight, right_key(store, member))
    if known is None:
        desk.known_member(member)
    if (known.role if known else StoreRole.NOBODY) == role:
        return known
    staff = desk.store.query(StoreRight, store, limit=STAFF_MAX)
    if known is None and len(staff) == STAFF_MAX:
        raise Rejected(Code.OVER_LIMIT, f"a store has at most {STAFF_MAX} people")
    before = known or StoreRight(store, member, role, by, desk.clock.now(), version=0)
    after = replace(before, role=role, by=by, version=before.version + 1)
    still = Check(StoreRight, key_of(own), own.version)
    place = Put(ListItem(stores_of(member), after.at, store))
    desk.store.commit([still, Put(after), place])
    return after


def staff_of(desk: PeopleDesk, store: StoreId, member: MemberId) -> list[StoreRight]:
    """Return who has a right in a store; its owners may ask.

    Raises:
        Rejected: `not_yours`.
    """
    insist_right(desk, store, member, StoreRole.OWNER)
    rows = desk.store.query(StoreRight, store, limit=STAFF_MAX)
    return [each for each in rows if each.role in ROLES]


def rights_of(desk: PeopleDesk, member: MemberId) -> list[StoreRight]:
    """Return the rights that a member has now, in the order in which they were given."""
    return [each for each in rights_held(desk.store, member) if each.role in ROLES]


def rights_held(store: Store, member: MemberId) -> list[StoreRight]:
    """Return the rights that a member has or had, in the order in which they were given."""
    items = store.query(ListItem, stores_of(member), limit=STAFF_MAX)
    keys = [right_key(StoreId(item.id), member) for item in items]
    found = store.get_many(StoreRight, keys)
    return [found[key] for key in dict.fromkeys(keys) if key in found]
