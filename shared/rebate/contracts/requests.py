"""What the HTTP API takes: the bodies of requests, as `rebate.contracts.api` gives the answers."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import model_validator

from rebate.contracts.api import Asset
from rebate.contracts.notice_texts import Locale
from rebate.contracts.scalars import Count, EntryName, Id, OrderName, QueueName, Text
from rebate.contracts.validation import Strict, error_at

Supply = Literal["self", "supplier", "aggregated"]


class OfEntry(Strict):
    """What names an entry: its name, or its order and line (null where the order has no others)."""

    queue: QueueName
    entry: EntryName | None = None
    order: OrderName | None = None
    line: Id | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.entry is None) == (self.order is None):
            raise error_at("entry", "is required, or order and line instead")
        if self.line is not None and self.order is None:
            raise error_at("line", "goes only with order")
        return self


class ExchangeRequest(OfEntry):
    """Turn all that an entry still lacks into another asset (rule 1.6.1)."""

    into: Asset


class DrawRequest(OfEntry):
    """Draw the ratio of an entry that the lottery decides (rule 1.3.3)."""


class SaveSettings(Strict):
    """Put settings in force in place of those of `version`; 0: the first."""

    version: Count
    settings: Mapping[str, Any]


class CheckSettings(Strict):
    """Tell what settings would mean, without saving them."""

    settings: Mapping[str, Any]


class EnableProducts(Strict):
    """Let all existing products of these supplies take part."""

    supplies: tuple[Supply, ...]


class ClearStalled(Strict):
    """End all entries that wait in a stalled queue, without anything for them."""

    queue: QueueName


class MergeStalled(Strict):
    """Let all that waits in a stalled queue join the mall queue, for what it lacks."""

    queue: QueueName


class ExchangeStalled(Strict):
    """Exchange the entries that wait in a stalled queue; `after` is the answer's `next`."""

    queue: QueueName
    into: Asset
    after: Count | None = None


class SaveWording(Strict):
    """Word a kind of notice otherwise; `text` null: as by default. `version` is the one shown."""

    locale: Locale
    kind: Id
    text: Text | None
    version: Count
