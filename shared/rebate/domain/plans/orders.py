"""What plans that work on whole orders have in common (Rule 0.4.1)."""

from rebate.domain.money import WHOLE, ZERO_BPS, Amount, Bps, sum_of
from rebate.domain.names import GUEST, WHOLE_ORDER, QueueId
from rebate.domain.orders import Order
from rebate.domain.profits import Source, profit_of
from rebate.domain.tickets import Ticket, TicketLine


def paid_for(order: Order) -> Amount:
    """Return what was paid for the whole order."""
    return sum_of(line.paid for line in order.lines)


def whole_ticket(
    queue: QueueId,
    order: Order,
    *,
    contribution_bps: Bps,
    entitlement_bps: Bps | None,
    sources: tuple[Source, ...] = (),
    parts_bps: tuple[Bps, ...] = (WHOLE,),
) -> Ticket:
    """Return an order's one ticket; it gives from what was paid, or the profit of `sources`.

    A guest's earns no entry (Rule 0.14).
    """
    assert order.paid_at is not None, "only a paid order is priced"
    paid = paid_for(order)
    line = TicketLine(
        id=WHOLE_ORDER,
        contribution_base=profit_of(sources) if sources else paid,
        entitlement_base=paid,
        contribution_bps=contribution_bps,
        entitlement_bps=entitlement_bps,
        joins=order.member is not None,
        sources=sources,
        first_entitlement_base=paid if entitlement_bps is None else None,
    )
    return Ticket(
        queue=queue,
        order=order.id,
        member=order.member or GUEST,
        lines=(line,),
        paid_at=order.paid_at,
        store=order.store,
        referrer=order.referrer,
        parts_bps=parts_bps,
    )


def sources_of(order: Order) -> tuple[Source, ...]:
    """Return where the order's profit comes from, after its refunds."""
    left = order.left()
    return tuple(
        Source(
            line.id,
            line.paid,
            left[line.id],
            line.margin_bps or ZERO_BPS,
            line.profit,
        )
        for line in order.lines
    )
