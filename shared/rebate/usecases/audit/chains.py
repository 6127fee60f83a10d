"""The chains of the journal, and what their rows say is fixed of orders, tickets and settings.

Who changes a row of a chain has to change all that follow, and what keeps the last one's
fingerprint: the queue's row, an order's commissions, a dividend's run.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rebate.domain.fingerprints import fingerprint, order_fingerprint, ticket_fingerprint
from rebate.domain.orders import Order
from rebate.domain.tickets import Ticket
from rebate.usecases.audit.finding import AuditDifference
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.key_of import fact_of
from rebate.usecases.storage.rows.keys import joined

SETTINGS = "settings"
"""The source of what is told of settings."""


class Link(NamedTuple):
    """A row of a chain: its fingerprint, and that of the row before it."""

    own: bytes
    previous: bytes


@dataclass(slots=True)
class Chains:
    """The links of every source by number, and the facts by source and name."""

    links: dict[str, dict[int, Link]] = field(default_factory=lambda: defaultdict(dict))
    facts: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def add(self, row: Journal) -> bytes:
        """Note a row's link and facts; return its fingerprint."""
        link = Link(bytes.fromhex(fingerprint(row)), bytes.fromhex(row.previous))
        self.links[row.source][row.number] = link
        for name, fact in row.facts.items():
            self.facts[row.source, name] = bytes.fromhex(fact)
        return link.own

    def broken(self, heads: Mapping[str, str]) -> Iterator[AuditDifference]:
        """Yield the rows that are not as the row after them says, or what keeps the head of each.

        `heads` are the fingerprints of the last rows of sources, empty where none is kept.
        """
        for source, links in self.links.items():
            numbers = sorted(links)
            before = (0, *numbers[:-1])
            for last, number in zip(before, numbers, strict=True):
                previous = links[number].previous
                if previous and last not in links:
                    message = f"is not stored, and row {number} follows it"
                    yield AuditDifference(f"journal.{source}.{number - 1}", message)
                elif previous and links[last].own != previous:
                    message = f"is not what row {number} says that it was"
                    yield AuditDifference(f"journal.{source}.{last}", message)
            if head := heads.get(source):
                yield from self._head(source, numbers[-1], head)
        for source in sorted(name for name, head in heads.items() if head):
            if source not in self.links:
                yield AuditDifference(f"journal.{source}", "has no rows, and its last is known")

    @property
    def began(self) -> bool:
        """Whether the books began with chains: rows of earlier releases have none."""
        return (SETTINGS, "document 1") in self.facts

    def is_whole(self, source: str) -> bool:
        """Tell whether a source is chained from its first row on."""
        return sum(not link.previous for link in self.links.get(source, {}).values()) == 1

    def _head(self, source: str, number: int, head: str) -> Iterator[AuditDifference]:
        if self.links[source][number].own.hex() != head:
            message = "is not the last row that its source knows"
            yield AuditDifference(f"journal.{source}.{number}", message)

    def check_ticket(self, ticket: Ticket) -> Iterator[AuditDifference]:
        """Yield whether a ticket is not as it joined; those of before chains have no digest."""
        fact = self.facts.pop((ticket.queue, fact_of(ticket)), None)
        path = f"queues.{ticket.queue}.orders.{ticket.order}"
        if fact is None:
            if ticket.joined and ticket.order_digest:
                yield AuditDifference(path, "joined, and no journal row says so")
        elif fact.hex() != ticket_fingerprint(ticket):
            yield AuditDifference(path, "is not as it was when it joined")

    def check_order(self, order: Order, tickets: Iterable[Ticket]) -> Iterator[AuditDifference]:
        """Yield whether an order is not as it was when it was accepted."""
        queue = f"referral/{order.id}"
        told = {each.order_digest for each in tickets if each.order_digest}
        if fact := self.facts.get((queue, joined(order.id))):
            told.add(fact.hex())
        if told and told != {order_fingerprint(order)}:
            yield AuditDifference(f"orders.{order.id}", "is not as it was when it was accepted")

    def check_document(self, number: int, document: object) -> Iterator[AuditDifference]:
        """Yield whether a version of the settings is not what was saved."""
        fact = self.facts.get((SETTINGS, f"document {number}"))
        if fact and fact.hex() != fingerprint(document):
            yield AuditDifference(f"settings.{number}", "is not the document that was saved")
