"""Finding members, products and stores by ids, invite codes, and how their names begin."""

from rebate.domain.invitations import Invitation, read_code
from rebate.domain.names import MemberId
from rebate.usecases.office.places import folded
from rebate.usecases.storage.office import KnownName
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Member, Product, Shop
from rebate.usecases.storage.rows.keys import Key, name_key

_ROWS: dict[str, type[Member] | type[Product] | type[Shop]] = {
    "member": Member,
    "product": Product,
    "store": Shop,
}


def ids_named(store: Store, kind: str, query: str, most: int) -> list[str]:
    """Return the id that a query is or leads to as a code, or else those of names that begin so."""
    if store.get(_ROWS[kind], Key(query)) is not None:
        return [query]
    if kind == "member" and (owner := owner_of_code(store, query)):
        return [owner]
    return [name.id for name in names_beginning(store, kind, query, most)]


def owner_of_code(store: Store, query: str) -> MemberId | None:
    """Return whose invite code it is that was read from a phone (Rule 2.5.1); None: nobody's."""
    code = read_code(query)
    found = None if code is None else store.get(Invitation, Key(code))
    return found.member if found else None


def names_beginning(
    store: Store, kind: str, query: str, most: int, after: str | None = None
) -> list[KnownName]:
    """Return names that begin with what is asked for, after the sort key of the last one known."""
    name = folded(query)
    if not name:
        return []
    at = name_key(kind, name, "")
    prefix = at.sort.removesuffix("#")
    return store.query(KnownName, at.partition, prefix=prefix, after=after, limit=most)
