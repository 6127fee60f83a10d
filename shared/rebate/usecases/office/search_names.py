"""Finding members, products and stores by their ids and by how their names begin."""

from rebate.usecases.office.places import folded
from rebate.usecases.storage.office import KnownName
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows import Key, Member, Product, Shop, name_key

_ROWS: dict[str, type[Member] | type[Product] | type[Shop]] = {
    "member": Member,
    "product": Product,
    "store": Shop,
}


def ids_named(store: Store, kind: str, query: str, most: int) -> list[str]:
    """Return the id that a query is, or else those of names that begin so."""
    if store.get(_ROWS[kind], Key(query)) is not None:
        return [query]
    return [name.id for name in names_beginning(store, kind, query, most)]


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
