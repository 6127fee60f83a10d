"""From what was heard of orders to our events, whatever the platform.

All that is known of an order is gathered before anything is told of it, so that the outcome does
not depend on the order of delivery; what was told once is never told otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rebate.connectors.delivery import ConnectorRules
from rebate.connectors.facts import (
    COMPLETED,
    DETAIL_BYTES_MAX,
    LINES_MAX,
    PAID,
    REFUNDED,
    HeardFacts,
    OutEvent,
    bytes_as_json,
)
from rebate.connectors.heard import Heard, HeardRefund
from rebate.connectors.refunds import Left, given_back, goods_money
from rebate.domain.currencies import DECIMALS
from rebate.domain.money import Amount

LINES_COUNT, LINES_BYTES = "lines_count", "lines_bytes"
"""How many lines, or bytes of them, an event would have that is told nobody for that reason."""

THE_REST = "refunded"
"""The refund id of what an order's status gives back, where no refund of the platform does."""

_RANKS = {PAID: 0, COMPLETED: 1, REFUNDED: 2}


@dataclass(frozen=True, slots=True)
class NotConverted:
    """An order, None where there is none, and why nothing is made of it."""

    order: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Converted:
    """Our events in the order in which they were told first, and what is no event."""

    events: tuple[OutEvent, ...]
    not_converted: tuple[NotConverted, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be told of an order now, and why of other things nothing is."""

    events: tuple[OutEvent, ...] = ()
    reasons: tuple[str, ...] = ()
    too_large: tuple[OutEvent, ...] = ()
    """Events that nobody would accept: `why_too_large` says why."""


def convert(heard: Sequence[Heard], rules: ConnectorRules) -> Converted:
    """Return what the deliveries come to, each fact once, at the place of its first delivery."""
    facts: dict[str, HeardFacts] = {}
    first: dict[tuple[str, str], int] = {}
    notes: list[tuple[int, NotConverted]] = []
    for place, each in enumerate(heard):
        if each.unconverted:
            notes.append((place, NotConverted(each.order_id, each.unconverted)))
        if each.order_id is None:
            continue
        known = facts.get(each.order_id, HeardFacts(each.order_id))
        facts[each.order_id] = known.hear(each)
        for key in ("", *_keys(each)):
            first.setdefault((each.order_id, key), place)
    placed: list[tuple[int, OutEvent]] = []
    for order_id, known in facts.items():
        telling, begun = tell(known, rules), first[order_id, ""]
        placed += [(first.get((order_id, e.key), begun), e) for e in telling.events]
        whys = [*telling.reasons, *filter(None, map(why_too_large, telling.too_large))]
        notes += [(begun, NotConverted(order_id, why)) for why in whys]
    placed.sort(key=lambda item: (item[0], _RANKS[item[1].detail_type]))
    notes.sort(key=lambda item: item[0])
    return Converted(
        tuple(event for _, event in placed), tuple(dict.fromkeys(note for _, note in notes))
    )


def tell(facts: HeardFacts, rules: ConnectorRules) -> Telling:
    """Return what is known of an order and was not told yet."""
    reason = _why_nothing_counts(facts, rules)
    if reason:
        return Telling(reasons=(reason,))
    if facts.bought is None and rules.waits:
        return Telling()
    if facts.bought and not facts.bought.is_kept:
        return Telling(too_large=tuple(e for e in _payment(facts) if e.key not in facts.told))
    events = [*_payment(facts), *_completion(facts)]
    reasons = [] if events or facts.told else list(_why_unpaid(facts))
    if facts.bought is None or facts.bought.unpaid is None:
        back, whys = _refunds(facts, rules)
        events += back
        reasons += whys
    new = [event for event in events if event.key not in facts.told]
    if facts.unmoved and not reasons and not new and not facts.refunds:
        reasons.append(facts.unmoved)
    large = tuple(event for event in new if why_too_large(event))
    small = tuple(event for event in new if event not in large)
    return Telling(small, tuple(dict.fromkeys(reasons)), large)


def why_too_large(event: OutEvent) -> str | None:
    """Return why an event is above the limits of what is accepted, None where it is not."""
    lines = event.detail.get(LINES_COUNT, len(event.detail.get("lines", ())))
    size = bytes_as_json(event.detail) + event.detail.get(LINES_BYTES, 0)
    if lines > LINES_MAX:
        return f"{event.detail_type} has {lines} lines, at most {LINES_MAX} are accepted"
    if size > DETAIL_BYTES_MAX:
        return f"{event.detail_type} has {size} bytes, at most {DETAIL_BYTES_MAX} are accepted"
    return None


def _keys(heard: Heard) -> Iterator[str]:
    if heard.tells_payment and heard.bought and heard.bought.unpaid is None:
        yield PAID
    if heard.completed_at:
        yield COMPLETED
    for refund in heard.refunds:
        yield f"{REFUNDED} {refund.refund_id}"
    if heard.all_back_at:
        yield f"{REFUNDED} {THE_REST}"


def _why_nothing_counts(facts: HeardFacts, rules: ConnectorRules) -> str | None:
    bought = facts.bought
    if facts.excluded:
        return facts.excluded
    currency = bought.currency if bought else _currency_of(facts.refunds.values())
    if currency is not None and rules.currency not in {currency, None}:
        return f"currency {currency}, the deployment has {rules.currency}"
    if currency is not None and currency not in DECIMALS:
        return f"currency {currency} is not in ISO 4217"
    if bought and bought.member is None and rules.guests == "leave_out":
        return "guest: no customer"
    if bought and not bought.lines and bought.is_kept:
        return "no line of goods in it"
    return None


def _currency_of(refunds: Iterable[HeardRefund]) -> str | None:
    return next((refund.currency for refund in refunds if refund.currency), None)


def _why_unpaid(facts: HeardFacts) -> Iterator[str]:
    if facts.bought and facts.bought.unpaid:
        yield facts.bought.unpaid


def _payment(facts: HeardFacts) -> Iterator[OutEvent]:
    bought = facts.bought
    if bought is None or bought.unpaid is not None or not facts.tells_payment:
        return
    detail = {
        "order_id": facts.order_id,
        "member": None if bought.member is None else {"id": bought.member},
        "channel": "mall",
        "paid_at": bought.paid_at,
        "lines": [line.as_json() for line in bought.lines],
        **({LINES_COUNT: bought.too_many} if bought.too_many else {}),
        **({LINES_BYTES: bought.too_large} if bought.too_large else {}),
    }
    yield OutEvent(PAID, detail)


def _completion(facts: HeardFacts) -> Iterator[OutEvent]:
    """Yield the completion of an order that is paid, as far as is known: others may never be."""
    if facts.completed_at and not (facts.bought and facts.bought.unpaid):
        detail = {"order_id": facts.order_id, "completed_at": facts.completed_at}
        yield OutEvent(COMPLETED, detail)


def _refunds(facts: HeardFacts, rules: ConnectorRules) -> tuple[list[OutEvent], list[str]]:
    """Return what goes back, the earliest first: each is of what those before it left."""
    left = _left(facts)
    events, reasons = [], []
    for refund, is_last in _in_order(facts, rules):
        rest = is_last and not refund.lines
        lines = given_back(refund, left, facts.bought, all_of_it=rest)
        if lines:
            events.append(_refunded(facts.order_id, refund, lines))
        elif facts.bought is None and (amount := goods_money(refund)):
            events.append(_refunded_whole(facts.order_id, refund, amount))
        else:
            reasons.append(f"refund {refund.refund_id}: {refund.unmoved or _why_none(refund)}")
        left.take(lines)
    pending = facts.awaited()
    if facts.all_back_at and left.total and not (pending and rules.fetches):
        rest_of_it = HeardRefund(THE_REST, facts.all_back_at)
        lines = given_back(rest_of_it, left, facts.bought, all_of_it=True)
        events.append(_refunded(facts.order_id, rest_of_it, lines))
    elif pending and not rules.fetches and not facts.all_back_at:
        reasons += [f"refund {name}: it was not fetched" for name in pending]
    return events, reasons


def _in_order(facts: HeardFacts, rules: ConnectorRules) -> list[tuple[HeardRefund, bool]]:
    """Return the refunds to tell, and of each whether it is the last that gives all back.

    One of which only the name is known is told only where nobody will fetch it and the order is
    known to be given back whole: as of that instant.
    """
    refunds = list(facts.refunds.values())
    if facts.all_back_at and not rules.fetches:
        refunds = [r if r.at else replace(r, at=facts.all_back_at) for r in refunds]
    known = [r for r in refunds if r.at and f"{REFUNDED} {r.refund_id}" not in facts.told]
    known.sort(key=lambda r: (datetime.fromisoformat(r.at or ""), len(r.refund_id), r.refund_id))
    whole = facts.all_back_at is not None and all(r.at for r in refunds)
    return [(refund, whole and refund is known[-1]) for refund in known]


def _left(facts: HeardFacts) -> Left:
    """Return what is left of the order's lines after what was told of it."""
    paid = facts.told.get(PAID)
    if paid is not None:
        left = Left({line["line_id"]: line["paid"] for line in paid.detail["lines"]})
    else:
        left = Left.of(facts.bought.lines if facts.bought else None)
    for event in facts.told.values():
        if event.detail_type == REFUNDED:
            left.take({line["line_id"]: line["amount"] for line in event.detail["lines"]})
    return left


def _refunded_whole(order_id: str, refund: HeardRefund, amount: Amount) -> OutEvent:
    """Tell of an amount, where the order's lines are not known: the engine divides it."""
    named = {"order_id": order_id, "refund_id": refund.refund_id, "refunded_at": refund.at}
    return OutEvent(REFUNDED, {**named, "amount": amount})


def _refunded(order_id: str, refund: HeardRefund, lines: Mapping[str, Amount]) -> OutEvent:
    detail = {
        "order_id": order_id,
        "refund_id": refund.refund_id,
        "refunded_at": refund.at,
        "lines": [{"line_id": line, "amount": amount} for line, amount in lines.items()],
    }
    return OutEvent(REFUNDED, detail)


def _why_none(refund: HeardRefund) -> str:
    return "no money of a line went back" if refund.lines else "no money of the goods went back"
