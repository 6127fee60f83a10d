"""The catalog and stalled queues, as operators steer them (rules 1.4 (3), 1.5.5)."""

from typing import Literal

from rebate.contracts.api import Asset
from rebate.contracts.scalars import Amount, Count, Flag, Id, SignedAmount, Text
from rebate.contracts.validation import Strict, Tolerant

Supply = Literal["self", "supplier", "aggregated"]


class EnableProducts(Strict):
    """Let all existing products of these supplies take part."""

    supplies: tuple[Supply, ...]


class ProductsEnabled(Tolerant):
    """How many products were changed; `more`: there are others, so ask again."""

    enabled: Count
    more: Flag


class StalledQueue(Tolerant):
    """The queue of a product that is off sale, in which entries wait or money lies."""

    queue: Id
    product_id: Id
    name: Text | None
    waiting: Count
    owed: Amount
    pool: SignedAmount


class StalledQueues(Tolerant):
    """All of them, by their ids."""

    queues: tuple[StalledQueue, ...]


class ClearStalled(Strict):
    """End all entries that wait in a stalled queue, without anything for them."""

    queue: Id


class MergeStalled(Strict):
    """Let all that waits in a stalled queue join the mall queue, for what it lacks."""

    queue: Id


class StalledMerged(Tolerant):
    """How far a merge came: `moved` joined the mall queue, and `waiting` still do so by and by.

    Both count entries; ask again only for what arrives later.
    """

    moved: Count
    waiting: Count


class ExchangeStalled(Strict):
    """Exchange the entries that wait in a stalled queue; `after` is the answer's `next`."""

    queue: Id
    into: Asset
    after: Count | None = None


class StalledExchanged(Tolerant):
    """What came of a page of entries.

    `refused` could not be exchanged (held, or ended meanwhile); `pending` will be carried out.
    `next`, where it is not null, is where to go on.
    """

    exchanged: Count
    refused: Count
    pending: Count
    next: Count | None = None
