"""Reading what stands in a list, a page at a time."""

from collections.abc import Callable
from typing import Any, TypeVar

from rebate.contracts.api import PAGE_SIZE
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.lists import ListItem

Row = TypeVar("Row")


def listed(
    store: Store,
    kind: type[Row],
    list_: str,
    after: str | None,
    *,
    key: Callable[[ListItem], Key],
    backwards: bool,
) -> tuple[list[Row], str | None]:
    """Return a page of what stands in a list, and where the next one begins."""
    items = store.query(ListItem, list_, after=after, limit=PAGE_SIZE, backwards=backwards)
    found: dict[Key, Any] = dict(store.get_many(kind, map(key, items)))
    rows = [found[key(item)] for item in items if key(item) in found]
    return rows, key_of(items[-1]).sort if len(items) == PAGE_SIZE else None
