"""What the HTTP API takes: the bodies of requests, as `rebate.contracts.api` gives the answers."""

from collections.abc import Mapping
from typing import Any, Literal

from rebate.contracts.api import Asset
from rebate.contracts.notice_texts import Locale
from rebate.contracts.scalars import Count, Id, Text
from rebate.contracts.validation import Strict

Supply = Literal["self", "supplier", "aggregated"]


class Exchange(Strict):
    """Turn all that an entry still lacks into another asset (rule 1.6.1)."""

    queue: Id
    entry: Text
    into: Asset


class Draw(Strict):
    """Draw the ratio of an entry that the lottery decides (rule 1.3.3)."""

    queue: Id
    entry: Text


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

    queue: Id


class MergeStalled(Strict):
    """Let all that waits in a stalled queue join the mall queue, for what it lacks."""

    queue: Id


class ExchangeStalled(Strict):
    """Exchange the entries that wait in a stalled queue; `after` is the answer's `next`."""

    queue: Id
    into: Asset
    after: Count | None = None


class SaveWording(Strict):
    """Word a kind of notice otherwise; `text` null: as by default. `version` is the one shown."""

    locale: Locale
    kind: Id
    text: Text | None
    version: Count
