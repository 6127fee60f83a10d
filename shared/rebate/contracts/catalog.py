"""The catalog and stalled queues, as operators see them (rules 1.4 (3), 1.5.5)."""

from rebate.domain.money import Amount
from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class ProductsEnabled:
    """How many products were changed; `more`: there are others, so ask on, `after` the `next`."""

    enabled: int
    more: bool
    next: str | None = None


@dataclass(frozen=True, slots=True)
class StalledQueue:
    """A queue that nothing joins any more, in which entries wait or money lies.

    `product_id` is of the product that is off sale (Rule 1.5.5); None: lines join another queue by
    the settings now (Rule 1.4.1).
    """

    queue: str
    product_id: str | None
    name: str | None
    waiting: int
    owed: Amount
    pool: Amount


@dataclass(frozen=True, slots=True)
class StalledQueues:
    """A page of them, by their ids; where there is a `next` one, it may hold few or none."""

    queues: tuple[StalledQueue, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class StalledMerged:
    """How far a merge came: `moved` joined other queues, and `waiting` still do so by and by.

    Those in a queue that stays in use wait on if their lines belong to it (rule 1.4.1).

    Both count entries; ask again only for what arrives later.
    """

    moved: int
    waiting: int


@dataclass(frozen=True, slots=True)
class StalledExchanged:
    """What came of a page of entries.

    `refused` could not be exchanged (held, or ended meanwhile); `pending` will be carried out.
    `next`, where it is not null, is where to go on.
    """

    exchanged: int
    refused: int
    pending: int
    next: int | None = None
