"""Tickets and what of them went on in other queues (Rules 1.4.1 and 1.5.5)."""

from collections.abc import Iterable

from rebate.domain.tickets import Ticket
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.key_of import merged_ticket_keys


def with_moved(store: Store, tickets: Iterable[Ticket]) -> list[Ticket]:
    """Return tickets, and behind them those in which their lines went on, step by step."""
    found = list(tickets)
    step = found
    while moved := [key for ticket in step for key in merged_ticket_keys(ticket).values()]:
        step = list(store.get_many(Ticket, moved).values())
        found = [*found, *step]
    return found
