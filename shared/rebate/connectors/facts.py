"""What is known of an order, gathered from all that was heard of it, and what was told of it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from rebate.connectors.heard import Bought, Heard, HeardRefund

LINES_MAX = 2_000
DETAIL_BYTES_MAX = 200 * 1024
"""Above these no event of ours is accepted (contracts, section 1)."""

PAID, COMPLETED, REFUNDED = "OrderPaid", "OrderCompleted", "OrderRefunded"


@dataclass(frozen=True, slots=True)
class OutEvent:
    """An event of ours: `detail` is JSON, as contracts, section 1, have it."""

    detail_type: str
    detail: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What names the fact within its order: it is told once."""
        return f"{self.detail_type} {self.detail.get('refund_id', '')}".strip()

    def as_json(self) -> dict[str, Any]:
        """Return the event as it travels."""
        return {"detail-type": self.detail_type, "detail": dict(self.detail)}


@dataclass(frozen=True, slots=True)
class HeardFacts:
    """All that was heard of one order, and what was told of it.

    `bought` is the order as it stood when it was paid, as near as is known. `told` holds the
    events by their keys.
    """

    order_id: str
    bought: Bought | None = None
    tells_payment: bool = False
    completed_at: str | None = None
    refunds: Mapping[str, HeardRefund] = field(default_factory=dict)
    all_back_at: str | None = None
    excluded: str | None = None
    unmoved: str | None = None
    told: Mapping[str, OutEvent] = field(default_factory=dict)

    def hear(self, heard: Heard) -> "HeardFacts":
        """Return the facts with one delivery more; the same twice, or in another order, is one."""
        refunds = {each.refund_id: each for each in heard.refunds if self._is_news(each)}
        return replace(
            self,
            bought=_earlier(self.bought, _bounded(heard.bought)),
            tells_payment=self.tells_payment or heard.tells_payment,
            completed_at=_first(self.completed_at, heard.completed_at),
            refunds={**self.refunds, **refunds},
            all_back_at=_first(self.all_back_at, heard.all_back_at),
            excluded=self.excluded or heard.excluded,
            unmoved=self.unmoved or heard.unmoved,
        )

    def tell(self, events: Iterable[OutEvent]) -> "HeardFacts":
        """Return the facts with events told."""
        return replace(self, told={**self.told, **{event.key: event for event in events}})

    def awaited(self) -> tuple[str, ...]:
        """Return the refunds of which only the name is known."""
        return tuple(name for name, each in self.refunds.items() if each.at is None)

    def _is_news(self, refund: HeardRefund) -> bool:
        """A refund is heard anew while its money has not moved, or only its name is known."""
        known = self.refunds.get(refund.refund_id)
        if known is None:
            return True
        return refund.at is not None and (known.at is None or known.unmoved is not None)


def facts_document(facts: HeardFacts) -> dict[str, Any]:
    """Return facts as JSON; `read_facts` reads it back to equal ones."""
    document: dict[str, Any] = _facts().dump_python(facts, mode="json", exclude_defaults=True)
    return document


def read_facts(document: Mapping[str, Any]) -> HeardFacts:
    """Return facts that were written as JSON."""
    return _facts().validate_python(document)


@cache
def _facts() -> TypeAdapter[HeardFacts]:
    return TypeAdapter(HeardFacts)


def _earlier(one: Bought | None, other: Bought | None) -> Bought | None:
    """Return the order as it stood when it was paid: the first paid sight of it, if any is."""
    seen = [each for each in (one, other) if each is not None]
    return min(seen, key=lambda b: (b.unpaid is not None, b.seen_at), default=None)


def _bounded(bought: Bought | None) -> Bought | None:
    """Keep no lines of an order that has too many, or too large ones: a row would not hold them."""
    if bought is None:
        return None
    if len(bought.lines) > LINES_MAX:
        return replace(bought, lines=(), too_many=len(bought.lines))
    size = bytes_as_json([line.as_json() for line in bought.lines])
    return bought if size <= DETAIL_BYTES_MAX else replace(bought, lines=(), too_large=size)


def bytes_as_json(value: object) -> int:
    """Return how many bytes something takes as JSON, written as short as it can be."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _first(one: str | None, other: str | None) -> str | None:
    return min(_present(one, other), key=datetime.fromisoformat, default=None)


def _present(*instants: str | None) -> Iterable[str]:
    return (instant for instant in instants if instant is not None)
