"""Fingerprints: digests by which a row tells whether another is still as it was.

A fingerprint is taken of what rows say by their wire names, what is absent left out. So it does not
change where code is renamed, nor where a later edition has a field more.
"""

import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Any

from rebate.domain.orders import Order
from rebate.domain.records import contents_of
from rebate.domain.tickets import Ticket, TicketLine
from rebate.domain.wire import TAG, Unknown, tag_of, wires_of

DIGITS = 40
"""Hexadecimal digits that are kept of a SHA-256."""


def fingerprint(value: object) -> str:
    """Return the digest of a record, or of a value of records, numbers and text."""
    return sha256(_ENCODER.encode(value).encode()).hexdigest()[:DIGITS]


def order_fingerprint(order: Order) -> str:
    """Return the digest of what is fixed of an order when it is accepted (Rule 0.15)."""
    given = order.given
    priced = given and (given.commissions, given.revenue_bps, given.contributions, given.net)
    return fingerprint(
        (
            (order.id, order.digest, order.sender, order.repurchase_of, order.settings),
            (order.member, order.level, order.referrer, order.channel, order.store),
            (order.paid_at, order.lines, order.queues, order.settle_after_days, priced),
        )
    )


def ticket_fingerprint(ticket: Ticket) -> str:
    """Return the digest of what is fixed of a ticket once it joined.

    A draw replaces the ratio and the cap of a line that has a lottery; the seed tells those.
    """
    return fingerprint(
        (
            (ticket.queue, ticket.order, ticket.member, ticket.merged_from, ticket.order_digest),
            (ticket.paid_at, ticket.store, ticket.referrer, ticket.origin, ticket.round),
            (ticket.parts_bps, ticket.place, [tuple(_fixed(line)) for line in ticket.lines]),
        )
    )


def _fixed(line: TicketLine) -> Iterator[object]:
    yield from (line.id, line.product, line.joins, line.contributes, line.received_before)
    yield from (line.contribution_bps, line.lottery, line.random_return, line.net_of)
    yield None if line.lottery else (line.entitlement_bps, line.cap)
    yield line.first_entitlement_base
    yield [(each.line, each.paid, each.margin_bps, each.profit) for each in line.sources]
    yield line.entry and line.entry.ordinal


def _told(value: Any) -> object:  # noqa: ANN401 - whatever JSON does not know
    """Return what a record says, by wire names."""
    if isinstance(value, Unknown):
        return value.content
    kind: Any = type(value)
    form, tag = _form(kind)
    told = {
        name: content
        for (name, absent), content in zip(form, contents_of(value), strict=False)
        if content is not None and content != absent and (content or not _is_empty(content))
    }
    return told | {TAG: tag} if tag else told


def _is_empty(content: object) -> bool:
    return isinstance(content, tuple | dict)


@cache
def _form(kind: type) -> tuple[tuple[tuple[str, Any], ...], str | None]:
    return tuple((each.name, each.absent) for each in wires_of(kind).values()), tag_of(kind)


_ENCODER = json.JSONEncoder(
    ensure_ascii=False,
    separators=(",", ":"),
    sort_keys=True,
    check_circular=False,
    default=_told,
)
