"""Tickets as they were before their queue settled anything: made anew from their orders."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from rebate.domain.money import NOTHING, Amount, sum_of
from rebate.domain.names import NO_QUEUE, WHOLE_ORDER, LineId, OrderId
from rebate.domain.orders import Order, OrderLine
from rebate.domain.plans import queue_rebate
from rebate.domain.plans.orders import sources_of
from rebate.domain.plans.registry import PLANS
from rebate.domain.profits import profit_of
from rebate.domain.records import replace
from rebate.domain.scopes import CUMULATIVE, Scope, entitlement, extraction
from rebate.domain.terms import Terms
from rebate.domain.tickets import Ticket, TicketLine
from rebate.usecases.audit.finding import AuditDifference


class NotKept(Exception):
    """What an order was priced by is not kept: the catalog and the buyer's past go on changing."""


class _Forgotten:
    """Facts of an order (`rebate.domain.plans.facts`) of which none is kept."""

    def __getattr__(self, name: str) -> NoReturn:
        raise NotKept(name)


def as_accepted(order: Order) -> Order:
    """Return an order as it was accepted, before any refund of it."""
    first = replace(order, given_back=(), refunds={}, completed_at=None)
    if order.given is None:
        return first
    given = replace(order.given, parts=(), profit=None, rewards=())
    return replace(first, given=given.priced(first.left(), sources_of(first)))


def ticket_at_first(order: Order, stored: Ticket, terms: Terms) -> Ticket:
    """Return the ticket with which an order came to a queue, priced under `terms`.

    Ratios that rest on nothing but the order and the settings are theirs. Others are taken as they
    are stored: the journal holds a fingerprint of those (`ticket_fingerprint`).
    """
    first = as_accepted(order)
    priced = _priced(first, stored, terms) or stored
    bounds = dict(first.given.bounds(stored.queue)) if first.given else {}
    ratios = {line.id: line for line in priced.lines}
    lines = tuple(
        _line(first, ratios.get(line.id, line), terms, bounds, line) for line in stored.lines
    )
    return replace(
        stored,
        lines=lines,
        paid_at=first.paid_at or stored.paid_at,
        referrer=first.referrer,
        joined=False,
        place=None,
        completed_at=None,
        commits=(),
        merged_into=NO_QUEUE,
    )


def import_at_first(stored: Ticket) -> Ticket:
    """Return the ticket of a place that was brought along from an older system."""
    lines = tuple(
        replace(line, entry=None, settled=(), retained=NOTHING, merged_into=NO_QUEUE)
        for line in stored.lines
    )
    return replace(stored, lines=lines, joined=False, place=None, commits=(), merged_into=NO_QUEUE)


def _priced(order: Order, stored: Ticket, terms: Terms) -> Ticket | None:
    """Return the ticket as its plan prices the order; None where that asks what is not kept."""
    name = PLANS.queue(stored.queue)
    if name is None or not terms.has_on(name.plan):
        return None
    facts: Any = _Forgotten()
    try:
        priced = name.plan.price(terms.of(name.plan), order, facts)
    except NotKept:
        return None
    return next((each for each in priced.tickets if each.queue == stored.queue), None)


def _line(
    order: Order,
    line: TicketLine,
    terms: Terms,
    bounds: Mapping[LineId, tuple[Amount, ...]],
    stored: TicketLine,
) -> TicketLine:
    paid = {each.id: each.paid for each in order.lines}
    gets = sum_of(paid.values()) if line.id == WHOLE_ORDER else paid.get(line.id, NOTHING)
    sources = tuple(replace(each, left=each.paid) for each in stored.sources)
    first = replace(
        line,
        contribution_base=profit_of(sources) if sources else gets,
        entitlement_base=gets,
        net_of=stored.net_of,
        sources=sources,
        settled=(),
        retained=NOTHING,
        entry=None,
        most=bounds.get(line.id, ()),
        buyer_paid=None,
        merged_into=NO_QUEUE,
    )
    if first.net_of:
        first = first.net(first.net_of)
    if stored.entry is None or not stored.entry.drawn:
        return first
    bought = next(each for each in order.lines if each.id == line.id)
    scopes = terms.of(queue_rebate.PLAN).scopes_of(order, bought)
    return replace(
        first,
        entitlement_bps=bought.entitlement_bps,
        cap=queue_rebate.highest_entitlement(scopes),
    )


def check_ratios(order: Order, terms: Terms) -> Iterator[AuditDifference]:
    """Yield where a line's ratios are not those of the settings under which it was accepted.

    What the buyer had spent is not kept, so of tiers any ratio that the scope has may be.
    """
    for line in order.lines:
        if line.queue is None or line.decided_by is None:
            continue
        scopes = terms.of(queue_rebate.PLAN).scopes_of(order, line)
        path = f"orders.{order.id}.lines.{line.id}"
        if line.extraction_bps and line.extraction_bps != extraction(scopes):
            message = f"is {line.extraction_bps}, and settings {order.settings} say "
            yield AuditDifference(f"{path}.extraction_bps", f"{message}{extraction(scopes)}")
        said = _ratios(order, line, scopes)
        if line.entitlement_bps not in said:
            message = f"is {line.entitlement_bps} by {line.decided_by}, and settings "
            told = " or ".join(map(str, sorted(said))) or "nothing of that"
            yield AuditDifference(
                f"{path}.entitlement_bps", f"{message}{order.settings} say {told}"
            )


def _ratios(order: Order, line: OrderLine, scopes: Sequence[Scope]) -> set[int]:
    """Return which ratios the rule that decided a line may have given."""
    rule, _, scope_name = (line.decided_by or "").partition(" of ")
    if rule == CUMULATIVE:
        return {tier.bps for each in scopes if each.name == scope_name for tier in each.cumulative}
    tierless = [replace(each, cumulative=()) for each in scopes]
    ratio = entitlement(tierless, order.level, lambda _: NOTHING)
    return {ratio.bps} if ratio.decided_by == line.decided_by else set()


def repurchased_at_first(made: Ticket, again: Order) -> Ticket:
    """Return the ticket of a forced repurchase as its order has it (Rule 4.4)."""
    return replace(made, referrer=again.referrer)


def is_its_repurchase(order: Order | None, origin: OrderId) -> bool:
    """Tell whether an order is a forced repurchase of another, not one of the shop's own."""
    return order is not None and order.repurchase_of == origin
